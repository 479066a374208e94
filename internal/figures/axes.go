package figures

import "math"

// A span is the stretch of numbers that an axis shows.
type span struct{ lo, hi float64 }

// spanOf covers all finite values of all lists. An empty or single-valued span
// is widened, so that dividing by its length is safe.
func spanOf(lists ...[]float64) span {
	s := span{math.Inf(1), math.Inf(-1)}
	for _, list := range lists {
		for _, v := range list {
			if finite(v) {
				s.lo, s.hi = min(s.lo, v), max(s.hi, v)
			}
		}
	}
	switch {
	case s.lo > s.hi:
		return span{0, 1}
	case s.lo == s.hi:
		pad := max(math.Abs(s.lo)*0.1, 1e-9)
		return span{s.lo - pad, s.hi + pad}
	}
	return s
}

// round widens s to whole steps and returns the steps inside it, about n of
// them, each 1, 2 or 5 times a power of ten.
func (s span) round(n int) (span, []float64) {
	raw := (s.hi - s.lo) / float64(n)
	step := math.Pow(10, math.Floor(math.Log10(raw)))
	switch r := raw / step; {
	case r > 5:
		step *= 10
	case r > 2:
		step *= 5
	case r > 1:
		step *= 2
	}
	first, last := math.Floor(s.lo/step+1e-9), math.Ceil(s.hi/step-1e-9)
	var ticks []float64
	for k := first; k <= last; k++ {
		ticks = append(ticks, k*step)
	}
	return span{first * step, last * step}, ticks
}

// inside keeps the ticks that lie in s.
func (s span) inside(ticks []float64) []float64 {
	slack := 1e-9 * (s.hi - s.lo)
	var kept []float64
	for _, t := range ticks {
		if t >= s.lo-slack && t <= s.hi+slack {
			kept = append(kept, t)
		}
	}
	return kept
}

// at maps v from s to the pixels from a to b.
func (s span) at(v, a, b float64) float64 { return a + (v-s.lo)/(s.hi-s.lo)*(b-a) }

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
