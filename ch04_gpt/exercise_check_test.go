package gpt

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/exercise"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

func TestMain(m *testing.M) { exercise.Main(m) }

func TestExercise1_CacheBytes(t *testing.T) {
	exercise.Check(t, CacheBytes, func(x *exercise.X) {
		CacheBytes := exercise.Watch(x, CacheBytes)
		one := Config{Vocab: 9, Context: 4, Width: 6, Heads: 3, Layers: 1}
		for _, c := range []struct {
			name   string
			config Config
			tokens int
			want   int
		}{
			{"GPT2Small", GPT2Small, 1024, 75497472},
			{"GPT2Small", GPT2Small, 2000, 75497472},
			{"GPT2Small", GPT2Small, 1, 73728},
			{"GPT2Small", GPT2Small, 0, 0},
			{"GPT2XL", GPT2XL, 10, 6144000},
			{"one layer of width 6 with a context of 4", one, 3, 144},
			{"one layer of width 6 with a context of 4", one, 5, 192},
		} {
			x.Equal(fmt.Sprintf("CacheBytes for %s and %d tokens", c.name, c.tokens), CacheBytes(c.config, c.tokens), c.want)
		}
	})
}

func TestExercise2_Widest(t *testing.T) {
	exercise.Check(t, Widest, func(x *exercise.X) {
		Widest := exercise.Watch(x, Widest)
		// It has 12C² + 49C parameters, its own head among them, and without the bias 12C² + 46C.
		small := Config{Vocab: 15, Context: 4, Width: 99, Heads: 2, Layers: 1, QKVBias: true}
		bare := small
		bare.QKVBias = false
		for _, c := range []struct {
			name   string
			config Config
			budget int
			want   int
		}{
			{"GPT2Small", GPT2Small, 124439808, 768},
			{"GPT2Small", GPT2Small, 124439807, 756},
			{"GPT2Small", GPT2Small, 1000, 0},
			{"GPT2XL", GPT2XL, 1557611200, 1600},
			{"15 tokens, 4 positions, 2 heads, 1 layer, a head of its own", small, 145, 0},
			{"15 tokens, 4 positions, 2 heads, 1 layer, a head of its own", small, 146, 2},
			{"15 tokens, 4 positions, 2 heads, 1 layer, a head of its own", small, 388, 4},
			{"15 tokens, 4 positions, 2 heads, 1 layer, a head of its own", small, 387, 2},
			{"the same without a bias for queries", bare, 376, 4},
		} {
			x.Equal(fmt.Sprintf("Widest for %s, and a budget of %d", c.name, c.budget), Widest(c.config, c.budget), c.want)
		}
	})
}

func TestExercise3_RMSNorm(t *testing.T) {
	exercise.Check(t, RMSNorm, func(x *exercise.X) {
		RMSNorm := exercise.Watch(x, RMSNorm)
		in := []float32{3, 4}
		x.Near("RMSNorm of 3 4 with weights 1 10", RMSNorm(in, []float32{1, 10}), []float32{0.8485, 11.3137}, 2e-4)
		x.Equal("x afterwards", in, []float32{3, 4})
		x.Near("RMSNorm of 5 5 5 with weights 1 2 3", RMSNorm([]float32{5, 5, 5}, []float32{1, 2, 3}), []float32{1, 2, 3}, 1e-4)
		x.Near("RMSNorm of 0 0 with weights 1 1", RMSNorm([]float32{0, 0}, []float32{1, 1}), []float32{0, 0}, 0)
		x.Near("RMSNorm of -7 with weight 2", RMSNorm([]float32{-7}, []float32{2}), []float32{-2}, 1e-4)
		// The mean of squares is 1e-6, far below the 1e-5 that is added.
		x.Near("RMSNorm of 0.001 -0.001 with weights 1 1", RMSNorm([]float32{.001, -.001}, []float32{1, 1}), []float32{.3015, -.3015}, 1e-3)
	})
}

