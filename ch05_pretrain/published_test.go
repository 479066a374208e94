package pretrain_test

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/golden"
)

// The numbers that the published book prints for chapter 5 and its appendices A
// and D, where no random numbers are involved; [n] is the notebook's cell.

// Cells [32] to [49] turn six probabilities into a loss and a perplexity.
func TestPublishedLoss(t *testing.T) {
	var targets []int
	logits := f32.New(6, 2)
	for i, p := range []float64{7.4541e-05, 3.1061e-05, 1.1563e-05, 1.0337e-05, 5.6776e-05, 4.7559e-06} {
		logits.Data[2*i] = float32(math.Log(p))
		logits.Data[2*i+1] = float32(math.Log1p(-p)) // all other tokens together
		targets = append(targets, 0)
	}
	loss := pretrain.CrossEntropy(logits, targets)
	require.InDelta(t, 10.7940, loss, 5e-5)
	require.InDelta(t, 48725.82, pretrain.Perplexity(10.793964), .5)
	require.InEpsilon(t, 48725.82, pretrain.Perplexity(loss), 1e-4)
}

// Cell [57] and trap 6: The Verdict is split by characters, then tokenised.
func TestPublishedSplit(t *testing.T) {
	text, err := os.ReadFile(golden.Data(t, "the-verdict.txt"))
	require.NoError(t, err)
	vocab, err := os.Open(golden.Data(t, "gpt2-encoder.json"))
	require.NoError(t, err)
	defer vocab.Close()
	merges, err := os.Open(golden.Data(t, "gpt2-vocab.bpe"))
	require.NoError(t, err)
	defer merges.Close()
	bpe, err := tokens.ReadBPE(vocab, merges)
	require.NoError(t, err)

	require.Len(t, bpe.Encode(string(text)), 5145)
	train, validation := pretrain.SplitText(string(text), .9)
	require.Equal(t, []int{18431, 2048}, []int{len([]rune(train)), len([]rune(validation))})
	total := 0
	for part, want := range map[string]struct{ ids, windows, batches int }{train: {4612, 18, 9}, validation: {534, 2, 1}} {
		ids := bpe.Encode(part)
		require.Len(t, ids, want.ids)
		windows, err := embeddings.NewWindows(ids, 256, 256)
		require.NoError(t, err)
		require.Equal(t, want.windows, windows.Len())
		batches := 0
		for b := range windows.Batches(2, nil) {
			require.Equal(t, []int{2, 256}, []int{b.B, b.T})
			batches++
			total += len(b.Inputs)
		}
		require.Equal(t, want.batches, batches)
	}
	require.Equal(t, 4608+512, total)
}

// Cells [91] to [102]: nine words and their logits.
var (
	words       = strings.Fields("closer every effort forward inches moves pizza toward you")
	wordsLogits = []float32{4.51, .89, -1.90, 6.75, 1.63, -1.62, -1.89, 6.28, 1.79}
)

func probabilities(s pretrain.Sampler) []float64 {
	p := make([]float64, len(words))
	ids, chosen := s.Candidates(wordsLogits)
	for i, id := range ids {
		p[id] = float64(chosen[i])
	}
	return p
}

func TestPublishedSampling(t *testing.T) {
	require.Equal(t, "forward", words[gpt.Argmax(wordsLogits)])
	for _, c := range []struct {
		name    string
		sampler pretrain.Sampler
		want    []float64
	}{
		{"temperature 1", pretrain.Sampler{Temperature: 1}, []float64{.060907, .001631, .000100, .572120, .003419, .000133, .000101, .357576, .004012}},
		{"temperature 5", pretrain.Sampler{Temperature: 5}, []float64{.154648, .074975, .042912, .242052, .086934, .045384, .042998, .220336, .089761}},
		{"temperature 0.1", pretrain.Sampler{Temperature: .1}, []float64{0, 0, 0, .990987, 0, 0, 0, .009013, 0}},
		{"top 3", pretrain.Sampler{Temperature: 1, TopK: 3}, []float64{.061485, 0, 0, .577547, 0, 0, 0, .360968, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.InDeltaSlice(t, c.want, probabilities(c.sampler), 1e-6)
		})
	}
}

// Appendix D: 9 batches, 15 epochs, a fifth of the steps to warm up.
func TestPublishedSchedule(t *testing.T) {
	total := 9 * 15
	warmup := total / 5
	require.Equal(t, []int{135, 27}, []int{total, warmup})
	d2 := pretrain.Schedule{Initial: 1e-4, Peak: 1e-2, Min: 1e-5, Warmup: warmup, Total: total}
	for step, want := range map[int]float64{
		0: .0001, 1: .000466667, 26: .009633333, 27: .01, 28: .009997887, 80: .005150278,
		81: .005005, 100: .002382742, 134: 1.2113e-05,
	} {
		require.InDelta(t, want, d2.Rate(step), 6e-10, "step %d", step)
	}
	d4 := pretrain.Schedule{Initial: 1e-5, Peak: 1e-3, Min: 1e-5, Warmup: warmup, Total: total}
	for step, want := range map[int]float64{1: 4.66667e-05, 26: 9.633333e-04, 28: 9.997906e-04, 81: 5.05e-04, 134: 1.02094e-05} {
		require.InDelta(t, want, d4.Rate(step), 6e-11, "step %d", step)
	}
}

// Appendix D [22]: a gradient of length 5, clipped to 1.
func TestPublishedClipping(t *testing.T) {
	grads := []gpt.Param{{Name: "g", Shape: []int{2, 2}, Data: []float32{1, 2, 2, 4}}}
	norm := pretrain.Norm(grads)
	require.Equal(t, 5., norm)
	scale := pretrain.ClipScale(norm, 1)
	require.InDeltaSlice(t, []float64{.2, .4, .4, .8}, []float64{1 * scale, 2 * scale, 2 * scale, 4 * scale}, 1e-6)
}

// Appendix A [27, 30]: one weight, one bias, a yes or no. Its loss is ours with
// two classes, whose logits are 0 and z.
func TestPublishedLogisticRegression(t *testing.T) {
	neuron := attention.Linear{W: f32.View([]float32{2.2}, 1, 1), B: []float32{0}}
	x, z := f32.View([]float32{1.1}, 1, 1), f32.New(1, 1)
	neuron.Forward(z, x)
	logits := f32.View([]float32{0, z.Data[0]}, 1, 2)
	require.InDelta(t, .08518786, pretrain.CrossEntropyBackward(logits, []int{1}, 1), 1e-7)
	grad := attention.NewLinear(1, 1, true)
	neuron.Backward(f32.New(1, 1), &grad, f32.View(logits.Data[1:], 1, 1), x)
	require.InDelta(t, -.08982628, grad.W.Data[0], 1e-7)
	require.InDelta(t, -.08166026, grad.B[0], 1e-7)
}

// Appendix A [37] and exercise A.3 count the parameters of a small network.
func TestPublishedNetworkCounts(t *testing.T) {
	count := func(sizes ...int) (n int) {
		for i := range sizes[1:] {
			l := attention.NewLinear(sizes[i], sizes[i+1], true)
			n += len(l.W.Data) + len(l.B)
		}
		return n
	}
	require.Equal(t, 2213, count(50, 30, 20, 3))
	require.Equal(t, 752, count(2, 30, 20, 2))
}
