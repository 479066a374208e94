package gpt

import (
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Activations is what [Model.Forward] keeps for [Model.Backward]. It belongs to
// whoever runs the model: any number of goroutines may run one model, each with
// activations of its own.
type Activations struct {
	config  Config
	rows    int // the most rows B·T
	length  int // the most positions T of one sequence
	ids     []int
	T       int
	lowest  int         // of what is trained, see lowestTrained
	stream  [][]float32 // L+1 of (N,C): the residual stream before each block, and at the end
	blocks  []*BlockActivations
	moments *Moments
	hidden  []float32      // (N,C)
	mask    attention.Mask // of the embedding's dropout
	back    *backward      // made by the first backward pass
}

// backward is the room of a backward pass, one for all blocks: a block's
// gradients are read by the one below it and then no more.
type backward struct {
	stream [2][]float32 // (N,C): into a block and out of it
	block  *BlockActivations
}

// NewActivations returns room for passes of m on B sequences of T tokens, or any
// batch with no more rows and no longer sequences, whose gradients go to grad. With
// a nil grad no backward pass follows. Where the lower blocks are frozen, or none
// follows, it takes less.
func (m *Model) NewActivations(grad *Model, B, T int) *Activations {
	if grad == nil {
		return newActivations(m.Config, B, T, len(m.Blocks))
	}
	return newActivations(m.Config, B, T, grad.lowest)
}

// newActivations keeps apart what the blocks from lowest on leave. No gradient
// comes to those below: each writes over what the one before it has left.
func newActivations(c Config, B, T, lowest int) *Activations {
	N, C := B*T, c.Width
	a := &Activations{config: c, rows: N, length: T, lowest: lowest, moments: NewMoments(N), hidden: make([]float32, N*C)}
	stream, block := make([]float32, N*C), NewBlockActivations(c, B, T)
	a.stream = append(a.stream, stream)
	for i := range c.Layers {
		if i > 0 && i > lowest {
			block = NewBlockActivations(c, B, T)
		}
		if i >= lowest {
			stream = make([]float32, N*C)
		}
		a.blocks, a.stream = append(a.blocks, block), append(a.stream, stream)
	}
	return a
}

// view returns the first N rows of an (N,C) buffer.
func (a *Activations) view(data []float32, N int) blas32.General {
	return f32.View(data, N, a.config.Width)
}
