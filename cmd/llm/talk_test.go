package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/talk"
	"github.com/llm-from-scratch/llm/internal/export"
	"github.com/llm-from-scratch/llm/internal/golden"
)

// today is where a small model of today is, as it is published but for its size; change
// replaces the first text by the second in one of its files.
func todays(t *testing.T, change ...string) string {
	dir := filepath.Join(t.TempDir(), "model")
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join(here(t), "../../branches/talk/testdata/small"))))
	for i := 0; i < len(change); i += 3 {
		text := read(t, dir, change[i])
		require.Contains(t, text, change[i+1])
		require.NoError(t, os.WriteFile(filepath.Join(dir, change[i]), []byte(strings.Replace(text, change[i+1], change[i+2], 1)), 0o666))
	}
	return dir
}

// Every command that takes a model takes one of today, and what it makes of it.
func TestModelsOfToday(t *testing.T) {
	model := todays(t)
	assert.Contains(t, ok(t, "generate", "-model", model, "-n", "5", "What is"), "What is")
	assert.Contains(t, ok(t, "generate", "-model", model, "-int8", "-n", "5", "What is"), "What is")
	assert.Equal(t, "281 60 124\n", ok(t, "tokens", "encode", "-model", model, "-ids", "<|im_end|><|"))
	assert.Equal(t, "<|im_end|>a\n", ok(t, "tokens", "decode", "-model", model, "281", "97"))

	// The shape of a conversation: each line is answered, and the second answer is one
	// to both.
	chat := func(in string, more ...string) string {
		r := llmIn(t, t.Context(), in, append([]string{"chat", "-model", model, "-n", "6"}, more...)...)
		require.Equal(t, statusOK, r.status, r.stderr)
		return r.out
	}
	both := chat("What is hot?\nAnd cold?\n")
	assert.True(t, strings.HasPrefix(both, chat("What is hot?\n")))
	assert.Equal(t, both, chat("What is hot?\nAnd cold?\n"))
	assert.NotEqual(t, both, chat("What is hot?\nAnd cold?\n", "-history=false"))

	data := messagesFile(t)
	for name, args := range map[string][]string{"last": {"-layers", "last"}, "lora": {"-lora", "2"}} {
		filter := filepath.Join(t.TempDir(), name)
		out := ok(t, append([]string{"classify", "train", "-model", model, "-data", data, "-epochs", "1", "-out", filter}, args...)...)
		assert.Contains(t, out, "held out")
		assert.Contains(t, ok(t, "classify", "eval", "-model", filter), "held out from training sorted right")
		assert.Contains(t, ok(t, "classify", "run", "-model", filter, "See you at six"), "See you at six")
		assert.NotContains(t, ok(t, "doctor", filter), "model")
	}
	entries := entriesFile(t)
	for name, args := range map[string][]string{"all": nil, "lora": {"-lora", "2"}} {
		assistant := filepath.Join(t.TempDir(), name)
		ok(t, append([]string{"instruct", "train", "-model", model, "-data", entries, "-epochs", "1", "-out", assistant}, args...)...)
		assert.Contains(t, ok(t, "instruct", "eval", "-model", assistant, "-n", "3"), "mean loss")
		assert.Equal(t, read(t, model, "tokenizer.json"), read(t, assistant, "tokenizer.json"))
		r := llmIn(t, t.Context(), "Hi\n", "chat", "-model", assistant, "-n", "3")
		assert.Equal(t, statusOK, r.status, r.stderr)
		file := filepath.Join(exported(t, "-model", assistant, "-format", "gguf"), export.GGUFFile)
		assert.Equal(t, r.out, llmIn(t, t.Context(), "Hi\n", "chat", "-model", file, "-n", "3").out)
	}
}

// A run that was stopped goes on to the same bits, on a model of today as on a GPT-2.
func TestResumedRunsOfModelsOfToday(t *testing.T) {
	for name, args := range map[string][]string{
		"last block": {"classify", "train", "-layers", "last", "-data", messagesFile(t)},
		"filter":     {"classify", "train", "-lora", "2", "-data", messagesFile(t)},
		"assistant":  {"instruct", "train", "-lora", "2", "-data", entriesFile(t)},
		"all of it":  {"instruct", "train", "-data", entriesFile(t)},
	} {
		t.Run(name, func(t *testing.T) {
			model, parent := todays(t), t.TempDir()
			whole, half := filepath.Join(parent, "whole"), filepath.Join(parent, "half")
			args := append(args, "-model", model, "-epochs", "1", "-out")
			ok(t, append(args, whole)...)
			ok(t, append(args, half, "-stop", "2")...)
			ok(t, args[0], "train", "-resume", "-out", half)
			require.Equal(t, holds(t, whole), holds(t, half))
			if strings.Contains(strings.Join(args, " "), "-lora") {
				changed := filepath.Join(parent, "changed")
				ok(t, append(args, changed, "-stop", "2")...)
				w := []byte(read(t, model, "model.safetensors"))
				w[len(w)-1] ^= 1
				require.NoError(t, os.WriteFile(filepath.Join(model, "model.safetensors"), w, 0o666))
				r := llm(t, args[0], "train", "-resume", "-out", changed)
				require.Equal(t, statusFailed, r.status)
				assertOneLine(t, r, "is not the one that the run was started from")
			}
		})
	}
}

