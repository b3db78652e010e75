package memfs

import (
	"fmt"
	"math"
	"os/user"
	"strconv"
	"strings"

	"github.com/scratchfs/memfs/inode"
)

// parseScaled reads a decimal number with an optional suffix k, m, g or t, in
// either case, that multiplies it by a power of 1024, as tmpfs does.
func parseScaled(s string) (int64, error) {
	digits, shift := s, 0
	if s != "" {
		if i := strings.IndexByte("kmgt", s[len(s)-1]|0x20); i >= 0 {
			digits, shift = s[:len(s)-1], 10*(i+1)
		}
	}
	n, err := strconv.ParseUint(digits, 10, 63)
	switch {
	case err != nil && isRange(err), err == nil && n > math.MaxInt64>>shift:
		return 0, fmt.Errorf("too large")
	case err != nil:
		return 0, fmt.Errorf("not a number with an optional suffix k, m, g or t")
	case n == 0:
		return 0, fmt.Errorf("a limit of zero is no limit on tmpfs, and not offered here")
	}
	return int64(n) << shift, nil
}

// parseInodes reads a number of files as parseScaled does.
func parseInodes(s string) (int64, error) {
	n, err := parseScaled(s)
	if err == nil && n > inode.MaxInodes {
		return 0, fmt.Errorf("too large")
	}
	return n, err
}

// parseSize reads a number of bytes as parseScaled does, or, with a suffix %,
// as a share of memory.
func parseSize(s string, memory int64) (int64, error) {
	percent, ok := strings.CutSuffix(s, "%")
	if !ok {
		n, err := parseScaled(s)
		if err != nil && !strings.HasPrefix(err.Error(), "a limit") {
			err = fmt.Errorf("%w, or a percentage of memory", err)
		}
		return n, err
	}
	p, err := strconv.ParseUint(percent, 10, 7)
	if err != nil || p == 0 || p > 100 {
		return 0, fmt.Errorf("not a whole percentage between 1%% and 100%%")
	}
	// Dividing first keeps the product in range and loses under 100 bytes.
	return max(memory/100*int64(p), pageSize), nil
}

// parseMode reads permission bits in octal.
func parseMode(s string) (uint32, error) {
	n, err := strconv.ParseUint(s, 8, 32)
	if err != nil || n > permBits {
		return 0, fmt.Errorf("not an octal mode between 0 and 7777")
	}
	return uint32(n), nil
}

// parseUser reads a user id, or a user name.
func parseUser(s string) (uint32, error) {
	if id, err := parseID(s); err == nil {
		return id, nil
	}
	u, err := user.Lookup(s)
	if err != nil {
		return 0, fmt.Errorf("neither a number nor a known user")
	}
	return parseID(u.Uid)
}

// parseGroup reads a group id, or a group name.
func parseGroup(s string) (uint32, error) {
	if id, err := parseID(s); err == nil {
		return id, nil
	}
	g, err := user.LookupGroup(s)
	if err != nil {
		return 0, fmt.Errorf("neither a number nor a known group")
	}
	return parseID(g.Gid)
}

// parseID reads a user or group id. The highest number is not one: to chown(2)
// it means "leave it".
func parseID(s string) (uint32, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n == math.MaxUint32 {
		return 0, fmt.Errorf("not an id")
	}
	return uint32(n), nil
}

// formatSize writes a number of bytes for people: exactly where a suffix that
// size= takes allows it, else to one decimal.
func formatSize(n int64) string {
	const units = "kmgt"
	exact, suffix := n, ""
	for i := 0; i < len(units) && exact != 0 && exact%1024 == 0; i++ {
		exact, suffix = exact/1024, units[i:i+1]
	}
	if exact < 10240 {
		return fmt.Sprintf("%d%s", exact, suffix)
	}
	f, i := float64(n), -1
	for f >= 1024 && i < len(units)-1 {
		f, i = f/1024, i+1
	}
	return fmt.Sprintf("%.1f%s", f, units[i:i+1])
}

func isRange(err error) bool { return strings.HasSuffix(err.Error(), strconv.ErrRange.Error()) }

func join[T ~string](words []T) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(w))
	}
	return b.String()
}
