package pretrain_test

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/allocs"
)

var samplers = []pretrain.Sampler{
	{Temperature: 1}, {Temperature: .7}, {Temperature: 1, TopK: 1}, {Temperature: 2, TopK: 40}, {Temperature: 1, TopK: 1e6},
	{Temperature: 1, TopP: .9}, {Temperature: 3, TopP: .99}, {Temperature: .8, TopK: 50, TopP: .5}, {Temperature: 1, TopP: 1},
	{Temperature: 1, MinP: .1}, {Temperature: 3, MinP: .02}, {Temperature: 1, MinP: 1}, {Temperature: 1, MinP: 1e-9},
	{Temperature: 2, TopK: 40, MinP: .3}, {Temperature: 1, TopP: .9, MinP: .2}, {Temperature: 1, TopP: .5, MinP: .001},
	{Temperature: 1.5, TopK: 30, TopP: .8, MinP: .05}, {Temperature: 1e-30, MinP: .1}, {Temperature: 1e-30, TopK: 3, TopP: .9, MinP: .1},
}

// randomLogits has many that are equal.
func randomLogits(rng *rand.Rand, n int) []float32 {
	logits := make([]float32, n)
	for i := range logits {
		logits[i] = float32(int(20*rng.NormFloat64())) / 10
	}
	return logits
}

// The next token is chosen without sorting the vocabulary, and is the one of the
// sorted candidates that the dart hits.
func TestNextIsOneOfTheCandidates(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{1, 2, 3, 10, 1000} {
		for range 20 {
			logits := randomLogits(rng, n)
			for _, s := range samplers {
				ids, p := s.Candidates(logits)
				seed := rng.Uint64()
				u := rand.New(rand.NewPCG(seed, 0)).Float32()
				at := 0
				for at < len(p)-1 && u >= p[at] {
					u -= p[at]
					at++
				}
				got := s.Next(rand.New(rand.NewPCG(seed, 0)))(logits, nil)
				require.Equal(t, ids[at], got, "%+v", s)
			}
		}
	}
}

// What choosing a token allocates does not grow with the vocabulary.
func TestAllocationOfAPick(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	logits := randomLogits(rng, 100_000)
	for _, s := range samplers {
		s.RepetitionPenalty = 1.001
		next := s.Next(rng)
		require.Less(t, allocs.Bytes(func() { next(logits, []int{3, 1, 3}) }), allocs.Step, "%+v", s)
	}
}

// Settings out of their range are refused by name, and by panic where there is no
// error to return.
func TestSamplerOutOfRange(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for option, bad := range map[string][]pretrain.Sampler{
		"temperature":        {{Temperature: -1}, {Temperature: nan}, {Temperature: inf}, {Temperature: -inf}},
		"top-k":              {{TopK: -1}},
		"top-p":              {{TopP: 2}, {TopP: -.1}, {TopP: nan}, {TopP: inf}},
		"min-p":              {{MinP: 1.5}, {MinP: -1}, {MinP: nan}},
		"repetition-penalty": {{RepetitionPenalty: -1}, {RepetitionPenalty: nan}, {RepetitionPenalty: inf}},
	} {
		for _, s := range bad {
			require.ErrorContains(t, s.Validate(), "pretrain: "+option+" cannot be ", "%+v", s)
			const message = "pretrain: a field of the Sampler is out of its range, see Sampler.Validate"
			logits := []float32{1, 2}
			require.PanicsWithValue(t, message, func() { s.Candidates(logits) })
			require.PanicsWithValue(t, message, func() { s.Penalize(logits, []int{1}) })
			require.PanicsWithValue(t, message, func() { s.Next(nil) })
		}
	}
	for _, s := range samplers {
		require.NoError(t, s.Validate())
	}
}

