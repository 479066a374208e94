package gpt

import (
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// A Network is a model as training and answering see it, such as a [Model].
type Network interface {
	Decoder
	Params() []Param
	NewPass(trains func(name string) bool, B, T int) Pass
	Logits(logits, hidden blas32.General)
}

// A Pass is a network at work. It keeps what Backward needs of the last Forward, and
// the gradients, to which Backward adds. It belongs to whoever runs the network: any
// number of goroutines may run one, each with a pass of its own.
type Pass interface {
	// Forward runs B sequences of T ids, (B,T) row-major, up to the last norm and
	// returns the hidden vectors (N,C), which live until its next use. A nil drop
	// forgets nothing.
	Forward(ids []int, T int, drop *attention.Dropout) (hidden blas32.General)

	// Backward undoes the last Forward, from the gradient (N,C) of what that returned.
	// Below the lowest parameter that is trained nothing is computed.
	Backward(dhidden blas32.General)

	// LogitsBackward undoes the network's Logits: from dlogits (N,V) it sets dhidden.
	LogitsBackward(dhidden, dlogits, hidden blas32.General)

	// Grads are the gradients of the Params, in their order, without data where a
	// parameter is frozen.
	Grads() []Param
}

// pass is the pass of a Model.
type pass struct {
	*Model
	grad    *Model
	rows    int // the most rows B·T
	length  int // the most positions T of one sequence
	ids     []int
	T       int
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

// NewPass returns a pass of m for B sequences of T tokens, or any batch with no more
// rows and no longer sequences. It has gradients of the parameters whose names trains
// accepts, or of all if that is nil, and takes less room where the lower blocks have
// none: no gradient comes to those, and each writes over what the one before it left.
func (m *Model) NewPass(trains func(name string) bool, B, T int) Pass {
	c, grad, N := m.Config, m.Gradient(trains), B*T
	p := &pass{Model: m, grad: grad, rows: N, length: T, moments: NewMoments(N), hidden: make([]float32, N*c.Width)}
	stream, block := make([]float32, N*c.Width), NewBlockActivations(c, B, T)
	p.stream = append(p.stream, stream)
	for i := range c.Layers {
		if i > 0 && i > grad.lowest {
			block = NewBlockActivations(c, B, T)
		}
		if i >= grad.lowest {
			stream = make([]float32, N*c.Width)
		}
		p.blocks, p.stream = append(p.blocks, block), append(p.stream, stream)
	}
	return p
}

// Grads are the gradients.
func (p *pass) Grads() []Param { return p.grad.Params() }

// view returns the first N rows of an (N,C) buffer.
func (p *pass) view(data []float32, N int) blas32.General { return f32.View(data, N, p.Config.Width) }
