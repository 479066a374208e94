package embeddings_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/golden"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

func random(rng *rand.Rand, rows, cols int) blas32.General {
	m := f32.New(rows, cols)
	for i := range m.Data {
		m.Data[i] = float32(rng.NormFloat64())
	}
	return m
}

// fixture is an embedding with ids that repeat, in and across the sequences.
func fixture() (e embeddings.Embedding, ids []int, T int) {
	rng := rand.New(rand.NewPCG(5, 6))
	e = embeddings.Embedding{Tokens: random(rng, 7, 5), Positions: random(rng, 6, 5)}
	return e, []int{3, 1, 3, 6, 0, 3, 3, 6}, 4
}

func zeros(e embeddings.Embedding) embeddings.Embedding {
	return embeddings.Embedding{
		Tokens:    f32.New(e.Tokens.Rows, e.Tokens.Cols),
		Positions: f32.New(e.Positions.Rows, e.Positions.Cols),
	}
}

// The shapes of the published chapter: a batch of 8 sequences of 4 ids becomes
// 8·4 rows of 256 numbers, and the position table has 4 rows of 256.
func TestPublishedShapes(t *testing.T) {
	const V, C = 50257, 256
	e := embeddings.Embedding{Tokens: f32.New(V, C), Positions: f32.New(4, C)}
	for i := range e.Tokens.Rows {
		f32.Row(e.Tokens, i)[0] = float32(i)
	}
	for i := range e.Positions.Data {
		e.Positions.Data[i] = 0.5
	}
	for b := range windows(t, verdict, 4, 4).Batches(8, nil) {
		x := f32.New(b.B*b.T, C)
		e.Forward(x, b.Inputs, b.T, 0)
		for i, id := range b.Inputs {
			require.Equal(t, float32(id)+0.5, f32.Row(x, i)[0])
			require.Equal(t, float32(0.5), f32.Row(x, i)[C-1])
		}
	}
}

// The rows that a seeded PyTorch gives to Embedding(6, 3), looked up by the
// published ids.
func TestPublishedLookup(t *testing.T) {
	table := []float32{
		.3374, -.1778, -.1690,
		.9178, 1.5810, 1.3010,
		1.2753, -.2010, -.1606,
		-.4015, .9666, -1.1481,
		-1.1589, .3255, -.6315,
		-2.8400, -.7849, -1.4096,
	}
	e := embeddings.Embedding{Tokens: f32.View(table, 6, 3), Positions: f32.New(4, 3)}
	x := f32.New(4, 3)
	e.Forward(x, []int{2, 3, 5, 1}, 4, 0)
	require.Equal(t, []float32{
		1.2753, -.2010, -.1606,
		-.4015, .9666, -1.1481,
		-2.8400, -.7849, -1.4096,
		.9178, 1.5810, 1.3010,
	}, x.Data)
}

// Forward overwrites x, whatever it held.
func TestForwardIsTheSumOfTwoRows(t *testing.T) {
	e, ids, T := fixture()
	x := f32.New(len(ids), 5)
	for i := range x.Data {
		x.Data[i] = 99
	}
	e.Forward(x, ids, T, 0)
	for i, id := range ids {
		for c := range 5 {
			require.Equal(t, e.Tokens.Data[id*5+c]+e.Positions.Data[i%T*5+c], x.Data[i*5+c])
		}
	}
}

// Reading a text piece by piece, each piece at the position where the one
// before ended, gives the rows that reading it at once gives.
func TestForwardInPieces(t *testing.T) {
	e, _, _ := fixture()
	ids := []int{3, 1, 3, 6, 0, 2}
	whole := f32.New(6, 5)
	e.Forward(whole, ids, 6, 0)
	pieces := f32.New(6, 5)
	for at := 0; at < 6; {
		n := min(1+at, 6-at) // 1, 2, 3 ids
		e.Forward(f32.View(pieces.Data[at*5:], n, 5), ids[at:at+n], n, at)
		at += n
	}
	require.Equal(t, whole.Data, pieces.Data)
}

// Along any direction the loss must change as the gradient says. The loss is
// half the sum of the squares of x, so its gradient with respect to x is x.
func TestGradientAgainstNudges(t *testing.T) {
	e, ids, T := fixture()
	x := f32.New(len(ids), 5)
	loss := func() (sum float64) {
		e.Forward(x, ids, T, 0)
		for _, v := range x.Data {
			sum += float64(v) * float64(v) / 2
		}
		return sum
	}
	loss()
	grad := zeros(e)
	e.Backward(&grad, x, ids, T)

	gradcheck.Check(t, "Tokens", e.Tokens.Data, grad.Tokens.Data, loss, 5e-5)
	gradcheck.Check(t, "Positions", e.Positions.Data, grad.Positions.Data, loss, 5e-5)
}

