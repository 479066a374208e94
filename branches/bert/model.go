package bert

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

const (
	badInput = "bert: an input is whole sequences of T ids, no larger than its pass, with types and lengths for all or none"
	badT     = "bert: the sequences are longer than the context"
)

// Model is a BERT: its weights, and nothing that changes when it runs. The gradient of
// a model is another Model; see [Model.Gradient].
type Model struct {
	Config     Config
	Embedding  embeddings.Embedding // chapter 2's: a vector for each id and for each position
	Types      blas32.General       // (S,C), a vector for each of the two texts
	Norm       Norm                 // of the three together
	Blocks     []Block
	Pooler     layers.Linear // (C,C)
	Words      MaskedWords
	Classifier layers.Linear // (labels,C)
	lowest     int           // in a gradient, the lowest level that is trained
}

// Input is what a model reads at once: B sequences of T ids, row-major.
type Input struct {
	IDs   []int // (B,T)
	T     int
	Types []int // (B,T), which text each id is of; nil for the first
	Real  []int // (B), how many ids of each sequence are text, the others padding; nil for all
}

// real is the length of sequence b without its padding.
func (x Input) real(b int) int {
	if x.Real == nil {
		return x.T
	}
	return x.Real[b]
}

// Pass is a model at work. It keeps what Backward needs of the last Forward, and the
// gradients, to which Backward adds. Any number of goroutines may run one model, each
// with a pass of its own.
type Pass struct {
	*Model
	grad    *Model
	rows, T int // the most rows B·T, and the most positions of one sequence
	input   Input
	none    []int            // (N), types of a single text: zeros
	sum     blas32.General   // (N,C), the three embeddings together
	moments *gpt.Moments     // of their norm
	stream  []blas32.General // L+1 of (N,C): before each block, and at the end
	blocks  []*BlockActivations
	mask    attention.Mask
	back    *backward // made by the first backward pass
}

// backward is the room of a backward pass, one for all blocks.
type backward struct {
	stream [2]blas32.General // (N,C): into a block and out of it
	block  *BlockActivations
}

// NewPass returns a pass of m for B sequences of T tokens, or any input with no more rows
// and no longer sequences, with gradients of the parameters whose names trains accepts,
// or of all if that is nil. With [gpt.Frozen] all blocks share one room.
func (m *Model) NewPass(trains func(name string) bool, B, T int) *Pass {
	c, grad, N := m.Config, m.Gradient(trains), B*T
	p := &Pass{Model: m, grad: grad, rows: N, T: T, none: make([]int, N), sum: f32.New(N, c.Width), moments: gpt.NewMoments(N)}
	stream, block := f32.New(N, c.Width), newBlockActivations(c, B, T, grad.lowest <= 0)
	p.stream = append(p.stream, stream)
	for i := range m.Blocks {
		if i > 0 && i >= grad.lowest {
			block = newBlockActivations(c, B, T, true)
		}
		if i >= grad.lowest {
			stream = f32.New(N, c.Width)
		}
		p.blocks, p.stream = append(p.blocks, block), append(p.stream, stream)
	}
	return p
}

// Grads are the gradients, without data where a parameter is frozen.
func (p *Pass) Grads() []gpt.Param { return p.grad.Params() }

// Forward returns the hidden vectors (N,C) of the last block, which live until the next
// use of the pass. A nil drop forgets nothing.
func (p *Pass) Forward(x Input, drop *attention.Dropout) blas32.General {
	N := len(x.IDs)
	if x.T < 1 || N%x.T != 0 || N > p.rows || x.T > p.T || x.Types != nil && len(x.Types) != N || x.Real != nil && len(x.Real)*x.T != N {
		panic(badInput)
	}
	if x.T > p.Config.Context {
		panic(badT)
	}
	if x.Types == nil {
		x.Types = p.none[:N]
	}
	p.input = x
	layers.Fit(N, &p.sum, &p.stream[0])
	p.Embedding.Forward(p.sum, x.IDs, x.T, 0)
	for i := range N {
		f32.Add(f32.Row(p.sum, i), f32.Row(p.Types, p.input.Types[i]))
	}
	p.Norm.Forward(p.stream[0], p.moments, p.sum)
	p.mask.Forward(p.stream[0], drop)
	for i := range p.Blocks {
		layers.Fit(N, &p.stream[i+1])
		p.Blocks[i].Forward(p.stream[i+1], p.blocks[i], p.stream[i], x.T, x.Real, drop)
	}
	return p.hidden()
}

// hidden is what the last Forward returned.
func (p *Pass) hidden() blas32.General { return p.stream[len(p.Blocks)] }

// Backward undoes the last Forward, from the gradient (N,C) of what that returned, which
// it overwrites. Below the lowest parameter that is trained nothing is computed.
func (p *Pass) Backward(dhidden blas32.General) {
	N, C := dhidden.Rows, p.Config.Width
	if p.back == nil {
		p.back = &backward{[2]blas32.General{f32.New(p.rows, C), f32.New(p.rows, C)}, newBlockActivations(p.Config, p.rows/p.T, p.T, true)}
	}
	dy := dhidden
	for i := len(p.Blocks) - 1; i >= 0 && i >= p.grad.lowest; i-- {
		dx := blas32.General{}
		if p.grad.lowest < i {
			layers.Fit(N, &p.back.stream[i%2])
			dx = p.back.stream[i%2]
		}
		p.Blocks[i].Backward(dx, &p.grad.Blocks[i], p.back.block, p.blocks[i], dy, p.stream[i])
		dy = dx
	}
	if p.grad.lowest >= 0 {
		return
	}
	dy = p.mask.Backward(dy, dy)
	layers.Fit(N, &p.back.block.mid)
	dsum := p.back.block.mid
	p.Norm.Backward(dsum, &p.grad.Norm.LayerNorm, p.moments, dy, p.sum)
	p.Embedding.Backward(&p.grad.Embedding, dsum, p.input.IDs, p.input.T)
	for i := 0; i < N && p.grad.Types.Data != nil; i++ {
		f32.Add(f32.Row(p.grad.Types, p.input.Types[i]), f32.Row(dsum, i))
	}
}
