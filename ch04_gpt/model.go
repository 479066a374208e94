package gpt

import (
	"fmt"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

const (
	badBatch = "gpt: the batch is not whole sequences of T ids, or is larger than its activations"
	badT     = "gpt: the sequences are longer than the context"
	badGrad  = "gpt: the activations were made for a gradient of fewer parameters"
)

// Model is a GPT-2: its weights, and nothing that changes when it runs. The
// gradient of a model is another Model; see [Model.Gradient].
type Model struct {
	Config    Config
	Embedding embeddings.Embedding
	Blocks    []Block
	Norm      LayerNorm
	Head      blas32.General // (V,C); the token embedding itself if tied
	lowest    int            // in a gradient, see lowestTrained
}

// Forward runs B sequences of T ids, (B,T) row-major, up to the last norm and
// returns the hidden vectors (N,C), which live in a until its next use. A nil drop
// forgets nothing.
func (m *Model) Forward(a *Activations, ids []int, T int, drop *attention.Dropout) blas32.General {
	N := len(ids)
	if T < 1 || N%T != 0 || N > a.rows || T > a.length {
		panic(badBatch)
	}
	if T > m.Config.Context {
		panic(badT)
	}
	a.ids, a.T = ids, T
	x := a.view(a.stream[0], N)
	m.Embedding.Forward(x, ids, T, 0)
	a.mask.Forward(x, drop)
	for i := range m.Blocks {
		y := a.view(a.stream[i+1], N)
		m.Layer(i).Forward(y, a.blocks[i], x, T, drop)
		x = y
	}
	hidden := a.view(a.hidden, N)
	m.Norm.Forward(hidden, a.moments, x)
	return hidden
}

// Backward undoes the last [Model.Forward] of a, from the gradient dhidden
// (N,C) of what that returned, and adds to grad. Below the lowest parameter
// that is trained nothing is computed.
func (m *Model) Backward(grad *Model, a *Activations, dhidden blas32.General) {
	N, L := dhidden.Rows, len(m.Blocks)
	if grad.lowest < a.lowest {
		panic(badGrad)
	}
	if a.back == nil {
		C := a.config.Width
		a.back = &backward{block: NewBlockActivations(a.config, a.rows/a.length, a.length)}
		a.back.stream = [2][]float32{make([]float32, a.rows*C), make([]float32, a.rows*C)}
	}
	// below returns room for the gradient that flows into block i-1, or
	// nothing if nobody there wants it.
	below := func(i int) blas32.General {
		if grad.lowest >= i {
			return blas32.General{}
		}
		return a.view(a.back.stream[i%2], N)
	}
	dy := below(L)
	m.Norm.Backward(dy, &grad.Norm, a.moments, dhidden, a.view(a.stream[L], N)) // m.Norm.Forward(hidden, …)
	for i := L - 1; i >= 0 && dy.Data != nil; i-- {
		dx := below(i)
		m.Blocks[i].Backward(dx, &grad.Blocks[i], a.back.block, a.blocks[i], dy, a.view(a.stream[i], N))
		dy = dx
	}
	if dy.Data == nil {
		return
	}
	dy = a.mask.Backward(dy, dy)
	m.Embedding.Backward(&grad.Embedding, dy, a.ids, a.T) // m.Embedding.Forward(x, ids, T, 0)
}

// lowestTrained says where the lowest parameter is that trains accepts: -1 in the
// embedding, i in block i, L in the last norm or nowhere.
func (m *Model) lowestTrained(trains func(name string) bool) int {
	for _, s := range m.slots() { // from the bottom up
		var i int
		switch {
		case !trains(s.name):
		case s.name == "wte.weight" || s.name == "wpe.weight":
			return -1
		default:
			if n, _ := fmt.Sscanf(s.name, "h.%d.", &i); n == 1 {
				return i
			}
		}
	}
	return len(m.Blocks)
}

// Logits scores every token of the vocabulary as the next one: it sets logits
// (N,V) to hidden·headᵀ for hidden vectors (N,C).
func (m *Model) Logits(logits, hidden blas32.General) {
	f32.Gemm(blas.NoTrans, blas.Trans, 1, hidden, m.Head, 0, logits)
}

// LogitsBackward undoes logits = hidden·headᵀ: it sets dhidden (N,C), and adds
// to the gradient of the head, which is the token embedding's where they are
// tied and nothing where it is frozen.
func (m *Model) LogitsBackward(dhidden blas32.General, grad *Model, dlogits, hidden blas32.General) {
	f32.Gemm(blas.NoTrans, blas.NoTrans, 1, dlogits, m.Head, 0, dhidden)
	if grad.Head.Data != nil {
		f32.Gemm(blas.Trans, blas.NoTrans, 1, dlogits, hidden, 1, grad.Head)
	}
}
