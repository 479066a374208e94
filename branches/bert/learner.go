package bert

import (
	"gonum.org/v1/gonum/blas/blas32"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Learner is a model that learns to guess masked words or, if it has a classifier, to
// tell classes apart: a [pretrain.Learner] for the loop of chapter 5. One goroutine at
// a time may use it.
type Learner struct {
	model         *Model
	pass          *Pass
	pad           int
	params, grads []gpt.Param
	words, dwords *wordsActivations
	class, dclass *classActivations
	rows, targets []int // what is guessed, and where
	real          []int
	dhidden       blas32.General // (N,C)
}

const badLearner = "bert: a model without a classifier and without a head for masked words has nothing to learn"

// NewLearner prepares m to be trained on batches of at most B sequences of at most T ids,
// whose rows end in as many ids pad as are none of the text. Only the parameters whose
// names trains accepts will change.
func NewLearner(m *Model, trains func(name string) bool, B, T, pad int) *Learner {
	pass := m.NewPass(trains, B, T)
	l := &Learner{model: m, pass: pass, pad: pad, params: m.Params(), grads: pass.Grads(), dhidden: f32.New(B*T, m.Config.Width)}
	switch {
	case m.Config.Labels > 0:
		l.class, l.dclass = newClassActivations(m.Config, B), newClassActivations(m.Config, B)
	case m.Config.Masked:
		l.words, l.dwords = newWordsActivations(m.Config, B), newWordsActivations(m.Config, B)
	default:
		panic(badLearner)
	}
	return l
}

// Params are the model's weights.
func (l *Learner) Params() []gpt.Param { return l.params }

// Grads are their gradients, without data where a weight is frozen.
func (l *Learner) Grads() []gpt.Param { return l.grads }

// forward returns the logits of what is to be guessed in a batch.
func (l *Learner) forward(b embeddings.Batch, drop *attention.Dropout) blas32.General {
	l.rows, l.targets, l.real = l.rows[:0], l.targets[:0], l.real[:0]
	for i, target := range b.Targets {
		if target != pretrain.Ignore {
			l.rows, l.targets = append(l.rows, i), append(l.targets, target)
		}
	}
	for i := range b.B {
		l.real = append(l.real, l.length(b.Inputs[i*b.T:(i+1)*b.T]))
	}
	hidden := l.pass.Forward(Input{IDs: b.Inputs, T: b.T, Real: l.real}, drop)
	if l.class != nil {
		return l.model.classes(l.class, hidden, b.T, drop)
	}
	if n := len(l.rows); n > cap(l.words.moments.Mean) {
		l.words, l.dwords = newWordsActivations(l.model.Config, n), newWordsActivations(l.model.Config, n)
	}
	return l.model.words(l.words, hidden, l.rows)
}

// length is the number of ids before the padding, at least 1.
func (l *Learner) length(ids []int) int {
	n := len(ids)
	for n > 1 && ids[n-1] == l.pad {
		n--
	}
	return n
}

// Learn adds scale times the gradient of the batch's mean loss to the gradients, and
// returns the loss. A nil drop forgets nothing.
func (l *Learner) Learn(b embeddings.Batch, scale float32, drop *attention.Dropout) float64 {
	logits := l.forward(b, drop)
	loss := pretrain.CrossEntropyBackward(logits, l.targets, scale)
	dhidden := f32.Rows(l.dhidden, 0, len(b.Inputs))
	if l.class != nil {
		l.model.classesBackward(dhidden, l.pass.grad, l.dclass, l.class, logits, l.pass.hidden())
	} else {
		l.model.wordsBackward(dhidden, l.pass.grad, l.dwords, l.words, logits)
	}
	l.pass.Backward(dhidden)
	return loss
}

// Loss is the mean loss of a batch, without dropout.
func (l *Learner) Loss(b embeddings.Batch) float64 {
	return pretrain.CrossEntropy(l.forward(b, nil), l.targets)
}

// Guess returns the logits (M,V) of the words that stand at some rows of a single input.
func (m *Model) Guess(x Input, rows []int) blas32.General {
	hidden := m.NewPass(gpt.Frozen, len(x.IDs)/x.T, x.T).Forward(x, nil)
	return m.words(newWordsActivations(m.Config, len(rows)), hidden, rows)
}

// Classify returns the logits (B,labels) of the classes of an input.
func (m *Model) Classify(x Input) blas32.General {
	hidden := m.NewPass(gpt.Frozen, len(x.IDs)/x.T, x.T).Forward(x, nil)
	return m.classes(newClassActivations(m.Config, len(x.IDs)/x.T), hidden, x.T, nil)
}
