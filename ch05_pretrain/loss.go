package pretrain

import (
	"math"

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
// mean of -log p(target), in nats, over the rows whose target is not [Ignore].
// The mean of none is NaN. The probabilities are the softmax of a row, so
//
//	-log p(target) = log Σ_j exp(logit_j) - logit_target
func CrossEntropy(logits blas32.General, targets []int) float64 {
	n := countTargets(logits, targets)
	total := f32.SumOf(logits.Rows, 8, func(i int) float64 {
		row, target := f32.Row(logits, i), targets[i]
		if target == Ignore {
			return 0
		}
		largest := f32.Max(row) // subtracted first, so that no exponential overflows
		sum := f32.SumExp(row, largest)
		return math.Log(float64(sum)) + float64(largest) - float64(row[target])
	})
	return total / float64(n)
}

// CrossEntropyBackward returns [CrossEntropy] and overwrites the logits with
// scale times its gradient: nothing as large as the logits is held twice. For
// each of the n rows that count it undoes
//
//	loss = log Σ_j exp(logit_j) - logit_target   ⇒   dlogit_j = (p_j - [j = target]) / n
//
// and sets the other rows to zero.
func CrossEntropyBackward(logits blas32.General, targets []int, scale float32) float64 {
	n := countTargets(logits, targets)
	share := scale / float32(n)
	total := f32.SumOf(logits.Rows, 8, func(i int) float64 {
		row, target := f32.Row(logits, i), targets[i]
		if target == Ignore {
			clear(row)
			return 0
		}
		largest, chosen := f32.Max(row), row[target]
		sum := f32.ExpShifted(row, row, largest)
		f32.Scale(share/sum, row)
		row[target] -= share
		return math.Log(float64(sum)) + float64(largest) - float64(chosen)
	})
	return total / float64(n)
}

// Perplexity is the number of equally likely tokens among which a choice would
// be as surprising as the loss: exp(loss).
func Perplexity(loss float64) float64 { return math.Exp(loss) }

// countTargets is the number of targets that are not [Ignore]. There must be one
// for each row, and those that count must be ids of the vocabulary.
func countTargets(logits blas32.General, targets []int) int {
	if len(targets) != logits.Rows {
		panic(badTargets)
	}
	n := 0
	for _, t := range targets {
		if t == Ignore {
			continue
		}
		if t < 0 || t >= logits.Cols {
			panic(badTarget)
		}
		n++
	}
	return n
}
