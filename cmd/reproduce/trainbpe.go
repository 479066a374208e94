package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pkoukk/tiktoken-go-loader/assets"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
)

// trainBPE learns byte-pair encoding as the bonus notebook does, which cuts its
// text at spaces only and numbers the space and the special token before the
// first merge; then come the values of minbpe, which does as our chapter.
func trainBPE(lab *Lab) {
	names, _ := learn([]string{"the cat in the hat"}, 3)
	lab.is("ch02/05 the cat in the hat", quoted(names[256:]))

	names, merges := learn(spaced(lab.read(theVerdict)), 1000-258, "Ġ", tokens.EndOfText)
	lab.is("ch02/05 tests: vocabulary", len(names))
	lab.is("ch02/05 tests: merges", len(merges))
	lab.is("ch02/05 id 256", names[256])
	lab.is("ch02/05 id 257", names[257])
	var ids []int
	for _, part := range spaced("Jack embraced beauty through art and life.") {
		ids = append(ids, greedily(names, merges, part)...)
	}
	lab.is("ch02/05 tests: ids", ids)
	lab.each("ch02/05 id %d", func(id int) any { return names[id] })

	small := must(tokens.TrainBPE("aaabdaaabac", 256+3+1))
	lab.is("minbpe aaabdaaabac", small.Encode("aaabdaaabac"))
	gpt4 := must(vocabulary("cl100k_base"))
	lab.is("minbpe cl100k", gpt4.Encode("hello123!!!? (안녕하세요!) 😉"))
	lab.is("minbpe cl100k special", gpt4.EncodeSpecial("<|endoftext|>hello world"))
	lab.why(1, func(Row) string {
		return "cl100k leaves the id 100256 unused; the chapter's ReadRanks puts the special token right after the last rank"
	})
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

// learn learns n merges from parts of a text, within them. The names of ids are
// single characters, then the special ones, then those of merges.
func learn(parts []string, n int, special ...string) (names []string, merges []tokens.Merge) {
	for c := range 256 {
		names = append(names, string(rune(c)))
	}
	names = append(names, special...)
	var pieces [][]int
	for _, part := range parts {
		pieces = append(pieces, characters(names, part))
	}
	merges = tokens.LearnMerges(pieces, len(names), n)
	for _, m := range merges {
		names = append(names, names[m.Left]+names[m.Right])
	}
	return names, merges
}

// characters are the ids of a text's characters.
func characters(names []string, text string) (ids []int) {
	for _, r := range text {
		ids = append(ids, slices.Index(names, string(r)))
	}
	return ids
}

// greedily is the notebook's encoder, which makes the merges that it meets from left
// to right, and passes over a part again as long as there were any.
func greedily(names []string, merges []tokens.Merge, part string) []int {
	if id := slices.Index(names, part); id >= 0 {
		return []int{id}
	}
	made := map[[2]int]int{}
	for _, m := range merges {
		made[[2]int{m.Left, m.Right}] = m.Token
	}
	for ids := characters(names, part); ; {
		var next []int
		for i := 0; i < len(ids); i++ {
			next = append(next, ids[i])
			if i+1 == len(ids) {
				break
			}
			if id, ok := made[[2]int(ids[i:])]; ok {
				next[len(next)-1] = id
				i++
			}
		}
		if len(next) == len(ids) {
			return ids
		}
		ids = next
	}
}

// spaced cuts text into ends of lines and what stands between spaces, each with
// one space before it as Ġ; more of them stand alone.
func spaced(text string) []string {
	return regexp.MustCompile(`Ġ?[^Ġ\n]+|Ġ|\n`).FindAllString(strings.ReplaceAll(text, " ", "Ġ"), -1)
}
