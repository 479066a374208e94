package bert

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas/blas32"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/golden"
)

// tiny is one of the three small models that transformers saved.
func tiny(t *testing.T, name string) *Model {
	dir := golden.Path(t, "bert/tiny/"+name)
	m, err := Load(os.DirFS(dir), dir)
	require.NoError(t, err)
	return m
}

// tinyBatch is three inputs, two of pairs and one of a single text, with padding.
func tinyBatch(t *testing.T, g golden.Tensors) Input {
	x := Input{IDs: g.Ints(t, "input_ids"), T: g.Shape(t, "input_ids")[1], Types: g.Ints(t, "token_type_ids")}
	mask := g.Ints(t, "attention_mask")
	for b := range len(mask) / x.T {
		n := 0
		for _, m := range mask[b*x.T : (b+1)*x.T] {
			n += m
		}
		x.Real = append(x.Real, n)
	}
	return x
}

func compare(t *testing.T, name string, want []float32, got blas32.General) {
	t.Helper()
	golden.Close(t, name, got.Data[:got.Rows*got.Cols], want, 1e-5)
}

func TestHiddenStates(t *testing.T) {
	golden.Large(t)
	g := golden.Load(t, "bert/tiny/batch.safetensors")
	m, x := tiny(t, "model"), tinyBatch(t, g)
	p := m.NewPass(nil, len(x.Real), x.T)
	hidden := p.Forward(x, nil)
	for i, layer := range p.stream {
		compare(t, fmt.Sprint("hidden ", i), g.F32(t, fmt.Sprint("hidden_", i)), layer)
	}
	for i := range m.Blocks {
		want := g.F32(t, fmt.Sprint("attn_", i))
		for b := range x.Real {
			for h := range m.Config.Heads {
				size := x.T * x.T
				compare(t, fmt.Sprint("attention ", i, b, h), want[(b*m.Config.Heads+h)*size:][:size], p.Weights(i, h, b))
			}
		}
	}
	pooled := f32.New(len(x.Real), m.Config.Width)
	m.Pool(pooled, hidden, x.T)
	compare(t, "pooled", g.F32(t, "pooled"), pooled)
}

// grads compares all gradients, by name, with a file of PyTorch's.
func grads(t *testing.T, file string, got []gpt.Param) {
	t.Helper()
	want := golden.Load(t, file)
	require.Len(t, got, len(want.Names()))
	for _, p := range got {
		if strings.HasSuffix(p.Name, "key.bias") { // the softmax does not see it: 0 but for rounding
			continue
		}
		golden.Close(t, p.Name, p.Data, want.F32(t, p.Name), 1e-5)
	}
}

func TestMaskedWords(t *testing.T) {
	golden.Large(t)
	g := golden.Load(t, "bert/tiny/batch.safetensors")
	m, x := tiny(t, "mlm"), tinyBatch(t, g)
	p, a := m.NewPass(nil, len(x.Real), x.T), newWordsActivations(m.Config, len(x.IDs))
	var all []int
	for i := range x.IDs {
		all = append(all, i)
	}
	labels := g.Ints(t, "labels")
	logits := m.words(a, p.Forward(x, nil), all)
	compare(t, "logits", g.F32(t, "logits"), logits)
	loss := pretrain.CrossEntropyBackward(logits, labels, 1)
	require.InDelta(t, g.F32(t, "loss")[0], loss, 1e-5)

	dhidden := f32.New(len(x.IDs), m.Config.Width)
	m.wordsBackward(dhidden, p.grad, newWordsActivations(m.Config, len(x.IDs)), a, logits)
	p.Backward(dhidden)
	grads(t, "bert/tiny/grads.safetensors", p.Grads())
}

func TestClasses(t *testing.T) {
	golden.Large(t)
	g, batch := golden.Load(t, "bert/tiny/classifier.safetensors"), golden.Load(t, "bert/tiny/batch.safetensors")
	m, x := tiny(t, "classifier"), tinyBatch(t, batch)
	p, a := m.NewPass(nil, len(x.Real), x.T), newClassActivations(m.Config, len(x.Real))
	logits := m.classes(a, p.Forward(x, nil), x.T, nil)
	compare(t, "logits", g.F32(t, "logits"), logits)
	compare(t, "Classify", g.F32(t, "logits"), m.Classify(x))
	loss := pretrain.CrossEntropyBackward(logits, g.Ints(t, "labels"), 1)
	require.InDelta(t, g.F32(t, "loss")[0], loss, 1e-5)

	dhidden := f32.New(len(x.IDs), m.Config.Width)
	m.classesBackward(dhidden, p.grad, newClassActivations(m.Config, len(x.Real)), a, logits, p.hidden())
	p.Backward(dhidden)
	grads(t, "bert/tiny/classifier_grads.safetensors", p.Grads())
}

