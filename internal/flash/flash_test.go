package flash_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/allocs"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
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
		online := flash.NewOnlineSoftmax()
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
	online := flash.NewOnlineSoftmax()
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
	flash.Pass
	B     int
	x, dx flash.Views
	y, dy blas32.General
}

// newPass returns random inputs, side by side as in a layer, and room for the
// results, where something else was before.
func newPass(p flash.Pass, B, C int) *pass {
	T, S := p.T, p.S
	rng := rand.New(rand.NewPCG(uint64(T), uint64(S)))
	matrix := func(rows, cols int) blas32.General {
		m := f32.New(rows, cols)
		gradcheck.Fill(m.Data, rng, 1)
		return m
	}
	q, dq, kv, dkv := matrix(B*T, 3*C), matrix(B*T, 3*C), matrix(B*S, 2*C), matrix(B*S, 2*C)
	return &pass{
		Pass: p, B: B, dy: matrix(B*T, C), y: matrix(B*T, C),
		x:  flash.Views{Q: f32.Cols(q, 0, C), K: f32.Cols(kv, 0, C), V: f32.Cols(kv, C, 2*C)},
		dx: flash.Views{Q: f32.Cols(dq, 0, C), K: f32.Cols(dkv, 0, C), V: f32.Cols(dkv, C, 2*C)},
	}
}

func (p *pass) results() map[string]blas32.General {
	return map[string]blas32.General{"y": p.y, "dq": p.dx.Q, "dk": p.dx.K, "dv": p.dx.V}
}

// tiled is the pass as this package does it.
func (p *pass) tiled() {
	a, d := flash.NewKept(p.B, p.Heads, p.T), flash.NewKept(p.B, p.Heads, p.T)
	flash.Forward(p.y, &a, p.x, p.Pass)
	flash.Backward(p.dx, &d, &a, p.dy, p.y, p.x)
}

// plain is the pass as chapter 3 does it, with all weights in memory.
func (p *pass) plain() {
	heads := attention.SideBySide{Heads: p.Heads, T: p.T, S: p.S, Causal: p.Causal}
	a, d := heads.NewPairs(p.B), heads.NewPairs(p.B)
	heads.Forward(p.y, a, attention.Views(p.x), nil)
	heads.Backward(attention.Views(p.dx), d, a, p.dy, attention.Views(p.x))
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
	const R, C = flash.TileRows, flash.TileCols
	sizes := [][2]int{
		{1, 1}, {2, 2}, {R - 1, R - 1}, {R, R}, {R + 1, R + 1}, {3*R + 5, 3*R + 5}, // itself
		{1, C - 1}, {1, C}, {1, C + 1}, {2, 3*C + 5}, {R + 1, C + 1}, {R - 1, 2*C + R - 1}, {3*R + 5, C}, // more keys
	}
	for _, causal := range []bool{true, false} {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("causal=%v/%dx%d", causal, size[0], size[1]), func(t *testing.T) {
				p := flash.Pass{Heads: 3, T: size[0], S: size[1], Causal: causal}
				want, got := newPass(p, 2, 24), newPass(p, 2, 24)
				want.plain()
				got.tiled()
				requireSame(t, want, got, 1e-5)
			})
		}
	}
	t.Run("fewer keys", func(t *testing.T) {
		p := flash.Pass{Heads: 3, T: R + 1, S: 3}
		want, got := newPass(p, 2, 24), newPass(p, 2, 24)
		want.plain()
		got.tiled()
		requireSame(t, want, got, 1e-5)
	})
}

// Heads that share keys and values do what they would with copies of them, whose
// gradients add up.
func TestSharedKeys(t *testing.T) {
	const B, T, H, shared, D = 2, flash.TileRows + 5, 6, 3, 4
	copies, got := newPass(flash.Pass{Heads: H, T: T, S: T + 2, Causal: true}, B, H*D), newPass(flash.Pass{Heads: H, T: T, S: T + 2, Causal: true}, B, H*D)
	got.Shared = shared
	for _, m := range []*blas32.General{&got.x.K, &got.x.V, &got.dx.K, &got.dx.V} {
		*m = f32.Cols(*m, 0, H/shared*D)
	}
	for row := range got.x.K.Rows {
		for col := range H * D {
			from := col/D/shared*D + col%D
			f32.Row(copies.x.K, row)[col], f32.Row(copies.x.V, row)[col] = f32.Row(got.x.K, row)[from], f32.Row(got.x.V, row)[from]
		}
	}
	copies.plain()
	got.tiled()
	sum := func(m blas32.General) blas32.General {
		s := f32.New(m.Rows, H/shared*D)
		for row := range m.Rows {
			for col, v := range f32.Row(m, row) {
				f32.Row(s, row)[col/D/shared*D+col%D] += v
			}
		}
		return s
	}
	copies.dx.K, copies.dx.V = sum(copies.dx.K), sum(copies.dx.V)
	requireSame(t, copies, got, 1e-5)
	got.Shared = 4
	require.PanicsWithValue(t, "flash: the keys are not as wide as their number of heads asks", got.tiled)
}

