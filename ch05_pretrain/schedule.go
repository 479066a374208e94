package pretrain

import "math"

// Schedule says how large the steps are: the rate climbs from Initial to Peak
// in a straight line while the optimiser's averages still settle, then falls to
// Min along half a cosine (Loshchilov and Hutter 2016).
type Schedule struct {
	Initial, Peak, Min float64
	Warmup, Total      int // steps
}

// Rate is the learning rate of step 0, 1, …, Total-1.
func (s Schedule) Rate(step int) float64 {
	if step < s.Warmup {
		return s.Initial + (s.Peak-s.Initial)*float64(step)/float64(s.Warmup)
	}
	progress := float64(step-s.Warmup) / float64(max(s.Total-s.Warmup, 1))
	return s.Min + (s.Peak-s.Min)*(1+math.Cos(math.Pi*min(progress, 1)))/2
}

// Constant is a schedule that always steps at rate.
func Constant(rate float64, total int) Schedule {
	return Schedule{Peak: rate, Min: rate, Total: total}
}
