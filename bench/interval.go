package bench

import (
	"encoding/json"
	"math"
)

// bounded says whether there were enough rounds for a confidence interval.
func (i Interval) bounded() bool {
	return i.Low > 0 && i.Low <= i.High && !math.IsInf(i.High, 0)
}

// interval is an Interval as JSON has it.
type interval struct {
	Median *float64 `json:"median"`
	Low    *float64 `json:"low"`
	High   *float64 `json:"high"`
}

// MarshalJSON writes null for what is no number.
func (i Interval) MarshalJSON() ([]byte, error) {
	return json.Marshal(interval{finite(i.Median), finite(i.Low), finite(i.High)})
}

// UnmarshalJSON reads null as an infinite bound.
func (i *Interval) UnmarshalJSON(data []byte) error {
	var j interval
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*i = Interval{or(j.Median, 0), or(j.Low, math.Inf(-1)), or(j.High, math.Inf(1))}
	return nil
}

func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

func or(x *float64, otherwise float64) float64 {
	if x == nil {
		return otherwise
	}
	return *x
}
