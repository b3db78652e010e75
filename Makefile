# What is done to memfs, one target each. `make` lists them.

PREFIX ?= /usr/local
DIR ?= /tmp/scratch
LOOP ?= workers
FUZZTIME ?= 30s

# The programs that mounting and testing need, each with its Debian packages.
RUN_PROGRAMS := fusermount3:fuse3
TEST_PROGRAMS := $(RUN_PROGRAMS) git:git tar:tar rsync:rsync sqlite3:sqlite3 \
	fio:fio stress-ng:stress-ng dbench:dbench gcc:gcc,libc6-dev

# What of $(1) is missing is installed if apt-get is there and may be run.
# Otherwise it is named: memfs does without, and the tests skip.
install = @missing=$$(for p in $(1); do command -v "$${p%%:*}" >/dev/null || echo "$${p\#*:}" | tr , ' '; done); \
	[ -n "$$missing" ] || exit 0; \
	[ "$$(id -u)" = 0 ] && sudo= || sudo=$$(command -v sudo) || missing_sudo=1; \
	if [ -n "$$missing_sudo" ] || ! command -v apt-get >/dev/null; then \
		echo "make: not installed, and not to be had with apt-get here:" $$missing >&2; \
	else \
		$$sudo apt-get update -qq && \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing; \
	fi

# check must not run its parts side by side: they compete, and the tests come last.
.NOTPARALLEL:

.PHONY: help
help: ## list the targets
	@echo 'make TARGET [VARIABLE=value ...]'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: go
go:
	@command -v go >/dev/null || { echo 'make: Go 1.26 or newer is needed, and there is no go in PATH' >&2; exit 1; }
	@version=$$(go env GOVERSION) || exit 1; case $$version in \
		go1.2[6-9]* | go1.[3-9][0-9]* | go[2-9]* | devel*) ;; \
		*) echo "make: Go 1.26 or newer is needed, this is $$version" >&2; exit 1 ;; esac

.PHONY: setup
setup: go ## install what building, mounting and testing need
	$(call install,$(TEST_PROGRAMS))

.PHONY: build
build: go ## build bin/memfs
	go build -o bin/memfs ./cmd/memfs

.PHONY: install
install: build ## install memfs in PREFIX/bin (/usr/local), where mount -t fuse.memfs finds it
	install -d $(DESTDIR)$(PREFIX)/bin
	install bin/memfs $(DESTDIR)$(PREFIX)/bin/memfs

.PHONY: scratch
scratch: build ## mount a scratch filesystem on DIR (/tmp/scratch), with OPTIONS
	$(call install,$(RUN_PROGRAMS))
	@mkdir -p '$(DIR)'
	bin/memfs mount $(if $(OPTIONS),-o '$(OPTIONS)') '$(DIR)'
	@echo 'mounted on $(DIR); to unmount: bin/memfs umount $(DIR)'

.PHONY: check
check: setup race ## install what is missing, fuzz with each target for 3 s, and run every test
	$(MAKE) fuzz FUZZTIME=3s
	$(MAKE) test

.PHONY: test
test: lint ## vet, check the formatting and run the tests, with TESTFLAGS
	go test -timeout 20m $(TESTFLAGS) ./...

.PHONY: lint
lint: go
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo 'make: run gofmt -w on' $$unformatted >&2; exit 1; }
	go vet ./...
	go vet -tags lockrank ./inode
	go vet -tags perturb ./inode ./fuzz
	GOOS=darwin go vet ./...

.PHONY: race
race: go ## run what is concurrent in the tests under the race detector
	go test -race -tags lockrank -timeout 20m ./inode ./memfs ./internal/fstest
	go test -race -tags perturb -timeout 20m -run Concurrent ./fuzz

.PHONY: real
real: go ## run real programs on every loop, and as an ordinary user
	go test -v -timeout 30m ./internal/programs

.PHONY: real-race
real-race: go ## run real programs on one LOOP (workers) under the race detector
	go test -v -race -timeout 30m -run 'TestMemfs/$(LOOP)$$' ./internal/programs

.PHONY: pjdfstest
pjdfstest: go ## run pjdfstest, built in the directory PJDFSTEST, on every loop
	@[ -n '$(PJDFSTEST)' ] || { echo 'make: PJDFSTEST must name a directory with pjdfstest, built' >&2; exit 1; }
	PJDFSTEST='$(abspath $(PJDFSTEST))' go test -v -timeout 60m -run TestPjdfstest ./internal/programs

.PHONY: bench
bench: go ## benchmark the store and, without a mount, the loops
	go test -run '^$$' -bench . -benchmem ./inode ./internal/fusedev ./bench

.PHONY: benchmarks
benchmarks: build ## measure for a quarter of an hour and write benchmarks.md, with BENCHFLAGS
	bin/memfs bench --markdown . $(BENCHFLAGS)

.PHONY: bench-mount
bench-mount: go ## compare the loops with the sample of jacobsa/fuse, free and on one processor
	go test -run '^$$' -bench RoundTrip -benchtime 1x ./memfs
	taskset -c 0 go test -run '^$$' -bench RoundTrip -benchtime 1x ./memfs

# Before Go 1.27 the engine may take the end of FUZZTIME for a failure
# (golang/go#75804): then there is no failing input.
.PHONY: fuzz
fuzz: go ## fuzz with each fuzz target in turn, for FUZZTIME (30s)
	@log=$$(mktemp) && trap 'rm -f "$$log"' EXIT; \
	for package in ./fuzz ./memfs; do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo $$target; \
			flags=; [ $$target != FuzzConcurrent ] || flags='-race -tags perturb'; \
			{ go test $$flags -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x $$package 2>&1 || echo failed; } | tee "$$log"; \
			! grep -qx failed "$$log" || { grep -qx '    context deadline exceeded' "$$log" && ! grep -q 'Failing input' "$$log"; } || exit 1; \
		done; done

.PHONY: fuzz-cover
fuzz-cover: go ## print how much of inode/ and memfs/ the corpus of the fuzz targets covers, as root
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && \
	go test -count=1 -run '^Fuzz' -coverpkg ./inode,./memfs ./fuzz ./memfs -args -test.gocoverdir="$$dir" >"$$dir/log" || { cat "$$dir/log"; exit 1; }; \
	go tool covdata textfmt -i="$$dir" -o="$$dir/profile" && awk -f fuzz/cover.awk "$$dir/profile"

.PHONY: defects
defects: go ## show that the fuzz targets find each defect of fuzz/defects (matching DEFECT), within a minute
	cd fuzz && go test -run TestDefects -timeout 2h -defects 60s -defect '$(DEFECT)'

.PHONY: rootless
rootless: ## as root: let every user mount
	chmod 666 /dev/fuse
	$(call install,$(RUN_PROGRAMS))

# Off by default in the kernel. Where it has none (before Linux 6.14), that is said.
.PHONY: uring
uring: ## as root: let FUSE use io_uring
	@switch=/sys/module/fuse/parameters/enable_uring; \
	if [ -e $$switch ]; then echo Y > $$switch; else echo 'make: this kernel has no FUSE over io_uring (Linux 6.14)' >&2; fi

.PHONY: clean
clean: ## remove what was built
	rm -rf bin
