package attention_test

import (
	"math/rand/v2"
	"testing"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

// slope is how far a measured slope may be from the gradient: float32 leaves
// noise near 1e-4 after a softmax, real mistakes are 1e-2 and more.
const slope = 1e-3

func TestHeadGradients(t *testing.T) {
	const T, C, D = 5, 6, 4
	rng := rand.New(rand.NewPCG(21, 1))
	h := attention.Head{Query: attention.NewLinear(C, D, true), Key: attention.NewLinear(C, D, true), Value: attention.NewLinear(C, D, true), Causal: true}
	grad := attention.Head{Query: attention.NewLinear(C, D, true), Key: attention.NewLinear(C, D, true), Value: attention.NewLinear(C, D, true)}
	for _, l := range []attention.Linear{h.Query, h.Key, h.Value} {
		l.InitUniform(rng)
	}
	x, y, dx := f32.New(T, C), f32.New(T, D), f32.New(T, C)
	gradcheck.Fill(x.Data, rng, 1)
	a, d := h.NewActivations(T), h.NewActivations(T)
	dy, weighted := gradcheck.Weighted(y.Data, 3)
	loss := func() float64 { h.Forward(y, a, x); return weighted() }
	loss()
	h.Backward(dx, &grad, d, a, f32.View(dy, T, D), x)

	gradcheck.Check(t, "dx", x.Data, dx.Data, loss, slope)
	gradcheck.Check(t, "dquery", h.Query.W.Data, grad.Query.W.Data, loss, slope)
	gradcheck.Check(t, "dkey", h.Key.W.Data, grad.Key.W.Data, loss, slope)
	gradcheck.Check(t, "dvalue", h.Value.W.Data, grad.Value.W.Data, loss, slope)
	gradcheck.Check(t, "dvalue bias", h.Value.B, grad.Value.B, loss, slope)
}

// With dropout the gradient is that of the same forward pass, the same values
// forgotten: the generator starts over for each.
func TestMultiHeadGradientsWithDropout(t *testing.T) {
	const B, T, C = 2, 5, 8
	rng := rand.New(rand.NewPCG(22, 1))
	m, grad := newMultiHead(rng, 2, C), attention.MultiHead{QKV: attention.NewLinear(C, 3*C, true), Proj: attention.NewLinear(C, C, true)}
	x, y, dx := f32.New(B*T, C), f32.New(B*T, C), f32.New(B*T, C)
	gradcheck.Fill(x.Data, rng, 1)
	a, d := m.NewActivations(B, T), m.NewActivations(B, T)
	dy, weighted := gradcheck.Weighted(y.Data, 3)
	loss := func() float64 {
		m.Forward(y, a, x, attention.NewDropout(.3, rand.NewPCG(5, 5)))
		return weighted()
	}
	loss()
	m.Backward(dx, &grad, d, a, f32.View(dy, B*T, C), x)

	gradcheck.Check(t, "dx", x.Data, dx.Data, loss, slope)
	gradcheck.Check(t, "dqkv", m.QKV.W.Data, grad.QKV.W.Data, loss, slope)
	gradcheck.Check(t, "dproj", m.Proj.W.Data, grad.Proj.W.Data, loss, slope)
}
