package bench

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Times are kept up to longest, to two digits: within one per cent.
const (
	longest = int64(10 * time.Minute)
	digits  = 2
)

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, longest, digits) }

// record adds a time to a histogram.
func record(h *hdrhistogram.Histogram, d time.Duration) {
	// Only what is out of range is refused.
	_ = h.RecordValue(min(max(int64(d), 0), longest))
}

// buckets are those of a histogram that are not empty: the largest time that
// falls in each, and how many did.
type buckets [][2]int64

func bucketsOf(h *hdrhistogram.Histogram) buckets {
	var b buckets
	for _, bar := range h.Distribution() {
		if bar.Count > 0 {
			b = append(b, [2]int64{bar.To, bar.Count})
		}
	}
	return b
}

// add records what is in b.
func (b buckets) add(h *hdrhistogram.Histogram) {
	for _, bar := range b {
		_ = h.RecordValues(bar[0], bar[1])
	}
}

// latency is a histogram as a report has it; nil if it is empty.
func latency(h *hdrhistogram.Histogram) *Latency {
	if h == nil || h.TotalCount() == 0 {
		return nil
	}
	at := h.ValueAtPercentile
	return &Latency{
		Count:   h.TotalCount(),
		Mean:    int64(h.Mean()),
		P50:     at(50),
		P90:     at(90),
		P99:     at(99),
		P999:    at(99.9),
		Max:     h.Max(),
		Buckets: bucketsOf(h),
	}
}
