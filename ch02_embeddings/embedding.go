package embeddings

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Embedding holds the two tables at the entrance of a GPT: a vector of C
// numbers for each id of the vocabulary, and one for each position that
// the model can see.
type Embedding struct {
	Tokens    blas32.General // (V, C), row id: wte in the published weights
	Positions blas32.General // (context, C), row position: wpe
}

// Forward sets row i of x, which is (len(ids), C), to the sum of two
// table rows:
//
//	x[i] = Tokens[ids[i]] + Positions[at + i%T]
//
// The ids are whole sequences of T ids, one after the other. Each begins
// at position at: 0, unless the model has read the text before it
// already. Forward panics on an id outside the vocabulary and on a
// position beyond the table.
func (e Embedding) Forward(x blas32.General, ids []int, T, at int) {
	e.check(x, ids, T, at)
	for i, id := range ids {
		row := f32.Row(x, i)
		copy(row, f32.Row(e.Tokens, id))
		f32.Add(row, f32.Row(e.Positions, at+i%T))
	}
}

// Backward takes dx, the gradient of the loss with respect to the x of a
// Forward with at = 0, and adds to grad the gradients of the two tables.
// Rows that no id asked for stay as they are. A table of grad whose Data
// is nil is frozen: it is skipped. Ids are names, not quantities, and have
// no gradient.
//
// The rows are added one after the other, in the order of the ids.
// Splitting the ids over the cores would not do: two of them may be the
// same id, and both would write to one row at once.
func (e Embedding) Backward(grad *Embedding, dx blas32.General, ids []int, T int) {
	e.check(dx, ids, T, 0)
	for i, id := range ids {
		// x[i] = Tokens[ids[i]] + Positions[i%T]
		dxi := f32.Row(dx, i)
		if grad.Tokens.Data != nil {
			f32.Add(f32.Row(grad.Tokens, id), dxi)
		}
		if grad.Positions.Data != nil {
			f32.Add(f32.Row(grad.Positions, i%T), dxi)
		}
	}
}

// check panics unless ids are whole sequences of T ids of the vocabulary,
// their positions are in the table, and x has a row of the right width
// for each.
func (e Embedding) check(x blas32.General, ids []int, T, at int) {
	switch {
	case T < 1 || len(ids)%T != 0:
		panic("embeddings: ids are not whole sequences of length T")
	case at < 0 || at+T > e.Positions.Rows:
		panic("embeddings: position beyond the table")
	case x.Rows != len(ids) || x.Cols != e.Tokens.Cols:
		panic("embeddings: x is not (len(ids), C)")
	}
	for _, id := range ids {
		if id < 0 || id >= e.Tokens.Rows {
			panic("embeddings: id outside the vocabulary")
		}
	}
}
