package attention_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/allocs"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

// journey is the toy input of the published book, "Your journey starts with one
// step", three numbers a word.
func journey() blas32.General {
	return f32.View([]float32{
		.43, .15, .89,
		.55, .87, .66,
		.57, .85, .64,
		.22, .58, .33,
		.77, .25, .10,
		.05, .80, .55,
	}, 6, 3)
}

func near(t *testing.T, got []float32, tolerance float64, want ...float64) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		require.InDelta(t, w, got[i], tolerance, "value %d of %v", i, got)
	}
}

// The numbers that the published book prints for chapter 3, where no random
// numbers are involved; [n] is the notebook's cell.
func TestPublishedNumbers(t *testing.T) {
	scores := attention.Scores(journey())
	contexts, weights := attention.Simple(journey())

	t.Run("[28] scores of the second word", func(t *testing.T) {
		near(t, f32.Row(scores, 1), 5e-5, .9544, 1.4950, 1.4754, .8434, .7070, 1.0865)
	})
	t.Run("[33] divided by their sum", func(t *testing.T) {
		row := append([]float32(nil), f32.Row(scores, 1)...)
		f32.Scale(1/f32.Sum(row), row)
		near(t, row, 5e-5, .1455, .2278, .2249, .1285, .1077, .1656)
	})
	t.Run("[35] softmax", func(t *testing.T) {
		near(t, f32.Row(weights, 1), 5e-7, .1385476, .2378913, .2332740, .1239916, .1081819, .1581136)
	})
	t.Run("[40] context", func(t *testing.T) {
		near(t, f32.Row(contexts, 1), 5e-7, .4418657, .6514820, .5683089)
	})
	t.Run("[47] all scores", func(t *testing.T) {
		near(t, f32.Row(scores, 0), 5e-5, .9995, .9544, .9422, .4753, .4576, .6310)
		near(t, f32.Row(scores, 2), 5e-5, .9422, 1.4754, 1.4570, .8296, .7154, 1.0605)
		near(t, f32.Row(scores, 3), 5e-5, .4753, .8434, .8296, .4937, .3474, .6565)
		near(t, f32.Row(scores, 4), 5e-5, .4576, .7070, .7154, .3474, .6654, .2935)
		near(t, f32.Row(scores, 5), 5e-5, .6310, 1.0865, 1.0605, .6565, .2935, .9450)
	})
	t.Run("[51] all weights", func(t *testing.T) {
		near(t, f32.Row(weights, 0), 5e-7, .2098348, .2005814, .1981492, .1242282, .1220487, .1451576)
		near(t, f32.Row(weights, 2), 5e-7, .1390076, .2369214, .2326019, .1242044, .1108002, .1564644)
		near(t, f32.Row(weights, 3), 5e-7, .1435269, .2073944, .2045520, .1461922, .1262952, .1720392)
		near(t, f32.Row(weights, 4), 5e-7, .1526108, .1958387, .1974906, .1366867, .1878589, .1295143)
		near(t, f32.Row(weights, 5), 5e-7, .1384712, .2183637, .2127594, .1420476, .0988064, .1895518)
	})
	t.Run("[55] all contexts", func(t *testing.T) {
		near(t, contexts.Data, 5e-7,
			.4420594, .5930986, .5789891, .4418657, .6514820, .5683089, .4431275, .6495946, .5670731,
			.4303897, .6298281, .5510271, .4671017, .5909927, .5265965, .4177245, .6503232, .5645352)
	})
}

// Cell [138] multiplies a fixed tensor, two heads of three rows of four, with
// its own transpose, head by head.
func TestPublishedBatchedProduct(t *testing.T) {
	heads := [][]float32{
		{.2745, .6584, .2775, .8573, .8993, .0390, .9268, .7388, .7179, .7058, .9156, .4340},
		{.0772, .3565, .1479, .5331, .4066, .2318, .4545, .9737, .4606, .5159, .4220, .5786},
	}
	want := [][]float64{
		{1.3208, 1.1631, 1.2879, 1.1631, 2.2150, 1.8424, 1.2879, 1.8424, 2.0402},
		{.4391, .7003, .5903, .7003, 1.3737, 1.0620, .5903, 1.0620, .9912},
	}
	for i, data := range heads {
		near(t, attention.Scores(f32.View(data, 3, 4)).Data, 6e-5, want[i]...)
	}
}

