package published

import (
	"context"
	"fmt"
	"strings"

	"github.com/pkoukk/tiktoken-go-loader/assets"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
)

// trainBPE learns byte-pair encoding as the bonus notebook does, which cuts its
// text at spaces only and numbers the space and the special token before the
// first merge, so that it is not our chapter's; then come the values of minbpe,
// which is.
func trainBPE(_ context.Context, lab *Lab) ([]Row, error) {
	text, err := lab.Read(theVerdict)
	if err != nil {
		return nil, err
	}
	var s sheet
	cat := learnMerges("the cat in the hat", 3, false)
	s.text("ch02/05 the cat in the hat", quoted("th", "the", "the "), quoted(cat.learned()...))

	b := learnMerges(text, 1000-258, true)
	s.text("ch02/05 tests: vocabulary", 1000, len(b.names))
	s.text("ch02/05 tests: merges", 742, len(b.merges))
	s.text("ch02/05 id 256", "Ġ", b.names[256])
	s.text("ch02/05 id 257", tokens.EndOfText, b.names[257])
	s.text("ch02/05 tests: ids", "[74 361 310 109 98 420 397 100 300 428 116 121 519 699 299 808 534]",
		b.encode("Jack embraced beauty through art and life."))
	for i, want := range strings.Fields("Ġt he Ġa in Ġh Ġs Ġw Ġo Ġthe ou re it") {
		s.text(fmt.Sprintf("ch02/05 id %d", 258+i), want, b.names[258+i])
	}
	for i, want := range strings.Fields("Ġyour Ġcig Well, Ġsaid, Ġlaugh") {
		s.text(fmt.Sprintf("ch02/05 id %d", 995+i), want, b.names[995+i])
	}

	small, err := tokens.TrainBPE("aaabdaaabac", 256+3+1)
	if err != nil {
		return nil, err
	}
	s.text("minbpe aaabdaaabac", "[258 100 258 97 99]", small.Encode("aaabdaaabac"))
	ranks, err := assets.Assets.Open("cl100k_base.tiktoken")
	if err != nil {
		return nil, err
	}
	defer ranks.Close()
	gpt4, err := tokens.ReadRanks(ranks)
	if err != nil {
		return nil, err
	}
	s.text("minbpe cl100k", "[15339 4513 12340 30 320 31495 230 75265 243 92245 16715 57037]", gpt4.Encode("hello123!!!? (안녕하세요!) 😉"))
	ids := gpt4.EncodeSpecial("<|endoftext|>hello world")
	s.text("minbpe cl100k special", "[100257 15339 1917]", ids)
	s[len(s)-1].Why = "cl100k leaves the id 100256 unused; the chapter's ReadRanks puts the special token right after the last rank"
	return s, nil
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

// learned are the names of the merges.
func (b *merges) learned() []string { return b.names[len(b.names)-len(b.merges):] }

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
