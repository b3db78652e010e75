package bench

import "math"

// An axis maps values to pixels, logarithmically or not.
type axis struct {
	low, high float64 // values
	from, to  float64 // pixels
	log       bool
	binary    bool // round values are powers of two
}

func (a axis) at(v float64) float64 {
	if a.log {
		return a.from + (a.to-a.from)*clamp(math.Log(v/a.low)/math.Log(a.high/a.low), 0, 1)
	}
	return a.from + (a.to-a.from)*clamp((v-a.low)/(a.high-a.low), 0, 1)
}

// logAxis spans values, which are positive, from a round one to a round one.
func logAxis(low, high, from, to float64) axis {
	if !(low > 0) || !(high > 0) {
		low, high = 1, 10
	}
	return axis{roundDown(low), -roundDown(-high), from, to, true, false}
}

// binaryAxis is a logAxis for bytes.
func binaryAxis(low, high, from, to float64) axis {
	if !(low > 0) || !(high > 0) {
		low, high = 1, 2
	}
	return axis{math.Exp2(math.Floor(math.Log2(low))), math.Exp2(math.Ceil(math.Log2(high))), from, to, true, true}
}

// roundDown finds the largest of 1, 2, 5, 10, … that is not above x; of -x, for
// the smallest that is not below x, negative.
func roundDown(x float64) float64 {
	a := math.Abs(x)
	decade := math.Pow(10, math.Floor(math.Log10(a)))
	const tolerance = 1e-9
	if x > 0 {
		for _, m := range []float64{5, 2, 1} {
			if m*decade <= a*(1+tolerance) {
				return m * decade
			}
		}
		return decade
	}
	for _, m := range []float64{1, 2, 5, 10} {
		if m*decade >= a*(1-tolerance) {
			return -m * decade
		}
	}
	return -10 * decade
}

// ticks are round values on an axis which are gap pixels apart at least.
func (a axis) ticks(gap float64) []float64 {
	switch {
	case !a.log:
		return a.linearTicks(gap)
	case a.binary:
		return a.binaryTicks(gap)
	}
	length := math.Abs(a.to - a.from)
	decades := math.Log10(a.high / a.low)
	// The narrowest of 1, 2, 5 are 2 and 1 apart by log 2; then whole decades,
	// then every second, every third.
	steps, every := []float64{1, 2, 5}, 1
	if length/decades*math.Log10(2) < gap {
		steps = []float64{1}
		for length/decades*float64(every) < gap {
			every++
		}
	}
	var list []float64
	for e := int(math.Floor(math.Log10(a.low) + 1e-9)); e <= int(math.Ceil(math.Log10(a.high))); e++ {
		if e%every != 0 {
			continue
		}
		for _, m := range steps {
			v := m * math.Pow10(e)
			if v >= a.low*(1-1e-9) && v <= a.high*(1+1e-9) {
				list = append(list, v)
			}
		}
	}
	return list
}

func (a axis) binaryTicks(gap float64) []float64 {
	low, high := math.Log2(a.low), math.Log2(a.high)
	step := max(math.Ceil(gap*(high-low)/math.Abs(a.to-a.from)), 1)
	var list []float64
	for e := math.Ceil(low/step) * step; e <= high; e += step {
		list = append(list, math.Exp2(e))
	}
	return list
}

func (a axis) linearTicks(gap float64) []float64 {
	most := max(math.Abs(a.to-a.from)/gap, 1)
	step := -roundDown(-(a.high - a.low) / most)
	var list []float64
	for v := math.Ceil(a.low/step-1e-9) * step; v <= a.high*(1+1e-9); v += step {
		list = append(list, v)
	}
	return list
}
