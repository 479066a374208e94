package gpt

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

const (
	badBatch = "gpt: the batch is not whole sequences of T ids, or is larger than its pass"
	badT     = "gpt: the sequences are longer than the context"
)

// Model is a GPT-2: its weights, and nothing that changes when it runs. The
// gradient of a model is another Model; see [Model.Gradient].
type Model struct {
	Config    Config
	Embedding embeddings.Embedding
	Blocks    []Block
	Norm      LayerNorm
	Head      blas32.General // (V,C); the token embedding itself if tied
	lowest    int            // in a gradient, the lowest level that is trained
}

// Forward implements [Pass].
func (p *pass) Forward(ids []int, T int, drop *attention.Dropout) blas32.General {
	N := len(ids)
	if T < 1 || N%T != 0 || N > p.rows || T > p.length {
		panic(badBatch)
	}
	if T > p.Config.Context {
		panic(badT)
	}
	p.ids, p.T = ids, T
	x := p.view(p.stream[0], N)
	p.Embedding.Forward(x, ids, T, 0)
	p.mask.Forward(x, drop)
	for i := range p.Blocks {
		y := p.view(p.stream[i+1], N)
		p.Layer(i).Forward(y, p.blocks[i], x, T, drop)
		x = y
	}
	hidden := p.view(p.hidden, N)
	p.Norm.Forward(hidden, p.moments, x)
	return hidden
}

// Backward implements [Pass].
func (p *pass) Backward(dhidden blas32.General) {
	N, L := dhidden.Rows, len(p.Blocks)
	if p.back == nil {
		C := p.Config.Width
		p.back = &backward{block: NewBlockActivations(p.Config, p.rows/p.length, p.length)}
		p.back.stream = [2][]float32{make([]float32, p.rows*C), make([]float32, p.rows*C)}
	}
	// below returns room for the gradient that flows into block i-1, or
	// nothing if nobody there wants it.
	below := func(i int) blas32.General {
		if p.grad.lowest >= i {
			return blas32.General{}
		}
		return p.view(p.back.stream[i%2], N)
	}
	dy := below(L)
	p.Norm.Backward(dy, &p.grad.Norm, p.moments, dhidden, p.view(p.stream[L], N)) // p.Norm.Forward(hidden, …)
	for i := L - 1; i >= 0 && dy.Data != nil; i-- {
		dx := below(i)
		p.Blocks[i].Backward(dx, &p.grad.Blocks[i], p.back.block, p.blocks[i], dy, p.view(p.stream[i], N))
		dy = dx
	}
	if dy.Data == nil {
		return
	}
	dy = p.mask.Backward(dy, dy)
	p.Embedding.Backward(&p.grad.Embedding, dy, p.ids, p.T) // p.Embedding.Forward(x, ids, T, 0)
}

// Logits scores every token of the vocabulary as the next one: it sets logits
// (N,V) to hidden·headᵀ for hidden vectors (N,C).
func (m *Model) Logits(logits, hidden blas32.General) {
	f32.Gemm(blas.NoTrans, blas.Trans, 1, hidden, m.Head, 0, logits)
}

// LogitsBackward implements [Pass]. The gradient of a tied head is the token
// embedding's.
func (p *pass) LogitsBackward(dhidden, dlogits, hidden blas32.General) {
	f32.Gemm(blas.NoTrans, blas.NoTrans, 1, dlogits, p.Head, 0, dhidden)
	if p.grad.Head.Data != nil {
		f32.Gemm(blas.Trans, blas.NoTrans, 1, dlogits, hidden, 1, p.grad.Head) // logits = hidden·headᵀ
	}
}
