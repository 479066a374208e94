package attention

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

const badDropout = "attention: dropout must be at least 0 and below 1"

// Dropout is a choice of training, not of a model: which share of the values
// that pass through a layer is forgotten, and what draws them.
type Dropout struct {
	P   float32
	Rng rand.Source
}

// NewDropout returns a dropout that forgets a share p, or nil if that is none:
// a pass without dropout is one whose dropout is nil.
func NewDropout(p float32, rng rand.Source) *Dropout {
	if !(p >= 0 && p < 1) {
		panic(badDropout)
	}
	if p == 0 {
		return nil
	}
	return &Dropout{p, rng}
}

// Factors fills mask with independent factors: 0 with probability P, and
// 1/(1-P) otherwise, so that what is multiplied by it keeps its mean
// (Srivastava et al. 2014, in the "inverted" form that leaves inference alone).
// The 64 bits of one random number decide about four factors, so P is rounded
// to a multiple of 1/65536.
func (d *Dropout) Factors(mask []float32) {
	const steps = 1 << 16
	dropped := uint64(d.P*steps + 0.5)
	keep := steps / float32(steps-dropped)
	var bits uint64
	for i := range mask {
		if i%4 == 0 {
			bits = d.Rng.Uint64()
		}
		mask[i] = keep
		if bits%steps < dropped {
			mask[i] = 0
		}
		bits >>= 16
	}
}

// A Mask remembers what dropout forgot in one place of a forward pass: the backward
// pass forgets the same.
type Mask struct {
	factors []float32
	on      bool // the last pass had dropout
}

// Forward multiplies x (N,C), which is no view of columns, by factors that drop
// draws. A nil drop leaves x as it is.
func (m *Mask) Forward(x blas32.General, drop *Dropout) {
	if m.on = drop != nil; !m.on {
		return
	}
	if n := len(x.Data); n > len(m.factors) {
		m.factors = make([]float32, n)
	}
	drop.Factors(m.factors[:len(x.Data)])
	f32.Mul(x.Data, x.Data, m.factors[:len(x.Data)])
}

// Backward returns the gradient of what Forward was given: dy itself where nothing
// was forgotten, otherwise dy times the same factors, in the memory of dx, which
// may be dy.
func (m *Mask) Backward(dx, dy blas32.General) blas32.General {
	if !m.on {
		return dy
	}
	f32.Mul(dx.Data, dy.Data, m.factors[:len(dy.Data)]) // f32.Mul(x, x, factors)
	return dx
}
