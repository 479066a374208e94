package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/talk"
	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/golden"
)

// needs skips a test that what cannot be done without is not there for, except
// where everything must be.
func needs(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal("needs " + what)
	}
	t.Skip("needs " + what)
}

// exported runs llm export and returns the directory that it wrote.
func exported(t testing.TB, args ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "exported")
	var out, stderr bytes.Buffer
	status := run(t.Context(), append([]string{"export", "-out", dir}, args...), strings.NewReader(""), &out, &stderr)
	require.Equal(t, statusOK, status, stderr.String())
	return dir
}

func TestExport(t *testing.T) {
	model := pretrained(t)
	dir := exported(t, "-model", model)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	require.Equal(t, []string{"config.json", "generation_config.json", "merges.txt", "model.safetensors", "tokenizer.json",
		"tokenizer_config.json", "vocab.json"}, names)

	m, bpe, err := pretrain.LoadModel(model)
	require.NoError(t, err)
	again, bpeAgain, err := pretrain.LoadModel(dir)
	require.NoError(t, err)
	require.Equal(t, m.Params(), again.Params())
	require.Equal(t, m.Config, again.Config)
	require.Equal(t, bpe.Encode(bookText()), bpeAgain.Encode(bookText()))

	end := bpe.EndOfText()
	require.Equal(t, 299, end)
	assert.JSONEq(t, `{"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": 300, "n_positions": 160,
		"n_ctx": 160, "n_embd": 16, "n_layer": 1, "n_head": 2, "n_inner": null, "activation_function": "gelu_new",
		"layer_norm_epsilon": 1e-05, "embd_pdrop": 0, "attn_pdrop": 0, "resid_pdrop": 0, "initializer_range": 0.02,
		"scale_attn_weights": true, "scale_attn_by_inverse_layer_idx": false, "reorder_and_upcast_attn": false,
		"tie_word_embeddings": true, "bos_token_id": 299, "eos_token_id": 299, "use_cache": true, "torch_dtype": "float32"}`,
		read(t, dir, "config.json"))
	assert.JSONEq(t, `{"bos_token_id": 299, "eos_token_id": 299}`, read(t, dir, "generation_config.json"))
	assert.JSONEq(t, `{"tokenizer_class": "GPT2Tokenizer", "model_max_length": 160, "add_prefix_space": false,
		"clean_up_tokenization_spaces": false, "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>",
		"unk_token": "<|endoftext|>", "added_tokens_decoder": {"299": {"content": "<|endoftext|>", "single_word": false,
		"lstrip": false, "rstrip": false, "normalized": true, "special": true}}}`, read(t, dir, "tokenizer_config.json"))

	var tokenizer map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(read(t, dir, "tokenizer.json")), &tokenizer))
	assert.JSONEq(t, `"1.0"`, string(tokenizer["version"]))
	assert.JSONEq(t, `[{"id": 299, "content": "<|endoftext|>", "single_word": false, "lstrip": false, "rstrip": false,
		"normalized": true, "special": true}]`, string(tokenizer["added_tokens"]))
	for step, trims := range map[string]bool{"pre_tokenizer": true, "decoder": true, "post_processor": false} {
		assert.JSONEq(t, fmt.Sprintf(`{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": %t, "use_regex": true}`, trims),
			string(tokenizer[step]))
	}
	var encoding struct {
		Type   string
		Vocab  map[string]int
		Merges []string
	}
	require.NoError(t, json.Unmarshal(tokenizer["model"], &encoding))
	assert.Equal(t, "BPE", encoding.Type)
	assert.Len(t, encoding.Vocab, 300)
	assert.Equal(t, strings.Split(strings.TrimSpace(read(t, dir, "merges.txt")), "\n")[1:], encoding.Merges)
}