// The same model in a GGUF file, and a GPT-2 in one.
func TestGGUFModels(t *testing.T) {
	dir := pretrained(t)
	path := filepath.Join(exported(t, "-model", dir, "-format", "gguf"), export.GGUFFile)
	assert.Equal(t, ok(t, "generate", "-model", dir, "-n", "9", "The"), ok(t, "generate", "-model", path, "-n", "9", "The"))
	assert.Equal(t, ok(t, "tokens", "encode", "-model", dir, "The end"), ok(t, "tokens", "encode", "-model", path, "The end"))

	dir = todays(t)
	_, tokenizer, err := talk.Open(dir)
	require.NoError(t, err)
	require.IsType(t, new(talk.Form), tokenizer)
	path = filepath.Join(exported(t, "-model", dir, "-format", "gguf"), export.GGUFFile)
	say := func(model string) string {
		r := llmIn(t, t.Context(), "What is hot?\nAnd cold?\n", "chat", "-model", model, "-n", "9")
		require.Equal(t, statusOK, r.status, r.stderr)
		return r.out
	}
	assert.Equal(t, say(dir), say(path))
	filter := filepath.Join(t.TempDir(), "filter")
	ok(t, "classify", "train", "-model", path, "-lora", "2", "-messages", "60", "-epochs", "1", "-out", filter)
	ok(t, "classify", "eval", "-model", filter)
}

// A long text is read in parts by chapter 1's tokenizer alone: the others cut it at other
// places, and begin it with a token, once.
func TestTokensOfALongText(t *testing.T) {
	model := todays(t, "tokenizer_config.json", "{", `{"add_bos_token": true, "bos_token": "<|endoftext|>", `)
	tokenizer, err := talk.OpenTokenizer(model)
	require.NoError(t, err)
	text := strings.Repeat("What is 12 or cold?\n\n  ", 50000)
	require.Greater(t, len(text), 1<<20)
	for _, plain := range []bool{false, true} {
		r := llmIn(t, t.Context(), text, "tokens", "encode", "-ids", "-model", model, fmt.Sprintf("-plain-endoftext=%t", plain))
		require.Equal(t, statusOK, r.status, r.stderr)
		want := fmt.Sprintln(encodeText(tokenizer, text, plain))
		require.True(t, strings.Trim(want, "[]\n") == strings.TrimSpace(r.out), "plain: %t", plain)
	}
}

// What cannot be used is one line that names it, and mostly what to take instead.
func TestBadModelsOfToday(t *testing.T) {
	for want, change := range map[string][]string{
		"model_type is mistral; only gpt2, llama, qwen2 and qwen3 are built here: take": {"config.json", `"llama"`, `"mistral"`},
		"sliding_window is in use; only full attention is built here":                   {"config.json", "{", `{"sliding_window": 9, "use_sliding_window": true,`},
		"num_experts is set; only models without experts":                               {"config.json", "{", `{"num_experts": 8,`},
		`"Unigram"; only byte-level BPE is read; take a model with one: Llama 3`:        {"tokenizer.json", `"BPE"`, `"Unigram"`},
		"quantization_config is set":                                                    {"config.json", "{", `{"quantization_config": {},`},
	} {
		model := todays(t, change...)
		for _, command := range [][]string{{"generate"}, {"chat"}, {"classify", "train"}, {"instruct", "train"}} {
			r := llm(t, append(command, "-model", model, "-out", t.TempDir())[:len(command)+2]...)
			require.Equal(t, statusFailed, r.status, command)
			assertOneLine(t, r, want)
		}
	}
	unknown := todays(t, "tokenizer_config.json", "<|im_start|>", "[INST]")
	ok(t, "generate", "-model", unknown, "-n", "2", "x")
	for _, args := range [][]string{{"chat"}, {"instruct", "train"}} {
		r := llm(t, append(args, "-model", unknown)...)
		require.Equal(t, statusFailed, r.status)
		assertOneLine(t, r, "a chat template of a family that is not built here")
	}
	model := todays(t)
	r := llm(t, "export", "-model", model, "-out", t.TempDir())
	assertOneLine(t, r, "holds no GPT-2; export without -format gguf takes one")
	r = llm(t, "generate", "-model", filepath.Join(model, "model.safetensors"), "x")
	assertOneLine(t, r, "not a GGUF file")
	require.NoError(t, os.Truncate(filepath.Join(model, "model.safetensors"), 9999))
	r = llm(t, "generate", "-model", model, "x")
	require.Equal(t, statusFailed, r.status)
	assertOneLine(t, r, "model.safetensors")
	for _, name := range []string{"removed-tensor-type", "truncated-data", "truncated-kv", "version1", "big-endian", "empty"} {
		path := golden.Path(t, "llama/gguf/bad/"+name+".gguf")
		r := llm(t, "chat", "-model", path)
		require.Equal(t, statusFailed, r.status)
		assertOneLine(t, r, name+".gguf")
	}
}

// The real one: what it says in the book it says by this command.
func TestChatWithSmolLM2(t *testing.T) {
	golden.Large(t)
	path := golden.Model(t, "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
	r := llmIn(t, t.Context(), "What is the capital of France?\n", "chat", "-model", path, "-n", "30")
	require.Equal(t, statusOK, r.status, r.stderr)
	require.Equal(t, "The capital of France is Paris.\n", r.out)
}
