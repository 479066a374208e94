package tokens

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/bpe"
)

// byteIDs returns the bytes of a text as ids.
func byteIDs(text string) []int {
	ids := make([]int, len(text))
	for i := range ids {
		ids[i] = int(text[i])
	}
	return ids
}

// whole is a piece for each document.
func whole(document string) iter.Seq[string] { return slices.Values([]string{document}) }

// learnedFast is what [TrainBPE] makes of the same pieces that [LearnMerges] gets.
func learnedFast(t *testing.T, pieces []string, first, n int) (merges []Merge) {
	pairs, err := bpe.Learn(slices.Values(pieces), whole, first, n)
	require.NoError(t, err)
	for i, p := range pairs {
		merges = append(merges, Merge{p[0], p[1], first + i})
	}
	return merges
}

func learnedPlainly(pieces []string, first, n int) []Merge {
	var ids [][]int
	for _, piece := range pieces {
		ids = append(ids, byteIDs(piece))
	}
	return LearnMerges(ids, first, n)
}

// TestLearnAgainstPlain learns from words of one to three letters, with many ties
// and many runs of one letter.
func TestLearnAgainstPlain(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for range 300 {
		letters := 1 + rng.IntN(3)
		var pieces []string
		for range 1 + rng.IntN(5) {
			piece := make([]byte, rng.IntN(60))
			for i := range piece {
				piece[i] = byte(rng.IntN(letters))
			}
			pieces = append(pieces, slices.Repeat([]string{string(piece)}, 1+rng.IntN(3))...)
		}
		rng.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
		require.Equal(t, learnedPlainly(pieces, 256, 40), learnedFast(t, pieces, 256, 40), "%q", pieces)
	}
}

// TestLearnFromProse learns 300 merges from a story.
func TestLearnFromProse(t *testing.T) {
	pieces := slices.Collect(Split(string(data(t, "the-verdict.txt"))))
	merges := learnedPlainly(pieces, 256, 300)
	require.Len(t, merges, 300)
	require.Equal(t, merges, learnedFast(t, pieces, 256, 300))
}

func TestTrainMinBPE(t *testing.T) {
	b, err := TrainBPE("aaabdaaabac", 256+3+1)
	require.NoError(t, err)
	require.Equal(t, []int{258, 100, 258, 97, 99}, b.Encode("aaabdaaabac"))
	require.Equal(t, 259, b.EndOfText())
}

// TestTrainTheCat: merges that cross word borders, as in the book's first
// example, are one long piece for the trainer.
func TestTrainTheCat(t *testing.T) {
	merges := LearnMerges([][]int{byteIDs("the cat in the hat")}, 256, 3)
	require.Equal(t, []Merge{{'t', 'h', 256}, {256, 'e', 257}, {257, ' ', 258}}, merges)
}

// TestTrainWithoutPieces: why merges should stay within words.
func TestTrainWithoutPieces(t *testing.T) {
	merges := LearnMerges([][]int{byteIDs(string(data(t, "the-verdict.txt")))}, 256, 1)
	require.Equal(t, []Merge{{'e', ' ', 256}}, merges)
}

// TestTrainVerdict repeats the book's training from scratch on the verdict. Its
// alphabet is the runes 0 to 255, then Ġ for a space and <|endoftext|>; its
// pieces are whatever stands between spaces and line ends, with the space before
// it; its encoder merges greedily from left to right.
func TestTrainVerdict(t *testing.T) {
	const vocab = 1000
	var pieces [][]int
	for _, piece := range spacedPieces(string(data(t, "the-verdict.txt"))) {
		var ids []int
		for _, r := range piece {
			if r == 'Ġ' {
				r = 256
			}
			require.LessOrEqual(t, r, rune(256))
			ids = append(ids, int(r))
		}
		pieces = append(pieces, ids)
	}
	merges := LearnMerges(pieces, 258, vocab-258)
	require.Len(t, merges, 742)

	texts := make([]string, 256, vocab)
	for r := range texts {
		texts[r] = string(rune(r))
	}
	texts = append(texts, "Ġ", EndOfText)
	made := map[[2]int]int{}
	for _, m := range merges {
		texts = append(texts, texts[m.Left]+texts[m.Right])
		made[[2]int{m.Left, m.Right}] = m.Token
	}
	require.Equal(t, []string{"Ġt", "he", "Ġa", "in", "Ġh", "Ġs", "Ġw", "Ġo", "Ġthe", "ou", "re", "it"}, texts[258:270])
	require.Equal(t, []string{"Ġyour", "Ġcig", "Well,", "Ġsaid,", "Ġlaugh"}, texts[995:])

	var got []int
	for _, piece := range spacedPieces("Jack embraced beauty through art and life.") {
		got = append(got, greedily(piece, texts, made)...)
	}
	require.Equal(t, []int{74, 361, 310, 109, 98, 420, 397, 100, 300, 428, 116, 121, 519, 699, 299, 808, 534}, got)
}

