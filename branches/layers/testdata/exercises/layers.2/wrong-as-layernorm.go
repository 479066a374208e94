package layers

import "math"

// With g = dy·w and x̂ = x/r: a longer x_j makes x̂_j longer by 1/r, and r by x̂_j/C, which
// shortens all of x̂.
func NormBackward(x, w, dy []float32) (dx, dw []float32) {
	var squares, along float64
	for j, v := range x {
		squares += float64(v) * float64(v)
		along += float64(dy[j]) * float64(w[j]) * float64(v)
	}
	C := float64(len(x))
	var mean float64
	for j := range x {
		mean += float64(dy[j]) * float64(w[j]) / C
	}
	r := math.Sqrt(squares / C)
	along /= C * r // ⟨g·x̂⟩
	for j, v := range x {
		unit := float64(v) / r
		dx = append(dx, float32((float64(dy[j])*float64(w[j])-mean-unit*along)/r))
		dw = append(dw, float32(float64(dy[j])*unit))
	}
	return dx, dw
}
