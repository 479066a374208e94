package attention

import "slices"

// When s_j rises by h, y_j rises by h, and the logarithm by w_j h, where w_j is the
// softmax: every y falls by that. So ds_j = dy_j - w_j Σ_k dy_k.
func LogSoftmaxBackward(scores, dy []float32) []float32 {
	ds := slices.Clone(scores)
	Softmax(ds)
	var sum float32
	for k, d := range dy {
		sum += d * ds[k]
	}
	for j, w := range ds {
		ds[j] = dy[j] - w*sum
	}
	return ds
}
