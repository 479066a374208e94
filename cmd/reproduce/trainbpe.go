package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pkoukk/tiktoken-go-loader/assets"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
)

// trainBPE learns byte-pair encoding as the bonus notebook does, which cuts its
// text at spaces only and numbers the space and the special token before the
// first merge, so that it is not our chapter's; then come the values of minbpe,
// which is.
func trainBPE(_ context.Context, lab *Lab, s *sheet) error {
	story, err := lab.read(theVerdict)
	if err != nil {
		return err
	}
	cat := learnMerges("the cat in the hat", 3, false)
	s.is("ch02/05 the cat in the hat", quoted(cat.names[len(cat.names)-len(cat.merges):]...))

	b := learnMerges(story, 1000-258, true)
	s.is("ch02/05 tests: vocabulary", len(b.names))
	s.is("ch02/05 tests: merges", len(b.merges))
	s.is("ch02/05 id 256", b.names[256])
	s.is("ch02/05 id 257", b.names[257])
	s.is("ch02/05 tests: ids", b.encode("Jack embraced beauty through art and life."))
	for _, id := range slices.Concat(span(258, 270), span(995, 1000)) {
		s.is(fmt.Sprintf("ch02/05 id %d", id), b.names[id])
	}

	small, err := tokens.TrainBPE("aaabdaaabac", 256+3+1)
	if err != nil {
		return err
	}
	s.is("minbpe aaabdaaabac", small.Encode("aaabdaaabac"))
	gpt4, err := vocabulary("cl100k_base")
	if err != nil {
		return err
	}
	s.is("minbpe cl100k", gpt4.Encode("hello123!!!? (안녕하세요!) 😉"))
	s.is("minbpe cl100k special", gpt4.EncodeSpecial("<|endoftext|>hello world"))
	s.last().Why = "cl100k leaves the id 100256 unused; the chapter's ReadRanks puts the special token right after the last rank"
	return nil
}

// span is from to to-1.
func span(from, to int) (list []int) {
	for i := from; i < to; i++ {
		list = append(list, i)
	}
	return list
}

// vocabulary reads one of OpenAI's, by OpenAI's name for it.
func vocabulary(name string) (*tokens.BPE, error) {
	ranks, err := assets.Assets.Open(name + ".tiktoken")
	if err != nil {
		return nil, err
	}
	defer ranks.Close()
	return tokens.ReadRanks(ranks)
}

// merges are byte-pair merges over names, which are single characters at first.
type merges struct {
	names  []string
	ids    map[string]int
	merges map[[2]int]int
}

// learnMerges learns so many merges from text. If words is set, it cuts text
// before its spaces, which become Ġ, and no merge reaches over a cut.
func learnMerges(text string, n int, words bool) *merges {
	b := &merges{ids: map[string]int{}, merges: map[[2]int]int{}}
	for c := range 256 {
		b.add(string(rune(c)))
	}
	parts := []string{text}
	if words {
		b.add("Ġ")
		b.add(tokens.EndOfText)
		parts = spaced(text)
	}
	// Parts that come again count as often, and where a pair comes first is in
	// the first of them.
	var sequences [][]int
	var times []int
	seen := map[string]int{}
	for _, part := range parts {
		if at, ok := seen[part]; ok {
			times[at]++
			continue
		}
		seen[part] = len(sequences)
		sequences, times = append(sequences, b.characters(part)), append(times, 1)
	}
	for range n {
		pair, ok := commonest(sequences, times)
		if !ok {
			break
		}
		id := b.add(b.names[pair[0]] + b.names[pair[1]])
		b.merges[pair] = id
		for i, ids := range sequences {
			sequences[i] = merged(ids, map[[2]int]int{pair: id})
		}
	}
	return b
}

func (b *merges) add(name string) int {
	b.ids[name] = len(b.names)
	b.names = append(b.names, name)
	return len(b.names) - 1
}

func (b *merges) characters(part string) []int {
	var ids []int
	for _, r := range part {
		ids = append(ids, b.ids[string(r)])
	}
	return ids
}

// spaced cuts text into lines' ends and what stands between spaces, each with
// one space before it as Ġ; more of them stand alone.
func spaced(text string) []string {
	var parts []string
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			parts = append(parts, "\n")
		}
		for j, word := range strings.Split(line, " ") {
			switch {
			case j == 0 && word == "":
			case j == 0:
				parts = append(parts, word)
			default:
				parts = append(parts, "Ġ"+word)
			}
		}
	}
	return parts
}

// commonest returns the commonest pair, the first of equals.
func commonest(sequences [][]int, times []int) (best [2]int, ok bool) {
	counts := map[[2]int]int{}
	var order [][2]int
	for i, ids := range sequences {
		for j := 1; j < len(ids); j++ {
			pair := [2]int{ids[j-1], ids[j]}
			if counts[pair] == 0 {
				order = append(order, pair)
			}
			counts[pair] += times[i]
		}
	}
	for _, pair := range order {
		if counts[pair] > counts[best] {
			best, ok = pair, true
		}
	}
	return best, ok
}

// merged makes the merges that it meets from left to right.
func merged(ids []int, merges map[[2]int]int) []int {
	var out []int
	for i := 0; i < len(ids); i++ {
		if i+1 < len(ids) {
			if id, ok := merges[[2]int{ids[i], ids[i+1]}]; ok {
				out = append(out, id)
				i++
				continue
			}
		}
		out = append(out, ids[i])
	}
	return out
}

// encode passes over each part as long as there is something to merge.
func (b *merges) encode(text string) []int {
	var all []int
	for _, part := range spaced(text) {
		if id, ok := b.ids[part]; ok {
			all = append(all, id)
			continue
		}
		ids := b.characters(part)
		for {
			next := merged(ids, b.merges)
			if len(next) == len(ids) {
				break
			}
			ids = next
		}
		all = append(all, ids...)
	}
	return all
}
