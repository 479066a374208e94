package layers

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// SiLU is x·σ(x), where σ(x) = 1/(1+exp(-x)) goes from 0 to 1: a smooth ReLU, as
// GELU is.
func SiLU(x float32) float32 { return x / (1 + float32(math.Exp(float64(-x)))) }

// SiLUSlope is the derivative of [SiLU], σ(x)·(1 + x·(1-σ(x))).
func SiLUSlope(x float32) float32 {
	s := 1 / (1 + float32(math.Exp(float64(-x))))
	return s * (1 + x*(1-s))
}

// Gate sets gated to SiLU(gate)·up, number by number.
func Gate(gated, gate, up []float32) {
	for j, g := range gate {
		gated[j] = SiLU(g) * up[j]
	}
}

// GateBackward undoes gated = SiLU(gate)·up. A product hands to each of its factors the
// gradient times the other one:
//
//	dup = dgated·SiLU(gate)    dgate = dgated·up·SiLUSlope(gate)
func GateBackward(dgate, dup, dgated, gate, up []float32) {
	for j, g := range gate {
		dup[j] = dgated[j] * SiLU(g)
		dgate[j] = dgated[j] * up[j] * SiLUSlope(g)
	}
}

// SwiGLU is the feed-forward network of a block (Shazeer 2020): of two wide views of
// a vector, one is a gate for the other, number by number.
type SwiGLU struct {
	Gate, Up Linear // (F, C) each
	Down     Linear // (C, F)
}

// SwiGLUActivations is what [SwiGLU.Forward] keeps for [SwiGLU.Backward]; its gradient is
// another value of this type.
type SwiGLUActivations struct {
	Gate, Up, Gated blas32.General // (N,F) each
}

// NewSwiGLUActivations returns room for N rows of F columns.
func NewSwiGLUActivations(N, F int) *SwiGLUActivations {
	return &SwiGLUActivations{f32.New(N, F), f32.New(N, F), f32.New(N, F)}
}

func (a *SwiGLUActivations) fit(N int) { Fit(N, &a.Gate, &a.Up, &a.Gated) }

// Forward sets y (N,C) to down(silu(gate(x)) ⊙ up(x)).
func (m *SwiGLU) Forward(y blas32.General, a *SwiGLUActivations, x blas32.General) {
	a.fit(x.Rows)
	m.Gate.Forward(a.Gate, x)
	m.Up.Forward(a.Up, x)
	f32.Run(x.Rows, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			f32.SwiGLU(f32.Row(a.Gated, i), f32.Row(a.Gate, i), f32.Row(a.Up, i))
		}
	})
	m.Down.Forward(y, a.Gated)
}

// Backward undoes Forward, last line first. It sets dx (N,C) unless that has no
// data, and adds to grad; d takes the gradients of the activations.
func (m *SwiGLU) Backward(dx blas32.General, grad *SwiGLU, d, a *SwiGLUActivations, dy, x blas32.General) {
	d.fit(x.Rows)
	m.Down.Backward(d.Gated, 0, &grad.Down, dy, a.Gated)
	f32.Run(x.Rows, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			f32.SwiGLUBackward(f32.Row(d.Gate, i), f32.Row(d.Up, i), f32.Row(d.Gated, i), f32.Row(a.Gate, i), f32.Row(a.Up, i))
		}
	})
	m.Up.Backward(dx, 0, &grad.Up, d.Up, x)
	m.Gate.Backward(dx, 1, &grad.Gate, d.Gate, x)
}
