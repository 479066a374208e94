package pretrain

func MomentumStep(p, g, m []float32, rate, keep float32) {
	for i := range p {
		m[i] = keep*m[i] + g[i]
		p[i] -= rate * m[i]
	}
}
