package topk

import (
	"math"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Likeliest is room for the likeliest tokens and their probabilities, to be used
// again for the next token.
type Likeliest struct {
	ids []int
	p   []float32
	all []float32 // (V) of all tokens, by id
}

// Needed says which of the tokens are: the K likeliest, or if K is 0 those that top-p
// or min-p lets stay, or without either those up to U, where the probabilities lie
// side by side.
type Needed struct {
	K             int
	TopP, MinP, U float32
}

// Find returns the tokens that are needed, the likeliest first, or some more: the K
// likeliest with their probabilities among themselves, others with those among all.
func (l *Likeliest) Find(logits []float32, temperature float32, n Needed) (ids []int, p []float32) {
	l.ids, l.p = l.ids[:0], l.p[:0]
	if n.K > 0 {
		for id := range Descending(logits) {
			l.ids, l.p = append(l.ids, id), append(l.p, logits[id])
			if len(l.ids) == n.K {
				break
			}
		}
		soften(l.p, l.p[0], temperature)
		return l.ids, l.p
	}
	most := math.Nextafter32(n.U, 3)
	if n.TopP > 0 && n.TopP < 1 {
		most = n.TopP
	} else if n.MinP > 0 {
		most = 2 // more than all together have
	}
	l.all = append(l.all[:0], logits...)
	soften(l.all, f32.Max(logits), temperature)
	var sum float32
	for id := range Descending(logits) {
		q := l.all[id]
		l.ids, l.p = append(l.ids, id), append(l.p, q)
		if sum += q; !(sum < most) || q < n.MinP*l.p[0] {
			break
		}
	}
	return l.ids, l.p
}

// soften makes probabilities of logits, of which first is the largest.
func soften(logits []float32, first, temperature float32) {
	for i, l := range logits {
		logits[i] = (l - first) / temperature
	}
	f32.Scale(1/f32.ExpShifted(logits, logits, f32.Max(logits)), logits)
}
