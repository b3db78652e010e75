package bench

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A requestCounter counts the requests that the kernel sends on a FUSE
// connection, by its tracepoint fuse:fuse_request_send. That takes root and
// tracefs. Linux 6.18 has the tracepoint; where it is missing, servers that can
// do so count themselves. Each CPU is counted by itself: events of all processes
// can be had in no other way.
type requestCounter struct {
	format requestFormat
	rings  []ring
}

// requestFormat says what is where in an event.
type requestFormat struct {
	id     uint64         // of the tracepoint
	opcode int            // offset of the field
	names  map[int]string // of opcodes
}

// A ring is the memory in which the kernel leaves the events of a CPU.
type ring struct {
	fd  int
	mem []byte
}

// ringPages is how many pages of events fit in a ring, a power of two: some
// 15,000 requests.
const ringPages = 256

// newRequestCounter returns a counter of the connection, which is the minor
// device number of the mount.
func newRequestCounter(connection uint32) (*requestCounter, error) {
	format, err := readRequestFormat()
	if err != nil {
		return nil, err
	}
	c := &requestCounter{format: format}
	for cpu := range possibleCPUs() {
		r, err := newRing(format.id, cpu, fmt.Sprintf("connection == %d", connection))
		if errors.Is(err, unix.ENODEV) { // the CPU is off
			continue
		}
		if err != nil {
			c.close()
			return nil, err
		}
		c.rings = append(c.rings, r)
	}
	return c, nil
}

// possibleCPUs is one more than the highest number of a CPU.
func possibleCPUs() int {
	b, _ := os.ReadFile("/sys/devices/system/cpu/possible") // "0-7"
	s := strings.TrimSpace(string(b))
	if last, err := strconv.Atoi(s[strings.LastIndexAny(s, "-,")+1:]); err == nil {
		return last + 1
	}
	return runtime.NumCPU()
}

var (
	opcodeOffset = regexp.MustCompile(`field:enum fuse_opcode opcode;\s*offset:(\d+);`)
	opcodeName   = regexp.MustCompile(`\{(\d+), "FUSE_(\w+)"\}`)
)

func readRequestFormat() (f requestFormat, err error) {
	const event = "events/fuse/fuse_request_send/"
	dir := "/sys/kernel/tracing/"
	if _, err := os.Stat(dir + "events"); errors.Is(err, os.ErrNotExist) {
		dir = "/sys/kernel/debug/tracing/"
	}
	id, err := os.ReadFile(dir + event + "id")
	if err != nil {
		if os.IsPermission(err) {
			return f, errors.New("only root may use tracefs")
		}
		if _, err := os.Stat(dir + "events"); err != nil {
			return f, errors.New("tracefs is not mounted (mount -t tracefs none /sys/kernel/tracing)")
		}
		return f, errors.New("this kernel has no tracepoint fuse:fuse_request_send")
	}
	text, err := os.ReadFile(dir + event + "format")
	if err != nil {
		return f, err
	}
	if f.id, err = strconv.ParseUint(strings.TrimSpace(string(id)), 10, 64); err != nil {
		return f, err
	}
	at := opcodeOffset.FindSubmatch(text)
	if at == nil {
		return f, fmt.Errorf("%sformat: no opcode", filepath.Clean(dir+event))
	}
	f.opcode, _ = strconv.Atoi(string(at[1]))
	f.names = map[int]string{}
	for _, m := range opcodeName.FindAllSubmatch(text, -1) {
		n, _ := strconv.Atoi(string(m[1]))
		f.names[n] = string(m[2])
	}
	return f, nil
}

// newRing begins to record nothing: it is switched off.
func newRing(id uint64, cpu int, filter string) (ring, error) {
	attr := unix.PerfEventAttr{
		Type:        unix.PERF_TYPE_TRACEPOINT,
		Config:      id,
		Sample:      1, // each event
		Sample_type: unix.PERF_SAMPLE_RAW,
		Bits:        unix.PerfBitDisabled,
	}
	attr.Size = uint32(unsafe.Sizeof(attr))
	fd, err := unix.PerfEventOpen(&attr, -1, cpu, -1, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return ring{}, fmt.Errorf("perf_event_open: %w", err)
	}
	text, err := unix.BytePtrFromString(filter)
	if err != nil {
		return ring{}, err
	}
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.PERF_EVENT_IOC_SET_FILTER, uintptr(unsafe.Pointer(text))); errno != 0 {
		unix.Close(fd)
		return ring{}, fmt.Errorf("perf_event_open: filter: %w", errno)
	}
	mem, err := unix.Mmap(fd, 0, (1+ringPages)*os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		unix.Close(fd)
		return ring{}, fmt.Errorf("perf_event_open: %w", err)
	}
	return ring{fd, mem}, nil
}

func (c *requestCounter) close() {
	for _, r := range c.rings {
		_ = unix.Munmap(r.mem)
		unix.Close(r.fd)
	}
}

// start begins to count.
func (c *requestCounter) start() error {
	for _, r := range c.rings {
		head, tail := r.positions()
		atomic.StoreUint64(tail, atomic.LoadUint64(head))
		if err := unix.IoctlSetInt(r.fd, unix.PERF_EVENT_IOC_ENABLE, 0); err != nil {
			return err
		}
	}
	return nil
}

// stop ends counting, and returns how many requests there were since start, by
// opcode; nil if there were more than there was room for.
func (c *requestCounter) stop() (map[string]int64, error) {
	counts := map[string]int64{}
	for _, r := range c.rings {
		if err := unix.IoctlSetInt(r.fd, unix.PERF_EVENT_IOC_DISABLE, 0); err != nil {
			return nil, err
		}
	}
	for _, r := range c.rings {
		complete := r.each(func(raw []byte) {
			n := int(binary.NativeEndian.Uint32(raw[c.format.opcode:]))
			name, ok := c.format.names[n]
			if !ok {
				name = strconv.Itoa(n)
			}
			counts[name]++
		})
		if !complete {
			return nil, nil
		}
	}
	return counts, nil
}

// positions returns up to where the kernel has written, and we have read.
func (r ring) positions() (head, tail *uint64) {
	page := (*unix.PerfEventMmapPage)(unsafe.Pointer(&r.mem[0]))
	return &page.Data_head, &page.Data_tail
}

// each calls f for the events in the ring, and empties it. It reports whether
// none were lost.
func (r ring) each(f func(raw []byte)) bool {
	data := r.mem[os.Getpagesize():]
	at := func(position uint64, n int) []byte { // it may go around the end
		start := int(position % uint64(len(data)))
		piece := data[start:min(start+n, len(data))]
		if len(piece) < n {
			piece = append(append([]byte{}, piece...), data[:n-len(piece)]...)
		}
		return piece
	}
	head, tail := r.positions()
	end := atomic.LoadUint64(head)
	position := atomic.LoadUint64(tail)
	defer atomic.StoreUint64(tail, end)
	// That some were lost is said in the ring only when there is room again.
	const largest = 256
	if int(end-position) > len(data)-largest {
		return false
	}
	for position < end {
		// struct perf_event_header: u32 type, u16 misc, u16 size.
		header := at(position, 8)
		kind, size := binary.NativeEndian.Uint32(header), int(binary.NativeEndian.Uint16(header[6:]))
		record := at(position, size)[8:]
		switch kind {
		case unix.PERF_RECORD_LOST:
			return false
		case unix.PERF_RECORD_SAMPLE: // u32 size, the event
			f(record[4:])
		}
		position += uint64(size)
	}
	return true
}
