package llama

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

const (
	badBatch = "llama: the batch is not whole sequences of T ids, or is larger than its pass"
	badT     = "llama: the sequences are longer than the context"
)

// Model is a model of the Llama family: its weights, and nothing that changes when
// it runs. It is a [gpt.Network], and its gradient is another Model.
type Model struct {
	Config      Config
	Tokens      layers.Linear // (V,C), the embedding
	Blocks      []Block
	Norm        layers.RMSNorm
	Head        layers.Linear // (V,C); the token embedding itself if tied
	Frequencies []float32     // (D/2), see [layers.Rotary.Frequencies]
	lowest      int           // in a gradient, the lowest level that is trained
}

// Sizes are those of its configuration.
func (m *Model) Sizes() gpt.Sizes {
	c := m.Config
	return gpt.Sizes{Vocab: c.Vocab, Context: c.Context, Width: c.Width, Layers: c.Layers}
}

// Logits scores every token of the vocabulary as the next one: it sets logits (N,V)
// to hidden·headᵀ for hidden vectors (N,C).
func (m *Model) Logits(logits, hidden blas32.General) {
	m.Head.Forward(logits, hidden)
}

// embed sets x (N,C) to the vectors of ids. They say nothing of positions.
func (m *Model) embed(x blas32.General, ids []int) {
	for i, id := range ids {
		m.Tokens.Row(f32.Row(x, i), id)
	}
}

// pass is the [gpt.Pass] of a Model, chapter 4's in all but its parts.
type pass struct {
	*Model
	grad   *Model
	ids    []int
	T      int              // the most positions of one sequence
	turns  layers.Turns     // of the last forward pass
	stream []blas32.General // L+1 of (N,C): the residual stream before each block, and at the end
	blocks []*BlockActivations
	rstd   []float32      // (N)
	hidden blas32.General // (N,C)
	mask   attention.Mask
	back   *backward // made by the first backward pass
}

// backward is the room of a backward pass, one for all blocks.
type backward struct {
	stream [2]blas32.General // (N,C): into a block and out of it
	block  *BlockActivations
}

// NewPass returns a pass of m for B sequences of T tokens, or any batch with no more
// rows and no longer sequences, with gradients of the parameters whose names trains
// accepts, or of all if that is nil.
func (m *Model) NewPass(trains func(name string) bool, B, T int) gpt.Pass {
	c, grad, N := m.Config, m.Gradient(trains), B*T
	p := &pass{Model: m, grad: grad, T: T, turns: layers.NewTurns(T, c.HeadDim/2), rstd: make([]float32, N), hidden: f32.New(N, c.Width)}
	stream, block := f32.New(N, c.Width), newBlockActivations(c, B, T)
	p.stream = append(p.stream, stream)
	for i := range m.Blocks {
		if i > 0 && i > grad.lowest {
			block = newBlockActivations(c, B, T)
		}
		if i >= grad.lowest {
			stream = f32.New(N, c.Width)
		}
		block.attention.turns = &p.turns
		p.blocks, p.stream = append(p.blocks, block), append(p.stream, stream)
	}
	return p
}

// Grads are the gradients.
func (p *pass) Grads() []gpt.Param { return p.grad.Params() }

// Forward implements [gpt.Pass].
func (p *pass) Forward(ids []int, T int, drop *attention.Dropout) blas32.General {
	N := len(ids)
	if T < 1 || N%T != 0 || N > len(p.rstd) || T > p.T {
		panic(badBatch)
	}
	if T > p.Config.Context {
		panic(badT)
	}
	p.ids = ids
	layers.Fit(T, &p.turns.Cos, &p.turns.Sin)
	p.turns.Set(p.Frequencies, 0)
	layers.Fit(N, &p.hidden, &p.stream[0])
	x := p.stream[0]
	p.embed(x, ids)
	p.mask.Forward(x, drop)
	for i := range p.Blocks {
		layers.Fit(N, &p.stream[i+1])
		p.Blocks[i].Forward(p.stream[i+1], p.blocks[i], x, drop)
		x = p.stream[i+1]
	}
	p.Norm.Forward(p.hidden, p.rstd, x)
	return p.hidden
}

// Backward implements [gpt.Pass].
func (p *pass) Backward(dhidden blas32.General) {
	N, L, rows := dhidden.Rows, len(p.Blocks), len(p.rstd)
	if p.back == nil {
		C := p.Config.Width
		p.back = &backward{[2]blas32.General{f32.New(rows, C), f32.New(rows, C)}, newBlockActivations(p.Config, rows/p.T, p.T)}
	}
	// below returns room for the gradient that flows into block i-1, or nothing if
	// nobody there wants it.
	below := func(i int) blas32.General {
		if p.grad.lowest >= i {
			return blas32.General{}
		}
		layers.Fit(N, &p.back.stream[i%2])
		return p.back.stream[i%2]
	}
	dy := below(L)
	p.Norm.Backward(dy, &p.grad.Norm, p.rstd, dhidden, p.stream[L])
	for i := L - 1; i >= 0 && dy.Data != nil; i-- {
		dx := below(i)
		p.Blocks[i].Backward(dx, &p.grad.Blocks[i], p.back.block, p.blocks[i], dy, p.stream[i])
		dy = dx
	}
	if dy.Data == nil {
		return
	}
	dy = p.mask.Backward(dy, dy)
	for i, id := range p.ids { // p.embed(x, ids)
		f32.Add(f32.Row(p.grad.Tokens.W, id), f32.Row(dy, i))
	}
}

// LogitsBackward implements [gpt.Pass].
func (p *pass) LogitsBackward(dhidden, dlogits, hidden blas32.General) {
	p.Head.Backward(dhidden, 0, &p.grad.Head, dlogits, hidden) // p.Head.Forward(logits, hidden)
}
