package export_test

import (
	"bytes"
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/talk"
	"github.com/llm-from-scratch/llm/internal/export"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/gpt2files"
)

// A file that claims to hold a GPT-2 is an error, or what is read of it can be written
// and is the same again.
func FuzzGPT2(f *testing.F) {
	m, bpe := gpt2(f, 4, true, false)
	metadata, err := export.TokenizerOf(bpe)
	require.NoError(f, err)
	path, _, _ := written(f, m, export.GGUF{Tokenizer: metadata})
	data, err := os.ReadFile(path)
	require.NoError(f, err)
	f.Add(data)
	f.Add(bytes.Replace(data, []byte("attn_qkv.bias"), []byte("attn_qkv.bibs"), 2))
	f.Add(bytes.Replace(data, []byte("gpt-2"), []byte("qwen2"), 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := gguf.New("x", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		m, bpe, err := talk.LoadGPT2(file)
		if err != nil {
			return
		}
		tok, err := export.TokenizerOf(bpe)
		require.NoError(t, err)
		metadata, tensors := gpt2files.ToGGUF(gpt2files.Config(m.Config), m.Params(), gguf.F32)
		again, same, err := talk.LoadGPT2(inMemory(t, append(metadata, tok.Metadata()...), tensors))
		require.NoError(t, err)
		require.Equal(t, bpe, same)
		require.Equal(t, m.Params(), again.Params())
	})
}

// inMemory is a file that is on no disk, which would take its time.
func inMemory(t testing.TB, metadata []gguf.Pair, tensors []gguf.Source) *gguf.File {
	var b bytes.Buffer
	require.NoError(t, gguf.Write(&b, metadata, tensors))
	f, err := gguf.New("x", bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	return f
}

// FuzzReadTokenizer: whatever stands in the files is an error, or is written and read again.
func FuzzReadTokenizer(f *testing.F) {
	f.Add([]byte(`{"added_tokens": [{"id": 3, "content": "<s>", "special": true}], "pre_tokenizer": {"type": "ByteLevel", "use_regex": true}, "model": {"vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]]}}`),
		[]byte(`{"eos_token": {"content": "<s>"}, "bos_token": 1e300, "chat_template": [{"name": "default", "template": "<|im_start|> <|im_end|>"}]}`), []byte(`{"eos_token_id": [2, 1]}`))
	f.Fuzz(func(t *testing.T, one, settings, config []byte) {
		files := fstest.MapFS{"tokenizer.json": {Data: one}, "tokenizer_config.json": {Data: settings}, "config.json": {Data: config}}
		tok, err := export.ReadTokenizer(files, "dir")
		if err != nil || len(tok.Tokens) > 1000 {
			return
		}
		again, err := inMemory(t, tok.Metadata(), nil).Tokenizer()
		require.NoError(t, err)
		require.Equal(t, tok, again)
	})
}
