package layers_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

func random(rows, cols int, seed uint64) blas32.General {
	m := f32.New(rows, cols)
	gradcheck.Fill(m.Data, rand.New(rand.NewPCG(seed, 1)), 1)
	return m
}

func linear(out, in int, seed uint64) layers.Linear {
	return layers.Linear{W: random(out, in, seed), B: random(1, out, seed+1).Data}
}

func empty(l layers.Linear) layers.Linear {
	return layers.Linear{W: f32.New(l.W.Rows, l.W.Cols), B: make([]float32, len(l.B))}
}

func TestLinearGradients(t *testing.T) {
	l, x, y, dx := linear(3, 5, 1), random(4, 5, 3), f32.New(4, 3), random(4, 5, 4)
	grad := empty(l)
	dy, weighted := gradcheck.Weighted(y.Data, 5)
	loss := func() float64 { l.Forward(y, x); return weighted() }
	start := append([]float32(nil), dx.Data...)
	l.Backward(dx, 1, &grad, f32.View(dy, 4, 3), x)
	for i, v := range start { // with a beta of 1 the gradient is added
		dx.Data[i] -= v
	}
	for name, pair := range map[string][2][]float32{"x": {x.Data, dx.Data}, "W": {l.W.Data, grad.W.Data}, "b": {l.B, grad.B}} {
		gradcheck.Check(t, name, pair[0], pair[1], loss, 2e-3)
	}
	l.Backward(blas32.General{}, 0, &layers.Linear{}, f32.View(dy, 4, 3), x) // all frozen
}

func TestRMSNormGradients(t *testing.T) {
	norm := layers.RMSNorm{Weight: random(1, 70, 1).Data, Epsilon: 1e-5}
	grad := layers.RMSNorm{Weight: make([]float32, 70)}
	x, y, dx, rstd := random(20, 70, 2), f32.New(20, 70), f32.New(20, 70), make([]float32, 20)
	dy, weighted := gradcheck.Weighted(y.Data, 3)
	loss := func() float64 { norm.Forward(y, rstd, x); return weighted() }
	loss()
	norm.Backward(dx, &grad, rstd, f32.View(dy, 20, 70), x)
	gradcheck.Check(t, "x", x.Data, dx.Data, loss, 2e-3)
	gradcheck.Check(t, "weight", norm.Weight, grad.Weight, loss, 2e-3)
	loss()
	same := f32.View(append([]float32(nil), dy...), 20, 70) // dx may be dy, and y may be x
	norm.Backward(same, &layers.RMSNorm{}, rstd, same, x)
	require.Equal(t, dx.Data, same.Data)
	norm.Forward(x, rstd, x)
	require.Equal(t, y.Data, x.Data)
}

// Only the size of a row matters to the norm of it times a number.
func TestRMSNormOfScaledRows(t *testing.T) {
	norm := layers.RMSNorm{Weight: []float32{1, 1, 1}}
	x, y, rstd := f32.View([]float32{1, -2, 3, 10, -20, 30, 0, 0, 0}, 3, 3), f32.New(3, 3), make([]float32, 3)
	norm.Epsilon = 1e-12
	norm.Forward(y, rstd, x)
	require.InDeltaSlice(t, f32.Row(y, 0), f32.Row(y, 1), 1e-6)
	require.Equal(t, []float32{0, 0, 0}, f32.Row(y, 2))
}

func TestSwiGLUGradients(t *testing.T) {
	m := layers.SwiGLU{Gate: linear(7, 5, 1), Up: linear(7, 5, 3), Down: linear(5, 7, 5)}
	grad := layers.SwiGLU{Gate: empty(m.Gate), Up: empty(m.Up), Down: empty(m.Down)}
	x, y, dx := random(4, 5, 7), f32.New(4, 5), f32.New(4, 5)
	a, d := layers.NewSwiGLUActivations(6, 7), layers.NewSwiGLUActivations(6, 7)
	dy, weighted := gradcheck.Weighted(y.Data, 8)
	loss := func() float64 { m.Forward(y, a, x); return weighted() }
	loss()
	m.Backward(dx, &grad, d, a, f32.View(dy, 4, 5), x)
	for name, pair := range map[string][2][]float32{
		"x": {x.Data, dx.Data}, "gate": {m.Gate.W.Data, grad.Gate.W.Data}, "gate's bias": {m.Gate.B, grad.Gate.B},
		"up": {m.Up.W.Data, grad.Up.W.Data}, "down": {m.Down.W.Data, grad.Down.W.Data},
	} {
		gradcheck.Check(t, name, pair[0], pair[1], loss, 3e-3)
	}
}

