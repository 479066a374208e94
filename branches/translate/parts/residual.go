package parts

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Residual is what goes on around a part of a layer, attention or network: the shortcut
// past it, dropout and the norm. The value keeps what a backward pass needs; its
// gradient is another.
type Residual struct {
	NormFirst bool
	inner     blas32.General // (N,C): what the part reads, or the sum that is normed
	moments   *gpt.Moments   // of the norm
	mask      attention.Mask
}

// NewResidual returns room for N rows of C columns.
func NewResidual(normFirst bool, N, C int) Residual {
	return Residual{NormFirst: normFirst, inner: f32.New(N, C), moments: gpt.NewMoments(N)}
}

// Forward sets y (N,C) to norm(x + part(x)), as the paper has it, or to
// x + part(norm(x)).
func (r *Residual) Forward(y blas32.General, norm *gpt.LayerNorm, x blas32.General, drop *attention.Dropout, part func(y, x blas32.General)) {
	layers.Fit(x.Rows, &r.inner)
	if r.NormFirst {
		norm.Forward(r.inner, r.moments, x)
		part(y, r.inner)
		r.mask.Forward(y, drop)
		f32.Add(y.Data, x.Data)
		return
	}
	part(r.inner, x)
	r.mask.Forward(r.inner, drop)
	f32.Add(r.inner.Data, x.Data)
	norm.Forward(y, r.moments, r.inner)
}

// Backward undoes Forward: it sets dx (N,C), by a part that undoes the other part and
// whose dx may be its dy. Norm after the sum, all that reaches x has gone through the
// norm; norm first, dy reaches it as it is.
func (r *Residual) Backward(dx blas32.General, norm, grad *gpt.LayerNorm, d *Residual, dy, x blas32.General, part func(dx, dy, x blas32.General)) {
	layers.Fit(x.Rows, &d.inner)
	if r.NormFirst {
		part(d.inner, r.mask.Backward(d.inner, dy), r.inner)
		norm.Backward(dx, grad, r.moments, d.inner, x)
		f32.Add(dx.Data, dy.Data)
		return
	}
	norm.Backward(d.inner, grad, r.moments, dy, r.inner)
	part(dx, r.mask.Backward(dx, d.inner), x)
	f32.Add(dx.Data, d.inner.Data)
}
