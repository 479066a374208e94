package pretrain

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Ignore is the target of a position that has nothing to learn, such as
// padding. It counts neither in the loss nor in its mean.
const Ignore = -100

const (
	badTargets = "pretrain: there is not one target for each row of logits"
	badTarget  = "pretrain: a target is neither an id of the vocabulary nor Ignore"
)

// CrossEntropy is how surprised the logits (N,V) are by the targets (N): the
// mean of -log p(target), in nats, over the rows whose target is not [Ignore],
// and 0 if there are none. The probabilities are the softmax of a row, so
//
//	-log p(target) = log Σ_j exp(logit_j) - logit_target
func CrossEntropy(logits blas32.General, targets []int) float64 {
	return rowLosses(logits, targets, 0, false)
}

// CrossEntropyBackward returns [CrossEntropy] and overwrites the logits with
// scale times its gradient: nothing as large as the logits is held twice. For
// each of the n rows that count it undoes
//
//	loss = log Σ_j exp(logit_j) - logit_target   ⇒   dlogit_j = (p_j - [j = target]) / n
//
// and sets the other rows to zero.
func CrossEntropyBackward(logits blas32.General, targets []int, scale float32) float64 {
	return rowLosses(logits, targets, scale, true)
}

// Perplexity is the number of equally likely tokens among which a choice would
// be as surprising as the loss: exp(loss).
func Perplexity(loss float64) float64 { return math.Exp(loss) }

// lossWork is what a pass hands to all cores; one piece is some rows.
type lossWork struct {
	logits   blas32.General
	targets  []int
	losses   []float64 // of each row
	scale    float32   // of the gradient, 1/n included
	backward bool
}

// lossPasses keeps passes for reuse, so that a training step allocates nothing.
var lossPasses = sync.Pool{New: func() any { return new(lossWork) }}

// rowLosses spreads the rows over the cores and adds up their losses in order.
func rowLosses(logits blas32.General, targets []int, scale float32, backward bool) float64 {
	if len(targets) != logits.Rows {
		panic(badTargets)
	}
	counted := max(countTargets(targets, logits.Cols), 1)
	w := lossPasses.Get().(*lossWork)
	defer lossPasses.Put(w)
	if cap(w.losses) < len(targets) {
		w.losses = make([]float64, len(targets))
	}
	w.logits, w.targets, w.losses = logits, targets, w.losses[:len(targets)]
	w.scale, w.backward = scale/float32(counted), backward
	f32.Run(logits.Rows, 8, w.Do)

	var sum float64
	for _, loss := range w.losses {
		sum += loss
	}
	w.logits, w.targets = blas32.General{}, nil
	return sum / float64(counted)
}

// countTargets is the number of targets that are not [Ignore]. All of those
// must be ids below V.
func countTargets(targets []int, V int) int {
	n := 0
	for _, t := range targets {
		if t == Ignore {
			continue
		}
		if t < 0 || t >= V {
			panic(badTarget)
		}
		n++
	}
	return n
}

// Do computes the losses, and if wanted the gradients, of the rows [lo,hi).
func (w *lossWork) Do(lo, hi int) {
	for i := lo; i < hi; i++ {
		row, target := f32.Row(w.logits, i), w.targets[i]
		w.losses[i] = 0
		if target == Ignore {
			if w.backward {
				clear(row)
			}
			continue
		}
		largest, chosen := f32.Max(row), row[target]
		var sum float32
		if w.backward {
			sum = f32.ExpShifted(row, row, largest)
			f32.Scale(w.scale/sum, row)
			row[target] -= w.scale
		} else {
			sum = f32.SumExp(row, largest)
		}
		w.losses[i] = math.Log(float64(sum)) + float64(largest) - float64(chosen)
	}
}
