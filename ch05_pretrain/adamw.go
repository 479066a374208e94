package pretrain

import (
	"math"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// AdamW are the settings of the optimiser (Kingma and Ba 2014; the decay apart
// from the gradient is Loshchilov and Hutter 2017).
type AdamW struct {
	Beta1, Beta2 float64 // how slowly the two averages forget
	Epsilon      float64 // keeps a division by a tiny average finite
	Decay        float64 // weight decay: how fast weights shrink, times the rate
	DecayAll     bool    // decay biases and norms too, not only matrices
}

// DefaultAdamW is the usual choice for language models.
var DefaultAdamW = AdamW{Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, Decay: 0.1}

// Optimizer is AdamW at work on a list of parameters. For each of them it keeps
// two averages, of the gradient and of its square.
type Optimizer struct {
	AdamW
	params, grads []gpt.Param
	mean, square  []gpt.Param // no data where the parameter is frozen
	steps         int
	work          []adamWork
}

const badGrads = "pretrain: parameters and gradients do not have the same names in the same order"

// NewOptimizer prepares to train params by grads, two lists of the same names
// in the same order. A gradient without data marks its parameter as frozen.
func NewOptimizer(settings AdamW, params, grads []gpt.Param) *Optimizer {
	if len(params) != len(grads) {
		panic(badGrads)
	}
	o := &Optimizer{AdamW: settings, params: params, grads: grads}
	o.work = make([]adamWork, len(params))
	for i, p := range params {
		if grads[i].Name != p.Name {
			panic(badGrads)
		}
		var mean, square []float32
		if grads[i].Data != nil {
			mean, square = make([]float32, len(p.Data)), make([]float32, len(p.Data))
		}
		o.mean = append(o.mean, gpt.Param{Name: p.Name, Shape: p.Shape, Data: mean})
		o.square = append(o.square, gpt.Param{Name: p.Name, Shape: p.Shape, Data: square})
	}
	return o
}

// Step moves every parameter p that is trained against its gradient g, which
// is multiplied by scale first and left at zero, ready to accumulate again:
//
//	p ← p·(1 - rate·decay)
//	m ← β₁·m + (1-β₁)·g        v ← β₂·v + (1-β₂)·g²
//	p ← p - rate·m′ / (√v′ + ε)  with m′ = m/(1-β₁ᵗ), v′ = v/(1-β₂ᵗ)
//
// The averages start at zero; in step t the two divisions make up for that.
func (o *Optimizer) Step(rate, scale float64) {
	o.steps++
	t := float64(o.steps)
	// The averages are made with float32s: float32(0.999) leaves of 1 a
	// hundred-thousandth less than a thousandth. The divisors have to know.
	beta1, beta2 := float64(float32(o.Beta1)), float64(float32(o.Beta2))
	for i, p := range o.params {
		g := o.grads[i].Data
		if g == nil {
			continue
		}
		decay := 0.0
		if len(p.Shape) > 1 || o.DecayAll {
			decay = rate * o.Decay
		}
		o.work[i] = adamWork{
			AdamW: f32.AdamW{
				Scale: float32(scale), Keep: float32(1 - decay),
				Beta1: float32(o.Beta1), Beta2: float32(o.Beta2), Epsilon: float32(o.Epsilon),
				Rate:  float32(rate / (1 - math.Pow(beta1, t))),
				RootV: float32(1 / math.Sqrt(1-math.Pow(beta2, t))),
			},
			p: p.Data, g: g, m: o.mean[i].Data, v: o.square[i].Data,
		}
		f32.Run(len(g), 1<<14, o.work[i].Do)
	}
}

// adamWork is one parameter's step; one piece of it is some elements.
type adamWork struct {
	f32.AdamW
	p, g, m, v []float32
}

// Do updates the elements [lo,hi).
func (w *adamWork) Do(lo, hi int) {
	w.Step(w.p[lo:hi], w.g[lo:hi], w.m[lo:hi], w.v[lo:hi])
}
