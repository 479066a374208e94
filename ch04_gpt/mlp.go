package gpt

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// MLP is the feed-forward network of a block: it widens each vector fourfold,
// bends it, and narrows it again. Positions do not see each other here.
type MLP struct {
	Fc   attention.Linear // (C, 4C)
	Proj attention.Linear // (4C, C)
}

// MLPActivations is what [MLP.Forward] keeps for [MLP.Backward]; its gradient
// is another value of this type.
type MLPActivations struct {
	Wide, Bent []float32 // (N,4C): before and after GELU
}

// NewMLPActivations returns room for N rows of width C.
func NewMLPActivations(N, C int) *MLPActivations {
	return &MLPActivations{Wide: make([]float32, N*4*C), Bent: make([]float32, N*4*C)}
}

// Rows returns the first N rows of both, cols wide.
func (a *MLPActivations) Rows(N, cols int) (wide, bent blas32.General) {
	return f32.View(a.Wide, N, cols), f32.View(a.Bent, N, cols)
}

// Forward sets y (N,C) to proj(gelu(fc(x))). The product that makes wide bends
// each piece of a row as well, before it leaves the cache.
func (m *MLP) Forward(y blas32.General, a *MLPActivations, x blas32.General) {
	wide, bent := a.Rows(x.Rows, 4*x.Cols)
	f32.GemmThen(blas.NoTrans, blas.NoTrans, 1, x, m.Fc.W, 0, wide, f32.Epilogue{Bias: m.Fc.B, GELU: bent})
	m.Proj.Forward(y, bent)
}

// Backward undoes Forward, last line first. It sets dx (N,C) unless that has
// no data, and adds to grad; d takes the gradients of the activations.
func (m *MLP) Backward(dx blas32.General, grad *MLP, d, a *MLPActivations, dy, x blas32.General) {
	wide, bent := a.Rows(x.Rows, 4*x.Cols)
	dwide, _ := d.Rows(x.Rows, 4*x.Cols)

	// y = proj(bent), bent = gelu(wide)
	m.Proj.Backward(blas32.General{}, &grad.Proj, dy, bent)
	f32.GemmThen(blas.NoTrans, blas.Trans, 1, dy, m.Proj.W, 0, dwide, f32.Epilogue{GELUSlope: wide})
	// wide = fc(x)
	m.Fc.Backward(dx, &grad.Fc, dwide, x)
}
