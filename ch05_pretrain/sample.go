package pretrain

import (
	"cmp"
	"iter"
	"math/rand/v2"
	"slices"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/topk"
)

// Sampler chooses the next token from logits. Its zero value is greedy: it
// takes the likeliest. The fields stand in the order in which they take effect,
// which is Hugging Face's; whatever they rule out, the likeliest token remains.
// Penalize, Candidates and Next panic where [Sampler.Validate] returns an error.
//
// The repetition penalty is due to Keskar and others (2019), top-p to Holtzman
// and others (2019), min-p to Nguyen and others (2024).
type Sampler struct {
	RepetitionPenalty float32 // holds tokens back that the text has already, see Penalize; 0 or 1 for none
	Temperature       float32 // logits are divided by it: below 1 surer, above 1 wilder, 0 greedy
	TopK              int     // only the k likeliest tokens may be chosen; 0 for all
	TopP              float32 // only the likeliest that together reach p; 0 or 1 for all
	MinP              float32 // only those at least p times as likely as the likeliest; 0 for all
}

// Validate names the first field that is out of its range, as that of Settings does.
func (s Sampler) Validate() error {
	return cmp.Or(
		within(s.RepetitionPenalty >= 0 && s.RepetitionPenalty <= 1e6, "repetition-penalty", s.RepetitionPenalty, "0 or more"),
		within(s.Temperature >= 0 && s.Temperature <= 1e6, "temperature", s.Temperature, "0 or more"),
		within(s.TopK >= 0, "top-k", s.TopK, "0 or more"),
		within(s.TopP >= 0 && s.TopP <= 1, "top-p", s.TopP, "0 to 1"),
		within(s.MinP >= 0 && s.MinP <= 1, "min-p", s.MinP, "0 to 1"),
	)
}

const badSampler = "pretrain: a field of the Sampler is out of its range, see Sampler.Validate"

// Penalize makes the tokens of text less likely by the factor θ of
// s.RepetitionPenalty, which is above 1: it divides their logits by θ, or
// multiplies them if they are negative, and so lowers all of them. How often a
// token occurs in text does not matter. It changes logits in place.
func (s Sampler) Penalize(logits []float32, text []int) {
	if s.Validate() != nil {
		panic(badSampler)
	}
	theta := s.RepetitionPenalty
	if theta == 0 || theta == 1 {
		return
	}
	for i, id := range text {
		switch l := logits[id]; {
		case slices.Contains(text[:i], id): // has been penalized
		case l > 0:
			logits[id] = l / theta
		default:
			logits[id] = l * theta
		}
	}
}

// Candidates returns the ids that may be chosen and their probabilities, the
// likeliest first and the first of equals before the others.
func (s Sampler) Candidates(logits []float32) (ids []int, probabilities []float32) {
	if s.Validate() != nil {
		panic(badSampler)
	}
	if s.Temperature == 0 {
		return []int{gpt.Argmax(logits)}, []float32{1}
	}
	for id := range logits {
		ids = append(ids, id)
	}
	slices.SortStableFunc(ids, func(a, b int) int { return cmp.Compare(logits[b], logits[a]) })
	if s.TopK > 0 {
		ids = ids[:min(s.TopK, len(ids))]
	}
	for _, id := range ids { // the largest is subtracted before the division: no temperature makes a NaN
		probabilities = append(probabilities, (logits[id]-logits[ids[0]])/s.Temperature)
	}
	attention.Softmax(probabilities)
	probabilities = s.cut(probabilities)
	return ids[:len(probabilities)], probabilities
}

// cut drops the probabilities, largest first, that top-p and min-p rule out.
func (s Sampler) cut(p []float32) []float32 {
	if s.TopP > 0 && s.TopP < 1 {
		var sum, before float32
		p = cutFrom(p, func(q float32) bool {
			sum, before = sum+q, sum
			return before >= s.TopP
		})
	}
	if s.MinP > 0 {
		least := s.MinP * p[0]
		p = cutFrom(p, func(q float32) bool { return !(q >= least) })
	}
	return p
}

// cutFrom drops all probabilities from the first on that is ruled out, except for
// the largest, and divides the others by their sum.
func cutFrom(p []float32, out func(q float32) bool) []float32 {
	if n := slices.IndexFunc(p, out); n > 0 {
		p = p[:n]
	}
	var sum float32
	for _, q := range p {
		sum += q
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// Next is what [gpt.Continue] asks for: it penalizes, and draws one of the
// [Sampler.Candidates] with its probability. A greedy sampler needs no generator.
func (s Sampler) Next(rng *rand.Rand) func(logits []float32, text []int) int {
	if s.Validate() != nil {
		panic(badSampler)
	}
	var room topk.Likeliest
	return func(logits []float32, text []int) int {
		s.Penalize(logits, text)
		if s.Temperature == 0 {
			return gpt.Argmax(logits)
		}
		u := rng.Float32() // where the dart lands
		ids, p := room.Find(logits, s.Temperature, topk.Needed{K: s.TopK, TopP: s.TopP, MinP: s.MinP, U: u})
		p = s.cut(p)
		for i, q := range p {
			if u -= q; u < 0 {
				return ids[i]
			}
		}
		return ids[len(p)-1] // the probabilities were rounded to a sum just below u
	}
}

// Generate yields the ids that s picks after prompt, one after another, without
// end; see [gpt.Continue]. What the model still reads of the text, the prompt
// included, is what the repetition penalty is about.
func Generate(m gpt.Decoder, prompt []int, s Sampler, rng *rand.Rand) iter.Seq[int] {
	return gpt.Continue(m, m.NewCache(), prompt, s.Next(rng))
}
