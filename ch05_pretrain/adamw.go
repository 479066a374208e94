package pretrain

import (
	"math"
	"slices"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// AdamW are the settings of the optimiser (Kingma and Ba 2014; the decay apart
// from the gradient is Loshchilov and Hutter 2017).
type AdamW struct {
	Beta1    float64 `json:"beta1"`     // how slowly the average of the gradient forgets,
	Beta2    float64 `json:"beta2"`     // and that of its square
	Epsilon  float64 `json:"epsilon"`   // keeps a division by a tiny average finite
	Decay    float64 `json:"decay"`     // weight decay: how fast weights shrink, times the rate
	DecayAll bool    `json:"decay_all"` // decay biases and norms too, not only matrices
}

// DefaultAdamW is the usual choice for language models.
var DefaultAdamW = AdamW{Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, Decay: 0.1}

// Optimizer is AdamW at work on a list of parameters. For each of them it keeps
// two averages, of the gradient and of its square. One goroutine at a time may
// use it, and nobody else the parameters during a step, which moves them.
type Optimizer struct {
	AdamW
	params, grads []gpt.Param // those that are trained
	mean, square  []gpt.Param // of their gradients
	steps         int
}

const badGrads = "pretrain: parameters and gradients do not have the same names in the same order"

// NewOptimizer prepares to train params by grads, two lists of the same names
// in the same order. A gradient without data marks its parameter as frozen.
func NewOptimizer(settings AdamW, params, grads []gpt.Param) *Optimizer {
	if !slices.EqualFunc(params, grads, func(p, g gpt.Param) bool { return p.Name == g.Name }) {
		panic(badGrads)
	}
	o := &Optimizer{AdamW: settings}
	for i, p := range params {
		if grads[i].Data == nil {
			continue
		}
		o.params, o.grads = append(o.params, p), append(o.grads, grads[i])
		o.mean = append(o.mean, gpt.Param{Name: "mean." + p.Name, Shape: p.Shape, Data: make([]float32, len(p.Data))})
		o.square = append(o.square, gpt.Param{Name: "square." + p.Name, Shape: p.Shape, Data: make([]float32, len(p.Data))})
	}
	return o
}

// averages lists all that the optimiser has to remember.
func (o *Optimizer) averages() []gpt.Param { return slices.Concat(o.mean, o.square) }

// Step moves every parameter that is trained by [AdamW.Update], against its
// gradient times scale. It leaves the gradient at zero, ready to accumulate
// again.
func (o *Optimizer) Step(rate, scale float64) {
	o.steps++
	for i, p := range o.params {
		g, m, v := o.grads[i].Data, o.mean[i].Data, o.square[i].Data
		a := o.AdamW
		if len(p.Shape) < 2 && !a.DecayAll {
			a.Decay = 0
		}
		u := a.numbers(rate, scale, o.steps)
		f32.Run(len(g), 1<<14, func(lo, hi int) {
			u.Step(p.Data[lo:hi], g[lo:hi], m[lo:hi], v[lo:hi])
		})
	}
}

// numbers are what all weights share in the t-th step, 1 for the first.
func (a AdamW) numbers(rate, scale float64, t int) f32.AdamW {
	// The averages are made with float32s: float32(0.999) leaves of 1 a
	// hundred-thousandth less than a thousandth. The divisors have to know.
	beta1, beta2 := float64(float32(a.Beta1)), float64(float32(a.Beta2))
	return f32.AdamW{
		Scale: float32(scale), Keep: float32(1 - rate*a.Decay),
		Beta1: float32(a.Beta1), Beta2: float32(a.Beta2), Epsilon: float32(a.Epsilon),
		Rate:  float32(rate / (1 - math.Pow(beta1, float64(t)))),
		RootV: float32(1 / math.Sqrt(1-math.Pow(beta2, float64(t)))),
	}
}

// Update is the rule. It moves the weights p against scale times their gradient
// g, with their averages m and v, and leaves g at zero; t is 1 in the first step:
//
//	p ← p·(1 - rate·decay)
//	m ← β₁·m + (1-β₁)·g        v ← β₂·v + (1-β₂)·g²
//	p ← p - rate·m′ / (√v′ + ε)  with m′ = m/(1-β₁ᵗ), v′ = v/(1-β₂ᵗ)
//
// The averages start at zero; in step t the two divisions make up for that. The
// conversions round each product by itself, as f32.AdamW does.
func (a AdamW) Update(p, g, m, v []float32, rate, scale float64, t int) {
	u := a.numbers(rate, scale, t)
	for i := range p {
		gi := g[i] * u.Scale
		g[i] = 0
		m[i] = float32(u.Beta1*m[i]) + float32((1-u.Beta1)*gi)
		v[i] = float32(u.Beta2*v[i]) + float32((1-u.Beta2)*gi*gi)
		root := float32(math.Sqrt(float64(v[i])))
		p[i] = float32(p[i]*u.Keep) - u.Rate*m[i]/(float32(root*u.RootV)+u.Epsilon)
	}
}