// One file for llama.cpp, and one for Ollama. Internal/export asks llama.cpp itself.
func TestExportGGUF(t *testing.T) {
	model := pretrained(t)
	dir := exported(t, "-model", model, "-format", "gguf")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.Equal(t, "FROM ./model.gguf\nTEMPLATE \"\"\"{{ .Prompt }}\"\"\"\nPARAMETER stop \"<|endoftext|>\"\n", read(t, dir, "Modelfile"))
	f, err := gguf.Open(filepath.Join(dir, "model.gguf"))
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, filepath.Base(model), f.Metadata["general.name"])
	m, bpe, err := pretrain.LoadModel(model)
	require.NoError(t, err)
	got, tokenizer, err := talk.LoadGPT2(f)
	require.NoError(t, err)
	require.Equal(t, m.Params(), got.Params())
	require.Equal(t, bpe, tokenizer)

	out := filepath.Join(t.TempDir(), "q8")
	r := llm(t, "export", "-model", model, "-format", "gguf", "-dtype", "q8_0", "-assistant", "-out", out)
	require.Equal(t, statusOK, r.status, r.stderr)
	require.Equal(t, fmt.Sprintf("%s: 10,672 weights as Q8_0\n4 matrices stay F16: their rows are not whole blocks of 32 weights\n", filepath.Join(out, "model.gguf")), r.out)
	require.Contains(t, read(t, out, "Modelfile"), "### Instruction:\n{{ .Content }}")

	// What generates from a directory generates the same from the file.
	write := func(model string) string {
		r := llm(t, "generate", "-model", model, "-n", "20", "-temperature", "0", "The Rays")
		require.Equal(t, statusOK, r.status, r.stderr)
		return r.out
	}
	require.Equal(t, write(model), write(filepath.Join(dir, "model.gguf")))

	// From such a file into another one: the same model.
	again, err := gguf.Open(filepath.Join(exported(t, "-model", filepath.Join(dir, "model.gguf"), "-format", "gguf"), "model.gguf"))
	require.NoError(t, err)
	defer again.Close()
	got, tokenizer, err = talk.LoadGPT2(again)
	require.NoError(t, err)
	require.Equal(t, m.Params(), got.Params())
	require.Equal(t, bpe, tokenizer)
}

// What is exported goes without the two older files of the tokenizer, and where
// they are another's, the command says which counts.
func TestTwoTokenizers(t *testing.T) {
	dir := exported(t, "-model", pretrained(t))
	write := func() result { return llm(t, "generate", "-model", dir, "-n", "5", "-temperature", "0", "The") }
	both := write()
	require.Equal(t, statusOK, both.status, both.stderr)
	require.NotContains(t, both.stderr, "note")
	other := strings.Replace(read(t, dir, "vocab.json"), `"!": 33, "\"": 34`, `"\"": 33, "!": 34`, 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "vocab.json"), []byte(other), 0o644))
	differing := write()
	require.Equal(t, both.out, differing.out)
	require.Contains(t, differing.stderr, `two tokenizers that are not the same: token 33 is "!" in tokenizer.json, in vocab.json "\""; tokenizer.json is used`)
	require.NoError(t, errors.Join(os.Remove(filepath.Join(dir, "vocab.json")), os.Remove(filepath.Join(dir, "merges.txt"))))
	require.Equal(t, both.out, write().out)
}

// A token may be as long as a text: it is saved, loaded, exported and loaded again.
func TestTokenOf64KB(t *testing.T) {
	bpe, err := tokens.TrainBPE("", 257)
	require.NoError(t, err)
	var vocab, merges bytes.Buffer
	require.NoError(t, errors.Join(bpe.WriteVocab(&vocab), bpe.WriteMerges(&merges)))
	tokensOf := strings.TrimSuffix(vocab.String(), "}")
	for i, long := 0, "a"; len(long) < 1<<16; i++ {
		fmt.Fprintln(&merges, long, long)
		long += long
		tokensOf += fmt.Sprintf(", %q: %d", long, 257+i)
	}
	bpe, err = tokens.ReadBPE(strings.NewReader(tokensOf+"}"), &merges)
	require.NoError(t, err)
	model := filepath.Join(t.TempDir(), "model")
	require.NoError(t, pretrain.SaveModel(model, gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: 8, Width: 2, Heads: 1, Layers: 1}), bpe))
	text := strings.Repeat("a", 1<<16)
	exported := exported(t, "-model", model)
	oneFile := filepath.Join(t.TempDir(), "one")
	require.NoError(t, os.CopyFS(oneFile, os.DirFS(exported)))
	require.NoError(t, errors.Join(os.Remove(filepath.Join(oneFile, "vocab.json")), os.Remove(filepath.Join(oneFile, "merges.txt"))))
	for _, dir := range []string{model, exported, oneFile} {
		_, got, err := pretrain.LoadModel(dir)
		require.NoError(t, err)
		require.Equal(t, []int{bpe.Vocab() - 1}, got.Encode(text))
	}
}

