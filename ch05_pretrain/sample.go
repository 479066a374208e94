package pretrain

import (
	"cmp"
	"iter"
	"math/rand/v2"
	"slices"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// Sampler chooses the next token from logits. Its zero value is greedy: it
// takes the likeliest. Top-p is due to Holtzman and others (2019).
type Sampler struct {
	Temperature float32 // logits are divided by it: below 1 surer, above 1 wilder, 0 greedy
	TopK        int     // only the k likeliest tokens may be chosen; 0 for all
	TopP        float32 // only the likeliest that together reach p; 0 or 1 for all
}

// A candidate is a token that may be chosen.
type candidate struct {
	id    int
	logit float32
}

// Candidates returns the ids that may be chosen and their probabilities, the
// likeliest first.
func (s Sampler) Candidates(logits []float32) (ids []int, probabilities []float32) {
	if s.Temperature == 0 {
		return []int{gpt.Argmax(logits)}, []float32{1}
	}
	all := make([]candidate, len(logits))
	for i, l := range logits {
		all[i] = candidate{i, l}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.logit, a.logit) })
	if s.TopK > 0 {
		all = all[:min(s.TopK, len(all))]
	}
	for _, c := range all {
		ids = append(ids, c.id)
		// The largest is subtracted before the division: a temperature near
		// zero then makes the others -Inf, never a NaN.
		probabilities = append(probabilities, (c.logit-all[0].logit)/s.Temperature)
	}
	attention.Softmax(probabilities)
	if s.TopP > 0 && s.TopP < 1 {
		n := nucleus(probabilities, s.TopP)
		ids, probabilities = ids[:n], probabilities[:n]
	}
	return ids, probabilities
}

// nucleus is how many of the probabilities, largest first, it takes to reach p.
// It divides these by their sum.
func nucleus(probabilities []float32, p float32) int {
	var sum float32
	n := 0
	for n < len(probabilities) && sum < p {
		sum += probabilities[n]
		n++
	}
	for i := range n {
		probabilities[i] /= sum
	}
	return n
}

// Pick chooses one of the [Sampler.Candidates] by chance, each as often as its
// probability says. A greedy sampler needs no generator.
func (s Sampler) Pick(logits []float32, rng *rand.Rand) int {
	if s.Temperature == 0 {
		return gpt.Argmax(logits)
	}
	ids, probabilities := s.Candidates(logits)
	u := rng.Float32()
	for i, p := range probabilities {
		if u -= p; u < 0 {
			return ids[i]
		}
	}
	return ids[len(ids)-1] // the probabilities were rounded to a sum just below u
}

// Generate yields the ids that s picks after prompt, one after another, without
// end; see [gpt.Continue].
func Generate(m gpt.Decoder, prompt []int, s Sampler, rng *rand.Rand) iter.Seq[int] {
	return gpt.Continue(m, prompt, func(logits []float32) int { return s.Pick(logits, rng) })
}
