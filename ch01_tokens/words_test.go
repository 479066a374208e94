package tokens

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSplitWords(t *testing.T) {
	for text, want := range map[string]string{
		"Hello, world. Is this-- a test?": "Hello|,|world|.|Is|this|--|a|test|?",
		"":                                "",
		" \t\n":                           "",
		"a---b":                           "a|--|-b",
		"it's_me":                         "it|'|s|_|me",
		"no\u00a0break\vtab":              "no|break|tab",
		"<|endoftext|>":                   "<|endoftext|>",
	} {
		require.Equal(t, want, strings.Join(SplitWords(text), "|"), "%q", text)
	}
}

// TestWordsVerdict checks the numbers that the book prints for Edith Wharton's
// story. Our vocabulary always has the two special tokens.
func TestWordsVerdict(t *testing.T) {
	text := string(data(t, "the-verdict.txt"))
	require.Len(t, []rune(text), 20479)
	require.True(t, strings.HasPrefix(text, "I HAD always thought Jack Gisburn rather a cheap genius--though a good fellow enough--so it was no "))
	require.Len(t, SplitWords(text), 4690)

	w := NewWords(text)
	require.Equal(t, 1130+2, w.Vocab())
	for word, id := range map[string]int{
		"!": 0, `"`: 1, "'": 2, "(": 3, ")": 4, ",": 5, "--": 6, ".": 7, ":": 8, ";": 9, "?": 10,
		"A": 11, "Ah": 12, "Among": 13, "Her": 49, "Hermia": 50,
		"younger": 1127, "your": 1128, "yourself": 1129, EndOfText: 1130, Unknown: 1131,
	} {
		got, ok := w.ID(word)
		require.True(t, ok, word)
		require.Equal(t, id, got, word)
	}
	_, ok := w.ID("Hello")
	require.False(t, ok)

	ids := w.Encode("\"It's the last he painted, you know,\" \n Mrs. Gisburn said with pardonable pride.")
	require.Equal(t, []int{1, 56, 2, 850, 988, 602, 533, 746, 5, 1126, 596, 5, 1, 67, 7, 38, 851, 1108, 754, 793, 7}, ids)
	require.Equal(t, `" It' s the last he painted, you know," Mrs. Gisburn said with pardonable pride.`, w.Decode(ids))

	ids = w.Encode("Hello, do you like tea? <|endoftext|> In the sunlit terraces of the palace.")
	require.Equal(t, []int{1131, 5, 355, 1126, 628, 975, 10, 1130, 55, 988, 956, 984, 722, 988, 1131, 7}, ids)
	require.Equal(t, "<|unk|>, do you like tea? <|endoftext|> In the sunlit terraces of the <|unk|>.", w.Decode(ids))
}

func TestWordsWithSpecialsInTheText(t *testing.T) {
	w := NewWords("a <|unk|> b <|endoftext|> a")
	require.Equal(t, 4, w.Vocab())
	require.Equal(t, []int{0, 3, 1, 2, 3}, w.Encode("a <|unk|> b <|endoftext|> c"))
}

func TestRunes(t *testing.T) {
	r := NewRunes("hello\n")
	require.Equal(t, 6, r.Vocab()) // \n e h l o and the replacement character
	require.Equal(t, []int{2, 1, 3, 3, 4, 0}, r.Encode("hello\n"))
	require.Equal(t, "hello\n", r.Decode(r.Encode("hello\n")))
	require.Equal(t, []int{2, 5, 5, 5}, r.Encode("hé\xff\uFFFD"))
	require.Equal(t, "h\uFFFD", r.Decode([]int{2, 5}))
	require.Equal(t, 3, NewRunes("b\uFFFDa\xff\uFFFD").Vocab())
}

// TestBadID: every Decode refuses an id outside its vocabulary.
func TestBadID(t *testing.T) {
	bpe, err := TrainBPE("", 257)
	require.NoError(t, err)
	for _, tokenizer := range []Tokenizer{NewWords("a"), NewRunes("a"), bpe} {
		for _, id := range []int{-1, tokenizer.Vocab()} {
			require.PanicsWithValue(t, badID, func() { tokenizer.Decode([]int{id}) })
		}
	}
	require.PanicsWithValue(t, badID, func() { NewStream(bpe).Next(257) })
	require.PanicsWithValue(t, badID, func() { bpe.Bytes(-1) })
}