// Scores of ±10,000 overflow nothing. A float32 near 10,000 is exact to a
// thousandth, and so are weights made from one.
func TestTilesOfHugeScores(t *testing.T) {
	const T = flash.TileCols + flash.TileRows + 1
	p := flash.Pass{Heads: 1, T: T, S: T, Causal: true}
	want, got := newPass(p, 1, 2), newPass(p, 1, 2)
	for _, p := range []*pass{want, got} {
		for i := range T {
			f32.Row(p.x.Q, i)[0] = 100
			f32.Row(p.x.K, i)[0] = 142 * float32(i%3-1) // each third one hides the others
		}
	}
	want.plain()
	got.tiled()
	for _, p := range []*pass{want, got} {
		p.dx.Q, p.dx.K = f32.Cols(p.dx.Q, 1, 2), f32.Cols(p.dx.K, 1, 2) // in the other column all is rounding
	}
	requireSame(t, want, got, 5e-3)
}

// What is not a number spoils the rows that see it, as in the plain pass.
func TestTilesPassNaNOn(t *testing.T) {
	const T, bad = flash.TileRows + 10, flash.TileRows + 3
	p := flash.Pass{Heads: 1, T: T, S: T, Causal: true}
	for name, spoil := range map[string]func(p *pass){
		"query":          func(p *pass) { f32.Row(p.x.Q, bad)[0] = float32(math.NaN()) },
		"key":            func(p *pass) { f32.Row(p.x.K, bad)[0] = float32(math.NaN()) },
		"infinite key":   func(p *pass) { f32.Row(p.x.K, bad)[0] = float32(math.Inf(1)) },
		"gradient":       func(p *pass) { f32.Row(p.dy, bad)[0] = float32(math.NaN()) },
		"infinite value": func(p *pass) { f32.Row(p.x.V, 0)[0] = float32(math.Inf(1)) },
	} {
		t.Run(name, func(t *testing.T) {
			want, got := newPass(p, 1, 4), newPass(p, 1, 4)
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
			require.True(t, math.IsNaN(float64(f32.Sum(got.dx.K.Data[:got.dx.K.Cols]))), "the loss's gradient")
		})
	}
}

// One core or two, forgetting or not: the same bits.
func TestTilesSameOnAnyNumberOfCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	const T = 2*flash.TileRows + 3
	var passes [2]*pass
	for i := range passes {
		runtime.GOMAXPROCS(i + 1)
		passes[i] = newPass(flash.Pass{Heads: 4, T: T, S: T, Causal: true, Drop: .2, Seed: 7}, 3, 32)
		passes[i].tiled()
	}
	requireSame(t, passes[0], passes[1], 0)
}

