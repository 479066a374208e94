package attention

import (
	"math"
	"slices"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// When s_j rises by h, y_j rises by h, and the logarithm by w_j h, where w_j is the
// softmax: every y falls by that. So ds_j = dy_j - w_j Σ_k dy_k.
func LogSoftmaxBackward(scores, dy []float32) []float32 {
	ds := slices.Clone(scores)
	var all, sum float32
	for j, s := range scores {
		ds[j] = float32(math.Exp(float64(s)))
		all += ds[j]
	}
	f32.Scale(1/all, ds)
	for _, d := range dy {
		sum += d
	}
	for j, w := range ds {
		ds[j] = dy[j] - w*sum
	}
	return ds
}