// Exercise 3.3 of the published book: GPT-2's attention has 2,360,064 weights.
// Its queries, keys and values have no bias.
func TestPublishedParameterCount(t *testing.T) {
	qkv, proj := attention.NewLinear(768, 3*768, false), attention.NewLinear(768, 768, true)
	require.Equal(t, 2360064, len(qkv.W.Data)+len(qkv.B)+len(proj.W.Data)+len(proj.B))
}

func TestSoftmaxOfLargeScores(t *testing.T) {
	row := []float32{1e30, 1e30, float32(math.Inf(-1)), -1e30}
	attention.Softmax(row)
	require.Equal(t, []float32{.5, .5, 0, 0}, row)
}

// Two ways to hide the future agree: scores of -Inf before the softmax, and
// weights of zero after it, divided by the sum that is left.
func TestMaskEqualsRenormalised(t *testing.T) {
	masked := attention.Scores(journey())
	attention.MaskFuture(masked)
	attention.SoftmaxRows(masked)
	_, weights := attention.Simple(journey())
	for i := range weights.Rows {
		row := f32.Row(weights, i)
		clear(row[i+1:])
		f32.Scale(1/f32.Sum(row), row)
		for j, w := range row {
			require.InDelta(t, w, masked.Data[i*6+j], 1e-6)
		}
	}
}

func TestMaskOfLaterQueries(t *testing.T) {
	scores := f32.New(2, 4)
	attention.MaskFuture(scores)
	inf := float32(math.Inf(-1))
	require.Equal(t, []float32{0, 0, 0, inf, 0, 0, 0, 0}, scores.Data)
}

func TestDropoutKeepsTheMean(t *testing.T) {
	mask := make([]float32, 100_000)
	attention.NewDropout(0.25, rand.NewPCG(1, 2)).Factors(mask)
	zeros := 0
	for _, m := range mask {
		if m == 0 {
			zeros++
		} else {
			require.Equal(t, float32(1/(1-0.25)), m)
		}
	}
	require.InDelta(t, 0.25, float64(zeros)/float64(len(mask)), 0.01)
	require.InDelta(t, 1, f32.Sum(mask)/float32(len(mask)), 0.01)
}

// newMultiHead returns a layer with random weights, sized for these tests.
func newMultiHead(rng *rand.Rand, heads, C int) attention.MultiHead {
	m := attention.MultiHead{Heads: heads, Causal: true, QKV: attention.NewLinear(C, 3*C, true), Proj: attention.NewLinear(C, C, true)}
	for _, l := range []attention.Linear{m.QKV, m.Proj} {
		gradcheck.Fill(l.W.Data, rng, .4)
		gradcheck.Fill(l.B, rng, .1)
	}
	return m
}

// One head of the packed layer is the Head of the chapter's beginning.
func TestMultiHeadWithOneHeadIsHead(t *testing.T) {
	const T, C = 5, 8
	rng := rand.New(rand.NewPCG(3, 3))
	m := newMultiHead(rng, 1, C)
	m.Proj = attention.NewLinear(C, C, false) // the identity
	for i := range C {
		m.Proj.W.Data[i*C+i] = 1
	}
	part := func(k int) attention.Linear {
		l := attention.NewLinear(C, C, true)
		for i := range C {
			copy(f32.Row(l.W, i), f32.Row(m.QKV.W, i)[k*C:])
		}
		copy(l.B, m.QKV.B[k*C:])
		return l
	}
	head := attention.Head{Query: part(0), Key: part(1), Value: part(2), Causal: true}

	x, got, want := f32.New(T, C), f32.New(T, C), f32.New(T, C)
	gradcheck.Fill(x.Data, rng, 1)
	m.Forward(got, m.NewActivations(1, T), x, nil)
	head.Forward(want, head.NewActivations(T), x)
	for i := range want.Data {
		require.InDelta(t, want.Data[i], got.Data[i], 1e-5)
	}
}