func TestExportRefuses(t *testing.T) {
	model := pretrained(t)
	t.Chdir(t.TempDir())
	for args, want := range map[string]string{
		"-format gguf -dtype BF16": `-dtype cannot be "BF16"; it takes F32, F16 or Q8_0`,
		"-dtype F64":               `-dtype cannot be "F64"; it takes F32, F16 or BF16`,
		"-dtype Q8_0":              `-dtype cannot be "Q8_0"; it takes F32, F16 or BF16`,
		"-format onnx":             `-format cannot be "onnx"; it takes safetensors or gguf`,
		"-assistant":               `-assistant is for -format gguf`,
		"bogus":                    `unknown command "bogus" for "llm export"`,
		"-out " + model:            "is the model to export; it takes another directory",
		"-force -out " + model:     "is the model to export; it takes another directory",
	} {
		r := llm(t, append([]string{"export", "-model", model}, strings.Fields(args)...)...)
		assert.Equal(t, statusUsage, r.status)
		assertOneLine(t, r, want)
	}
	assertFails(t, "no model in nowhere", "export", "-model", "nowhere")
	full := filepath.Dir(file(t, "notes.txt", "mine"))
	assertFails(t, "is not empty: write over an export in it by -force", "export", "-model", model, "-out", full)
	assertFails(t, "notes.txt", "export", "-model", model, "-out", filepath.Join(full, "notes.txt"))
	require.NoError(t, os.WriteFile(filepath.Join(full, "config.json"), []byte("of another model"), 0o644))
	ok(t, "export", "-model", model, "-out", full, "-force")
	assert.Equal(t, "mine", read(t, full, "notes.txt"))
	_, _, err := pretrain.LoadModel(full)
	require.NoError(t, err)

	// A value that F16 cannot hold leaves the older export as it was.
	m, bpe, err := pretrain.LoadModel(model)
	require.NoError(t, err)
	m.Params()[3].Data[5] = 1e6
	require.NoError(t, pretrain.SaveModel(model, m, bpe))
	assertFails(t, `tensor "h.0.ln_1.bias" has the value 1e+06 at position 5, which is not finite in F16`,
		"export", "-model", model, "-out", full, "-force", "-dtype", "F16")
	ok(t, "export", "-model", model, "-out", full, "-force", "-format", "gguf", "-dtype", "F16") // where biases are F32
	m.Params()[0].Data[5] = 1e6
	require.NoError(t, pretrain.SaveModel(model, m, bpe))
	before := read(t, full, "model.gguf")
	assertFails(t, `tensor "token_embd.weight": the value at position 5 is 1e+06, which is not finite in F16`,
		"export", "-model", model, "-out", full, "-force", "-format", "gguf", "-dtype", "F16")
	assert.Equal(t, before, read(t, full, "model.gguf"))
	_, _, err = pretrain.LoadModel(full)
	require.NoError(t, err)
	hidden, err := filepath.Glob(filepath.Join(full, ".*"))
	require.NoError(t, err)
	require.Empty(t, hidden, "half a file is left")

	// A run or a filter is no export, to be replaced.
	assertFails(t, "holds a run or a filter", "export", "-model", model, "-out", pretrained(t), "-force")

	// So does Ctrl-C.
	ok(t, "export", "-model", model, "-out", full, "-force")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, statusInterrupted, llmIn(t, ctx, "", "export", "-model", model, "-out", full, "-force").status)
	_, _, err = pretrain.LoadModel(full)
	require.NoError(t, err)

	filter := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(filter, "classifier.json"), nil, 0o644))
	assertFails(t, "holds a classifier", "export", "-model", filter)
}

