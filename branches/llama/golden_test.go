package llama_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/llama"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/golden"
)

// eachModel runs a test on each of the five small models that PyTorch's transformers
// have computed.
func eachModel(t *testing.T, test func(t *testing.T, folder string)) {
	golden.Large(t)
	for _, name := range []string{"llama-tied", "llama3-scaled", "qwen2", "qwen3", "llama-mha-bias"} {
		t.Run(name, func(t *testing.T) { test(t, "llama/"+name+"/") })
	}
}

func load(t testing.TB, folder string) *llama.Model {
	dir := filepath.Dir(golden.Path(t, folder+"config.json"))
	m, err := llama.Load(os.DirFS(dir), dir)
	require.NoError(t, err)
	return m
}

// batch is what the values were computed of.
func batch(t testing.TB, folder string) embeddings.Batch {
	g := golden.Load(t, folder+"batch.safetensors")
	shape := g.Shape(t, "ids")
	return embeddings.Batch{B: shape[0], T: shape[1], Inputs: g.Ints(t, "ids"), Targets: g.Ints(t, "targets")}
}

func TestGoldenPasses(t *testing.T) {
	eachModel(t, func(t *testing.T, folder string) {
		m, b, want := load(t, folder), batch(t, folder), golden.Load(t, folder+"outputs.safetensors")
		p, N := m.NewPass(nil, b.B, b.T), b.B*b.T
		hidden := p.Forward(b.Inputs, b.T, nil)
		golden.Close(t, "inv_freq", m.Frequencies, want.F32(t, "inv_freq"), 1e-6)
		golden.Close(t, "norm", hidden.Data, want.F32(t, "norm"), 1e-5)
		logits, dhidden := f32.New(N, m.Config.Vocab), f32.New(N, m.Config.Width)
		m.Logits(logits, hidden)
		golden.Close(t, "logits", logits.Data, want.F32(t, "logits"), 1e-5)
		loss := pretrain.CrossEntropyBackward(logits, b.Targets, 1)
		golden.Close(t, "loss", []float32{float32(loss)}, want.F32(t, "loss"), 1e-6)
		p.LogitsBackward(dhidden, logits, hidden)
		p.Backward(dhidden)
		grads := golden.Load(t, folder+"grads.safetensors")
		require.Len(t, p.Grads(), len(grads.Names()))
		for _, g := range p.Grads() {
			require.Equal(t, grads.Shape(t, g.Name), g.Shape)
			golden.Close(t, g.Name, g.Data, grads.F32(t, g.Name), 1e-5)
		}
	})
}

// Twenty steps of AdamW end at the same weights.
func TestGoldenTraining(t *testing.T) {
	eachModel(t, func(t *testing.T, folder string) {
		var want struct {
			LR, Eps, Clip float64
			Betas         [2]float64
			WeightDecay   float64 `json:"weight_decay"`
			Losses        []float64
			GradNorms     []float64 `json:"grad_norms"`
			Decay         []string
		}
		golden.JSON(t, folder+"training.json", &want)
		m, b := load(t, folder), batch(t, folder)
		l := pretrain.NewLanguageModel(m, nil, b.B, b.T)
		for _, p := range l.Params() {
			require.Equal(t, len(p.Shape) == 2, slices.Contains(want.Decay, p.Name), p.Name)
		}
		o := pretrain.NewOptimizer(pretrain.AdamW{Beta1: want.Betas[0], Beta2: want.Betas[1], Epsilon: want.Eps, Decay: want.WeightDecay}, l.Params(), l.Grads())
		for i, loss := range want.Losses {
			require.InDelta(t, loss, l.Learn(b, 1, nil), 1e-4, "step %d", i)
			norm := pretrain.GradNorm(l.Grads())
			require.InEpsilon(t, want.GradNorms[i], norm, 1e-4, "step %d", i)
			o.Step(want.LR, pretrain.ClipScale(norm, want.Clip))
		}
		after := golden.Load(t, folder+"after20.safetensors")
		for _, p := range m.Params() {
			if p.Name[len(p.Name)-11:] == "k_proj.bias" {
				continue // its true gradient is zero: softmax does not see it, and Adam moves it by rounding
			}
			golden.Close(t, p.Name, p.Data, after.F32(t, p.Name), 1e-4)
		}
	})
}

func TestGoldenGreedy(t *testing.T) {
	eachModel(t, func(t *testing.T, folder string) {
		var want struct {
			Prompts []struct{ Prompt, New []int }
		}
		golden.JSON(t, folder+"greedy.json", &want)
		m := load(t, folder)
		for _, w := range want.Prompts {
			var got []int
			for id := range gpt.Continue(m, m.NewCache(), w.Prompt, func(logits []float32, _ []int) int { return gpt.Argmax(logits) }) {
				if got = append(got, id); len(got) == len(w.New) {
					break
				}
			}
			require.Equal(t, w.New, got)
		}
	})
}

// The layouts of published files and of transformers 5, one file and shards.
func TestGoldenFiles(t *testing.T) {
	eachModel(t, func(t *testing.T, folder string) {
		m := load(t, folder)
		dir := t.TempDir()
		for from, to := range map[string]string{"config.hub.json": "config.json", "model.safetensors": "model.safetensors"} {
			data, err := os.ReadFile(golden.Path(t, folder+from))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(dir, to), data, 0o644))
		}
		hub, err := llama.Load(os.DirFS(dir), dir)
		require.NoError(t, err)
		require.Equal(t, m, hub)
		var written bytes.Buffer // and what we write
		require.NoError(t, m.WriteConfig(&written))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "config.json"), written.Bytes(), 0o644))
		again, err := llama.Load(os.DirFS(dir), dir)
		require.NoError(t, err)
		require.Equal(t, m, again)
	})
	m := load(t, "llama/llama-bf16/")
	require.Equal(t, m, load(t, "llama/llama-sharded/"))
	b, want := batch(t, "llama/llama-bf16/"), golden.Load(t, "llama/llama-bf16/outputs.safetensors")
	golden.Close(t, "norm", m.NewPass(gpt.Frozen, b.B, b.T).Forward(b.Inputs, b.T, nil).Data, want.F32(t, "norm"), 1e-5)
}
