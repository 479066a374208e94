package wordpiece

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/golden"
)

var small = New(strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] a b ##a ##b ba ##ba ! é"), Uncased)

func TestWords(t *testing.T) {
	for _, c := range []struct {
		text string
		ids  []int
	}{
		{"", nil},
		{"a b!", []int{5, 6, 11}},
		{"abba", []int{5, 8, 10}}, // the longest first: ##ba, not ##b ##a
		{"A\u0301B", []int{5, 8}}, // an accent goes, and the case
		{"abc", []int{1}},         // one letter that nothing spells
		{"ab abc ab", []int{5, 8, 1, 5, 8}},
		{strings.Repeat("a", 100), append([]int{5}, repeated(7, 99)...)},
		{strings.Repeat("a", 101), []int{1}},
		{"a[MASK]b [mask]", []int{5, 4, 6, 1, 1, 1}}, // spelled otherwise it is text
	} {
		require.Equal(t, c.ids, small.Encode(c.text), "%q", c.text)
	}
	require.Panics(t, func() { New([]string{"a"}, Uncased) })
	cased := Normalizer{Lower: true}
	require.Equal(t, "i\u0307é", cased.Normalize("İÉ"))
	require.Equal(t, "İÉ\t", Normalizer{}.Normalize("İÉ\t"))
}

func repeated(id, n int) (ids []int) {
	for range n {
		ids = append(ids, id)
	}
	return ids
}

// The longer text of a pair is cut, then both.
func TestCut(t *testing.T) {
	for _, c := range []struct{ a, b, most, first, second int }{
		{5, 2, 10, 5, 2}, {5, 2, 9, 4, 2}, {5, 2, 7, 2, 2}, {5, 2, 6, 2, 1}, {2, 5, 8, 2, 3}, {1, 1, 4, 1, 0}, {0, 9, 5, 0, 2},
	} {
		x := small.Pair(strings.Repeat("a ", c.a), strings.Repeat("b ", c.b), c.most)
		first, second := 0, 0
		for _, id := range x.IDs {
			if id == 5 {
				first++
			} else if id == 6 {
				second++
			}
		}
		require.Equal(t, [2]int{c.first, c.second}, [2]int{first, second}, c)
		require.Equal(t, len(x.IDs), len(x.Types))
	}
	require.Len(t, small.Single(strings.Repeat("a ", 50), 12).IDs, 12)
	require.Panics(t, func() { small.Single("a", 2) })
	require.Panics(t, func() { small.Pair("a", "b", 3) })
}

// What was learned spells the text it was learned from, and is read back as it was written.
func TestLearned(t *testing.T) {
	text := strings.Repeat("How now, brown cow? Über alles größer. ", 3) + strings.Repeat("x", 101)
	tok, err := Learn(text, Uncased, 60)
	require.NoError(t, err)
	require.NotContains(t, tok.Encode(strings.TrimRight(text, "x")), tok.ID(Unknown))
	require.LessOrEqual(t, tok.Vocab(), 60)
	seen := map[string]bool{}
	for id := range tok.Vocab() {
		require.False(t, seen[tok.Piece(id)])
		seen[tok.Piece(id)] = true
		require.Equal(t, id, tok.ID(tok.Piece(id)))
	}
	_, err = Learn(text, Uncased, 20)
	require.ErrorContains(t, err, "a vocabulary of 20 is too small")

	var file bytes.Buffer
	require.NoError(t, tok.WriteVocab(&file))
	again, err := Load(fstest.MapFS{"vocab.txt": {Data: file.Bytes()}}, "dir")
	require.NoError(t, err)
	require.Equal(t, tok.Encode(text), again.Encode(text))
}

// Of two pairs that occur equally often the same is always taken.
func TestLearnedTwice(t *testing.T) {
	text := "ab cd ef ab cd ef gh gh abcd efgh"
	first, err := Learn(text, Uncased, 40)
	require.NoError(t, err)
	for range 10 {
		again, err := Learn(text, Uncased, 40)
		require.NoError(t, err)
		require.Equal(t, first.pieces, again.pieces)
	}
}

// The two forms of the published vocabulary say the same.
func TestTwoFiles(t *testing.T) {
	one := minilm(t)
	lines, err := os.ReadFile(golden.Model(t, "minilm/vocab.txt"))
	require.NoError(t, err)
	other, err := Load(fstest.MapFS{"vocab.txt": {Data: lines}}, "dir")
	require.NoError(t, err)
	require.Equal(t, one.pieces, other.pieces)
	require.Equal(t, one.Normalizer, other.Normalizer)
	text := "Where [MASK] is, [SEP] or résumé — 漢字?"
	require.Equal(t, one.Encode(text), other.Encode(text))
}

// Whatever is not WordPiece, or is another one, is refused by name.
func TestRefused(t *testing.T) {
	const good = `{"added_tokens":[],"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
"pre_tokenizer":{"type":"BertPreTokenizer"},"model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
"vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"[MASK]":4}}}`
	load := func(name, text string) error {
		_, err := Load(fstest.MapFS{name: {Data: []byte(text)}}, "dir")
		return err
	}
	require.NoError(t, load("tokenizer.json", good))
	for old, c := range map[string]struct{ now, message string }{
		`"WordPiece"`:        {`"BPE"`, `model.type is "BPE"; only "WordPiece"`},
		`"BertNormalizer"`:   {`"NFC"`, `normalizer.type is "NFC"`},
		`"BertPreTokenizer"`: {`"Whitespace"`, `pre_tokenizer.type is "Whitespace"`},
		`"##"`:               {`"@@"`, `continuing_subword_prefix is "@@"`},
		`"[MASK]":4`:         {`"[MASK]":7`, `"[MASK]" has 7`},
		`"[MASK]":4}`:        {`"mask":4}`, `[MASK] is not among the 5 pieces`},
		`"added_tokens":[]`: {`"added_tokens":[{"id":4,"content":"[MASK]","lstrip":true}]`,
			`[MASK] is single_word, lstrip`},
	} {
		err := load("tokenizer.json", strings.Replace(good, old, c.now, 1))
		require.ErrorContains(t, err, c.message)
		require.ErrorContains(t, err, "tokenizer.json")
	}
	require.ErrorContains(t, load("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\na\n"), `ids 5 and 6 are both "a"`)
	require.ErrorContains(t, load("vocab.txt", ""), "[PAD] is not among the 0 pieces")
	require.ErrorContains(t, load("merges.txt", ""), "no vocabulary in dir")
}

func FuzzEncode(f *testing.F) {
	f.Add("a[MASK]\xff é 漢")
	f.Fuzz(func(t *testing.T, text string) {
		for _, id := range small.Encode(text) {
			require.Less(t, id, small.Vocab())
		}
	})
}
