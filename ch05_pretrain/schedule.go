package pretrain

import "math"

// Schedule says how large the steps are: the rate climbs to Peak in equal parts
// while the optimiser's averages still settle, then falls to Min along half a
// cosine (Loshchilov and Hutter 2016).
type Schedule struct {
	Peak   float64 `json:"peak"`
	Min    float64 `json:"min"`
	Warmup int     `json:"warmup"`         // steps
	Total  int     `json:"total"`          // steps, warm-up and all
	Root   bool    `json:"root,omitempty"` // falls as one over the root of the step instead (Vaswani et al. 2017)
}

// Rate is the learning rate of step 0, 1, …, Total-1. It is never zero while it
// climbs: the first of ten steps of warm-up has a tenth of the peak.
func (s Schedule) Rate(step int) float64 {
	if step < s.Warmup {
		return s.Peak * float64(step+1) / float64(s.Warmup)
	}
	if s.Root {
		return s.Peak * math.Sqrt(float64(max(s.Warmup, 1))/float64(step+1))
	}
	progress := float64(step-s.Warmup) / float64(max(s.Total-s.Warmup, 1))
	return s.Min + (s.Peak-s.Min)*(1+math.Cos(math.Pi*min(progress, 1)))/2
}

// Constant is a schedule that always steps at rate.
func Constant(rate float64, total int) Schedule {
	return Schedule{Peak: rate, Min: rate, Total: total}
}
