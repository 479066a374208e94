package parts

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// FeedForward is the network behind attention: it widens each vector, sets what is
// negative to zero, and narrows it again.
type FeedForward struct {
	Wide   layers.Linear // (F, C)
	Narrow layers.Linear // (C, F)
}

// Forward sets y (N,C) to narrow(relu(wide(x))), and bent (N,F) to what is between.
func (f *FeedForward) Forward(y, bent, x blas32.General) {
	f.Wide.Forward(bent, x)
	f32.Run(bent.Rows, 16, func(lo, hi int) { ReLU(f32.Rows(bent, lo, hi).Data) })
	f.Narrow.Forward(y, bent)
}

// Backward undoes Forward, last line first. It sets dx (N,C), which may be dy, and adds
// to grad; dbent takes the gradient of bent.
func (f *FeedForward) Backward(dx blas32.General, grad *FeedForward, dbent, bent, dy, x blas32.General) {
	f.Narrow.Backward(dbent, 0, &grad.Narrow, dy, bent)
	f32.Run(bent.Rows, 16, func(lo, hi int) { ReLUBackward(f32.Rows(dbent, lo, hi).Data, f32.Rows(bent, lo, hi).Data) })
	f.Wide.Backward(dx, 0, &grad.Wide, dbent, x)
}

// ReLU sets to zero what is negative in x. A number is so if its first bit is set. An
// if on that whole numbers, unlike one on fractions, is compiled without a jump, which
// would be guessed wrong half of the time.
func ReLU(x []float32) {
	for i, v := range x {
		bits := int32(math.Float32bits(v))
		if bits < 0 {
			bits = 0
		}
		x[i] = math.Float32frombits(uint32(bits))
	}
}

// ReLUBackward undoes y = max(0, x): it sets dy to zero where y is.
func ReLUBackward(dy, y []float32) {
	for i, v := range y {
		bits := math.Float32bits(dy[i])
		if math.Float32bits(v) == 0 {
			bits = 0
		}
		dy[i] = math.Float32frombits(bits)
	}
}
