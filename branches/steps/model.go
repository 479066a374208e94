package steps

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

const (
	badBatch    = "steps: the batch is not whole sequences of T ids, is larger than its pass or longer than the context"
	badExtend   = "steps: Extend needs at least one id, and room for all of them in the context"
	badTruncate = "steps: Truncate keeps no more tokens than the cache has read"
)

// Model is a GPT of chosen parts: its weights, and nothing that changes when it runs.
// It is a [gpt.Network], and its gradient is another Model. Its head is always the
// token embedding.
type Model struct {
	Config    Config
	Embedding embeddings.Embedding // no positions with rotary ones
	Blocks    []Block
	Norm      Norm
	lowest    int // in a gradient, the lowest level that is trained
}

// Sizes are those of its configuration.
func (m *Model) Sizes() gpt.Sizes {
	c := m.Config
	return gpt.Sizes{Vocab: c.Vocab, Context: c.Context, Width: c.Width, Layers: c.Layers}
}

// Logits scores every token of the vocabulary as the next one: it sets logits (N,V)
// to hidden·headᵀ for hidden vectors (N,C).
func (m *Model) Logits(logits, hidden blas32.General) {
	f32.Gemm(blas.NoTrans, blas.Trans, 1, hidden, m.Embedding.Tokens, 0, logits)
}

// LogitsBackward implements [gpt.Pass].
func (p *pass) LogitsBackward(dhidden, dlogits, hidden blas32.General) {
	f32.Gemm(blas.NoTrans, blas.NoTrans, 1, dlogits, p.Embedding.Tokens, 0, dhidden)
	if tokens := p.grad.Embedding.Tokens; tokens.Data != nil {
		f32.Gemm(blas.Trans, blas.NoTrans, 1, dlogits, hidden, 1, tokens) // logits = hidden·headᵀ
	}
}

// pass is the [gpt.Pass] of a Model.
type pass struct {
	*Model
	grad        *Model
	ids         []int
	B, T        int              // of the largest batch
	turns       layers.Turns     // of the last forward pass
	frequencies []float32        // of the rotary positions
	stream      []blas32.General // L+1 of (N,C): the residual stream before each block, and at the end
	blocks      []*Activations
	moments     *gpt.Moments
	hidden      blas32.General // (N,C)
	mask        attention.Mask
	dstream     [2]blas32.General // (N,C): the gradient into a block and out of it
	dblock      *Activations      // made by the first backward pass
}

// NewPass returns a pass of m for B sequences of T tokens, or any batch with no more
// rows and no longer sequences, with gradients of the parameters whose names trains
// accepts, or of all if that is nil.
func (m *Model) NewPass(trains func(name string) bool, B, T int) gpt.Pass {
	c, N, pairs := m.Config, B*T, m.Config.Width/m.Config.Heads/2
	p := &pass{
		Model: m, grad: m.Gradient(trains), B: B, T: T, moments: gpt.NewMoments(N), hidden: f32.New(N, c.Width),
		turns: layers.NewTurns(T, pairs), frequencies: layers.Rotary{Theta: theta}.Frequencies(2 * pairs),
	}
	stream, block := f32.New(N, c.Width), newActivations(c, &p.turns, B, T)
	p.stream = append(p.stream, stream)
	for i := range m.Blocks { // no gradient comes to those below the lowest: they share one room
		if i > 0 && i > p.grad.lowest {
			block = newActivations(c, &p.turns, B, T)
		}
		if i >= p.grad.lowest {
			stream = f32.New(N, c.Width)
		}
		p.blocks, p.stream = append(p.blocks, block), append(p.stream, stream)
	}
	return p
}

// Grads are the gradients.
func (p *pass) Grads() []gpt.Param { return p.grad.Params() }

