package pretrain

import (
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Sampler chooses the next token from logits. Its zero value is greedy: it
// takes the likeliest. The fields stand in the order in which they take effect,
// which is Hugging Face's; whatever they rule out, the likeliest token remains.
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

// A block is some tokens in a row, of which those not yet taken are at lo to
// hi-1 of a drawing's tokens.
type block struct {
	lo, hi int
	most   float32 // the largest logit of these
}

// before reports whether the likeliest token of b comes before that of c.
func (b block) before(c block) bool { return b.most > c.most || b.most == c.most && b.lo < c.lo }

const blockSize = 64

// A drawing is the room it takes to choose a token. To find the likeliest few of
// many it does not sort them: it keeps the largest of each block, and the blocks
// in a heap, each before the two at twice its index and one or two further on.
// So the first block has the likeliest token, and taking that out disturbs a few
// blocks only.
type drawing struct {
	tokens        []int32
	logits        []float32 // those not taken out, block by block
	heap          []block
	all           []float32 // (V) probabilities
	ids           []int     // taken out so far
	probabilities []float32
}

var drawings f32.Shelf[drawing]

// begin fills the heap.
func (d *drawing) begin(logits []float32) {
	d.ids, d.probabilities, d.heap, d.tokens = d.ids[:0], d.probabilities[:0], d.heap[:0], d.tokens[:0]
	d.logits = append(d.logits[:0], logits...)
	for i := range logits {
		d.tokens = append(d.tokens, int32(i))
	}
	for lo := 0; lo < len(logits); lo += blockSize {
		hi := min(lo+blockSize, len(logits))
		d.heap = append(d.heap, block{lo, hi, f32.Max(logits[lo:hi])})
	}
	for i := len(d.heap)/2 - 1; i >= 0; i-- {
		d.sink(i)
	}
}

// sink moves the block at i down to where both below come after it.
func (d *drawing) sink(i int) {
	b := d.heap[i]
	for {
		below := 2*i + 1
		if below >= len(d.heap) {
			break
		}
		if below+1 < len(d.heap) && d.heap[below+1].before(d.heap[below]) {
			below++
		}
		if !d.heap[below].before(b) {
			break
		}
		d.heap[i] = d.heap[below]
		i = below
	}
	d.heap[i] = b
}

// next takes the likeliest of the tokens that are left, the first of equals.
func (d *drawing) next() (id int, logit float32) {
	b := &d.heap[0]
	at := b.lo + max(0, slices.Index(d.logits[b.lo:b.hi], b.most)) // no index if NaN
	id, logit = int(d.tokens[at]), d.logits[at]
	d.ids = append(d.ids, id)
	b.hi--
	copy(d.tokens[at:b.hi], d.tokens[at+1:])
	copy(d.logits[at:b.hi], d.logits[at+1:])
	if b.lo < b.hi {
		b.most = f32.Max(d.logits[b.lo:b.hi])
	} else {
		last := len(d.heap) - 1
		d.heap[0] = d.heap[last]
		d.heap = d.heap[:last]
	}
	if len(d.heap) > 0 {
		d.sink(0)
	}
	return id, logit
}

// Penalize makes the tokens of text less likely by the factor θ of
// s.RepetitionPenalty, which is above 1: it divides their logits by θ, or
// multiplies them if they are negative, and so lowers all of them. How often a
// token occurs in text does not matter. [Sampler.Pick] knows no text; whoever
// calls it calls Penalize before. It changes logits in place.
func (s Sampler) Penalize(logits []float32, text []int) {
	theta := s.RepetitionPenalty
	if theta == 0 || theta == 1 {
		return
	}
	d := drawings.Take()
	defer drawings.Give(d)
	d.all = append(d.all[:0], logits...)
	for _, id := range text {
		if l := d.all[id]; l > 0 {
			logits[id] = l / theta
		} else {
			logits[id] = l * theta
		}
	}
}

// Candidates returns the ids that may be chosen and their probabilities, the
// likeliest first.
func (s Sampler) Candidates(logits []float32) (ids []int, probabilities []float32) {
	if s.Temperature == 0 {
		return []int{gpt.Argmax(logits)}, []float32{1}
	}
	d := drawings.Take()
	defer drawings.Give(d)
	s.choose(d, logits, 2) // more than all together have
	return slices.Clone(d.ids), slices.Clone(d.probabilities)
}

// choose leaves the candidates in d, the likeliest first. Without top-k, top-p
// and min-p, where they would be all there are, it leaves those that together are
// likelier than u.
func (s Sampler) choose(d *drawing, logits []float32, u float32) {
	d.begin(logits)
	nucleus := s.TopP > 0 && s.TopP < 1
	switch {
	case s.TopK > 0:
		s.likeliest(d, min(s.TopK, len(logits)))
	case nucleus:
		s.reach(d, logits, s.TopP)
	case s.MinP > 0:
		s.reach(d, logits, 2)
	default:
		s.reach(d, logits, math.Nextafter32(u, 3))
	}
	if nucleus {
		d.keep(reaching(d.probabilities, s.TopP))
	}
	if s.MinP > 0 {
		d.keep(atLeast(d.probabilities, s.MinP))
	}
}

// likeliest takes k candidates, with probabilities among themselves.
func (s Sampler) likeliest(d *drawing, k int) {
	first := d.heap[0].most
	for range k {
		_, logit := d.next()
		d.probabilities = append(d.probabilities, logit)
	}
	s.soften(d.probabilities, first)
}

// reach takes candidates until their probabilities, among all tokens, add up to
// p, or the last of them is not likely enough for min-p.
func (s Sampler) reach(d *drawing, logits []float32, p float32) {
	d.all = append(d.all[:0], logits...)
	s.soften(d.all, d.heap[0].most)
	var sum, last float32
	for len(d.heap) > 0 && sum < p {
		id, _ := d.next()
		last = d.all[id]
		d.probabilities = append(d.probabilities, last)
		if last < s.MinP*d.probabilities[0] {
			return
		}
		sum += last
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
func (d *drawing) keep(n int) {
	d.ids, d.probabilities = d.ids[:n], d.probabilities[:n]
	var sum float32
	for _, p := range d.probabilities {
		sum += p
	}
	for i := range d.probabilities {
		d.probabilities[i] /= sum
	}
}

// Pick chooses one of the [Sampler.Candidates] by chance, each as often as its
// probability says. A greedy sampler needs no generator.
func (s Sampler) Pick(logits []float32, rng *rand.Rand) int {
	if s.Temperature == 0 {
		return gpt.Argmax(logits)
	}
	d := drawings.Take()
	defer drawings.Give(d)
	u := rng.Float32()
	s.choose(d, logits, u)
	for i, p := range d.probabilities {
		if u -= p; u < 0 {
			return d.ids[i]
		}
	}
	return d.ids[len(d.ids)-1] // the probabilities were rounded to a sum just below u
}

// Generate yields the ids that s picks after prompt, one after another, without
// end; see [gpt.Continue]. What the model still reads of the text, the prompt
// included, is what the repetition penalty is about.
func Generate(m gpt.Decoder, prompt []int, s Sampler, rng *rand.Rand) iter.Seq[int] {
	return gpt.Continue(m, prompt, func(logits []float32, text []int) int {
		s.Penalize(logits, text)
		return s.Pick(logits, rng)
	})
}
