package f32

import "math"

// AdamW is one step of the optimiser of that name: the numbers that all elements
// of a parameter share.
type AdamW struct {
	Scale        float32 // multiplies the gradient first, for clipping
	Keep         float32 // what weight decay leaves of a weight, 1 - rate·decay
	Beta1, Beta2 float32
	Rate         float32 // the learning rate, divided by 1-β₁ᵗ
	RootV        float32 // 1/√(1-β₂ᵗ)
	Epsilon      float32
}

// Step moves the weights p against their gradient g, updates its averages m and
// v, and leaves g at zero: one pass in place of three.
//
//	g ← Scale·g
//	m ← β₁·m + (1-β₁)·g        v ← β₂·v + (1-β₂)·g²
//	p ← p·Keep - Rate·m / (√v·RootV + ε)
func (a *AdamW) Step(p, g, m, v []float32) {
	if len(g) != len(p) || len(m) != len(p) || len(v) != len(p) {
		panic(badLengths)
	}
	n := adamW(a, p, g, m, v)
	a.plain(p[n:], g[n:], m[n:], v[n:])
}

// plain is [AdamW.Step] where there is no kernel. Every product is rounded on
// its own, float32(x*y) where a sum follows, as in the kernel.
func (a *AdamW) plain(p, g, m, v []float32) {
	for i := range p {
		gi := g[i] * a.Scale
		g[i] = 0
		m[i] = float32(a.Beta1*m[i]) + float32((1-a.Beta1)*gi)
		v[i] = float32(a.Beta2*v[i]) + float32((1-a.Beta2)*gi*gi)
		root := float32(math.Sqrt(float64(v[i])))
		p[i] = float32(p[i]*a.Keep) - a.Rate*m[i]/(float32(root*a.RootV)+a.Epsilon)
	}
}
