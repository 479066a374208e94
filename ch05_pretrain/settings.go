package pretrain

import (
	"cmp"
	"fmt"
	"math"
)

// Settings are the choices of a training run. Fine-tuning adds a few of its own.
type Settings struct {
	Optimizer  AdamW    `json:"optimizer"`
	Schedule   Schedule `json:"schedule"`   // its Total is the length of the run, in steps
	Clip       float64  `json:"clip"`       // the longest gradient, 0 for any
	Accumulate int      `json:"accumulate"` // batches whose gradients make one step; 0 means 1
	Dropout    float32  `json:"dropout"`    // share of values to forget
	Seed       uint64   `json:"seed"`       // of all that is random
}

// Validate names the first setting that is out of its range: the error begins
// "pretrain: " and goes on with the setting's name on a command line.
func (s Settings) Validate() error {
	a, rate := s.Optimizer, s.Schedule.Peak
	return cmp.Or(
		within(rate > 0 && rate < 1, "rate", rate, "more than 0 and less than 1"),
		within(a.Beta1 >= 0 && a.Beta1 < 1, "beta1", a.Beta1, "at least 0 and less than 1"),
		within(a.Beta2 >= 0 && a.Beta2 < 1, "beta2", a.Beta2, "at least 0 and less than 1"),
		within(a.Epsilon > 0 && a.Epsilon < 1, "epsilon", a.Epsilon, "more than 0 and less than 1"),
		within(a.Decay >= 0 && a.Decay*rate < 1, "decay", a.Decay, "at least 0, and times the rate less than 1"),
		within(s.Clip >= 0 && s.Clip <= math.MaxFloat64, "clip", s.Clip, "0 or more"),
		within(s.Accumulate >= 0 && s.Accumulate <= 1<<20, "accumulate", s.Accumulate, fmt.Sprintf("1 to %d", 1<<20)),
		within(s.Dropout >= 0 && s.Dropout < 1, "dropout", s.Dropout, "at least 0 and less than 1"),
	)
}

const badSettings = "pretrain: the settings of a trainer are out of their range, see Settings.Validate"

// within says what an option takes, unless ok.
func within(ok bool, option string, value any, takes string) error {
	if ok {
		return nil
	}
	return fmt.Errorf("pretrain: %s cannot be %v; it takes %s", option, value, takes)
}
