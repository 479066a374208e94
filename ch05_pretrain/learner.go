package pretrain

import (
	"gonum.org/v1/gonum/blas/blas32"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// A Learner is a model with a loss: all that a training loop needs to know. The
// language model here is one; the next chapters train others by the same loop.
type Learner interface {
	// Params are the weights, and Grads their gradients under the same names
	// in the same order, without data where a weight is frozen.
	Params() []gpt.Param
	Grads() []gpt.Param

	// Learn runs b forward and backward, adds scale times the gradient of its
	// mean loss to the gradients, and returns the loss. A nil drop forgets
	// nothing.
	Learn(b embeddings.Batch, scale float32, drop *attention.Dropout) float64

	// Loss is the mean loss of b, without dropout.
	Loss(b embeddings.Batch) float64
}

// LanguageModel is a network that learns to predict the next token. One goroutine at
// a time may use it. Its Loss only reads the network, which several may share for that.
type LanguageModel struct {
	network       gpt.Network
	pass          gpt.Pass
	params, grads []gpt.Param
	logits        []float32 // (N,V), and their gradient
	dhidden       []float32 // (N,C)
}

// NewLanguageModel prepares to train the parameters of a network whose names trains
// accepts, or all if that is nil, on batches of at most B sequences of at most T
// tokens.
func NewLanguageModel(network gpt.Network, trains func(name string) bool, B, T int) *LanguageModel {
	pass, sizes := network.NewPass(trains, B, T), network.Sizes()
	return &LanguageModel{
		network: network, pass: pass, params: network.Params(), grads: pass.Grads(),
		logits:  make([]float32, B*T*sizes.Vocab),
		dhidden: make([]float32, B*T*sizes.Width),
	}
}

// Params are the network's weights.
func (l *LanguageModel) Params() []gpt.Param { return l.params }

// Grads are the gradients, without data where a weight is frozen.
func (l *LanguageModel) Grads() []gpt.Param { return l.grads }

// forward returns the hidden vectors and logits of a batch.
func (l *LanguageModel) forward(b embeddings.Batch, drop *attention.Dropout) (hidden, logits blas32.General) {
	hidden = l.pass.Forward(b.Inputs, b.T, drop)
	logits = f32.View(l.logits, hidden.Rows, l.network.Sizes().Vocab)
	l.network.Logits(logits, hidden)
	return hidden, logits
}

// Learn implements [Learner].
func (l *LanguageModel) Learn(b embeddings.Batch, scale float32, drop *attention.Dropout) float64 {
	hidden, logits := l.forward(b, drop)
	loss := CrossEntropyBackward(logits, b.Targets, scale)
	dhidden := f32.View(l.dhidden, hidden.Rows, hidden.Cols)
	l.pass.LogitsBackward(dhidden, logits, hidden)
	l.pass.Backward(dhidden)
	return loss
}

// Loss implements [Learner].
func (l *LanguageModel) Loss(b embeddings.Batch) float64 {
	_, logits := l.forward(b, nil)
	return CrossEntropy(logits, b.Targets)
}
