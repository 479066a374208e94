package translate

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/translate/parts"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
)

const (
	badBatch = "translate: a batch needs as many sources as targets, and no more rows of either than its pass has room for"
	badEmpty = "translate: a source holds nothing but padding"
)

// Model is an encoder, a decoder, and the one table of vectors that both begin with and
// that the decoder ends with: its weights, and nothing that changes when it runs.
type Model struct {
	Config  Config
	Tokens  blas32.General // (V,C)
	Encoder Stack
	Decoder Stack
}

// Pass is a model at work on batches of pairs.
type Pass struct {
	*Model
	grad        *Model
	rows        int // the most of either side
	positions   blas32.General
	lengths     []int          // (B), of the sources without their padding
	sources     []int          // (B·S), what the encoder reads
	shifted     []int          // (B·T), what the decoder reads
	memory      blas32.General // (B·S,C), what the encoder wrote
	Read, Write *StackActivations
	back        [2]*StackActivations // room of the backward pass, made by the first
	dmemory     blas32.General
}

// NewPass returns a pass of m for batches of at most so many rows, B·S or B·T, padding
// and all.
func (m *Model) NewPass(rows int) *Pass {
	c := m.Config
	return &Pass{
		Model: m, rows: rows, positions: parts.Positions(rows, c.Width),
		Read: newStackActivations(c, c.Encoder, rows, 0), Write: newStackActivations(c, c.Decoder, rows, rows),
	}
}

// Forward returns the hidden vectors (B·T,C) behind the decoder. Of a batch, Inputs are
// the sources (B,S) and Targets what is to be written (B,T); each is as long as the
// longest of its kind, with [Pad] behind the shorter ones. The decoder reads the targets
// shifted by one: [Begin] first, and at each position what stands before.
func (p *Pass) Forward(b embeddings.Batch, drop *attention.Dropout) blas32.General {
	if b.B < 1 || len(b.Targets) == 0 || max(len(b.Inputs), len(b.Targets)) > p.rows || len(b.Inputs)%b.B+len(b.Targets)%b.B != 0 {
		panic(badBatch)
	}
	T := len(b.Targets) / b.B
	p.sources, p.shifted = b.Inputs, append(append(p.shifted[:0], Begin), b.Targets[:len(b.Targets)-1]...)
	for i := T; i < len(p.shifted); i += T {
		p.shifted[i] = Begin
	}
	S := p.read(b.Inputs, b.B, drop)
	H := p.Config.Heads
	self, across := flash.Pass{Heads: H, T: T, S: T, Causal: true}, flash.Pass{Heads: H, T: T, S: S, Lengths: p.lengths}
	p.embed(p.Write.input(len(p.shifted)), p.shifted, p.positions, T, 0)
	return p.Decoder.Forward(p.Write, p.memory, self, across, drop)
}

// read lets the encoder read B sources, sets the memory and returns S. That target rows
// see the padding of theirs need not be forbidden: it comes last, where no word sees it.
func (p *Pass) read(ids []int, B int, drop *attention.Dropout) (S int) {
	S = len(ids) / B
	p.lengths = p.lengths[:0]
	for b := range B {
		n := S
		for n > 0 && ids[b*S+n-1] == Pad {
			n--
		}
		if n == 0 {
			panic(badEmpty)
		}
		p.lengths = append(p.lengths, n)
	}
	p.embed(p.Read.input(len(ids)), ids, p.positions, S, 0)
	each := flash.Pass{Heads: p.Config.Heads, T: S, S: S, Lengths: p.lengths}
	p.memory = p.Encoder.Forward(p.Read, blas32.General{}, each, flash.Pass{}, drop)
	return S
}

// Backward undoes the last Forward, given the gradient of its hidden vectors: the
// decoder, then the encoder with what came to its memory from every layer of the
// decoder. It adds to the gradients.
func (p *Pass) Backward(dhidden blas32.General) {
	grad := p.gradient()
	dmemory := f32.Rows(p.dmemory, 0, p.memory.Rows)
	clear(dmemory.Data)
	dx := p.Decoder.Backward(dmemory, &grad.Decoder, p.back[1], p.Write, dhidden, p.memory)
	embedBackward(grad.Tokens, dx, p.shifted)
	dx = p.Encoder.Backward(blas32.General{}, &grad.Encoder, p.back[0], p.Read, dmemory, blas32.General{})
	embedBackward(grad.Tokens, dx, p.sources)
}

// gradient is the gradient of the model, made with the room that a backward pass needs.
func (p *Pass) gradient() *Model {
	if c := p.Config; p.grad == nil {
		p.grad, p.dmemory = New(c), f32.New(p.rows, c.Width)
		p.back = [2]*StackActivations{newStackActivations(c, 1, p.rows, 0), newStackActivations(c, 1, p.rows, p.rows)}
	}
	return p.grad
}

// Grads are the gradients, in the order of Params.
func (p *Pass) Grads() []gpt.Param { return p.gradient().Params() }

// Logits scores every id as the next one: it sets logits (N,V) to hidden·tokensᵀ.
func (m *Model) Logits(logits, hidden blas32.General) {
	f32.Gemm(blas.NoTrans, blas.Trans, 1, hidden, m.Tokens, 0, logits)
}

// LogitsBackward undoes Logits: it sets dhidden (N,C) and adds to the gradient of the
// table.
func (p *Pass) LogitsBackward(dhidden, dlogits, hidden blas32.General) {
	f32.Gemm(blas.NoTrans, blas.NoTrans, 1, dlogits, p.Tokens, 0, dhidden)
	f32.Gemm(blas.Trans, blas.NoTrans, 1, dlogits, hidden, 1, p.gradient().Tokens)
}

// embed sets row i of x (N,C) to what layers read of ids[i], which stands at position
// at + i%T:
//
//	x[i] = √C·tokens[ids[i]] + positions[at + i%T]
//
// The same table is the head, where its rows are multiplied with vectors whose numbers
// are about 1. For that they must be small, about 1/√C, and here they would be next to
// nothing beside the positions.
func (m *Model) embed(x blas32.General, ids []int, positions blas32.General, T, at int) {
	root := float32(math.Sqrt(float64(m.Config.Width)))
	for i, id := range ids {
		row := f32.Row(x, i)
		copy(row, f32.Row(positions, at+i%T))
		f32.Axpy(root, f32.Row(m.Tokens, id), row)
	}
}

// embedBackward undoes x[i] = √C·tokens[ids[i]] + positions[i%T]: it adds to dtokens.
func embedBackward(dtokens, dx blas32.General, ids []int) {
	root := float32(math.Sqrt(float64(dx.Cols)))
	for i, id := range ids {
		f32.Axpy(root, f32.Row(dx, i), f32.Row(dtokens, id))
	}
}