// Weights are forgotten independently of each other, and in the mean nothing is
// lost: with values of one, y is the sum of the weights that are left.
func TestTilesForgetFairly(t *testing.T) {
	const T, S, times = flash.TileRows + 1, flash.TileCols + 1, 200
	p := newPass(flash.Pass{Heads: 2, T: T, S: S, Drop: .25}, 1, 2)
	for i := range p.x.V.Rows {
		clear(f32.Row(p.x.Q, min(i, T-1))) // equal weights, 1/S each
		f32.Row(p.x.V, i)[0], f32.Row(p.x.V, i)[1] = 1, 1
	}
	var mean, square float64
	for i := range times {
		p.Seed = uint64(i)
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

// The backward pass draws the same factors again, in every tile.
func TestTileGradientsWithDropout(t *testing.T) {
	const T, S = flash.TileRows + 3, flash.TileCols + flash.TileRows + 9
	p := newPass(flash.Pass{Heads: 2, T: T, S: S, Causal: true, Drop: .3, Seed: 5}, 2, 8)
	dy, weighted := gradcheck.Weighted(p.y.Data, 3)
	p.dy = f32.View(dy, p.y.Rows, p.y.Cols)
	loss := func() float64 {
		p.tiled()
		return weighted()
	}
	loss()
	for name, m := range map[string][2]blas32.General{"dq": {p.x.Q, p.dx.Q}, "dk": {p.x.K, p.dx.K}, "dv": {p.x.V, p.dx.V}} {
		t.Run(name, func(t *testing.T) {
			values, grad := packed(m[0]), packed(m[1])
			gradcheck.Check(t, name, values, grad, func() float64 {
				for i := range m[0].Rows {
					copy(f32.Row(m[0], i), values[i*m[0].Cols:])
				}
				return loss()
			}, 1e-3)
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

// A Kept of no size serves a pass that nobody goes back through.
func TestHeadsThatKeepNothing(t *testing.T) {
	x := f32.New(3, 4)
	gradcheck.Fill(x.Data, rand.New(rand.NewPCG(1, 1)), 1)
	views, p := flash.Views{Q: x, K: x, V: x}, flash.Pass{Heads: 1, T: 3, S: 3, Causal: true}
	var a, d flash.Kept
	y, want := f32.New(3, 4), f32.New(3, 4)
	flash.Forward(y, &a, views, p)
	require.Nil(t, a.LogSum)

	kept := flash.NewKept(1, 1, 3)
	flash.Forward(want, &kept, views, p)
	require.Equal(t, want, y)
	require.PanicsWithValue(t, "flash: Backward of a pass that kept nothing", func() { flash.Backward(views, &d, &a, y, y, views) })
	require.PanicsWithValue(t, "flash: the width is not divisible by the number of heads", func() {
		flash.Forward(y, &a, views, flash.Pass{Heads: 3, T: 3, S: 3})
	})
}

// Sequences of several lengths in one batch have the bits that each has alone, and
// whatever stands in the padding behind them has no part in it.
func TestPadding(t *testing.T) {
	const T, S, H, C = flash.TileRows + 3, flash.TileCols + 9, 3, 24
	lengths := []int{2, S, flash.TileCols}
	all := newPass(flash.Pass{Heads: H, T: T, S: S, Lengths: lengths}, len(lengths), C)
	for b, n := range lengths {
		for row := b*S + n; row < (b+1)*S; row++ {
			for _, m := range []blas32.General{all.x.K, all.x.V, all.dx.K, all.dx.V} {
				f32.Row(m, row)[row%C] = float32(math.NaN())
			}
		}
	}
	all.tiled()
	for b, n := range lengths {
		part := func(m blas32.General, rows, n int) blas32.General { return f32.Rows(m, b*rows, b*rows+n) }
		views := func(v flash.Views) flash.Views {
			return flash.Views{Q: part(v.Q, T, T), K: part(v.K, S, n), V: part(v.V, S, n)}
		}
		alone := newPass(flash.Pass{Heads: H, T: T, S: n}, 1, C)
		alone.x, alone.dy = views(all.x), part(all.dy, T, T)
		alone.tiled()
		got := pass{y: part(all.y, T, T), dx: views(all.dx)}
		for name, want := range alone.results() {
			require.Equal(t, packed(want), packed(got.results()[name]), "%s of sequence %d", name, b)
		}
		for row := b*S + n; row < (b+1)*S; row++ {
			require.Equal(t, make([]float32, C), f32.Row(all.dx.K, row))
			require.Equal(t, make([]float32, C), f32.Row(all.dx.V, row))
		}
	}
	all.Causal = true
	require.PanicsWithValue(t, "flash: a causal pass takes no lengths", all.tiled)
}

// Tiles forget what the plain way would with the generator of a block.
func TestFactorsEqualPlain(t *testing.T) {
	for _, p := range []float32{.001, .1, .5, .999} {
		want, got := make([]float32, 1001), make([]float32, 1001)
		attention.NewDropout(p, rand.NewPCG(3, 4)).Factors(want)
		flash.DrawFactors(got, p, rand.NewPCG(3, 4))
		require.Equal(t, want, got)
	}
}

// A pass allocates nothing that grows with it.
func TestAllocation(t *testing.T) {
	p := newPass(flash.Pass{Heads: 4, T: 40, S: 40, Causal: true, Drop: .1}, 2, 16)
	a, d := flash.NewKept(2, 4, 40), flash.NewKept(2, 4, 40)
	require.Less(t, allocs.Bytes(func() {
		flash.Forward(p.y, &a, p.x, p.Pass)
		flash.Backward(p.dx, &d, &a, p.dy, p.y, p.x)
	}), 1024)
}