// torch returns a Python that has PyTorch.
func torch(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/python3", "python3", "python"} {
		if exec.Command(name, "-c", "import importlib.util as u, sys; sys.exit(not u.find_spec('torch'))").Run() == nil {
			return name
		}
	}
	needs(t, "PyTorch: apt-get install python3-torch, or pip install torch")
	return ""
}

// torchAnswer is what testdata/read_gpt2.py computes.
type torchAnswer struct {
	Logits  []float32
	Greedy  []int
	Closest float64
}

// ask puts a question to a script that reads and writes JSON.
func ask(t testing.TB, question, answer any, name string, args ...string) {
	t.Helper()
	in, err := json.Marshal(question)
	require.NoError(t, err)
	cmd := exec.Command(name, args...)
	cmd.Stdin = bytes.NewReader(in)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	require.NoError(t, json.Unmarshal(out, answer))
}

// askTorch lets PyTorch read exported models, score ids and write n more.
func askTorch(t testing.TB, python string, ids []int, n int, dirs ...string) (answers []torchAnswer) {
	t.Helper()
	script := filepath.Join("testdata", "read_gpt2.py")
	ask(t, map[string]any{"ids": ids, "n": n}, &answers, python, append([]string{script}, dirs...)...)
	require.Len(t, answers, len(dirs))
	return answers
}

// logits are the scores of m at each of ids.
func logits(m *gpt.Model, ids []int) []float32 {
	hidden := m.NewPass(gpt.Frozen, 1, len(ids)).Forward(ids, len(ids), nil)
	all := f32.New(len(ids), m.Config.Vocab)
	m.Logits(all, hidden)
	return all.Data
}

// greedy are the n ids that m writes after ids, always the likeliest.
func greedy(m *gpt.Model, ids []int, n int) (next []int) {
	for id := range m.Greedy(ids) {
		if next = append(next, id); len(next) == n {
			break
		}
	}
	return next
}

// random returns a model whose weights are larger than those that training
// starts from, so that a wrong one shows, and decisions are clear.
func random(c gpt.Config) *gpt.Model {
	m := gpt.New(c)
	m.Init(rand.New(rand.NewPCG(1, 1)))
	for i, p := range m.Params() {
		for j := range p.Data {
			if len(p.Shape) == 2 {
				p.Data[j] *= 5
			} else {
				p.Data[j] += 0.1 * float32(math.Sin(float64(i+j))) // biases are not all zero
			}
		}
	}
	return m
}

// PyTorch reads what is exported and computes the same logits, to a ten-thousandth
// of the largest.
func TestPyTorchComputesTheSame(t *testing.T) {
	python := torch(t)
	bpe, err := tokens.TrainBPE(bookText(), 300)
	require.NoError(t, err)
	models := map[string]string{"trained": pretrained(t)}
	for name, c := range map[string]gpt.Config{
		"random":                      {QKVBias: true, TiedHead: true},
		"random, untied":              {QKVBias: true},
		"random, untied and unbiased": {},
	} {
		c.Vocab, c.Context, c.Width, c.Heads, c.Layers = bpe.Vocab(), 32, 48, 4, 3
		models[name] = filepath.Join(t.TempDir(), "model")
		require.NoError(t, pretrain.SaveModel(models[name], random(c), bpe))
	}
	ids := bpe.Encode("Colours: the Rays, which differ in Light (by Experiment 17).")[:32] // the whole context
	type export struct {
		name, model, dtype string
	}
	var exports []export
	var dirs []string
	for name, model := range models {
		for _, dtype := range []string{"F32", "F16", "BF16"} {
			exports = append(exports, export{name, model, dtype})
			dirs = append(dirs, exported(t, "-model", model, "-dtype", dtype))
		}
	}
	for i, a := range askTorch(t, python, ids, 0, dirs...) {
		e := exports[i]
		t.Run(e.name+", "+e.dtype, func(t *testing.T) {
			m, _, err := pretrain.LoadModel(e.model)
			require.NoError(t, err)
			rounded, _, err := pretrain.LoadModel(dirs[i])
			require.NoError(t, err)
			golden.Close(t, "logits", a.Logits, logits(rounded, ids), 1e-4)
			golden.Close(t, "logits before rounding", a.Logits, logits(m, ids), map[string]float64{"F32": 1e-4, "F16": 0.02, "BF16": 0.15}[e.dtype])
		})
	}
}

