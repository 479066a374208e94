package lora

import (
	"math/rand/v2"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// LoRA trains low-rank changes of a learner's matrices, in the place of the matrices
// themselves. It is a [pretrain.Learner] whose parameters are the changes alone.
type LoRA struct {
	learner       pretrain.Learner
	adapters      []adapter
	params, grads []gpt.Param
}

// New prepares changes of rank r, at first of nothing, of the matrices that
// [Changes] names. The learner must have gradients for them, and needs no others.
// From now on every pass of the LoRA writes the changed weights into its model.
func New(learner pretrain.Learner, r int, alpha float32, rng *rand.Rand) *LoRA {
	l := &LoRA{learner: learner}
	grads := learner.Grads()
	for i, p := range learner.Params() {
		if Changes(p.Name) {
			l.adapters = append(l.adapters, adapters(p, grads[i])...)
		}
	}
	for i := range l.adapters {
		a := &l.adapters[i]
		in, out := a.w.Rows, a.w.Cols
		a.base = f32.New(in, out)
		a.change = classify.NewLowRank(in, out, r, alpha, rng)
		a.grad = classify.LowRank{A: f32.New(in, r), B: f32.New(r, out)}
		for row := range in {
			copy(f32.Row(a.base, row), f32.Row(a.w, row))
		}
		l.params = append(l.params, params(a.name, a.change)...)
		l.grads = append(l.grads, params(a.name, a.grad)...)
	}
	return l
}

// Params lists A and B of every change.
func (l *LoRA) Params() []gpt.Param { return l.params }

// Grads lists their gradients in the order of Params.
func (l *LoRA) Grads() []gpt.Param { return l.grads }

// Merge writes the changed weights into the model. Passes do it by themselves; after
// the last step of training it is for the caller to do.
func (l *LoRA) Merge() {
	for _, a := range l.adapters {
		a.change.Merge(a.w, a.base)
	}
}

// Learn merges, takes the gradient of the merged weights as for any other training,
// and from it that of the changes, which it adds to theirs.
func (l *LoRA) Learn(b embeddings.Batch, scale float32, drop *attention.Dropout) float64 {
	l.Merge()
	for _, g := range l.learner.Grads() {
		clear(g.Data)
	}
	loss := l.learner.Learn(b, scale, drop)
	for _, a := range l.adapters {
		a.change.Backward(&a.grad, a.dw)
	}
	return loss
}

// Loss merges, and returns the mean loss of a batch.
func (l *LoRA) Loss(b embeddings.Batch) float64 {
	l.Merge()
	return l.learner.Loss(b)
}
