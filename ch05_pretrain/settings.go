package pretrain

import (
	"fmt"
	"math"
)

// Settings are the choices of a training run. Fine-tuning, in the next chapters,
// adds a few of its own to them.
type Settings struct {
	Optimizer  AdamW    `json:"optimizer"`
	Schedule   Schedule `json:"schedule"`   // its Total is the length of the run, in steps
	Clip       float64  `json:"clip"`       // the longest gradient, 0 for any
	Accumulate int      `json:"accumulate"` // batches whose gradients make one step; 0 means 1
	Dropout    float32  `json:"dropout"`    // share of values to forget
	Seed       uint64   `json:"seed"`       // of all that is random
}

// Validate returns a [*RangeError] for the first setting that is out of its range.
func (s Settings) Validate() error {
	a := s.Optimizer
	switch {
	case !(s.Schedule.Peak > 0 && s.Schedule.Peak < 1):
		return &RangeError{"rate", s.Schedule.Peak, "more than 0 and less than 1"}
	case !(a.Beta1 >= 0 && a.Beta1 < 1):
		return &RangeError{"beta1", a.Beta1, "at least 0 and less than 1"}
	case !(a.Beta2 >= 0 && a.Beta2 < 1):
		return &RangeError{"beta2", a.Beta2, "at least 0 and less than 1"}
	case !(a.Epsilon > 0 && a.Epsilon < 1):
		return &RangeError{"epsilon", a.Epsilon, "more than 0 and less than 1"}
	case !(a.Decay >= 0 && a.Decay*s.Schedule.Peak < 1):
		return &RangeError{"decay", a.Decay, "at least 0, and times the rate less than 1"}
	case !(s.Clip >= 0 && s.Clip <= math.MaxFloat64):
		return &RangeError{"clip", s.Clip, "0 or more"}
	case s.Accumulate < 0 || s.Accumulate > 1<<20:
		return &RangeError{"accumulate", s.Accumulate, fmt.Sprintf("1 to %d", 1<<20)}
	case !(s.Dropout >= 0 && s.Dropout < 1):
		return &RangeError{"dropout", s.Dropout, "at least 0 and less than 1"}
	}
	return nil
}

const badSettings = "pretrain: the settings of a trainer are out of their range, see Settings.Validate"

// A RangeError says that a setting is out of its range. Option is the setting's
// name as a program would have it on its command line.
type RangeError struct {
	Option string
	Value  any
	Takes  string // what the option takes
}

// Error names the option, its value and what it takes.
func (e *RangeError) Error() string {
	return fmt.Sprintf("pretrain: %s cannot be %v; it takes %s", e.Option, e.Value, e.Takes)
}
