package parts

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

const badTargets = "parts: there is not one target for each row of logits"

// Smoothed is chapter 5's cross-entropy against targets that are less than sure (Szegedy
// et al. 2015): the right id has 1-ε of the probability, and ε is shared out evenly among
// all V, the right one too. The mean is over the targets that are not pad.
//
//	loss = log Σ_j exp(logit_j) - (1-ε)·logit_target - ε/V·Σ_j logit_j
//
// With backward it overwrites the logits (N,V) by scale times its gradient,
//
//	dlogit_j = (p_j - (1-ε)·[j = target] - ε/V) / n
//
// and the rows of padding by zeros.
func Smoothed(logits blas32.General, targets []int, pad int, epsilon float64, backward bool, scale float32) float64 {
	if len(targets) != logits.Rows {
		panic(badTargets)
	}
	n := 0
	for _, t := range targets {
		if t != pad {
			n++
		}
	}
	right, each := float32(1-epsilon), float32(epsilon/float64(logits.Cols))
	share := scale / float32(n)
	return f32.SumOf(logits.Rows, 8, func(i int) float64 {
		row, target := f32.Row(logits, i), targets[i]
		if target == pad {
			if backward {
				clear(row)
			}
			return 0
		}
		largest := f32.Max(row)
		wanted := right*row[target] + each*f32.Sum(row)
		var sum float32
		if backward {
			sum = f32.ExpShifted(row, row, largest)
			f32.Scale(share/sum, row)
			f32.Shift(row, row, -share*each)
			row[target] -= share * right
		} else {
			sum = f32.SumExp(row, largest)
		}
		return math.Log(float64(sum)) + float64(largest) - float64(wanted)
	}) / float64(n)
}
