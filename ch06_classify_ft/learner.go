package classify

import (
	"gonum.org/v1/gonum/blas/blas32"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// Learner makes a classifier trainable by the loop of chapter 5: it is a
// [pretrain.Learner] whose targets are labels, one a message.
type Learner struct {
	pass          *Pass
	params, grads []gpt.Param
	rows, labels  []int
}

// NewLearner prepares c to be trained on batches of at most B messages of at
// most T tokens. Only the parameters whose names trains accepts will change.
func NewLearner(c *Classifier, trains func(name string) bool, B, T int) *Learner {
	pass := c.NewPass(trains, B, T)
	return &Learner{pass: pass, params: c.Params(), grads: pass.Grads()}
}

// Params lists the weights.
func (l *Learner) Params() []gpt.Param { return l.params }

// Grads lists the gradients in the order of Params; the frozen have no data.
func (l *Learner) Grads() []gpt.Param { return l.grads }

// Learn adds scale times the gradient of the batch's mean loss to the
// gradients, and returns the loss.
func (l *Learner) Learn(b embeddings.Batch, scale float32, drop *attention.Dropout) float64 {
	logits := l.forward(b, drop)
	loss := pretrain.CrossEntropyBackward(logits, l.labels, scale)
	dlogits := logits // overwritten by their gradient
	l.pass.Backward(dlogits)
	return loss
}

// Loss returns the mean loss of a batch and changes nothing.
func (l *Learner) Loss(b embeddings.Batch) float64 {
	return pretrain.CrossEntropy(l.forward(b, nil), l.labels)
}

func (l *Learner) forward(b embeddings.Batch, drop *attention.Dropout) blas32.General {
	l.rows, l.labels = labelled(b, l.rows[:0], l.labels[:0])
	return l.pass.Forward(b.Inputs, b.T, l.rows, drop)
}

// labelled appends to rows where the batch has a label, which is at the last
// real token of each message, and to labels which.
func labelled(b embeddings.Batch, rows, labels []int) ([]int, []int) {
	for i, label := range b.Targets {
		if label != pretrain.Ignore {
			rows, labels = append(rows, i), append(labels, label)
		}
	}
	if len(rows) != b.B {
		panic("classify: a batch needs one label a message")
	}
	return rows, labels
}
