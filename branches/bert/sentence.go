package bert

import (
	"cmp"
	"context"
	"io/fs"
	"iter"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/wordpiece"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/bertfiles"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Encoder makes one vector of a whole text, such that texts of like meaning have like
// vectors. Any number of goroutines may use one.
type Encoder struct {
	Model     *Model
	Tokenizer *wordpiece.Tokenizer
	Longest   int // tokens of a text that are read
	Batch     int // texts that go through the model at once
}

// LoadEncoder reads a sentence encoder such as all-MiniLM-L6-v2 from a directory.
func LoadEncoder(dir string) (*Encoder, error) {
	m, t, err := LoadModel(dir)
	if err != nil {
		return nil, err
	}
	e := &Encoder{Model: m, Tokenizer: t, Batch: 32}
	err = durable.Read(dir, func(files fs.FS) (err error) {
		e.Longest, err = bertfiles.ReadLimit(files, dir, m.Config.Context)
		return err
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

// room is how many tokens of a batch go through the model at once, padding included.
const room = 2048

// Embed returns the vectors of texts, each of length one, or the error of a context that
// ended.
func (e *Encoder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	for i, v := range e.Each(ctx, texts) {
		vectors[i] = v
	}
	return vectors, ctx.Err()
}

// Each yields the number and the vector of every text, batch by batch until ctx ends. The
// longest come first: texts of about the same length go through the model together, so
// that little is padding, and whoever waits sees it go faster and faster.
func (e *Encoder) Each(ctx context.Context, texts []string) iter.Seq2[int, []float32] {
	return func(yield func(int, []float32) bool) {
		inputs, order := e.inputs(texts)
		if len(order) == 0 {
			return
		}
		longest := len(inputs[order[0]].IDs)
		pass := e.Model.NewPass(gpt.Frozen, max(1, min(e.Batch*longest, room)/longest), longest)
		for len(order) > 0 && ctx.Err() == nil {
			T := len(inputs[order[0]].IDs)
			n := 1
			for n < min(len(order), e.Batch, pass.rows/T) && (n < 4 || 8*len(inputs[order[n]].IDs) >= 7*T) {
				n++ // as long as at most an eighth of the next is padding
			}
			for b, v := range e.batch(pass, inputs, order[:n], T) {
				if !yield(order[b], v) {
					return
				}
			}
			order = order[n:]
		}
	}
}

// inputs are the texts as the model reads them, and their order, the longest first.
func (e *Encoder) inputs(texts []string) (inputs []wordpiece.Input, order []int) {
	inputs, order = make([]wordpiece.Input, len(texts)), make([]int, len(texts))
	f32.Run(len(texts), 8, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			inputs[i], order[i] = e.Tokenizer.Single(texts[i], e.Longest), i
		}
	})
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(inputs[b].IDs), len(inputs[a].IDs)) })
	return inputs, order
}

// batch returns the vectors of some of the inputs, padded to T ids.
func (e *Encoder) batch(pass *Pass, inputs []wordpiece.Input, order []int, T int) [][]float32 {
	x := Input{T: T}
	for _, i := range order {
		ids := inputs[i].IDs
		x.IDs, x.Real = append(x.IDs, ids...), append(x.Real, len(ids))
		for range T - len(ids) {
			x.IDs = append(x.IDs, e.Tokenizer.ID(wordpiece.Pad))
		}
	}
	hidden := pass.Forward(x, nil)
	vectors := make([][]float32, len(order))
	for b, n := range x.Real {
		vectors[b] = Mean(f32.Rows(hidden, b*T, b*T+n))
	}
	return vectors
}

// Mean returns the mean of the rows of hidden (n,C), brought to length one: the rows of a
// text, without those of its padding.
func Mean(hidden blas32.General) []float32 {
	v := make([]float32, hidden.Cols)
	for i := range hidden.Rows {
		f32.Add(v, f32.Row(hidden, i))
	}
	f32.Scale(float32(1/max(math.Sqrt(f32.SquaredNorm(v)), 1e-12)), v)
	return v
}
