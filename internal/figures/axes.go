package figures

import "math"

// A span is the stretch of numbers that an axis shows.
type span struct{ lo, hi float64 }

// An axis tells numbers apart that differ by this share of the larger one: finer
// differences are not to be seen, and end in steps that adding no longer takes.
const resolution = 1e-6

// spanOf covers all finite values of all lists. A span without length to speak
// of is widened, so that steps divide it and dividing by its length is safe.
func spanOf(lists ...[]float64) span {
	s := span{math.Inf(1), math.Inf(-1)}
	for _, list := range lists {
		for _, v := range list {
			if finite(v) {
				s.lo, s.hi = min(s.lo, v), max(s.hi, v)
			}
		}
	}
	if s.lo > s.hi {
		return span{0, 1}
	}
	if largest := max(-s.lo, s.hi); s.hi-s.lo <= max(resolution*largest, 1/limit) {
		pad := max(largest*0.1, 1e-9)
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

// limit is the largest number that is drawn: larger ones count as infinite, so
// that no sum or difference of two overflows.
const limit = 1e300

func finite(v float64) bool { return math.Abs(v) <= limit }