// twenty takes the 20 steps of AdamW that PyTorch took.
func TestTwentySteps(t *testing.T) {
	golden.Large(t)
	var want struct {
		LR, Eps, Clip float64
		Betas         [2]float64
		Decay         float64 `json:"weight_decay"`
		MLM           struct {
			Losses []float64
			Norms  []float64 `json:"grad_norms"`
		}
	}
	golden.JSON(t, "bert/tiny/training.json", &want)
	g := golden.Load(t, "bert/tiny/batch.safetensors")
	m, x, labels := tiny(t, "mlm"), tinyBatch(t, g), g.Ints(t, "labels")
	p := m.NewPass(nil, len(x.Real), x.T)
	o := pretrain.NewOptimizer(pretrain.AdamW{Beta1: want.Betas[0], Beta2: want.Betas[1], Epsilon: want.Eps, Decay: want.Decay}, m.Params(), p.Grads())
	var rows, targets []int
	for i, l := range labels {
		if l != pretrain.Ignore {
			rows, targets = append(rows, i), append(targets, l)
		}
	}
	a, d, dhidden := newWordsActivations(m.Config, len(rows)), newWordsActivations(m.Config, len(rows)), f32.New(len(x.IDs), m.Config.Width)
	for i, loss := range want.MLM.Losses {
		logits := m.words(a, p.Forward(x, nil), rows)
		require.InDelta(t, loss, pretrain.CrossEntropyBackward(logits, targets, 1), 1e-4)
		m.wordsBackward(dhidden, p.grad, d, a, logits)
		p.Backward(dhidden)
		norm := pretrain.GradNorm(p.Grads())
		require.InEpsilon(t, want.MLM.Norms[i], norm, 1e-3)
		o.Step(want.LR, pretrain.ClipScale(norm, want.Clip))
	}
	after := golden.Load(t, "bert/tiny/after20.safetensors")
	for _, p := range m.Params() {
		if !strings.HasSuffix(p.Name, "key.bias") {
			golden.Close(t, p.Name, p.Data, after.F32(t, p.Name), 2e-4)
		}
	}
}

// minilm is the real sentence encoder.
func minilm(t testing.TB) *Encoder {
	e, err := LoadEncoder(golden.Model(t, "minilm"))
	require.NoError(t, err)
	require.Equal(t, 256, e.Longest)
	return e
}

// Sentence vectors are transformers', one by one and in batches, and a sentence is itself
// in any company.
func TestSentences(t *testing.T) {
	golden.Large(t)
	e := minilm(t)
	var sentences []struct {
		Text string
		N    int
	}
	golden.JSON(t, "bert/minilm/sentences.json", &sentences)
	g := golden.Load(t, "bert/minilm/embeddings.safetensors")
	want := f32.View(g.F32(t, "embeddings"), len(sentences), e.Model.Config.Width)
	var texts []string
	for _, s := range sentences {
		require.Len(t, e.Tokenizer.Single(s.Text, e.Longest).IDs, s.N)
		texts = append(texts, s.Text)
	}
	together, err := e.Embed(t.Context(), texts)
	require.NoError(t, err)
	for i, text := range texts {
		alone, err := e.Embed(t.Context(), []string{text})
		require.NoError(t, err)
		golden.Close(t, text, together[i], f32.Row(want, i), 1e-5)
		require.InDeltaSlice(t, alone[0], together[i], 1e-6)
	}
	for j, i := range g.Ints(t, "norms_for") {
		ids := e.Tokenizer.Single(texts[i], e.Longest).IDs
		p := e.Model.NewPass(nil, 1, len(ids))
		p.Forward(Input{IDs: ids, T: len(ids)}, nil)
		want := f32.View(g.F32(t, fmt.Sprint("norms_", j)), len(p.stream), len(ids))
		for layer, x := range p.stream {
			for row := range ids {
				got := math.Sqrt(f32.SquaredNorm(f32.Row(x, row)))
				require.InEpsilon(t, f32.Row(want, layer)[row], got, 1e-5, "layer %d, token %d", layer, row)
			}
		}
	}
}
