package tokenizerjson

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What other programs write: transformers 5, and the file GPT-2 was given in 2019,
// both cut down to a few tokens.
func read(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return string(data)
}

const (
	wantVocab  = `{"\u003c|endoftext|\u003e":5,"!":0,"a":2,"b":3,"ab":4,"Ġ":1}`
	wantMerges = "#version: 0.2\na b\n"
)

// files returns what the two older files hold where tokenizer.json has text.
func files(text string) (vocab, merges []byte, err error) {
	ids, list, err := Read([]byte(text))
	if err != nil {
		return nil, nil, err
	}
	vocab, err = json.Marshal(ids)
	return vocab, []byte(firstLine + strings.Join(list, "\n") + "\n"), err
}

func TestRead(t *testing.T) {
	for _, name := range []string{"transformers5.json", "published2019.json"} {
		vocab, merges, err := files(read(t, name))
		require.NoError(t, err, name)
		require.JSONEq(t, wantVocab, string(vocab))
		require.Equal(t, wantMerges, string(merges))
	}
	// A special token that was added later has its id from there.
	vocab, _, err := files(strings.Replace(read(t, "transformers5.json"), `"added_tokens": [`,
		`"added_tokens": [{"id": 6, "content": "<|pad|>", "single_word": false, "special": true},`, 1))
	require.NoError(t, err)
	require.JSONEq(t, strings.TrimSuffix(wantVocab, "}")+`, "<|pad|>": 6}`, string(vocab))
}

var refused = []struct{ old, new, want string }{
	{`"type": "BPE"`, `"type": "Unigram"`, `the tokenizer's model is "Unigram"; only byte-level BPE is read`},
	{`"type": "BPE"`, `"type": "WordPiece"`, `the tokenizer's model is "WordPiece"; only byte-level BPE is read`},
	{`"type": "ByteLevel"`, `"type": "Whitespace"`, `the tokenizer cuts texts in a way of its own, "Whitespace"; those of GPT-2, SmolLM2, Qwen2 and Llama 3 are read`},
	{`"use_regex": true`, `"use_regex": false`, `the tokenizer cuts texts in a way of its own, "Bytes"; those of GPT-2, SmolLM2, Qwen2 and Llama 3 are read`},
	{`"add_prefix_space": false`, `"add_prefix_space": true`, `the tokenizer puts a space before texts (add_prefix_space); that is not read`},
	{`"normalizer": null`, `"normalizer": {"type": "NFKC"}`, `the tokenizer changes texts by a normalizer, "NFKC"; only NFC is read`},
	{`"normalizer": null`, `"normalizer": {"type": "NFC"}`,
		`the added token "<|endoftext|>" takes what stands beside it (single_word, lstrip, rstrip), or is normalized; that is not read`},
	{`"rstrip": false`, `"rstrip": true`,
		`the added token "<|endoftext|>" takes what stands beside it (single_word, lstrip, rstrip), or is normalized; that is not read`},
	{`"ignore_merges": false`, `"ignore_merges": true`, `the tokenizer is not as GPT-2's: it cuts texts as "gpt-2"; NFC false, ignore_merges true`},
	{`"byte_fallback": false`, `"byte_fallback": true`, `the tokenizer's BPE has dropout, a prefix, a suffix or byte_fallback; that is not read`},
	{`"dropout": null`, `"dropout": 0.1`, `the tokenizer's BPE has dropout, a prefix, a suffix or byte_fallback; that is not read`},
	{`"pre_tokenizer": {`, `"post": {`, `the tokenizer has no pre_tokenizer; only byte-level BPE is read`},
	{`"merges": [`, `"other": [`, `the tokenizer has no vocab or no merges`},
	{`["a", "b"]`, `["a", "b", "c"]`, `line 26: "model": "merges": [0]: a merge is a list of two tokens, or the two in one string`},
	{`["a", "b"]`, `{"a": "b"}`, `line 26: "model": "merges": [0]: a merge is a list of two tokens, or the two in one string`},
	{`["a", "b"]`, `["a\n", "b"]`, `merge 0: "a\n b" holds a line end, which stands for no byte`},
	{`"ab": 4`, `"ab": null`, `line 24: "model": "vocab": "ab": null, where a value belongs`},
	{`"ab": 4`, `"ab": 4, "a": 7`, `line 24: "model": "vocab": "a" comes twice, first at line 23`},
	{`"id": 5`, `"id": 4`, `the added token "<|endoftext|>" has the id 4, in the vocabulary it has 5`},
	{`"id": 5,`, ``, `the added token "<|endoftext|>" has no id`},
	{`"content": "<|endoftext|>"`, `"content": "<| end |>"`, `the added token "<| end |>" has a space or a letter beyond ASCII; such are not read`},
	{`"content": "<|endoftext|>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": true, "special": true`, `"content": "word"`,
		`the added token "word" is not a special one; it would be looked for in texts, which is not done here`},
	{`"version"`, `"VERSION": 1, "version"`, ""},
	{`"model"`, `"Model": {}, "model"`, `line 11: "Model": the key comes as "model", too, at line 11`},
}

