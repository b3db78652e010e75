package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// WriteJSON writes a report in the form that REPORT.md describes.
func WriteJSON(w io.Writer, r *Report) error {
	return json.NewEncoder(w).Encode(r)
}

// ReadReport reads a report that WriteJSON wrote, of this version of the form
// or of an older one. Fields that it does not know are passed over.
func ReadReport(from io.Reader) (*Report, error) {
	data, err := io.ReadAll(from)
	if err != nil {
		return nil, err
	}
	// The version first: the rest may have changed its types with it.
	var head struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, notAReport(err)
	}
	switch {
	case head.Version == nil || *head.Version < 1:
		return nil, notAReport(errors.New("it has no version"))
	case *head.Version > ReportVersion:
		return nil, fmt.Errorf("a report of version %d, and this memfs reads up to %d: a newer memfs is needed", *head.Version, ReportVersion)
	}
	r := new(Report)
	if err := json.Unmarshal(data, r); err != nil {
		return nil, notAReport(err)
	}
	if err := r.check(); err != nil {
		return nil, notAReport(err)
	}
	return r, nil
}

func notAReport(err error) error {
	var syntax *json.SyntaxError
	var field *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		err = fmt.Errorf("no JSON: %v at byte %d", err, syntax.Offset)
	case errors.As(err, &field) && field.Field == "":
		err = fmt.Errorf("%s where an object is expected", field.Value)
	case errors.As(err, &field):
		err = fmt.Errorf("%s is %s", field.Field, field.Value)
	}
	return fmt.Errorf("not a report of memfs bench: %w", err)
}

// check finds what a reader of reports would stumble over.
func (r *Report) check() error {
	for i := range r.Results {
		res := &r.Results[i]
		if !slices.ContainsFunc(r.Targets, func(t Target) bool { return t.Name == res.Target }) {
			return fmt.Errorf("result %d is of target %q, which is not listed", i+1, res.Target)
		}
		if res.Workload == "" {
			return fmt.Errorf("result %d has no workload", i+1)
		}
		for _, round := range res.Rounds {
			if round.Ops < 0 || round.Elapsed < 0 {
				return fmt.Errorf("%s on %s has a round of %d operations in %d ns", res.Workload, res.Target, round.Ops, round.Elapsed)
			}
		}
	}
	return nil
}