// PyTorch, given the same tables, ids and dx.
func TestEmbeddingAgainstPyTorch(t *testing.T) {
	g := golden.Load(t, "layers/embedding.safetensors")
	matrix := func(name string) blas32.General {
		shape := g.Shape(t, name)
		C := shape[len(shape)-1]
		data := g.F32(t, name)
		return f32.View(data, len(data)/C, C)
	}
	ids, T := g.Ints(t, "ids"), g.Shape(t, "ids")[1]
	e := embeddings.Embedding{Tokens: matrix("wte"), Positions: matrix("wpe")}

	x := f32.New(len(ids), e.Tokens.Cols)
	e.Forward(x, ids, T, 0)
	golden.Close(t, "y", x.Data, g.F32(t, "y"), 1e-5)

	grad := zeros(e)
	e.Backward(&grad, matrix("dy"), ids, T)
	golden.Close(t, "dwte", grad.Tokens.Data, g.F32(t, "dwte"), 1e-5)
	golden.Close(t, "dwpe", grad.Positions.Data, g.F32(t, "dwpe"), 1e-5)
}

// Sums of small whole numbers are exact, so the rows of the gradient can be
// written down.
func TestBackwardAddsRepeatedIds(t *testing.T) {
	e := embeddings.Embedding{Tokens: f32.New(4, 2), Positions: f32.New(5, 2)}
	grad := zeros(e)
	dx := f32.View([]float32{
		1, 2, // id 3, position 0
		4, 8, // id 1, position 1
		16, 32, // id 3, position 0
		64, 128, // id 3, position 1
	}, 4, 2)
	e.Backward(&grad, dx, []int{3, 1, 3, 3}, 2)
	require.Equal(t, []float32{0, 0, 4, 8, 0, 0, 81, 162}, grad.Tokens.Data)
	require.Equal(t, []float32{17, 34, 68, 136, 0, 0, 0, 0, 0, 0}, grad.Positions.Data)

	e.Backward(&grad, dx, []int{3, 1, 3, 3}, 2)
	require.Equal(t, []float32{0, 0, 8, 16, 0, 0, 162, 324}, grad.Tokens.Data, "a second call adds")
}

func TestBackwardSkipsFrozenTables(t *testing.T) {
	e, ids, T := fixture()
	dx := random(rand.New(rand.NewPCG(1, 1)), len(ids), 5)
	all := zeros(e)
	e.Backward(&all, dx, ids, T)

	tokens := embeddings.Embedding{Tokens: f32.New(7, 5)}
	e.Backward(&tokens, dx, ids, T)
	require.Equal(t, all.Tokens.Data, tokens.Tokens.Data)
	require.Nil(t, tokens.Positions.Data)

	positions := embeddings.Embedding{Positions: f32.New(6, 5)}
	e.Backward(&positions, dx, ids, T)
	require.Equal(t, all.Positions.Data, positions.Positions.Data)
	require.Nil(t, positions.Tokens.Data)

	e.Backward(&embeddings.Embedding{}, dx, ids, T)
}

// A lookup is the product with the one-hot rows, and its gradient the product
// with their transpose.
func TestLookupIsAOneHotProduct(t *testing.T) {
	e, ids, T := fixture()
	e.Positions = f32.New(6, 5)
	h := embeddings.OneHot(ids, 7)

	looked, multiplied := f32.New(len(ids), 5), f32.New(len(ids), 5)
	e.Forward(looked, ids, T, 0)
	f32.Gemm(blas.NoTrans, blas.NoTrans, 1, h, e.Tokens, 0, multiplied)
	require.Equal(t, looked.Data, multiplied.Data)

	dx := random(rand.New(rand.NewPCG(2, 2)), len(ids), 5)
	grad := zeros(e)
	e.Backward(&grad, dx, ids, T)
	product := f32.New(7, 5)
	f32.Gemm(blas.Trans, blas.NoTrans, 1, h, dx, 0, product)
	require.InDeltaSlice(t, product.Data, grad.Tokens.Data, 1e-5)
}