// Once the text fills the context, writing goes on as long as it likes and takes
// no more memory.
func TestAllocationOfAToken(t *testing.T) {
	m := gpt.New(gpt.Config{Vocab: 50, Context: 8, Width: 8, Heads: 2, Layers: 1, TiedHead: true})
	m.Init(rand.New(rand.NewPCG(13, 14)))
	s := pretrain.Sampler{RepetitionPenalty: 1.2, Temperature: 1, TopP: .9, MinP: .01}
	next, stop := iter.Pull(pretrain.Generate(m, []int{1, 2, 3}, s, rand.New(rand.NewPCG(15, 16))))
	defer stop()
	for range 20 {
		next()
	}
	require.Less(t, allocs.Bytes(func() { next() }), allocs.Step)
}

// penalized is Penalize's plain twin: it looks each token up in the text.
func penalized(logits []float32, text []int, theta float32) []float32 {
	out := slices.Clone(logits)
	for id, l := range logits {
		if slices.Contains(text, id) && l > 0 {
			out[id] = l / theta
		} else if slices.Contains(text, id) {
			out[id] = l * theta
		}
	}
	return out
}

func TestPenalizeIsItsPlainTwin(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for _, n := range []int{1, 2, 10, 300} {
		for range 20 {
			logits := randomLogits(rng, n)
			text := make([]int, rng.IntN(2*n))
			for i := range text {
				text[i] = rng.IntN(n)
			}
			for _, theta := range []float32{1.2, 1, .5, 30} {
				got := slices.Clone(logits)
				pretrain.Sampler{RepetitionPenalty: theta}.Penalize(got, text)
				require.Equal(t, penalized(logits, text, theta), got)
			}
			got := slices.Clone(logits)
			pretrain.Sampler{Temperature: 1}.Penalize(got, text)
			require.Equal(t, logits, got, "without a penalty")
		}
	}
}

// A table to check by hand: the tokens 0, 1 and 3 are in the text, 1 twice.
func TestPenalizeTable(t *testing.T) {
	logits := []float32{3, -2, 1, 0}
	pretrain.Sampler{RepetitionPenalty: 2}.Penalize(logits, []int{1, 0, 1, 3})
	require.Equal(t, []float32{1.5, -4, 1, 0}, logits)
}

// Probabilities of 8, 4, 2, 1 and 1 sixteenths, and what min-p leaves of them.
func TestMinPTable(t *testing.T) {
	logits := []float32{float32(math.Log(4)), 0, float32(math.Log(8)), 0, float32(math.Log(2))}
	for _, c := range []struct {
		sampler pretrain.Sampler
		ids     []int
		p       []float32
	}{
		{pretrain.Sampler{MinP: 0}, []int{2, 0, 4, 1, 3}, []float32{8. / 16, 4. / 16, 2. / 16, 1. / 16, 1. / 16}},
		{pretrain.Sampler{MinP: .12}, []int{2, 0, 4, 1, 3}, []float32{8. / 16, 4. / 16, 2. / 16, 1. / 16, 1. / 16}},
		{pretrain.Sampler{MinP: .13}, []int{2, 0, 4}, []float32{8. / 14, 4. / 14, 2. / 14}},
		{pretrain.Sampler{MinP: .3}, []int{2, 0}, []float32{8. / 12, 4. / 12}},
		{pretrain.Sampler{MinP: 1}, []int{2}, []float32{1}},
		{pretrain.Sampler{MinP: .13, TopP: .7}, []int{2, 0}, []float32{8. / 12, 4. / 12}},
		{pretrain.Sampler{MinP: .3, TopP: .99}, []int{2, 0}, []float32{8. / 12, 4. / 12}},
		{pretrain.Sampler{MinP: .13, TopK: 4}, []int{2, 0, 4}, []float32{8. / 14, 4. / 14, 2. / 14}},
		{pretrain.Sampler{MinP: .13, TopK: 2}, []int{2, 0}, []float32{8. / 12, 4. / 12}},
	} {
		c.sampler.Temperature = 1
		ids, p := c.sampler.Candidates(logits)
		require.Equal(t, c.ids, ids, "%+v", c.sampler)
		require.InDeltaSlice(t, c.p, p, 1e-6, "%+v", c.sampler)
	}
}