func TestReadRefuses(t *testing.T) {
	text := read(t, "transformers5.json")
	for _, c := range refused {
		require.Contains(t, text, c.old)
		_, _, err := Read([]byte(strings.Replace(text, c.old, c.new, 1)))
		if c.want == "" {
			require.NoError(t, err)
		} else {
			require.EqualError(t, err, c.want, c.new)
		}
	}
}

func TestWrittenIsRead(t *testing.T) {
	end := 5
	var out bytes.Buffer
	require.NoError(t, Write(&out, []byte(wantVocab), []byte(wantMerges), Added{ID: &end, Content: "<|endoftext|>", Special: true}))
	vocab, merges, err := files(out.String())
	require.NoError(t, err)
	require.JSONEq(t, wantVocab, string(vocab))
	require.Equal(t, wantMerges, string(merges))
}

func TestDiffer(t *testing.T) {
	text := []byte(read(t, "transformers5.json"))
	for _, c := range []struct{ vocab, merges, want string }{
		{wantVocab, wantMerges, ""},
		{wantVocab, "a b\n", ""}, // without its version
		{strings.Replace(wantVocab, `"!"`, `"?"`, 1), wantMerges, `token 0 is "!" in tokenizer.json, in vocab.json "?"`},
		{strings.Replace(wantVocab, `"\u003c|endoftext|\u003e":5,`, "", 1), wantMerges, `token 5 is "<|endoftext|>" in tokenizer.json, in vocab.json nothing`},
		{wantVocab, "#version: 0.2\nb a\n", `merge 0 is "a b" in tokenizer.json, in merges.txt "b a"`},
		{wantVocab, "#version: 0.2\na b\nab a\n", `merge 1 is nothing in tokenizer.json, in merges.txt "ab a"`},
	} {
		got, err := Differ(text, []byte(c.vocab), []byte(c.merges))
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	_, err := Differ(text, []byte("[]"), nil)
	require.EqualError(t, err, "vocab.json: byte 0: a list, where an object belongs")
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"transformers5.json", "published2019.json"} {
		f.Add(read(f, name))
	}
	for _, c := range refused {
		f.Add(strings.Replace(read(f, "transformers5.json"), c.old, c.new, 1))
	}
	f.Fuzz(func(t *testing.T, text string) {
		vocab, merges, err := files(text)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		difference, err := Differ([]byte(text), vocab, merges)
		require.NoError(t, err)
		require.Empty(t, difference)
	})
}

// What is written is read again, for every family, and other programs find the added
// tokens under their ids in the vocabulary: one that is not there gets another id.
func TestWriteFamilies(t *testing.T) {
	for _, split := range []string{GPT2, SmolLM, Qwen2, Llama3} {
		want := Tokenizer{
			Vocab: map[string]int{"a": 3, "b": 1, "ab": 7, "\"": 2}, Merges: []string{"a b"}, Split: split,
			NFC: split == Qwen2, Whole: split == Llama3,
			Added: []Added{{ID: new(0), Content: "<|im_end|>", Special: true}, {ID: new(9), Content: "<think>"}},
		}
		var file bytes.Buffer
		require.NoError(t, want.Write(&file))
		got, err := Parse(file.Bytes())
		require.NoError(t, err)
		want.Vocab["<|im_end|>"], want.Vocab["<think>"] = 0, 9
		require.Equal(t, want, got)
	}
}