// A training buffer is often larger than the batch: rows may be a view with
// a stride of their own.
func TestEmbeddingOnStridedViews(t *testing.T) {
	e, ids, T := fixture()
	want := f32.New(len(ids), 5)
	e.Forward(want, ids, T, 0)

	wide := random(rand.New(rand.NewPCG(3, 3)), len(ids), 9)
	before := slices.Clone(wide.Data)
	view := f32.Cols(wide, 2, 7)
	e.Forward(view, ids, T, 0)
	for i := range ids {
		require.Equal(t, f32.Row(want, i), f32.Row(view, i))
		require.Equal(t, before[i*9:i*9+2], wide.Data[i*9:i*9+2])
		require.Equal(t, before[i*9+7:i*9+9], wide.Data[i*9+7:i*9+9])
	}

	dense, strided := zeros(e), zeros(e)
	e.Backward(&dense, want, ids, T)
	e.Backward(&strided, view, ids, T)
	require.Equal(t, dense, strided)
}

func TestEmbeddingMisuse(t *testing.T) {
	e, ids, T := fixture()
	x := f32.New(len(ids), 5)
	grad := zeros(e)
	const (
		vocabulary = "embeddings: id outside the vocabulary"
		position   = "embeddings: position beyond the table"
		whole      = "embeddings: ids are not whole sequences of length T"
		shape      = "embeddings: x is not (len(ids), C)"
	)
	for _, c := range []struct {
		message string
		x       blas32.General
		ids     []int
		T, at   int
	}{
		{vocabulary, f32.New(1, 5), []int{7}, 1, 0},
		{vocabulary, f32.New(1, 5), []int{-1}, 1, 0},
		{vocabulary, f32.New(2, 5), []int{0, 1 << 40}, 2, 0},
		{position, x, ids, 8, 0},
		{position, x, ids, T, 3},
		{position, x, ids, T, -1},
		{whole, x, ids, 3, 0},
		{whole, x, ids, 0, 0},
		{shape, f32.New(7, 5), ids, T, 0},
		{shape, f32.New(8, 4), ids, T, 0},
	} {
		require.PanicsWithValue(t, c.message, func() { e.Forward(c.x, c.ids, c.T, c.at) })
		if c.at == 0 {
			require.PanicsWithValue(t, c.message, func() { e.Backward(&grad, c.x, c.ids, c.T) })
		}
	}
	require.Equal(t, zeros(e), grad, "nothing was added before the panic")
	require.PanicsWithValue(t, vocabulary, func() { embeddings.OneHot([]int{0, 7}, 7) })
	require.PanicsWithValue(t, vocabulary, func() { embeddings.OneHot([]int{-1}, 7) })
}

func TestEmbeddingAllocatesNothing(t *testing.T) {
	e, ids, T := fixture()
	x, grad := f32.New(len(ids), 5), zeros(e)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		e.Forward(x, ids, T, 0)
		e.Backward(&grad, x, ids, T)
	}))
}

// One sequence of 1,024 ids through the tables of GPT-2's smallest model.
func BenchmarkEmbedding(b *testing.B) {
	const V, C, T = 50257, 768, 1024
	rng := rand.New(rand.NewPCG(1, 1))
	e := embeddings.Embedding{Tokens: f32.New(V, C), Positions: f32.New(T, C)}
	grad := zeros(e)
	x := f32.New(T, C)
	ids := make([]int, T)
	for i := range ids {
		ids[i] = rng.IntN(V)
	}
	b.Run("Forward", func(b *testing.B) {
		b.SetBytes(4 * T * C)
		for b.Loop() {
			e.Forward(x, ids, T, 0)
		}
	})
	b.Run("Backward", func(b *testing.B) {
		b.SetBytes(4 * T * C)
		for b.Loop() {
			e.Backward(&grad, x, ids, T)
		}
	})
}

// The same lookup as a product, on a vocabulary a hundred times smaller.
func BenchmarkOneHotProduct(b *testing.B) {
	const V, C, T = 512, 768, 1024
	rng := rand.New(rand.NewPCG(1, 1))
	ids := make([]int, T)
	for i := range ids {
		ids[i] = rng.IntN(V)
	}
	h, table, x := embeddings.OneHot(ids, V), f32.New(V, C), f32.New(T, C)
	for b.Loop() {
		f32.Gemm(blas.NoTrans, blas.NoTrans, 1, h, table, 0, x)
	}
}