func TestExercise4_SiLUBackward(t *testing.T) {
	exercise.Check(t, SiLUBackward, func(x *exercise.X) {
		SiLUBackward := exercise.Watch(x, SiLUBackward)
		ones := func(n int) []float32 { return slices.Repeat([]float32{1}, n) }
		in := []float32{0, 1, -1, 2}
		x.Near("the slopes at 0 1 -1 2", SiLUBackward(ones(4), in), []float32{.5, .9277, .0723, 1.0908}, 1e-4)
		x.Equal("x afterwards", in, []float32{0, 1, -1, 2})
		x.Near("dy 3 -2, x 0 1", SiLUBackward([]float32{3, -2}, []float32{0, 1}), []float32{1.5, -1.8553}, 2e-4)
		x.Near("the slopes at 1000 and -1000", SiLUBackward(ones(2), []float32{1000, -1000}), []float32{1, 0}, 1e-6)
		x.Near("no numbers at all", SiLUBackward(nil, nil), []float32(nil), 0)

		at, dy := []float32{.5, -1.5, 2, .3, -3}, []float32{1, -2, .5, 3, -1}
		loss := func() (sum float64) {
			for i, v := range at {
				sum += float64(dy[i]) * float64(v) / (1 + math.Exp(-float64(v)))
			}
			return sum
		}
		x.Slope("x 0.5 -1.5 2 0.3 -3, dy 1 -2 0.5 3 -1", loss, at, SiLUBackward(dy, at), 1e-3)
	})
}

// counting is a model of seven tokens that writes the next higher id, and 0 after 6.
// Its block adds nothing; the row of a token in the head is the vector of the token before.
func counting() *Model {
	m := New(Config{Vocab: 7, Context: 4, Width: 7, Heads: 1, Layers: 1})
	for id := range 7 {
		f32.Row(m.Embedding.Tokens, id)[id] = 1
		f32.Row(m.Head, (id+1)%7)[id] = 1
	}
	for i := range m.Norm.Weight {
		m.Norm.Weight[i] = 1
	}
	return m
}

func TestExercise5_WriteUntil(t *testing.T) {
	exercise.Check(t, WriteUntil, func(x *exercise.X) {
		WriteUntil := exercise.Watch(x, WriteUntil)
		m := counting()
		for _, c := range []struct {
			prompt     []int
			end, limit int
			want       []int
		}{
			{[]int{2}, 6, 9, []int{3, 4, 5}},
			{[]int{2}, 6, 2, []int{3, 4}},
			{[]int{2}, 6, 3, []int{3, 4, 5}},
			{[]int{2}, 6, 0, nil},
			{[]int{5}, 6, 9, nil},
			{[]int{6}, 6, 3, []int{0, 1, 2}}, // the end in the prompt means nothing
			{[]int{0, 3}, 6, 9, []int{4, 5}},
			{[]int{0, 0, 0, 0, 0, 0, 3}, 6, 9, []int{4, 5}}, // longer than the context
			{[]int{0}, 99, 10, []int{1, 2, 3, 4, 5, 6, 0, 1, 2, 3}},
		} {
			x.Equal(fmt.Sprintf("after %v, with the end %d and the limit %d, by a model of 7 tokens that writes the next id, and 0 after 6", c.prompt, c.end, c.limit), WriteUntil(m, c.prompt, c.end, c.limit), c.want)
		}
	})
}

func TestExercise6_NoShortcuts(t *testing.T) {
	exercise.Check(t, NoShortcuts, func(x *exercise.X) {
		NoShortcuts := exercise.Watch(x, NoShortcuts)
		x.Found(NoShortcuts(), "experiment-4.6.txt", 0.2)
	})
}

func TestExercise7_RMSNormBackward(t *testing.T) {
	exercise.Check(t, RMSNormBackward, func(x *exercise.X) {
		RMSNormBackward := exercise.Watch(x, RMSNormBackward)
		one := []float32{1, 1}
		x.Near("dy 1 0, x 3 4, weights 1 1", RMSNormBackward([]float32{1, 0}, []float32{3, 4}, one), []float32{.1810, -.1358}, 1e-4)

		in, weight, dy := []float32{.5, -1.5, 2, .3, -.7}, []float32{1, .5, 2, -1, 1.5}, []float32{1, -2, .5, 3, -1}
		loss := func() float64 {
			var mean, sum float64
			for _, v := range in {
				mean += float64(v) * float64(v) / float64(len(in))
			}
			r := 1 / math.Sqrt(mean+1e-5)
			for i, v := range in {
				sum += float64(dy[i]) * float64(v) * r * float64(weight[i])
			}
			return sum
		}
		x.Slope("five values, weights 1 0.5 2 -1 1.5", loss, in, RMSNormBackward(dy, in, weight), 5e-3)
	})
}

