package flash

import (
	"math"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// OnlineSoftmax is a softmax that meets its scores a few at a time (Milakov
// and Gimelshein 2018). So far the weight of a score s is exp(s-Max) / Sum.
type OnlineSoftmax struct {
	Max float32 // the largest score so far
	Sum float32 // Σ exp(s-Max)
}

// NewOnlineSoftmax returns the softmax of no scores. Its Max is the lowest
// finite number and not -Inf, or scores that are all -Inf at first would leave
// NaN behind: -Inf less -Inf is not a number.
func NewOnlineSoftmax() OnlineSoftmax {
	return OnlineSoftmax{Max: -math.MaxFloat32}
}

// Add meets more scores s and replaces them, in place, by exp(s-Max). Where Max
// grows by that, what was computed with the old one must be multiplied by the
// factor returned, exp(old Max - new Max).
func (o *OnlineSoftmax) Add(scores []float32) (factor float32) {
	top := max(o.Max, f32.Max(scores))
	factor = f32.Exp(o.Max - top)
	o.Max = top
	o.Sum = float32(o.Sum*factor) + f32.ExpShifted(scores, scores, top)
	return factor
}

// LogSum returns log Σ exp(s), the one number from which the weight of any
// score can be computed again: exp(s - LogSum).
func (o OnlineSoftmax) LogSum() float32 {
	return o.Max + float32(math.Log(float64(o.Sum)))
}