// No output may depend on an input to its right.
func TestCausalMeansCausal(t *testing.T) {
	const T, C = 6, 8
	rng := rand.New(rand.NewPCG(5, 5))
	m := newMultiHead(rng, 2, C)
	x, before, after := f32.New(T, C), f32.New(T, C), f32.New(T, C)
	gradcheck.Fill(x.Data, rng, 1)
	a := m.NewActivations(1, T)
	m.Forward(before, a, x, nil)
	for j := range f32.Row(x, 3) {
		x.Data[3*C+j] += 10
	}
	m.Forward(after, a, x, nil)
	require.Equal(t, before.Data[:3*C], after.Data[:3*C])
	require.NotEqual(t, before.Data[3*C:], after.Data[3*C:])
}

func TestWidthNotDivisibleByHeads(t *testing.T) {
	x := f32.New(2, 5)
	h := attention.SideBySide{Heads: 2, T: 2, S: 2}
	require.PanicsWithValue(t, "attention: the width is not divisible by the number of heads", func() {
		h.Forward(f32.New(2, 5), h.NewPairs(1), attention.Views{Q: x, K: x, V: x}, nil)
	})
}

// Frozen parts have no memory in the gradient; the others do not change by that.
func TestFrozenLinear(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	l := attention.NewLinear(3, 2, true)
	gradcheck.Fill(l.W.Data, rng, 1)
	x, dy := f32.New(4, 3), f32.New(4, 2)
	gradcheck.Fill(x.Data, rng, 1)
	gradcheck.Fill(dy.Data, rng, 1)
	dx, all := f32.New(4, 3), attention.NewLinear(3, 2, true)
	l.Backward(dx, &all, dy, x)

	bias := attention.Linear{B: make([]float32, 2)}
	l.Backward(blas32.General{}, &bias, dy, x)
	require.Equal(t, all.B, bias.B)
	require.Nil(t, bias.W.Data)
}

// A pass allocates no matrix: its room belongs to the activations.
func TestAllocation(t *testing.T) {
	const B, T, C = 2, 8, 16
	rng := rand.New(rand.NewPCG(9, 9))
	m := newMultiHead(rng, 4, C)
	grad := newMultiHead(rng, 4, C)
	a, d := m.NewActivations(B, T), m.NewActivations(B, T)
	x, y, dx := f32.New(B*T, C), f32.New(B*T, C), f32.New(B*T, C)
	gradcheck.Fill(x.Data, rng, 1)
	require.Less(t, allocs.Bytes(func() {
		m.Forward(y, a, x, attention.NewDropout(.1, rng))
		m.Backward(dx, &grad, d, a, y, x)
	}), 4096)
}

func BenchmarkMultiHead(b *testing.B) {
	const B, T, C = 4, 64, 256
	rng := rand.New(rand.NewPCG(11, 11))
	m := newMultiHead(rng, 8, C)
	grad := newMultiHead(rng, 4, C)
	a, d := m.NewActivations(B, T), m.NewActivations(B, T)
	x, y, dx := f32.New(B*T, C), f32.New(B*T, C), f32.New(B*T, C)
	gradcheck.Fill(x.Data, rng, 1)
	b.Run("forward", func(b *testing.B) {
		for b.Loop() {
			m.Forward(y, a, x, nil)
		}
		b.ReportMetric(float64(b.N*B*T)/b.Elapsed().Seconds(), "tok/s")
	})
	b.Run("backward", func(b *testing.B) {
		for b.Loop() {
			m.Backward(dx, &grad, d, a, y, x)
		}
		b.ReportMetric(float64(b.N*B*T)/b.Elapsed().Seconds(), "tok/s")
	})
}

// transposed returns a PyTorch weight (out, in) as one of ours, (in, out).
func transposed(data []float32, out, in int) blas32.General {
	w := f32.New(in, out)
	identity := f32.New(in, in)
	for i := range in {
		identity.Data[i*in+i] = 1
	}
	f32.Gemm(blas.NoTrans, blas.Trans, 1, identity, f32.View(data, out, in), 0, w)
	return w
}