// tokenizers is the folder where npm has put Hugging Face's library.
func tokenizers(t testing.TB) (node, folder string) {
	t.Helper()
	folder = os.Getenv("LLMBOOK_TOKENIZERS")
	node, err := exec.LookPath("node")
	if folder == "" || err != nil {
		needs(t, "node, and Hugging Face's tokenizers: npm install --prefix FOLDER tokenizers@0.23.2, and set LLMBOOK_TOKENIZERS to the FOLDER")
	}
	folder, err = filepath.Abs(filepath.Join(folder, "node_modules"))
	require.NoError(t, err)
	return node, folder
}

// Hugging Face's library finds the same ids by the tokenizer.json that is
// exported, for GPT-2's vocabulary and for one of our own, and the texts again.
func TestTokenizerLibraryFindsTheSameIDs(t *testing.T) {
	node, folder := tokenizers(t)
	texts := []string{"", " ", "a", "\n", "\r\n\r\n  x", "Every effort moves you", "it's they'll I'VE ''s 'so 'sdo",
		"a  b   c \n d\t\te  ", "x2 ½ 2½ 1234567 ٣٤", "naïve cafe\u0301 ß ﬁ", "你好，世界 안녕하세요", "😉😉! 👩‍👩‍👧 🏳️‍🌈", "a\u00a0b\u3000c\u2028d\u0085e\u200bf\ufeffg\u180eh",
		"\x00\x1c\x7f", "\ufffd", "<|endoftext|>", "one<|endoftext|>two <|endoftext|> three<|endo", "func main() {\n\tfmt.Println(\"hi\")\n}\n",
		strings.Repeat(" ", 1000), strings.Repeat("a", 1000), strings.Repeat("internationalisation", 100), strings.Repeat("\n \t", 300), bookText()}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 500 { // characters that are letters, digits, spaces, marks, or nothing
		var s strings.Builder
		for range rng.IntN(40) {
			s.WriteRune([]rune{rune(rng.IntN(0x80)), rune(rng.IntN(0x3000)), rune(0x1f300 + rng.IntN(0x400)), ' ', '\n', '\''}[rng.IntN(6)])
		}
		texts = append(texts, s.String())
	}
	if dir := os.Getenv("LLMBOOK_DATA"); dir != "" {
		for _, name := range []string{"the-verdict.txt", "tinyshakespeare.txt", "jules-verne.txt", "sms-spam-collection.tsv"} {
			text := read(t, golden.Data(t, name))
			texts = append(texts, strings.ToValidUTF8(text[:min(len(text), 1<<18)], ""))
		}
	}
	for i := range texts {
		texts[i] = strings.ToValidUTF8(texts[i], "\ufffd") // as JSON has to be
	}
	own, err := tokens.TrainBPE(bookText()+strings.Join(texts[:22], "\n"), 700)
	require.NoError(t, err)
	gpt2, err := vocabulary("")
	require.NoError(t, err)
	for name, bpe := range map[string]*tokens.BPE{"GPT-2's": gpt2.(*tokens.BPE), "our own": own} {
		t.Run(name, func(t *testing.T) {
			model := filepath.Join(t.TempDir(), "model")
			c := gpt.Config{Vocab: bpe.Vocab(), Context: 8, Width: 2, Heads: 1, Layers: 1}
			require.NoError(t, pretrain.SaveModel(model, gpt.New(c), bpe))
			var answer struct {
				IDs   [][]int
				Texts []string
			}
			question := map[string]any{"file": filepath.Join(exported(t, "-model", model), "tokenizer.json"), "texts": texts}
			ask(t, question, &answer, node, filepath.Join("testdata", "tokenize.mjs"), folder)
			require.Len(t, answer.IDs, len(texts))
			for i, text := range texts {
				want := bpe.EncodeSpecial(text)
				require.Len(t, answer.IDs[i], len(want), "%.100q", text)
				for j := range want {
					require.Equal(t, want[j], answer.IDs[i][j], "id %d of %.100q", j, text)
				}
				require.True(t, text == answer.Texts[i], "%.100q became %.100q", text, answer.Texts[i])
			}
		})
	}
}
