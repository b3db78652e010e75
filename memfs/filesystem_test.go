package memfs

import (
	"math"
	"testing"
	"time"
)

func TestFromTime(t *testing.T) {
	const first, last = -9223372037, 9223372036 // the seconds of the first and the last nanosecond
	for _, c := range []struct {
		sec  int64
		nsec uint32
		want int64
	}{
		{0, 0, 0},
		{0, 999999999, 999999999},
		{-1, 999999999, -1},
		{-1, 0, -1e9},
		{-2, 500, -2e9 + 500},
		{first, 145224192, math.MinInt64},
		{first, 145224193, math.MinInt64 + 1},
		{first, 999999999, first*1e9 + 1e9 - 1},
		{last, 854775807, math.MaxInt64},
		{last, 854775806, math.MaxInt64 - 1},
		{last, 0, last * 1e9},

		// There is none so early, or so late.
		{first, 145224191, math.MinInt64},
		{first - 1, 999999999, math.MinInt64},
		{math.MinInt64, 0, math.MinInt64},
		{last, 854775808, math.MaxInt64},
		{last + 1, 0, math.MaxInt64},
		{math.MaxInt64, 999999999, math.MaxInt64},

		// No kernel sends that.
		{1, math.MaxUint32, 2e9 - 1},
		{last - 1, math.MaxUint32, last*1e9 - 1},
	} {
		if got := fromTime(uint64(c.sec), c.nsec); got != c.want {
			t.Errorf("%d s and %d ns: %d, want %d", c.sec, c.nsec, got, c.want)
		}
	}
}

func TestToTime(t *testing.T) {
	for ns, want := range map[int64]time.Time{
		0: time.Unix(0, 0), 1: time.Unix(0, 1), math.MaxInt64: time.Unix(0, math.MaxInt64),
		-1: time.Unix(-1, 0), -1e9: time.Unix(-1, 0), -1e9 - 1: time.Unix(-2, 0),
		math.MinInt64: time.Unix(-9223372036, 0),
	} {
		if got := toTime(ns); !got.Equal(want) {
			t.Errorf("%d ns: %v, want %v", ns, got, want)
		}
	}
}
