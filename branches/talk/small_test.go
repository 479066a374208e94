package talk_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/llama"
	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/safetensors"
	"github.com/llm-from-scratch/llm/internal/tokenizerjson"
)

// small is the directory of a model as it is published, but for its size: it is tested
// with here, and by the commands.
const small = "testdata/small"

// smallModel has six rows more than there are tokens.
func smallModel(vocab int) *llama.Model {
	m := llama.New(llama.Config{
		Vocab: vocab, Context: 256, Width: 16, Hidden: 24, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 4,
		Rotary: layers.Rotary{Theta: 10000}, Epsilon: 1e-5, TiedHead: true,
	})
	rng := rand.New(rand.NewPCG(1, 2))
	for _, p := range m.Params() {
		for i := range p.Data {
			p.Data[i] = float32(rng.IntN(65)-32) / 64 // the same on every processor
			if strings.HasSuffix(p.Name, "norm.weight") {
				p.Data[i] = 1
			}
		}
	}
	return m
}

// smallTokenizer has the merges of a sentence and three control tokens.
func smallTokenizer(t testing.TB) tokenizerjson.Tokenizer {
	bpe, err := tokens.TrainBPE(strings.Repeat("What is the opposite of hot? The answer is cold, and the other is old. ", 4), 280)
	require.NoError(t, err)
	var vocab, merges bytes.Buffer
	require.NoError(t, bpe.WriteVocab(&vocab))
	require.NoError(t, bpe.WriteMerges(&merges))
	file := tokenizerjson.Tokenizer{Split: tokenizerjson.SmolLM, Merges: strings.Split(strings.TrimSpace(merges.String()), "\n")[1:]}
	require.NoError(t, json.Unmarshal(vocab.Bytes(), &file.Vocab))
	end := bpe.EndOfText()
	for i, name := range []string{"<|im_start|>", "<|im_end|>"} {
		file.Added = append(file.Added, tokenizerjson.Added{ID: new(bpe.Vocab() + i), Content: name, Special: true})
	}
	file.Added = append(file.Added, tokenizerjson.Added{ID: &end, Content: tokens.EndOfText, Special: true})
	return file
}

// The small model in testdata is what this test makes. Without it, or with it removed,
// the test writes it.
func TestSmallModel(t *testing.T) {
	file := smallTokenizer(t)
	m := smallModel(len(file.Vocab) + 2 + 6)
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
	}
	dir := t.TempDir()
	if _, err := os.Stat(small); err != nil {
		dir = small
		require.NoError(t, os.MkdirAll(dir, 0o755))
	}
	require.NoError(t, durable.WriteFiles(dir, durable.Files{
		"config.json": m.WriteConfig,
		"model.safetensors": func(w io.Writer) error {
			return safetensors.Write(w, safetensors.BF16, m.Params(), map[string]string{"format": "pt"})
		},
		"tokenizer.json":         file.Write,
		"tokenizer_config.json":  text(`{"chat_template": "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}", "eos_token": "<|im_end|>"}` + "\n"),
		"generation_config.json": text(`{"eos_token_id": 279}` + "\n"),
	}))
	for _, name := range []string{"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "generation_config.json"} {
		want, err := os.ReadFile(filepath.Join(small, name))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got), name)
	}
}