func TestExercise8_PostNorm(t *testing.T) {
	exercise.Check(t, PostNorm, func(x *exercise.X) {
		PostNorm := exercise.Watch(x, PostNorm)
		b := identityNorms(3)
		in := f32.View([]float32{1, 2, 3, 100, 300, 200}, 2, 3)
		x.Near("the rows 1 2 3 and 100 300 200, where attention and MLP add nothing", PostNorm(b, in, 2), f32.View([]float32{-1.2247, 0, 1.2247, -1.2247, 1.2247, 0}, 2, 3), 1e-3)
		x.Equal("x afterwards", in.Data, []float32{1, 2, 3, 100, 300, 200})

		b.Attention.Proj.B = []float32{0, 9, 0} // whatever it hears, attention says 0 9 0
		x.Near("the row 1 2 3, where attention adds 0 9 0 and the MLP nothing", PostNorm(b, f32.Rows(in, 0, 1), 1), f32.View([]float32{-.9258, 1.3887, -.4629}, 1, 3), 1e-3)
		x.Equal("x afterwards", in.Data, []float32{1, 2, 3, 100, 300, 200})
		b.MLP.Proj.B = []float32{0, 0, 2}
		x.Near("the same, where the MLP then adds 0 0 2", PostNorm(b, f32.View([]float32{1, 2, 3}, 1, 3), 1), f32.View([]float32{-1.4122, .6403, .7719}, 1, 3), 1e-3)

		checkPostNormByTheFormula(x)
	})
}

// identityNorms is a block of width C with one head that adds nothing.
func identityNorms(C int) *Block {
	b := &New(Config{Vocab: 1, Context: 4, Width: C, Heads: 1, Layers: 1, QKVBias: true}).Blocks[0]
	for j := range C {
		b.Norm1.Weight[j], b.Norm2.Weight[j] = 1, 1
	}
	return b
}

// checkPostNormByTheFormula compares an attempt with the two formulas in plain loops,
// for two sequences and a block with random weights and one head.
func checkPostNormByTheFormula(x *exercise.X) {
	const T, C = 3, 4
	rng := rand.New(rand.NewPCG(4, 8))
	m := New(Config{Vocab: 1, Context: T, Width: C, Heads: 1, Layers: 1, QKVBias: true})
	for _, p := range m.Params() {
		gradcheck.Fill(p.Data, rng, 1)
	}
	b, in := &m.Blocks[0], f32.New(2*T, C)
	gradcheck.Fill(in.Data, rng, 1)
	want := f32.New(2*T, C)
	for i := range 2 * T {
		copy(f32.Row(want, i), plainPostNorm(b, f32.Rows(in, i/T*T, i+1)))
	}
	x.Near("two sequences of 3 random rows", PostNorm(b, in, T), want, 1e-3)
}

// plainPostNorm is what the last row of x becomes, which sees all rows of x.
func plainPostNorm(b *Block, x blas32.General) []float32 {
	C := x.Cols
	product := func(x []float32, w blas32.General, bias []float32) []float32 {
		y := slices.Clone(bias)
		for i, v := range x {
			f32.Axpy(v, f32.Row(w, i), y)
		}
		return y
	}
	qkv := func(i int) []float32 { return product(f32.Row(x, i), b.Attention.QKV.W, b.Attention.QKV.B) }
	query, mixed, sum := qkv(x.Rows - 1)[:C], make([]float32, C), 0.0
	for i := range x.Rows {
		weight := math.Exp(float64(f32.Dot(query, qkv(i)[C:2*C])) / math.Sqrt(float64(C)))
		f32.Axpy(float32(weight), qkv(i)[2*C:], mixed)
		sum += weight
	}
	f32.Scale(float32(1/sum), mixed)
	y := product(mixed, b.Attention.Proj.W, b.Attention.Proj.B)
	f32.Add(y, f32.Row(x, x.Rows-1))
	Normalize(y, y, b.Norm1.Weight, b.Norm1.Bias)
	wide := product(y, b.MLP.Fc.W, b.MLP.Fc.B)
	for i, v := range wide {
		wide[i] = GELU(v)
	}
	f32.Add(y, product(wide, b.MLP.Proj.W, b.MLP.Proj.B))
	Normalize(y, y, b.Norm2.Weight, b.Norm2.Bias)
	return y
}
