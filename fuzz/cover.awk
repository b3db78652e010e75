# Reads a profile of go tool covdata textfmt, and prints how many of the statements
# of inode/ and memfs/ were run. It fails if those are too few.
#
# Mounting and unmounting are left out of memfs/ for that: fuzzing mounts, but it
# does not have mount(2) fail, nor go through fusermount3.
function part(name, least) {
	printf "%-26s %5.1f %%\n", name, 100 * run[name] / all[name]
	if (100 * run[name] < least * all[name]) {
		printf "%s: want %d %%\n", name, least
		failed = 1
	}
}

function count(name) {
	all[name] += $(NF - 1)
	if ($NF > 0)
		run[name] += $(NF - 1)
}

NR > 1 {
	split($1, file, ":")
	n = split(file[1], path, "/")
	count(path[n - 1] "/")
	if (path[n - 1] == "memfs" && path[n] !~ /^(un)?mount/)
		count("memfs/ without mounting")
}

END {
	part("inode/", 90)
	part("memfs/", 0)
	part("memfs/ without mounting", 85)
	exit failed
}