// A greedy model that would say one token for ever says each once, and again
// only when nothing better is left.
func TestGreedyWithAPenalty(t *testing.T) {
	logits := []float32{4, 3.9, 3.8}
	s := pretrain.Sampler{RepetitionPenalty: 1.5}
	var text []int
	for range 4 {
		l := slices.Clone(logits)
		s.Penalize(l, text)
		text = append(text, s.Next(nil)(l, nil))
	}
	require.Equal(t, []int{0, 1, 2, 0}, text)
}

// Generate penalises what the model reads: prompt and answer, but not what has
// left the context.
func TestGeneratePenalizesTheText(t *testing.T) {
	c := gpt.Config{Vocab: 6, Context: 4, Width: 8, Heads: 2, Layers: 1, TiedHead: true}
	m := gpt.New(c)
	m.Init(rand.New(rand.NewPCG(17, 18)))
	text := []int{5, 4}
	s := pretrain.Sampler{RepetitionPenalty: 1e6}
	for id := range pretrain.Generate(m, text, s, nil) {
		window := text[max(0, len(text)-c.Context):]
		logits := slices.Clone(m.NewCache().Extend(window))
		require.Equal(t, gpt.Argmax(penalized(logits, window, 1e6)), id, "after %v", text)
		if text = append(text, id); len(text) == 20 {
			break
		}
	}
}

// However near to zero, a temperature makes no NaN of what is equal or far apart.
func TestNoNaNNearZero(t *testing.T) {
	logits := []float32{1e30, 5, -1e30, 1e30, 5}
	for _, temperature := range []float32{math.SmallestNonzeroFloat32, 1e-38, 1e-20, 1e-5} {
		for _, s := range []pretrain.Sampler{{}, {MinP: .5}, {TopK: 4, MinP: .5}, {TopP: .99, MinP: .5}} {
			s.Temperature = temperature
			ids, p := s.Candidates(logits)
			require.Equal(t, []int{0, 3}, ids[:2], "%+v", s)
			require.InDeltaSlice(t, []float32{.5, .5}, p[:2], 1e-6, "%+v", s)
			for _, rest := range p[2:] {
				require.Zero(t, rest, "%+v", s)
			}
		}
	}
}

// Tokens that are ruled out, and models that have broken, are no reason to hang
// or to name a token twice.
func TestCandidatesOfStrangeLogits(t *testing.T) {
	for _, odd := range []float32{float32(math.Inf(-1)), float32(math.NaN())} {
		logits := make([]float32, 200)
		for i := range logits {
			logits[i] = odd
		}
		logits[70] = 1
		ids, _ := pretrain.Sampler{Temperature: 1, TopK: 200}.Candidates(logits)
		slices.Sort(ids)
		require.Len(t, slices.Compact(ids), 200)
		for _, s := range samplers {
			s.RepetitionPenalty = 1.2
			s.Penalize(logits, []int{70, 71})
			ids, _ := s.Candidates(logits)
			require.NotEmpty(t, ids, "%+v", s)
			require.Less(t, s.Next(rand.New(rand.NewPCG(1, 2)))(logits, nil), len(logits), "%+v", s)
		}
	}
}

func BenchmarkPick(b *testing.B) {
	rng := rand.New(rand.NewPCG(9, 10))
	logits := make([]float32, 50257)
	for i := range logits {
		logits[i] = float32(3 * rng.NormFloat64())
	}
	for _, s := range []pretrain.Sampler{{}, {Temperature: 1}, {Temperature: .8, TopK: 40}, {Temperature: .8, TopP: .95}, {Temperature: .8, MinP: .05}} {
		b.Run(fmt.Sprintf("temperature %v, top-k %d, top-p %v, min-p %v", s.Temperature, s.TopK, s.TopP, s.MinP), func(b *testing.B) {
			next := s.Next(rng)
			for b.Loop() {
				next(logits, nil)
			}
		})
	}
}

func BenchmarkPenalize(b *testing.B) {
	rng := rand.New(rand.NewPCG(9, 10))
	logits, text := make([]float32, 50257), make([]int, 1024)
	for i := range text {
		text[i] = rng.IntN(len(logits))
	}
	for b.Loop() {
		pretrain.Sampler{RepetitionPenalty: 1.2}.Penalize(logits, text)
	}
}