// Forward implements [gpt.Pass].
func (p *pass) Forward(ids []int, T int, drop *attention.Dropout) blas32.General {
	N := len(ids)
	if T < 1 || N%T != 0 || N > p.B*p.T || T > p.T || T > p.Config.Context {
		panic(badBatch)
	}
	p.ids = ids
	layers.Fit(T, &p.turns.Cos, &p.turns.Sin)
	p.turns.Set(p.frequencies, 0)
	layers.Fit(N, &p.hidden, &p.stream[0])
	x := p.stream[0]
	p.embed(x)
	p.mask.Forward(x, drop)
	for i := range p.Blocks {
		layers.Fit(N, &p.stream[i+1])
		p.Blocks[i].Forward(p.stream[i+1], p.blocks[i], x, drop)
		x = p.stream[i+1]
	}
	p.Norm.Forward(p.hidden, p.moments, x)
	return p.hidden
}

// Backward implements [gpt.Pass].
func (p *pass) Backward(dhidden blas32.General) {
	if p.dblock == nil {
		N, C := p.B*p.T, p.Config.Width
		p.dstream, p.dblock = [2]blas32.General{f32.New(N, C), f32.New(N, C)}, newActivations(p.Config, &p.turns, p.B, p.T)
	}
	L := len(p.Blocks)
	dy := p.below(L, dhidden.Rows)
	p.Norm.Backward(dy, p.grad.Norm, p.moments, dhidden, p.stream[L])
	for i := L - 1; i >= 0 && dy.Data != nil; i-- {
		dx := p.below(i, dhidden.Rows)
		p.Blocks[i].Backward(dx, &p.grad.Blocks[i], p.dblock, p.blocks[i], dy, p.stream[i])
		dy = dx
	}
	if dy.Data != nil {
		p.embedBackward(p.mask.Backward(dy, dy))
	}
}

// below returns room for the gradient (N,C) that flows into block i-1, or nothing if
// nobody there wants it.
func (p *pass) below(i, N int) blas32.General {
	if p.grad.lowest >= i {
		return blas32.General{}
	}
	layers.Fit(N, &p.dstream[i%2])
	return p.dstream[i%2]
}

// embed sets x (N,C) to the vectors that the blocks begin with: with rotary
// positions, those of the tokens alone.
func (p *pass) embed(x blas32.General) {
	if !p.Config.Rotary {
		p.Embedding.Forward(x, p.ids, p.turns.Cos.Rows, 0)
		return
	}
	for i, id := range p.ids {
		copy(f32.Row(x, i), f32.Row(p.Embedding.Tokens, id))
	}
}

// embedBackward undoes embed.
func (p *pass) embedBackward(dx blas32.General) {
	grad := &p.grad.Embedding
	if !p.Config.Rotary {
		p.Embedding.Backward(grad, dx, p.ids, p.turns.Cos.Rows)
		return
	}
	for i, id := range p.ids {
		f32.Add(f32.Row(grad.Tokens, id), f32.Row(dx, i))
	}
}

// NewCache returns an empty cache for m.
func (m *Model) NewCache() gpt.Cache {
	return &text{Model: m, pass: m.NewPass(gpt.Frozen, 1, m.Config.Context), logits: f32.New(1, m.Config.Vocab)}
}

// text is a cache that keeps nothing but the ids, and reads all of them again for each
// new one. That is slow. But which cache would be right depends on the parts, and
// chapter 4 and branches/llama have the two.
type text struct {
	*Model
	pass   gpt.Pass
	ids    []int
	logits blas32.General // (1,V)
}

// Len implements [gpt.Cache].
func (t *text) Len() int { return len(t.ids) }

// Truncate implements [gpt.Cache].
func (t *text) Truncate(n int) {
	if n < 0 || n > len(t.ids) {
		panic(badTruncate)
	}
	t.ids = t.ids[:n]
}

// Extend implements [gpt.Cache].
func (t *text) Extend(ids []int) []float32 {
	n := len(t.ids) + len(ids)
	if len(ids) == 0 || n > t.Config.Context {
		panic(badExtend)
	}
	t.ids = append(t.ids, ids...)
	t.Logits(t.logits, f32.Rows(t.pass.Forward(t.ids, n, nil), n-1, n))
	return t.logits.Data
}
