package chat

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tinyFile is a tokenizer.json of a few tokens, with gaps and without most bytes.
const tinyFile = `{
	"added_tokens": [
		{"id": 40, "content": "<|im_start|>", "special": true, "normalized": false},
		{"id": 41, "content": "<|im_end|>", "special": true, "normalized": false},
		{"id": 42, "content": "<think>", "special": false, "normalized": false},
		{"id": 43, "content": "<think>>", "special": false, "normalized": false}
	],
	"normalizer": {"type": "NFC"},
	"pre_tokenizer": {"type": "Sequence", "pretokenizers": [
		{"type": "Split", "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": false},
		{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}]},
	"model": {"type": "BPE", "ignore_merges": false,
		"vocab": {"a": 0, "b": 1, "Ġ": 2, "<": 3, ">": 4, "t": 5, "h": 6, "ab": 7, "Ġab": 9, "Ã": 10, "¤": 11, "Ã¤": 12, "aba": 13},
		"merges": [["a", "b"], "Ġ ab", ["Ã", "¤"], ["ab", "a"]]}
}`

// tiny is the tokenizer of tinyFile.
func tiny(t testing.TB) *Tokenizer {
	tok, err := Read([]byte(tinyFile))
	require.NoError(t, err)
	return tok
}

func TestTokenizer(t *testing.T) {
	tok := tiny(t)
	require.Equal(t, 44, tok.Vocab())
	require.Equal(t, []int{7, 9, 2}, tok.Encode("ab ab "))
	require.Equal(t, []int{13, 12}, tok.Encode("abaa\u0308")) // NFC: one letter with two dots
	require.Equal(t, []int{0, 1}, tok.Encode("aXYZ\x00b"))    // the bytes between have no token
	require.Equal(t, []int{3, 5, 6, 4}, tok.Encode("<think>"))
	require.Equal(t, []int{0, 42, 43, 41, 1}, tok.EncodeSpecial("a<think><think>><|im_end|>b"))
	require.Equal(t, "<think> ab<|im_end|>", tok.Decode([]int{42, 9, 8, 41})) // 8 is a gap
	require.PanicsWithValue(t, badID, func() { tok.Decode([]int{44}) })
	require.True(t, tok.Hidden(41) && !tok.Hidden(42) && !tok.Hidden(0) && !tok.Hidden(8))
}

// TestWhole: a piece that is a token is not merged, where the file says so.
func TestWhole(t *testing.T) {
	text := strings.Replace(tinyFile, `["ab", "a"]`, `["b", "a"]`, 1)
	text = strings.Replace(text, `"aba": 13`, `"aba": 13, "ba": 14`, 1)
	tok, err := Read([]byte(text))
	require.NoError(t, err)
	require.Equal(t, []int{7, 0}, tok.Encode("aba"))
	tok, err = Read([]byte(strings.Replace(text, `"ignore_merges": false`, `"ignore_merges": true`, 1)))
	require.NoError(t, err)
	require.Equal(t, []int{13}, tok.Encode("aba"))
	require.Equal(t, []int{7, 7}, tok.Encode("abab"))
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{`"BPE"`, `"Unigram"`, `the tokenizer's model is "Unigram"; only byte-level BPE is read`},
		{`"BPE"`, `"WordPiece"`, `the tokenizer's model is "WordPiece"; only byte-level BPE is read`},
		{`\\p{N}| ?`, `\\p{N}{1,2}| ?`, `the tokenizer cuts texts in a way of its own, "Split (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"; those of GPT-2, SmolLM2, Qwen2 and Llama 3 are read`},
		{`"b": 1,`, `"b": 0,`, `the tokens "a" and "b" both have the id 0`},
		{`"b": 1,`, `"b": 4194304,`, `token "b": the id 4194304 is not between 0 and 4194303`},
		{`"b": 1,`, `"b": -1,`, `token "b": the id -1 is not between 0 and 4194303`},
		{`"b": 1,`, `"b ": 1,`, `token "b ": the character ' ' stands for no byte`},
		{`["a", "b"]`, `["a", "t"]`, `merge 1, "a t": the vocabulary has no token "at"`},
		{`["a", "b"]`, `["a b", "b"]`, `merge 1, "a b b": token "b b": the character ' ' stands for no byte`},
		{`["a", "b"]`, `"ab"`, `merge 1, "ab": not two tokens with a space between them`},
	} {
		require.Contains(t, tinyFile, c.old)
		_, err := Read([]byte(strings.Replace(tinyFile, c.old, c.new, 1)))
		require.EqualError(t, err, c.want, c.new)
	}
}

func TestEncodePrompt(t *testing.T) {
	tok := tiny(t)
	p, err := ChatML.Prompt([]Message{{User, "a<|im_end|>b"}}, Options{})
	require.NoError(t, err)
	require.Equal(t, fmt.Sprint(Prompt{{"<|im_start|>", true}, {"user\na<|im_end|>b", false}, {"<|im_end|>", true}, {"\n", false}}), fmt.Sprint(p))
	ids, err := tok.EncodePrompt(p)
	require.NoError(t, err)
	require.Equal(t, []int{40, 0, 3, 4, 1, 41}, ids) // the other bytes have no token
	require.Equal(t, []int{40, 0, 41, 1, 41}, tok.EncodeSpecial(p.String()))
	p, err = Llama3.Prompt(nil, Options{})
	require.NoError(t, err)
	_, err = tok.EncodePrompt(p)
	require.EqualError(t, err, "chat: the tokenizer has no token <|begin_of_text|>, which the template writes")
}
