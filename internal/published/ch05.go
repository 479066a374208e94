package published

import (
	"context"
	"fmt"
	"slices"
	"strings"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/torchrand"
)

// pretrainWindows is cell 57: The Verdict cut into training and validation text,
// by characters, and the batches of both.
func pretrainWindows(_ context.Context, lab *Lab) ([]Row, error) {
	text, err := lab.Read(theVerdict)
	if err != nil {
		return nil, err
	}
	var s sheet
	s.text("ch05[57] characters", 20479, len([]rune(text)))
	s.text("ch05[57] tokens", 5145, len(lab.GPT2.Encode(text)))
	train, validation := pretrain.SplitText(text, .9)
	total := 0
	for _, c := range []struct {
		part, text                         string
		characters, ids, windows, batches_ int
	}{{"training", train, 18431, 4612, 18, 9}, {"validation", validation, 2048, 534, 2, 1}} {
		s.text("ch05[57] "+c.part+" characters", c.characters, len([]rune(c.text)))
		ids := lab.GPT2.Encode(c.text)
		s.text("ch05[57] "+c.part+" tokens", c.ids, len(ids))
		w, err := embeddings.NewWindows(ids, 256, 256)
		if err != nil {
			return nil, err
		}
		s.text("ch05[57] "+c.part+" windows", c.windows, w.Len())
		batches, read := 0, 0
		for b := range w.Batches(2, nil) {
			s.text(fmt.Sprintf("ch05[62] %s batch %d inputs", c.part, batches), "(2, 256)", shape(b.B, len(b.Inputs)/b.B))
			s.text(fmt.Sprintf("ch05[62] %s batch %d targets", c.part, batches), "(2, 256)", shape(b.B, len(b.Targets)/b.B))
			batches++
			read += len(b.Inputs)
		}
		s.text("ch05[57] "+c.part+" batches", c.batches_, batches)
		s.text("ch05[64] "+c.part+" tokens read", map[string]int{"training": 4608, "validation": 512}[c.part], read)
		total += read
	}
	s.text("ch05[64] tokens read", 5120, total)
	s.text("ch05[57] order of the first epoch", "[0 7 14 5 6 1 17 2 11 12 9 16 13 10 3 8 15 4]", torchrand.New(seed).Loader(18, true))
	return s, nil
}

// The nine words of cells 91 to 111, and their logits.
var (
	nineWords  = strings.Fields("closer every effort forward inches moves pizza toward you")
	nineLogits = []float32{4.51, .89, -1.90, 6.75, 1.63, -1.62, -1.89, 6.28, 1.79}
)

// sampling is cells 91 to 111 and exercise 5.1.
func sampling(context.Context, *Lab) ([]Row, error) {
	var s sheet
	s.text("ch05[92] likeliest", "forward", nineWords[gpt.Argmax(nineLogits)])
	for _, c := range []struct {
		where           string
		sampler         pretrain.Sampler
		printed, counts string
	}{
		{"ch05[94] T=1", pretrain.Sampler{Temperature: 1},
			".060907 .001631 .000100 .572120 .003419 .000133 .000101 .357576 .004012", "[73 0 0 582 2 0 0 343 0]"},
		{"ch05[98] T=0.1", pretrain.Sampler{Temperature: .1},
			".000000 .000000 .000000 .990987 .000000 .000000 .000000 .009013 .000000", "[0 0 0 985 0 0 0 15 0]"},
		{"ch05[98] T=5", pretrain.Sampler{Temperature: 5},
			".154648 .074975 .042912 .242052 .086934 .045384 .042998 .220336 .089761", "[165 75 42 239 71 46 32 227 103]"},
	} {
		p := distribution(c.sampler)
		s.numbers(c.where+" probabilities", c.printed, p...)
		counts, g := make([]int, len(p)), torchrand.New(seed)
		for range 1000 {
			counts[g.Multinomial(p)]++
		}
		s.text(c.where+" 1000 draws", c.counts, counts)
		const pizza = 6
		s.text("ch05 exercise 5.1 "+c.where[9:]+" pizza", strings.Fields(strings.Trim(c.counts, "[]"))[pizza], counts[pizza])
	}
	s.number("ch05 exercise 5.1 T=5 probability of pizza", ".0430", float64(distribution(pretrain.Sampler{Temperature: 5})[6]))
	g := torchrand.New(seed)
	s.text("ch05[94] first draw", "forward", nineWords[g.Multinomial(distribution(pretrain.Sampler{Temperature: 1}))])

	top := pretrain.Sampler{Temperature: 1, TopK: 3}
	ids, p := top.Candidates(nineLogits)
	s.text("ch05[108] top 3 at", "[3 7 0]", ids)
	for i, want := range []string{"6.7500", "6.2800", "4.5100"} {
		s.number(fmt.Sprintf("ch05[108] top logit %d", i), want, float64(nineLogits[ids[i]]))
	}
	s.numbers("ch05[111] top 3", ".577547 .360968 .061485", p...)
	s.numbers("ch05[111] probabilities", ".0615 .0000 .0000 .5775 .0000 .0000 .0000 .3610 .0000", distribution(top)...)

	for _, c := range []struct {
		where   string
		sampler pretrain.Sampler
	}{{"temperature 0", pretrain.Sampler{}}, {"top_k 1", pretrain.Sampler{Temperature: 1, TopK: 1}}} {
		ids, _ := c.sampler.Candidates(nineLogits)
		s.text("ch05 exercise 5.3 choices with "+c.where, "[3]", ids)
	}
	return s, nil
}

// distribution is the probability of each of the nine words.
func distribution(s pretrain.Sampler) []float32 {
	all := make([]float32, len(nineWords))
	ids, p := s.Candidates(nineLogits)
	for i, id := range ids {
		all[id] = p[i]
	}
	return slices.Clip(all)
}
