package tokens

import (
	"fmt"
	"iter"
	"strings"

	"github.com/llm-from-scratch/llm/internal/bpe"
)

// A Merge makes one token of two that stand side by side.
type Merge struct{ Left, Right, Token int }

// Apply returns ids with Left and Right replaced by Token wherever they stand
// side by side, from left to right. It overwrites ids.
func (m Merge) Apply(ids []int) []int {
	out := ids[:0]
	for i := 0; i < len(ids); i++ {
		if i+1 < len(ids) && ids[i] == m.Left && ids[i+1] == m.Right {
			out = append(out, m.Token)
			i++
		} else {
			out = append(out, ids[i])
		}
	}
	return out
}

// ApplyMerges returns what all merges, in their order, make of ids. It overwrites
// ids.
func ApplyMerges(merges []Merge, ids []int) []int {
	for _, m := range merges {
		ids = m.Apply(ids)
	}
	return ids
}

// LearnMerges learns n merges from pieces of text, fewer when no pair occurs
// twice any more. Their tokens are first, first+1 and so on. The pieces are
// merged as they go.
func LearnMerges(pieces [][]int, first, n int) []Merge {
	var merges []Merge
	for len(merges) < n {
		m, count := mostFrequent(pieces)
		if count < 2 {
			break
		}
		m.Token = first + len(merges)
		for i := range pieces {
			pieces[i] = m.Apply(pieces[i])
		}
		merges = append(merges, m)
	}
	return merges
}

// mostFrequent returns the pair that occurs most often inside the pieces, the
// first of them if there are several, and how often that is.
func mostFrequent(pieces [][]int) (best Merge, most int) {
	counts := map[Merge]int{}
	var pairs []Merge // in the order in which they first occur
	for _, piece := range pieces {
		for i := 1; i < len(piece); i++ {
			pair := Merge{Left: piece[i-1], Right: piece[i]}
			if counts[pair]++; counts[pair] == 1 {
				pairs = append(pairs, pair)
			}
		}
	}
	for _, pair := range pairs {
		if counts[pair] > most {
			best, most = pair, counts[pair]
		}
	}
	return best, most
}

// TrainBPE learns byte-level byte-pair encoding from text (Gage 1994; Sennrich,
// Haddow and Birch 2016). Ids 0 to 255 are the bytes. Then come the tokens that
// [LearnMerges] makes of the pieces of [Split], until there are vocab tokens
// with [EndOfText], which is the last one. Where text has it, a document ends:
// nothing is learned across it, or from its characters.
//
// Training ends early when no pair occurs twice: ask [BPE.Vocab] what a short
// text was good for.
func TrainBPE(text string, vocab int) (*BPE, error) {
	return TrainDocuments(strings.SplitSeq(text, EndOfText), vocab)
}

// TrainDocuments is [TrainBPE] for documents that are separate strings already. If
// one of them has the characters of [EndOfText], they are characters like others.
func TrainDocuments(documents iter.Seq[string], vocab int) (*BPE, error) {
	if vocab < 257 {
		return nil, fmt.Errorf("tokens: vocabulary of %d: need at least 257, one for each byte and one for %s", vocab, EndOfText)
	}
	pairs, err := bpe.Learn(documents, Split, 256, vocab-257) // LearnMerges, many times faster
	if err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	texts := make([]string, 256, vocab)
	for c := range texts {
		texts[c] = string([]byte{byte(c)})
	}
	for _, p := range pairs {
		texts = append(texts, texts[p[0]]+texts[p[1]])
	}
	b, err := newBPE(append(texts, EndOfText))
	if err != nil {
		return nil, err
	}
	for i, p := range pairs {
		b.add(Merge{p[0], p[1], 256 + i})
	}
	return b, nil
}
