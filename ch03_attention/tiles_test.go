package attention_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

// However a row of scores is cut, its softmax is the same.
func TestOnlineSoftmaxInPieces(t *testing.T) {
	const n = 100
	rng := rand.New(rand.NewPCG(31, 1))
	for _, size := range []int{1, 7, 64, n} {
		want, got, sum := make([]float32, n), make([]float32, n), 0.
		gradcheck.Fill(want, rng, 3)
		copy(got, want)
		for _, s := range want {
			sum += math.Exp(float64(s))
		}
		online := attention.NewOnlineSoftmax()
		for lo := 0; lo < n; lo += size {
			hi := min(lo+size, n)
			f32.Scale(online.Add(got[lo:hi]), got[:lo])
		}
		f32.Scale(1/online.Sum, got)
		attention.Softmax(want)
		for i, w := range want {
			require.InDelta(t, w, got[i], 1e-6)
		}
		require.InDelta(t, math.Log(sum), online.LogSum(), 1e-5)
	}
}

// Scores of -Inf count nothing, even while there have been no others.
func TestOnlineSoftmaxOfInfinities(t *testing.T) {
	inf := float32(math.Inf(1))
	online := attention.NewOnlineSoftmax()
	online.Add([]float32{-inf, -inf})
	require.Zero(t, online.Sum)
	scores := []float32{5, -inf, 5}
	online.Add(scores)
	require.Equal(t, []float32{1, 0, 1}, scores)
	require.Equal(t, float32(2), online.Sum)
	require.EqualValues(t, 1, online.Add([]float32{-inf}))

	online.Add([]float32{float32(math.NaN())})
	require.True(t, math.IsNaN(float64(online.Sum)))
}

// A pass is what goes into heads and what comes out, forward and back.
type pass struct {
	heads         attention.Heads
	B, T, S       int
	q, k, v, dy   blas32.General
	y, dq, dk, dv blas32.General
	drop          *attention.Dropout
}

// newPass returns random inputs, side by side as in a layer, and room for the
// results, where something else was before.
func newPass(heads attention.Heads, B, T, S, C int) *pass {
	rng := rand.New(rand.NewPCG(uint64(T), uint64(S)))
	matrix := func(rows, cols int) blas32.General {
		m := f32.New(rows, cols)
		gradcheck.Fill(m.Data, rng, 1)
		return m
	}
	q, dq, kv, dkv := matrix(B*T, 3*C), matrix(B*T, 3*C), matrix(B*S, 2*C), matrix(B*S, 2*C)
	return &pass{
		heads: heads, B: B, T: T, S: S,
		q: f32.Cols(q, 0, C), k: f32.Cols(kv, 0, C), v: f32.Cols(kv, C, 2*C), dy: matrix(B*T, C),
		y: matrix(B*T, C), dq: f32.Cols(dq, 0, C), dk: f32.Cols(dkv, 0, C), dv: f32.Cols(dkv, C, 2*C),
	}
}

func (p *pass) results() map[string]blas32.General {
	return map[string]blas32.General{"y": p.y, "dq": p.dq, "dk": p.dk, "dv": p.dv}
}

// tiled is the pass as Heads does it.
func (p *pass) tiled() {
	a, d := attention.NewHeadsActivations(p.heads, p.B, p.T), attention.NewHeadsActivations(p.heads, p.B, p.T)
	p.heads.Forward(p.y, &a, p.q, p.k, p.v, p.T, p.S, p.drop)
	p.heads.Backward(p.dq, p.dk, p.dv, &d, &a, p.dy, p.y, p.q, p.k, p.v, p.T, p.S)
}

// plain is the pass with all weights of a head in one matrix, as in Head.
func (p *pass) plain() {
	for i := range p.B * p.heads.Count {
		head := func(m blas32.General, t int) blas32.General {
			b, h, D := i/p.heads.Count, i%p.heads.Count, m.Cols/p.heads.Count
			return f32.Cols(f32.Rows(m, b*t, (b+1)*t), h*D, (h+1)*D)
		}
		q, k, v := head(p.q, p.T), head(p.k, p.S), head(p.v, p.S)
		weights, dweights := f32.New(p.T, p.S), f32.New(p.T, p.S)
		attention.Weigh(weights, q, k, p.heads.Causal)
		attention.Mix(head(p.y, p.T), weights, v)
		attention.MixBackward(dweights, head(p.dv, p.S), head(p.dy, p.T), weights, v)
		attention.WeighBackward(head(p.dq, p.T), head(p.dk, p.S), dweights, weights, q, k)
	}
}

