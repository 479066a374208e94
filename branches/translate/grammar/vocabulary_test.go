package grammar_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/translate/grammar"
)

func ofGrammar() *grammar.Vocabulary {
	return grammar.NewVocabulary(grammar.Generator{}.Pairs(20_000, rand.New(rand.NewPCG(1, 0))), 1000)
}

// All words of the grammar are pieces, whatever was drawn to make the vocabulary.
func TestVocabularyOfTheGrammar(t *testing.T) {
	v := ofGrammar()
	for _, held := range []bool{false, true} {
		for _, p := range (grammar.Generator{HeldOut: held}).Pairs(5_000, rand.New(rand.NewPCG(7, 0))) {
			for _, text := range []string{p.Source, p.Target} {
				ids := v.Encode(text)
				require.Equal(t, text, v.Decode(ids))
				require.NotContains(t, ids, grammar.Unknown, text)
				require.Less(t, len(ids), 32, text)
			}
		}
	}
	for _, piece := range v.Pieces() {
		assert.False(t, len(piece) == 1 && 'a' <= piece[0] && piece[0] <= 'z', "%q is a letter: some word was seen only once", piece)
	}
	assert.Equal(t, v, grammar.VocabularyOf(v.Pieces()), "what a file keeps of it makes it again")
	assert.Equal(t, []string{"<pad>", "<begin>", "<end>", "<unknown>", "<to en>", "<to zh>"}, v.Pieces()[:6])
	assert.Equal(t, 4, v.Toward(grammar.ToEnglish))
	assert.Equal(t, 5, v.Toward(grammar.ToChinese))
	assert.Equal(t, grammar.Unknown, v.Toward("fr"))
}

func TestMissing(t *testing.T) {
	v := ofGrammar()
	assert.Equal(t, []string{" elephants", "犬"}, v.Missing("two elephants犬"))
	assert.Empty(t, v.Missing("two cats"))
	assert.Empty(t, v.Missing("Where is the book?"), "what no letter belongs to stands alone, behind a space or not")
	assert.Equal(t, []int{grammar.Unknown}, v.Encode("犬"))
	assert.Equal(t, "two\uFFFD", v.Decode(append(v.Encode("two"), grammar.Unknown)))
}

// What a user types is never a special token.
func TestSpecialTokensAreNoText(t *testing.T) {
	v := ofGrammar()
	for _, id := range v.Encode("<end> <pad> <to zh> <begin>") {
		assert.NotContains(t, []int{grammar.Pad, grammar.Begin, grammar.End, 4, 5}, id)
	}
}

// Any text whose characters were seen comes back, but for the width of its spaces.
func TestVocabularyOfOtherTexts(t *testing.T) {
	texts := []string{
		"Don't! It's Tom's half-finished “thing” – isn't it?", "He said: 3.14 (or 22/7) isn't π.", "東京タワー、2階です。", "Ça va, l'été?",
		"Я не знаю.", "e\u0301tude", "- - '' '", "한국어 문장", "C'est 1 000 €", "👍🏽 ok", "x-", "'tis", "我说“OK”。",
	}
	var pairs []grammar.Pair
	for _, text := range texts {
		pairs = append(pairs, grammar.Pair{Source: text, Target: text, Direction: "xx"}, grammar.Pair{Source: "Tom's", Target: text})
	}
	for _, size := range []int{0, 10, 1000} {
		v := grammar.NewVocabulary(pairs, size)
		for _, text := range texts {
			assert.Equal(t, text, v.Decode(append(v.Encode(text), grammar.End, 9)))
			assert.NotContains(t, v.Encode(text), grammar.Unknown, text)
		}
		assert.Equal(t, "Tom's", v.Decode(v.Encode("\t Tom's  ")))
	}
	assert.Empty(t, grammar.NewVocabulary(pairs, 1000).Encode(" "))
}

func FuzzVocabulary(f *testing.F) {
	f.Add("one two", "二 a-b")
	f.Fuzz(func(t *testing.T, a, b string) {
		a = strings.Join(strings.Fields(strings.ToValidUTF8(a, "\uFFFD")), " ")
		v := grammar.NewVocabulary([]grammar.Pair{{Source: a, Target: b}}, 3)
		require.Equal(t, a, v.Decode(v.Encode(a)))
	})
}

func BenchmarkEncode(b *testing.B) {
	v, pairs := ofGrammar(), grammar.Generator{}.Pairs(1000, rand.New(rand.NewPCG(2, 0)))
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range pairs {
			v.Encode(p.Source)
			v.Encode(p.Target)
		}
	}
}
