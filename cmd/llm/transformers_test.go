package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/golden"
)

// transformers returns a Python that has PyTorch and the library transformers.
func transformers(t *testing.T) string {
	t.Helper()
	python := os.Getenv("LLMBOOK_PYTHON")
	if python == "" {
		needs(t, "PyTorch and transformers 5: pip install torch transformers, and set LLMBOOK_PYTHON to that python")
	}
	return python
}

// trainedElsewhere is what testdata/train_gpt2.py has computed.
type trainedElsewhere struct {
	IDs                 [][]int
	Length              int
	Losses, Logits      []float32
	Rate                float64
	Before, Norm, After float64
}

// train lets PyTorch train the model in dir, in this number of processes, and
// returns the directory that transformers has saved it to.
func train(t *testing.T, python, dir string, processes int, texts []string) (out string, answer trainedElsewhere) {
	t.Helper()
	question, err := json.Marshal(texts)
	require.NoError(t, err)
	out = filepath.Join(t.TempDir(), "trained")
	args := []string{filepath.Join("testdata", "train_gpt2.py"), dir, out, file(t, "question.json", string(question))}
	if processes > 1 {
		args = append([]string{"-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"}, args...)
	}
	cmd := exec.CommandContext(t.Context(), python, args...)
	cmd.Env = append(os.Environ(), "HF_HUB_OFFLINE=1", "OMP_NUM_THREADS=1")
	text, err := cmd.CombinedOutput()
	require.NoError(t, err, string(text))
	require.NoError(t, json.Unmarshal([]byte(read(t, out, "answer.json")), &answer))
	return out, answer
}

// What PyTorch trains and transformers saves, in one process or in two that share
// the work, goes on here: the same ids, the same logits, and the same next step.
func TestTransformersGoesOn(t *testing.T) {
	python := transformers(t)
	bpe, err := tokens.TrainBPE(bookText(), 300)
	require.NoError(t, err)
	m := random(gpt.Config{Vocab: bpe.Vocab(), Context: 32, Width: 48, Heads: 4, Layers: 2, QKVBias: true, TiedHead: true})
	model := filepath.Join(t.TempDir(), "model")
	require.NoError(t, pretrain.SaveModel(model, m, bpe))
	dir := exported(t, "-model", model)
	texts := []string{"The Rays of Light are Colours of the Sun", "Every Body reflects the Rays of its own Colour", "By Experiment 17. it appears that Light",
		"Light is refracted by a Prism of Glass"}
	var alone trainedElsewhere
	for _, processes := range []int{1, 2} {
		out, a := train(t, python, dir, processes, texts)
		for _, name := range []string{"vocab.json", "merges.txt"} {
			require.NoFileExists(t, filepath.Join(out, name), "transformers 5 writes no %s", name)
		}
		got, tokenizer, err := pretrain.LoadModel(out)
		require.NoError(t, err)
		var batch embeddings.Batch
		for i, text := range texts {
			require.Equal(t, a.IDs[i], bpe.Encode(text))
			require.Equal(t, a.IDs[i], tokenizer.Encode(text))
			batch.Inputs = append(batch.Inputs, a.IDs[i][:a.Length-1]...)
			batch.Targets = append(batch.Targets, a.IDs[i][1:a.Length]...)
		}
		batch.B, batch.T = len(texts), a.Length-1
		golden.Close(t, "logits", a.Logits, logits(got, a.IDs[0][:a.Length]), 1e-4)
		require.Less(t, a.Losses[9], a.Losses[0]-0.1, "PyTorch has learned something")

		l := pretrain.NewLanguageModel(got, nil, batch.B, batch.T)
		optimizer := pretrain.NewOptimizer(pretrain.AdamW{Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8}, l.Params(), l.Grads())
		require.InDelta(t, a.Before, l.Learn(batch, 1, nil), 1e-4)
		require.InEpsilon(t, a.Norm, pretrain.GradNorm(l.Grads()), 1e-4)
		optimizer.Step(a.Rate, 1)
		require.InDelta(t, a.After, l.Loss(batch), 1e-3)
		if processes == 1 {
			alone = a
			continue
		}
		// Two halves of the batch make the same step as the whole of it.
		golden.Close(t, "logits after training in two processes", alone.Logits, a.Logits, 1e-2)
	}
}