// requireSame fails unless two passes agree within a share of the largest
// value. NaNs agree with each other.
func requireSame(t *testing.T, want, got *pass, tolerance float64) {
	t.Helper()
	for name, w := range want.results() {
		g, largest := got.results()[name], 0.
		for i := range w.Rows {
			for _, v := range f32.Row(w, i) {
				largest = max(largest, math.Abs(float64(v)))
			}
		}
		for i := range w.Rows {
			for j, v := range f32.Row(w, i) {
				require.InDelta(t, v, f32.Row(g, i)[j], tolerance*largest, "%s, row %d, column %d", name, i, j)
			}
		}
	}
}

// The sizes lie around the borders of tiles, in queries and in keys.
func TestTilesEqualPlain(t *testing.T) {
	const R, C = attention.TileRows, attention.TileCols
	sizes := [][2]int{
		{1, 1}, {2, 2}, {R - 1, R - 1}, {R, R}, {R + 1, R + 1}, {3*R + 5, 3*R + 5}, // itself
		{1, C - 1}, {1, C}, {1, C + 1}, {2, 3*C + 5}, {R + 1, C + 1}, {R - 1, 2*C + R - 1}, {3*R + 5, C}, // more keys
	}
	for _, causal := range []bool{true, false} {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("causal=%v/%dx%d", causal, size[0], size[1]), func(t *testing.T) {
				heads := attention.Heads{Count: 3, Causal: causal}
				want, got := newPass(heads, 2, size[0], size[1], 24), newPass(heads, 2, size[0], size[1], 24)
				want.plain()
				got.tiled()
				requireSame(t, want, got, 1e-5)
			})
		}
	}
	t.Run("fewer keys", func(t *testing.T) {
		heads := attention.Heads{Count: 3}
		want, got := newPass(heads, 2, R+1, 3, 24), newPass(heads, 2, R+1, 3, 24)
		want.plain()
		got.tiled()
		requireSame(t, want, got, 1e-5)
	})
}

// Scores of ±10,000 overflow nothing. A float32 near 10,000 is exact to a
// thousandth, and so are weights made from one.
func TestTilesOfHugeScores(t *testing.T) {
	const T = attention.TileCols + attention.TileRows + 1
	heads := attention.Heads{Count: 1, Causal: true}
	want, got := newPass(heads, 1, T, T, 2), newPass(heads, 1, T, T, 2)
	for _, p := range []*pass{want, got} {
		for i := range T {
			f32.Row(p.q, i)[0] = 100
			f32.Row(p.k, i)[0] = 142 * float32(i%3-1) // each third one hides the others
		}
	}
	want.plain()
	got.tiled()
	for _, p := range []*pass{want, got} {
		p.dq, p.dk = f32.Cols(p.dq, 1, 2), f32.Cols(p.dk, 1, 2) // in the other column all is rounding
	}
	requireSame(t, want, got, 5e-3)
}

// What is not a number spoils the rows that see it, as in the plain pass.
func TestTilesPassNaNOn(t *testing.T) {
	const T, bad = attention.TileRows + 10, attention.TileRows + 3
	heads := attention.Heads{Count: 1, Causal: true}
	for name, spoil := range map[string]func(p *pass){
		"query":          func(p *pass) { f32.Row(p.q, bad)[0] = float32(math.NaN()) },
		"key":            func(p *pass) { f32.Row(p.k, bad)[0] = float32(math.NaN()) },
		"infinite key":   func(p *pass) { f32.Row(p.k, bad)[0] = float32(math.Inf(1)) },
		"gradient":       func(p *pass) { f32.Row(p.dy, bad)[0] = float32(math.NaN()) },
		"infinite value": func(p *pass) { f32.Row(p.v, 0)[0] = float32(math.Inf(1)) },
	} {
		t.Run(name, func(t *testing.T) {
			want, got := newPass(heads, 1, T, T, 4), newPass(heads, 1, T, T, 4)
			spoil(want)
			spoil(got)
			want.plain()
			got.tiled()
			for i := range T {
				for j, w := range f32.Row(want.y, i) {
					g := f32.Row(got.y, i)[j]
					require.Equal(t, math.IsNaN(float64(w)), math.IsNaN(float64(g)), "y, row %d, column %d", i, j)
				}
			}
			require.True(t, math.IsNaN(float64(f32.Sum(got.dk.Data[:got.dk.Cols]))), "the loss's gradient")
		})
	}
}

