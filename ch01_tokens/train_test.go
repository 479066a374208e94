package tokens

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// plainLearn is [corpus.learn] as one would first write it: count all pairs,
// take the first of the most frequent, replace it, start again.
func plainLearn(pieces [][]int32, counts []int, first int32, n int) []pair {
	var merges []pair
	for range n {
		var best pair
		total, most := map[pair]int{}, 1
		for i, piece := range pieces {
			for j := 1; j < len(piece); j++ {
				total[pair{piece[j-1], piece[j]}] += counts[i]
			}
		}
		for _, piece := range pieces { // in the order of the text, so that the first of equals wins
			for j := 1; j < len(piece); j++ {
				if p := (pair{piece[j-1], piece[j]}); total[p] > most {
					best, most = p, total[p]
				}
			}
		}
		if most == 1 {
			break
		}
		for i, piece := range pieces {
			pieces[i] = plainMerge(piece, best, first+int32(len(merges)))
		}
		merges = append(merges, best)
	}
	return merges
}

func plainMerge(piece []int32, p pair, token int32) []int32 {
	var out []int32
	for i := 0; i < len(piece); i++ {
		if i+1 < len(piece) && piece[i] == p.left && piece[i+1] == p.right {
			out = append(out, token)
			i++
		} else {
			out = append(out, piece[i])
		}
	}
	return out
}

func TestLearnAgainstPlain(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for range 300 {
		// Two or three letters only: many ties, many runs of one letter.
		letters := 1 + rng.IntN(3)
		pieces := make([][]int32, 1+rng.IntN(5))
		counts := make([]int, len(pieces))
		for i := range pieces {
			counts[i] = 1 + rng.IntN(3)
			for range rng.IntN(60) {
				pieces[i] = append(pieces[i], int32(rng.IntN(letters)))
			}
		}
		got := newCorpus(pieces, counts).learn(256, 40)
		require.Equal(t, plainLearn(slices.Clone(pieces), counts, 256, 40), got, "%v %v", pieces, counts)
	}
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
	merges := newCorpus([][]int32{byteIDs("the cat in the hat")}, []int{1}).learn(256, 3)
	require.Equal(t, []pair{{'t', 'h'}, {256, 'e'}, {257, ' '}}, merges)
}

// TestTrainWithoutPieces: why merges should stay within words.
func TestTrainWithoutPieces(t *testing.T) {
	text := byteIDs(string(data(t, "the-verdict.txt")))
	merges := newCorpus([][]int32{text}, []int{1}).learn(256, 1)
	require.Equal(t, []pair{{'e', ' '}}, merges)
}

// TestTrainVerdict repeats the book's training from scratch on the verdict. Its
// alphabet is the runes 0 to 255, then Ġ for a space and <|endoftext|>; its
// pieces are whatever stands between spaces and line ends, with the space before
// it; its encoder merges greedily from left to right.
func TestTrainVerdict(t *testing.T) {
	const vocab = 1000
	var pieces [][]int32
	var counts []int
	for _, piece := range spacedPieces(string(data(t, "the-verdict.txt"))) {
		var ids []int32
		for _, r := range piece {
			if r == 'Ġ' {
				r = 256
			}
			require.LessOrEqual(t, r, rune(256))
			ids = append(ids, r)
		}
		pieces, counts = append(pieces, ids), append(counts, 1)
	}
	merges := newCorpus(pieces, counts).learn(258, vocab-258)
	require.Len(t, merges, 742)

	texts := make([]string, 256, vocab)
	for r := range texts {
		texts[r] = string(rune(r))
	}
	texts = append(texts, "Ġ", EndOfText)
	made := map[pair]int{}
	for i, p := range merges {
		texts = append(texts, texts[p.left]+texts[p.right])
		made[p] = 258 + i
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

func greedily(word string, texts []string, made map[pair]int) []int {
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
				if id, ok := made[pair{int32(ids[i]), int32(ids[i+1])}]; ok {
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
