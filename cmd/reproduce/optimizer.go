package main

import (
	"math"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// PyTorch's AdamW with its default betas, and the book's decay.
const (
	beta1, beta2 = .9, .999
	epsilon      = 1e-8
	decay        = .1
)

// optimizer is chapter 5's AdamW but for one rounding. The kernel subtracts β₂ from
// 1 in float32, which for 0.999 is a hundred-thousandth off 0.001. Chapter 5's
// divisors allow for that in all steps alike; here they are those that give what
// PyTorch has, which takes up 0.001 and divides by 1-0.999ᵗ.
type optimizer struct {
	params, grads []gpt.Param
	mean, square  [][]float32
	steps         int
}

func newOptimizer(params, grads []gpt.Param) stepper {
	o := &optimizer{params: params, grads: grads}
	for _, p := range params {
		o.mean, o.square = append(o.mean, make([]float32, len(p.Data))), append(o.square, make([]float32, len(p.Data)))
	}
	return o
}

// Step moves the parameters against scale times their gradients, and clears these.
func (o *optimizer) Step(rate, scale float64) {
	o.steps++
	t := float64(o.steps)
	a := f32.AdamW{
		Scale: float32(scale), Keep: float32(1 - rate*decay), Beta1: beta1, Beta2: beta2, Epsilon: epsilon,
		Rate:  float32(rate / (1 - math.Pow(beta1, t)) / share(beta1)),
		RootV: float32(1 / math.Sqrt((1-math.Pow(beta2, t))*share(beta2))),
	}
	for i, p := range o.params {
		g, m, v := o.grads[i].Data, o.mean[i], o.square[i]
		f32.Run(len(p.Data), 1<<14, func(lo, hi int) { a.Step(p.Data[lo:hi], g[lo:hi], m[lo:hi], v[lo:hi]) })
	}
}

// share is how much of what an average should take up of each new value it takes
// up, if 1-beta is computed in float32.
func share(beta float64) float64 { return float64(1-float32(beta)) / (1 - beta) }