// One core or two, forgetting or not: the same bits.
func TestTilesSameOnAnyNumberOfCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	const T = 2*attention.TileRows + 3
	var passes [2]*pass
	for i := range passes {
		runtime.GOMAXPROCS(i + 1)
		passes[i] = newPass(attention.Heads{Count: 4, Causal: true}, 3, T, T, 32)
		passes[i].drop = attention.NewDropout(.2, rand.NewPCG(7, 7))
		passes[i].tiled()
	}
	requireSame(t, passes[0], passes[1], 0)
}

// Weights are forgotten independently of each other, and in the mean nothing is
// lost: with values of one, y is the sum of the weights that are left.
func TestTilesForgetFairly(t *testing.T) {
	const T, S, times = attention.TileRows + 1, attention.TileCols + 1, 200
	p := newPass(attention.Heads{Count: 2}, 1, T, S, 2)
	p.drop = attention.NewDropout(.25, rand.NewPCG(8, 8))
	for i := range p.v.Rows {
		clear(f32.Row(p.q, min(i, T-1))) // equal weights, 1/S each
		f32.Row(p.v, i)[0], f32.Row(p.v, i)[1] = 1, 1
	}
	var mean, square float64
	for range times {
		p.tiled()
		for _, y := range p.y.Data {
			mean += float64(y)
			square += float64(y-1) * float64(y-1)
		}
	}
	n := float64(times * len(p.y.Data))
	require.InDelta(t, 1, mean/n, 2e-3)
	// S independent factors, each of variance p/(1-p), and their mean.
	require.InEpsilon(t, .25/.75/S, square/n, .05)
}

// The way back draws the same factors again, in every tile.
func TestTileGradientsWithDropout(t *testing.T) {
	const T, S = attention.TileRows + 3, attention.TileCols + attention.TileRows + 9
	p := newPass(attention.Heads{Count: 2, Causal: true}, 2, T, S, 8)
	dy, weighted := gradcheck.Weighted(p.y.Data, 3)
	p.dy = f32.View(dy, p.y.Rows, p.y.Cols)
	loss := func() float64 {
		p.drop = attention.NewDropout(.3, rand.NewPCG(5, 5))
		p.tiled()
		return weighted()
	}
	loss()
	for name, m := range map[string][2]blas32.General{"dq": {p.q, p.dq}, "dk": {p.k, p.dk}, "dv": {p.v, p.dv}} {
		t.Run(name, func(t *testing.T) {
			values, grad := packed(m[0]), packed(m[1])
			gradcheck.Check(t, name, values, grad, func() float64 {
				for i := range m[0].Rows {
					copy(f32.Row(m[0], i), values[i*m[0].Cols:])
				}
				return loss()
			}, slope)
			loss() // leaves the inputs as they were
		})
	}
}

// packed returns a copy of the elements of m.
func packed(m blas32.General) (data []float32) {
	for i := range m.Rows {
		data = append(data, f32.Row(m, i)...)
	}
	return data
}

// Activations of no size serve a pass that nobody goes back through.
func TestHeadsThatKeepNothing(t *testing.T) {
	h, x := attention.Heads{Count: 1, Causal: true}, f32.New(3, 4)
	gradcheck.Fill(x.Data, rand.New(rand.NewPCG(1, 1)), 1)
	var a, d attention.HeadsActivations
	y, want := f32.New(3, 4), f32.New(3, 4)
	h.Forward(y, &a, x, x, x, 3, 3, nil)
	require.Nil(t, a.LogSum)

	kept := attention.NewHeadsActivations(h, 1, 3)
	h.Forward(want, &kept, x, x, x, 3, 3, nil)
	require.Equal(t, want, y)
	require.PanicsWithValue(t, "attention: Backward of a pass that kept nothing", func() {
		h.Backward(x, x, x, &d, &a, y, y, x, x, x, 3, 3)
	})
}
