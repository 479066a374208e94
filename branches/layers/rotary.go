package layers

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Rotary says how fast the pairs of columns of a head turn (Su et al. 2021).
type Rotary struct {
	Theta   float64 // the base: the larger, the slower the slowest pair
	Scaling Scaling // for contexts longer than those of pretraining
}

// Scaling (rope_scaling in the files) is how Llama 3.1 slows down the pairs that turn
// so slowly that they have not come round once in the pretraining context. The zero
// value changes nothing.
type Scaling struct {
	Factor    float64 // by which the slow ones are slowed down
	Low, High float64 // turns in the context: below Low a pair is slow, above High it stays as it is
	Context   int     // of pretraining
}

// Frequencies returns the angle by which each of the D/2 pairs of a head turns from
// one position to the next: θ^(-2i/D) for pair i.
func (r Rotary) Frequencies(D int) []float32 {
	list := make([]float32, D/2)
	for i := range list {
		power := float32(2*i) / float32(D)
		list[i] = r.Scaling.slow(1 / float32(math.Pow(r.Theta, float64(power))))
	}
	return list
}

// slow returns the frequency f, slowed down as far as it has to be.
func (s Scaling) slow(f float32) float32 {
	if s.Factor == 0 {
		return f
	}
	turns := float64(s.Context) * float64(f) / (2 * math.Pi)
	keep := min(1, max(0, (turns-s.Low)/(s.High-s.Low)))
	return float32((1-keep)*float64(f)/s.Factor + keep*float64(f))
}

// Turns are the cosine and sine of the angle of every pair at some positions in a
// row.
type Turns struct{ Cos, Sin blas32.General } // (T,D/2) each

// NewTurns returns room for T positions of heads with so many pairs.
func NewTurns(T, pairs int) Turns { return Turns{f32.New(T, pairs), f32.New(T, pairs)} }

// Set makes t those of the positions from at on. An angle is computed in float32, as
// it was in training; far out it is off by more than its last digit.
func (t Turns) Set(frequencies []float32, at int) {
	for i := range t.Cos.Rows {
		for j, f := range frequencies {
			sin, cos := math.Sincos(float64(float32(at+i) * f))
			f32.Row(t.Cos, i)[j], f32.Row(t.Sin, i)[j] = float32(cos), float32(sin)
		}
	}
}

// Rotate turns the pairs of one head x (D) by the angles whose cosines and sines are
// given. Column j and column j+D/2 are a pair:
//
//	x_j       ← x_j·cos - x_{j+D/2}·sin
//	x_{j+D/2} ← x_j·sin + x_{j+D/2}·cos
func Rotate(x, cos, sin []float32) {
	pairs := len(cos)
	for j, c := range cos {
		a, b := x[j], x[j+pairs]
		x[j], x[j+pairs] = a*c-b*sin[j], a*sin[j]+b*c
	}
}

// RotateBack turns by the opposite angles. It undoes [Rotate], and since a rotation
// keeps lengths and angles, it is how a gradient goes back through one as well.
func RotateBack(x, cos, sin []float32) {
	pairs := len(cos)
	for j, c := range cos {
		a, b := x[j], x[j+pairs]
		x[j], x[j+pairs] = a*c+b*sin[j], b*c-a*sin[j]
	}
}

// Forward applies [Rotate] to all heads of the sequences in x (B·T,H·D), in place.
func (t Turns) Forward(x blas32.General) { t.each(Rotate, x) }

// Backward applies [RotateBack] to the gradient of what Forward made, in place.
func (t Turns) Backward(dx blas32.General) { t.each(RotateBack, dx) }

func (t Turns) each(turn func(x, cos, sin []float32), x blas32.General) {
	T, D := t.Cos.Rows, 2*t.Cos.Cols
	f32.Run(x.Rows, 16, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			row := f32.Row(x, i)
			for h := 0; h < len(row); h += D {
				turn(row[h:h+D], f32.Row(t.Cos, i%T), f32.Row(t.Sin, i%T))
			}
		}
	})
}
