package attention

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Weigh sets weights (T,S) to the attention of queries q (T,D) to keys k (S,D):
//
//	weights = softmax(q kᵀ / √D)
//
// and, if causal, without a look at the future; see [MaskFuture]. The division
// keeps the scores near one whatever D is (Vaswani et al. 2017, section 3.2.1).
func Weigh(weights, q, k blas32.General, causal bool) {
	f32.Gemm(blas.NoTrans, blas.Trans, scale(q), q, k, 0, weights)
	if causal {
		MaskFuture(weights)
	}
	SoftmaxRows(weights)
}

// WeighBackward undoes weights = softmax(q kᵀ / √D). It turns dweights, in
// place, into the gradient of the scores, and sets dq (T,D) and dk (S,D). The
// mask needs no care: a weight of 0 gives its score a gradient of 0.
func WeighBackward(dq, dk, dweights, weights, q, k blas32.General) {
	for i := range weights.Rows {
		dw := f32.Row(dweights, i)
		SoftmaxBackward(dw, f32.Row(weights, i), dw)
	}
	f32.Gemm(blas.NoTrans, blas.NoTrans, scale(q), dweights, k, 0, dq)
	f32.Gemm(blas.Trans, blas.NoTrans, scale(q), dweights, q, 0, dk)
}

// scale is 1/√D for queries of D columns.
func scale(q blas32.General) float32 {
	return float32(1 / math.Sqrt(float64(q.Cols)))
}

// Mix sets y (T,D) to the weighted averages weights·v of the values v (S,D).
func Mix(y, weights, v blas32.General) {
	f32.Gemm(blas.NoTrans, blas.NoTrans, 1, weights, v, 0, y)
}

// MixBackward undoes y = weights·v: it sets dweights (T,S) and dv (S,D).
func MixBackward(dweights, dv, dy, weights, v blas32.General) {
	f32.Gemm(blas.NoTrans, blas.Trans, 1, dy, v, 0, dweights)
	f32.Gemm(blas.Trans, blas.NoTrans, 1, weights, dy, 0, dv)
}

// Head is one attention head: three trainable views of every position. The
// query says what it looks for, the key what it offers to others that look,
// and the value what it hands over when it is looked at.
type Head struct {
	Query, Key, Value Linear // (C, D) each
	Causal            bool
}

// Views are queries, keys and values: those of one head, or of many side by side.
// Their gradients are another value of this type.
type Views struct{ Q, K, V blas32.General }

// HeadActivations is what [Head.Forward] computes on the way and
// [Head.Backward] needs again. A gradient of it is another value of this type.
type HeadActivations struct {
	Views                  // (T,D) each
	Weights blas32.General // (T,T)
	part    blas32.General // (T,C), in a gradient: what comes to x through one of the three
}

// NewActivations returns room for T positions.
func (h *Head) NewActivations(T int) *HeadActivations {
	C, D := h.Query.W.Rows, h.Query.W.Cols
	return &HeadActivations{Views{f32.New(T, D), f32.New(T, D), f32.New(T, D)}, f32.New(T, T), f32.New(T, C)}
}

// Forward sets y (T,D) to the context vectors of one sequence x (T,C).
func (h *Head) Forward(y blas32.General, a *HeadActivations, x blas32.General) {
	h.Query.Forward(a.Q, x)
	h.Key.Forward(a.K, x)
	h.Value.Forward(a.V, x)
	Weigh(a.Weights, a.Q, a.K, h.Causal)
	Mix(y, a.Weights, a.V)
}

// Backward undoes the lines of Forward from the last to the first. It sets
// dx (T,C), which is the sum of what arrives through query, key and value, and
// adds to grad; d takes the gradients of the activations.
func (h *Head) Backward(dx blas32.General, grad *Head, d, a *HeadActivations, dy, x blas32.General) {
	MixBackward(d.Weights, d.V, dy, a.Weights, a.V)         // Mix(y, a.Weights, a.V)
	WeighBackward(d.Q, d.K, d.Weights, a.Weights, a.Q, a.K) // Weigh(a.Weights, a.Q, a.K, h.Causal)
	h.Value.Backward(dx, &grad.Value, d.V, x)               // h.Value.Forward(a.V, x)
	h.Key.Backward(d.part, &grad.Key, d.K, x)               // h.Key.Forward(a.K, x)
	f32.Add(dx.Data, d.part.Data)
	h.Query.Backward(d.part, &grad.Query, d.Q, x) // h.Query.Forward(a.Q, x)
	f32.Add(dx.Data, d.part.Data)
}
