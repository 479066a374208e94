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

// LanguageModel is a GPT that learns to predict the next token. It has room for
// one batch, so one goroutine at a time may use it. Its Loss only reads the model,
// and of one model there may be several.
type LanguageModel struct {
	model, grad   *gpt.Model
	params, grads []gpt.Param
	activations   *gpt.Activations
	logits        []float32 // (N,V), and their gradient
	dhidden       []float32 // (N,C)
}

// NewLanguageModel prepares to train model on batches of at most B sequences of
// at most T tokens. The gradients go to grad, made by [gpt.Model.Gradient]; a
// nil grad is a gradient of all parameters.
func NewLanguageModel(model, grad *gpt.Model, B, T int) *LanguageModel {
	if grad == nil {
		grad = model.Gradient(nil)
	}
	c := model.Config
	return &LanguageModel{
		model: model, grad: grad, params: model.Params(), grads: grad.Params(),
		activations: model.NewActivations(grad, B, T),
		logits:      make([]float32, B*T*c.Vocab),
		dhidden:     make([]float32, B*T*c.Width),
	}
}

// Params are the model's weights.
func (l *LanguageModel) Params() []gpt.Param { return l.params }

// Grads are the gradients, without data where a weight is frozen.
func (l *LanguageModel) Grads() []gpt.Param { return l.grads }

// forward returns the hidden vectors and logits of a batch.
func (l *LanguageModel) forward(b embeddings.Batch, drop *attention.Dropout) (hidden, logits blas32.General) {
	hidden = l.model.Forward(l.activations, b.Inputs, b.T, drop)
	logits = f32.View(l.logits, hidden.Rows, l.model.Config.Vocab)
	l.model.Logits(logits, hidden)
	return hidden, logits
}

// Learn implements [Learner].
func (l *LanguageModel) Learn(b embeddings.Batch, scale float32, drop *attention.Dropout) float64 {
	hidden, logits := l.forward(b, drop)
	loss := CrossEntropyBackward(logits, b.Targets, scale)
	dhidden := f32.View(l.dhidden, hidden.Rows, hidden.Cols)
	l.model.LogitsBackward(dhidden, l.grad, logits, hidden)
	l.model.Backward(l.grad, l.activations, dhidden)
	return loss
}

// Loss implements [Learner].
func (l *LanguageModel) Loss(b embeddings.Batch) float64 {
	_, logits := l.forward(b, nil)
	return CrossEntropy(logits, b.Targets)
}
