package pretrain_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

var samplers = []pretrain.Sampler{
	{Temperature: 1}, {Temperature: .7}, {Temperature: 1, TopK: 1}, {Temperature: 2, TopK: 40}, {Temperature: 1, TopK: 1e6},
	{Temperature: 1, TopP: .9}, {Temperature: 3, TopP: .99}, {Temperature: .8, TopK: 50, TopP: .5}, {Temperature: 1, TopP: 1},
}

// sorted is Candidates' plain twin: it sorts the vocabulary.
func sorted(s pretrain.Sampler, logits []float32) (ids []int, p []float32) {
	for i := range logits {
		ids = append(ids, i)
	}
	slices.SortStableFunc(ids, func(a, b int) int { return cmp.Compare(logits[b], logits[a]) })
	if s.TopK > 0 {
		ids = ids[:min(s.TopK, len(ids))]
	}
	for _, id := range ids {
		p = append(p, (logits[id]-logits[ids[0]])/s.Temperature)
	}
	attention.Softmax(p)
	if s.TopP > 0 && s.TopP < 1 {
		var sum float32
		n := 0
		for n < len(p) && sum < s.TopP {
			sum += p[n]
			n++
		}
		ids, p = ids[:n], p[:n]
		for i := range p {
			p[i] /= sum
		}
	}
	return ids, p
}

// randomLogits has many that are equal.
func randomLogits(rng *rand.Rand, n int) []float32 {
	logits := make([]float32, n)
	for i := range logits {
		logits[i] = float32(int(20*rng.NormFloat64())) / 10
	}
	return logits
}

func TestCandidatesAreThoseOfSorting(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{1, 2, 3, 10, 1000} {
		for range 20 {
			logits := randomLogits(rng, n)
			for _, s := range samplers {
				ids, p := s.Candidates(logits)
				want, wantP := sorted(s, logits)
				require.Equal(t, want, ids, "%+v", s)
				require.InDeltaSlice(t, wantP, p, 1e-6, "%+v", s)

				// The dart hits what it would on the sorted line.
				seed := rng.Uint64()
				picked := s.Pick(logits, rand.New(rand.NewPCG(seed, 0)))
				u := rand.New(rand.NewPCG(seed, 0)).Float32()
				at := 0
				for at < len(wantP)-1 && u >= wantP[at] {
					u -= wantP[at]
					at++
				}
				require.Equal(t, want[at], picked, "%+v", s)
			}
		}
	}
}

func TestPickAllocatesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	logits := randomLogits(rng, 5000)
	for _, s := range samplers {
		require.Zero(t, testing.AllocsPerRun(5, func() { s.Pick(logits, rng) }), "%+v", s)
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
	}
}

func BenchmarkPick(b *testing.B) {
	rng := rand.New(rand.NewPCG(9, 10))
	logits := make([]float32, 50257)
	for i := range logits {
		logits[i] = float32(3 * rng.NormFloat64())
	}
	for _, s := range []pretrain.Sampler{{}, {Temperature: 1}, {Temperature: .8, TopK: 40}, {Temperature: .8, TopP: .95}} {
		b.Run(fmt.Sprintf("temperature %v, top-k %d, top-p %v", s.Temperature, s.TopK, s.TopP), func(b *testing.B) {
			for b.Loop() {
				s.Pick(logits, rng)
			}
		})
	}
}
