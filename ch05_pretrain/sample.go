package pretrain

import (
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/topk"
)

// Sampler chooses the next token from logits. Its zero value is greedy: it
// takes the likeliest. The fields stand in the order in which they take effect,
// which is Hugging Face's; whatever they rule out, the likeliest token remains.
// Its methods panic where [Sampler.Validate] returns an error.
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

// Validate returns a [*RangeError] for the first field that is out of its range.
func (s Sampler) Validate() error {
	switch {
	case !(s.RepetitionPenalty >= 0 && s.RepetitionPenalty <= 1e6):
		return &RangeError{"repetition-penalty", s.RepetitionPenalty, "0 or more"}
	case !(s.Temperature >= 0 && s.Temperature <= 1e6):
		return &RangeError{"temperature", s.Temperature, "0 or more"}
	case s.TopK < 0:
		return &RangeError{"top-k", s.TopK, "0 or more"}
	case !(s.TopP >= 0 && s.TopP <= 1):
		return &RangeError{"top-p", s.TopP, "0 to 1"}
	case !(s.MinP >= 0 && s.MinP <= 1):
		return &RangeError{"min-p", s.MinP, "0 to 1"}
	}
	return nil
}

const badSampler = "pretrain: a field of the Sampler is out of its range, see Sampler.Validate"

func (s Sampler) mustBeValid() {
	if s.Validate() != nil {
		panic(badSampler)
	}
}

// Penalize makes the tokens of text less likely by the factor θ of
// s.RepetitionPenalty, which is above 1: it divides their logits by θ, or
// multiplies them if they are negative, and so lowers all of them. How often a
// token occurs in text does not matter. [Sampler.Pick] knows no text; whoever
// calls it calls Penalize before. It changes logits in place.
func (s Sampler) Penalize(logits []float32, text []int) {
	s.mustBeValid()
	theta := s.RepetitionPenalty
	if theta == 0 || theta == 1 {
		return
	}
	c := shelf.Take()
	defer shelf.Give(c)
	c.all = append(c.all[:0], logits...)
	for _, id := range text {
		if l := c.all[id]; l > 0 {
			logits[id] = l / theta
		} else {
			logits[id] = l * theta
		}
	}
}

// Candidates returns the ids that may be chosen and their probabilities, the
// likeliest first.
func (s Sampler) Candidates(logits []float32) (ids []int, probabilities []float32) {
	s.mustBeValid()
	if s.Temperature == 0 {
		return []int{gpt.Argmax(logits)}, []float32{1}
	}
	c := shelf.Take()
	defer shelf.Give(c)
	s.choose(c, logits, 2) // more than all together have
	return slices.Clone(c.ids), slices.Clone(c.p)
}

// The candidates for the next token, the likeliest first.
type candidates struct {
	ids []int
	p   []float32 // their probabilities
	all []float32 // (V) of all tokens, by id
}

// shelf keeps candidates for the next token to use: no token allocates what
// grows with the vocabulary.
var shelf f32.Shelf[candidates]

// choose sorts the tokens, cuts off the unlikely, and leaves the others in c. From
// where the likeliest have together reached u, they are left out too.
func (s Sampler) choose(c *candidates, logits []float32, u float32) {
	c.ids, c.p = c.ids[:0], c.p[:0]
	if s.TopK > 0 {
		s.takeK(c, logits)
	} else {
		s.takeAll(c, logits, u)
	}
	if s.TopP > 0 && s.TopP < 1 {
		c.keep(reaching(c.p, s.TopP))
	}
	if s.MinP > 0 {
		c.keep(atLeast(c.p, s.MinP))
	}
}

// takeK takes the k likeliest, with probabilities among themselves.
func (s Sampler) takeK(c *candidates, logits []float32) {
	for id := range topk.Descending(logits) {
		c.ids, c.p = append(c.ids, id), append(c.p, logits[id])
		if len(c.ids) == s.TopK {
			break
		}
	}
	s.soften(c.p, c.p[0])
}

// takeAll takes the likeliest, with probabilities among all tokens, as long as
// they are neither too unlikely for min-p nor reach what top-p asks for, or u.
func (s Sampler) takeAll(c *candidates, logits []float32, u float32) {
	if s.TopP > 0 && s.TopP < 1 {
		u = s.TopP
	} else if s.MinP > 0 {
		u = 2
	}
	c.all = append(c.all[:0], logits...)
	s.soften(c.all, f32.Max(logits))
	var sum float32
	for id := range topk.Descending(logits) {
		p := c.all[id]
		c.ids, c.p = append(c.ids, id), append(c.p, p)
		if sum += p; !(sum < u) || p < s.MinP*c.p[0] {
			break
		}
	}
}

// soften makes probabilities of logits, of which first is the largest. That is
// subtracted before the division: a temperature near zero then makes the others
// -Inf, never a NaN.
func (s Sampler) soften(logits []float32, first float32) {
	for i, l := range logits {
		logits[i] = (l - first) / s.Temperature
	}
	attention.Softmax(logits)
}

// reaching is how many of the probabilities, largest first, it takes to reach p.
func reaching(probabilities []float32, p float32) int {
	var sum float32
	for i, q := range probabilities {
		if sum += q; sum >= p {
			return i + 1
		}
	}
	return len(probabilities)
}

// atLeast is how many of the probabilities, largest first, are p times the first
// or more; the first always counts.
func atLeast(probabilities []float32, p float32) int {
	for i, q := range probabilities {
		if i > 0 && !(q >= p*probabilities[0]) {
			return i
		}
	}
	return len(probabilities)
}

// keep drops all candidates but the first n, and divides the probabilities of
// these by their sum.
func (c *candidates) keep(n int) {
	c.ids, c.p = c.ids[:n], c.p[:n]
	var sum float32
	for _, p := range c.p {
		sum += p
	}
	for i := range c.p {
		c.p[i] /= sum
	}
}

// Pick chooses one of the [Sampler.Candidates] by chance, each as often as its
// probability says. A greedy sampler needs no generator.
func (s Sampler) Pick(logits []float32, rng *rand.Rand) int {
	s.mustBeValid()
	if s.Temperature == 0 {
		return gpt.Argmax(logits)
	}
	c := shelf.Take()
	defer shelf.Give(c)
	u := rng.Float32()
	s.choose(c, logits, math.Nextafter32(u, 3)) // the rest cannot be hit
	for i, p := range c.p {
		if u -= p; u < 0 {
			return c.ids[i]
		}
	}
	return c.ids[len(c.ids)-1] // the probabilities were rounded to a sum just below u
}

// Next is what [gpt.Continue] asks for: it penalizes and picks.
func (s Sampler) Next(rng *rand.Rand) func(logits []float32, text []int) int {
	s.mustBeValid()
	return func(logits []float32, text []int) int {
		s.Penalize(logits, text)
		return s.Pick(logits, rng)
	}
}

// Generate yields the ids that s picks after prompt, one after another, without
// end; see [gpt.Continue]. What the model still reads of the text, the prompt
// included, is what the repetition penalty is about.
func Generate(m gpt.Decoder, prompt []int, s Sampler, rng *rand.Rand) iter.Seq[int] {
	return gpt.Continue(m, m.NewCache(), prompt, s.Next(rng))
}
