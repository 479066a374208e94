package main

import (
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// A tensor is what a layer computes, and its gradient: set on the way back, and
// without data where nobody asks for it.
type tensor struct{ v, d blas32.General }

// A tape runs the chapters' layers and keeps how to undo each, so that a network is
// written down once: backward undoes the last layer first. Dropout is PyTorch's.
type tape struct {
	g    *torchrand.Generator // draws dropout
	drop float64              // the share that is dropped

	undo []func()
	kept [][]float32 // room, which later passes of the same sizes use again
	used int         // of kept
}

// rewind begins another pass.
func (t *tape) rewind() { t.undo, t.used = t.undo[:0], 0 }

// backward undoes the pass, given the gradient of its result.
func (t *tape) backward() {
	for _, undo := range slices.Backward(t.undo) {
		undo()
	}
}

// room returns a matrix for this pass.
func (t *tape) room(rows, cols int) blas32.General {
	if t.used == len(t.kept) {
		t.kept = append(t.kept, make([]float32, rows*cols))
	}
	t.used++
	return f32.View(t.kept[t.used-1], rows, cols)
}

func (t *tape) tensor(rows, cols int) tensor { return tensor{t.room(rows, cols), t.room(rows, cols)} }

// linear is x through a linear layer.
func (t *tape) linear(l, grad *attention.Linear, x tensor) tensor {
	y := t.tensor(x.v.Rows, l.W.Cols)
	l.Forward(y.v, x.v)
	t.undo = append(t.undo, func() { l.Backward(x.d, grad, y.d, x.v) })
	return y
}

// gelu is an activation function of each value of x, and relu another.
func (t *tape) gelu(x tensor) tensor {
	y := t.tensor(x.v.Rows, x.v.Cols)
	f32.GELU(y.v.Data, x.v.Data)
	t.undo = append(t.undo, func() { f32.GELUBackward(x.d.Data, y.d.Data, x.v.Data) })
	return y
}

func (t *tape) relu(x tensor) tensor {
	y := t.tensor(x.v.Rows, x.v.Cols)
	for i, v := range x.v.Data {
		y.v.Data[i] = gpt.ReLU(v)
	}
	t.undo = append(t.undo, func() {
		for i, v := range x.v.Data {
			if x.d.Data[i] = 0; v > 0 {
				x.d.Data[i] = y.d.Data[i]
			}
		}
	})
	return y
}

// norm is x through a norm.
func (t *tape) norm(l, grad *gpt.LayerNorm, x tensor) tensor {
	y, moments := t.tensor(x.v.Rows, x.v.Cols), gpt.NewMoments(x.v.Rows)
	l.Forward(y.v, moments, x.v)
	t.undo = append(t.undo, func() { l.Backward(x.d, grad, moments, y.d, x.v) })
	return y
}

// fork is x for the layers that a shortcut goes around: their gradient is added to
// that of x. Add is where the two meet again.
func (t *tape) fork(x tensor) tensor {
	y := tensor{x.v, t.room(x.v.Rows, x.v.Cols)}
	t.undo = append(t.undo, func() { f32.Add(x.d.Data, y.d.Data) })
	return y
}

// add adds x to y in place.
func (t *tape) add(y, x tensor) tensor {
	f32.Add(y.v.Data, x.v.Data)
	t.undo = append(t.undo, func() { copy(x.d.Data, y.d.Data) })
	return y
}

// dropout multiplies x in place by factors that the generator draws.
func (t *tape) dropout(x tensor) tensor {
	factors := t.room(x.v.Rows, x.v.Cols).Data
	t.g.Dropout(factors, t.drop)
	f32.Mul(x.v.Data, x.v.Data, factors)
	t.undo = append(t.undo, func() { f32.Mul(x.d.Data, x.d.Data, factors) })
	return x
}

// embed looks ids up, in sequences of T.
func (t *tape) embed(e, grad *embeddings.Embedding, ids []int, T int) tensor {
	x := t.tensor(len(ids), e.Tokens.Cols)
	e.Forward(x.v, ids, T, 0)
	t.undo = append(t.undo, func() { e.Backward(grad, x.d, ids, T) })
	return x
}

// logits score the vocabulary. Their gradient takes their place.
func (t *tape) logits(m, grad *gpt.Model, hidden tensor) tensor {
	y := t.room(hidden.v.Rows, m.Config.Vocab)
	m.Logits(y, hidden.v)
	t.undo = append(t.undo, func() {
		f32.Gemm(blas.NoTrans, blas.NoTrans, 1, y, m.Head, 0, hidden.d)
		if grad.Head.Data != nil {
			f32.Gemm(blas.Trans, blas.NoTrans, 1, y, hidden.v, 1, grad.Head)
		}
	})
	return tensor{y, y}
}

// heads is H heads that lie side by side in qkv (N,3C), for sequences of T
// positions. Chapter 4 drops weights of attention tile by tile and never holds all of
// them; PyTorch draws a factor for each pair of positions, in the future too, and to
// draw the same ones is to hold them.
func (t *tape) heads(H, T int, qkv tensor) tensor {
	N, C := qkv.v.Rows, qkv.v.Cols/3
	y := t.tensor(N, C)
	weights, factors, used, dweights := t.room(N*H, T), t.room(N*H, T), t.room(N*H, T), t.room(N*H, T)
	t.g.Dropout(factors.Data, t.drop)
	part := func(m blas32.General, i int) blas32.General { // of the i-th of N/T·H heads
		D := C / H
		return f32.Cols(f32.Rows(m, i/H*T, (i/H+1)*T), i%H*D, (i%H+1)*D)
	}
	views := func(m blas32.General, i int) attention.Views {
		x := attention.Split(m)
		return attention.Views{Q: part(x.Q, i), K: part(x.K, i), V: part(x.V, i)}
	}
	pairs := func(m blas32.General, i int) blas32.General { return f32.Rows(m, i*T, (i+1)*T) }
	f32.Run(N/T*H, 1, func(i, _ int) {
		x, w, u := views(qkv.v, i), pairs(weights, i), pairs(used, i)
		attention.Weigh(w, x.Q, x.K, true)
		f32.Mul(u.Data, w.Data, pairs(factors, i).Data)
		attention.Mix(part(y.v, i), u, x.V)
	})
	t.undo = append(t.undo, func() {
		f32.Run(N/T*H, 1, func(i, _ int) {
			x, dx, dw := views(qkv.v, i), views(qkv.d, i), pairs(dweights, i)
			attention.MixBackward(dw, dx.V, part(y.d, i), pairs(used, i), x.V)
			f32.Mul(dw.Data, dw.Data, pairs(factors, i).Data)
			attention.WeighBackward(dx.Q, dx.K, dw, pairs(weights, i), x.Q, x.K)
		})
	})
	return y
}