// The gate is SiLU, made for many numbers at a time; far out it is 0 or its argument.
func TestSwiGLUIsSiLUTimesUp(t *testing.T) {
	one := layers.Linear{W: f32.View([]float32{1}, 1, 1)}
	m := layers.SwiGLU{Gate: one, Up: one, Down: one}
	for _, v := range []float32{-1000, -90, -3, 0, 1e-3, 5, 90, 1000} {
		x, y := f32.View([]float32{v}, 1, 1), f32.New(1, 1)
		m.Forward(y, layers.NewSwiGLUActivations(1, 1), x)
		require.InDelta(t, layers.SiLU(v)*v, y.Data[0], 1e-5*math.Max(1, float64(v*v)), "%v", v)
	}
	for _, x := range []float32{-5, -1, 0, 2} { // the slope by nudging
		const h = 1e-2
		require.InDelta(t, (layers.SiLU(x+h)-layers.SiLU(x-h))/(2*h), layers.SiLUSlope(x), 1e-4)
	}
}

// The rows that internal/f32 computes are the plain ones, whether a row ends with a full
// vector or not.
func TestFastRowsAreThePlainOnes(t *testing.T) {
	for _, C := range []int{1, 7, 16, 70, 333} {
		x, dy, weight := random(1, C, 1).Data, random(1, C, 2).Data, random(1, C, 3).Data
		want, got, wantUp, gotUp := make([]float32, C), make([]float32, C), make([]float32, C), make([]float32, C)
		rstd := layers.Normalize(want, x, weight, 1e-5)
		require.Equal(t, rstd, f32.RMSNormalize(got, x, weight, 1e-5))
		require.InDeltaSlice(t, want, got, 1e-5)
		layers.NormalizeBackward(want, rstd, dy, x, weight)
		f32.RMSNormalizeBackward(got, rstd, dy, x, weight)
		require.InDeltaSlice(t, want, got, 1e-5)

		f32.Scale(6, x) // where σ is bent, and where it is not
		layers.Gate(want, x, weight)
		f32.SwiGLU(got, x, weight)
		require.InDeltaSlice(t, want, got, 1e-5)
		layers.GateBackward(want, wantUp, dy, x, weight)
		f32.SwiGLUBackward(got, gotUp, dy, x, weight)
		require.InDeltaSlice(t, want, got, 1e-5)
		require.InDeltaSlice(t, wantUp, gotUp, 1e-5)
	}
}

// Turning back undoes turning, and is the way of the gradient.
func TestTurns(t *testing.T) {
	turns := layers.NewTurns(3, 4)
	turns.Set(layers.Rotary{Theta: 100}.Frequencies(8), 5)
	x := random(6, 16, 1)
	before := append([]float32(nil), x.Data...)
	dy, weighted := gradcheck.Weighted(x.Data, 2)
	loss := func() float64 {
		turns.Forward(x)
		sum := weighted()
		turns.Backward(x)
		return sum
	}
	loss()
	require.InDeltaSlice(t, before, x.Data, 1e-5)
	turns.Backward(f32.View(dy, 6, 16))
	dx := append([]float32(nil), dy...)
	turns.Forward(f32.View(dy, 6, 16)) // weighted keeps it
	gradcheck.Check(t, "x", x.Data, dx, loss, 2e-3)
}

func TestGroupedEqualsFlash(t *testing.T) {
	const T, S, D = 5, 8, 4
	for _, g := range []layers.Grouped{{Heads: 6, KVHeads: 2, T: T, S: S}, {Heads: 3, KVHeads: 3, T: T, S: S}, {Heads: 4, KVHeads: 1, T: T, S: S}} {
		x := attention.Views{Q: random(T, g.Heads*D, 1), K: random(S, g.KVHeads*D, 2), V: random(S, g.KVHeads*D, 3)}
		want, got := f32.New(T, g.Heads*D), f32.New(T, g.Heads*D)
		g.Forward(want, x)
		var kept flash.Kept
		flash.Forward(got, &kept, flash.Views(x), flash.Pass{Heads: g.Heads, Shared: g.Heads / g.KVHeads, T: T, S: S, Causal: true})
		require.InDeltaSlice(t, want.Data, got.Data, 1e-5)
	}
}