// spacedPieces cuts text into words, each with the Ġ of the space before it,
// further spaces and line ends.
func spacedPieces(text string) []string {
	return regexp.MustCompile(`Ġ?[^Ġ\r\n]+|Ġ|\r|\n`).FindAllString(strings.ReplaceAll(text, " ", "Ġ"), -1)
}

func greedily(word string, texts []string, made map[[2]int]int) []int {
	if at := slices.Index(texts, word); at >= 0 {
		return []int{at}
	}
	var ids []int
	for _, r := range word {
		ids = append(ids, slices.Index(texts, string(r)))
	}
	for {
		var next []int
		for i := 0; i < len(ids); i++ {
			if i+1 < len(ids) {
				if id, ok := made[[2]int{ids[i], ids[i+1]}]; ok {
					next = append(next, id)
					i++
					continue
				}
			}
			next = append(next, ids[i])
		}
		if len(next) == len(ids) {
			return ids
		}
		ids = next
	}
}

func TestTrainTies(t *testing.T) {
	for text, want := range map[string]string{
		"ab cd cd ab":                 "ab", // both twice: ab comes first
		"cd ab ab cd":                 "cd",
		"xaab aab xa aa":              "aa", // three times, overlapping or not
		"ab" + EndOfText + "cd cd ab": "ab",
	} {
		b, err := TrainBPE(text, 258)
		require.NoError(t, err)
		require.Equal(t, want, string(b.Bytes(256)), "%q", text)
	}
}

// TestTrainAcrossDocuments: a pair that only the join of two documents makes
// does not count, nor does the text of the special token.
func TestTrainAcrossDocuments(t *testing.T) {
	b, err := TrainBPE(strings.Repeat("a"+EndOfText+"b"+EndOfText, 10), 300)
	require.NoError(t, err)
	require.Equal(t, 257, b.Vocab())
}

func TestTrainEndsEarly(t *testing.T) {
	b, err := TrainBPE("abab", 1000)
	require.NoError(t, err)
	require.Equal(t, 258, b.Vocab()) // ab; the pair abab occurs once
	require.Equal(t, 257, b.EndOfText())
	require.Equal(t, []int{256, 256}, b.Encode("abab"))
	_, err = TrainBPE("abab", 256)
	require.EqualError(t, err, "tokens: vocabulary of 256: need at least 257, one for each byte and one for <|endoftext|>")
}

// TestTrainTwice: Go's random map order must not show.
func TestTrainTwice(t *testing.T) {
	text := fmt.Sprint(rand.New(rand.NewPCG(3, 3)).Perm(2000))
	first, err := TrainBPE(text, 600)
	require.NoError(t, err)
	for range 3 {
		again, err := TrainBPE(text, 600)
		require.NoError(t, err)
		require.Equal(t, first, again)
	}
}

// TestTrainOneWord: a megabyte without a word border is no trap.
func TestTrainOneWord(t *testing.T) {
	for _, unit := range []string{"a", "ab", "internationalisation"} {
		b, err := TrainBPE(strings.Repeat(unit, 1<<20/len(unit)), 300)
		require.NoError(t, err)
		require.Greater(t, b.Vocab(), 260)
	}
}
