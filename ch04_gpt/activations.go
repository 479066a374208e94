package gpt

import (
	"gonum.org/v1/gonum/blas/blas32"

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
	stream  [][]float32 // L+1 of (N,C): the residual stream before each block, and at the end
	blocks  []*BlockActivations
	moments *Moments
	hidden  []float32 // (N,C)
	mask    []float32 // (N,C), the embedding's dropout
	dropped bool
	back    *backward // made by the first backward pass
}

// backward is the room of a backward pass, one for all blocks: a block's
// gradients are read by the one below it and then no more.
type backward struct {
	stream [2][]float32 // (N,C): into a block and out of it
	block  *BlockActivations
}

// NewActivations returns room for B sequences of T tokens, or any batch with no
// more rows and no longer sequences.
func NewActivations(c Config, B, T int) *Activations {
	N, C := B*T, c.Width
	a := &Activations{config: c, rows: N, length: T, moments: NewMoments(N), hidden: make([]float32, N*C)}
	for range c.Layers + 1 {
		a.stream = append(a.stream, make([]float32, N*C))
	}
	for range c.Layers {
		a.blocks = append(a.blocks, NewBlockActivations(c, B, T))
	}
	if c.Dropout > 0 {
		a.mask = make([]float32, N*C)
	}
	return a
}

// view returns the first N rows of an (N,C) buffer.
func (a *Activations) view(data []float32, N int) blas32.General {
	return f32.View(data, N, a.config.Width)
}

// activationCount is the number of float32 values that NewActivations and the
// first backward pass allocate.
func activationCount(c Config, B, T int) int {
	N, C := B*T, c.Width
	block := 2*2*N + 2*N*C + 3*N*C + N*c.Heads + N*C + N*C + 2*N*4*C
	if c.Dropout > 0 {
		block += 2 * N * C
	}
	forward := (c.Layers+1)*N*C + c.Layers*block + 2*N + N*C
	if c.Dropout > 0 {
		forward += N * C
	}
	return forward + 2*N*C + block
}
