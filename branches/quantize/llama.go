package quantize

import (
	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/llama"
)

// Llama returns m with one byte a weight. It shares the norms and biases of m, whose
// matrices are needed no more. The result reads and writes like any llama.Model, and
// passes gradients on through its matrices, which nothing trains.
func Llama(m *llama.Model) *llama.Model {
	q := m.Share()
	for _, l := range q.Linears() {
		inBytes(l.Linear)
	}
	inBytes(&q.Tokens)
	if q.Config.TiedHead {
		q.Head = q.Tokens
	} else {
		inBytes(&q.Head)
	}
	return q
}

func inBytes(l *layers.Linear) {
	w := matrix(l.W, false)
	l.Int8, l.W.Data = &w, nil
}
