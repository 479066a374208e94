package pretrain

func MomentumStep(p, g, m []float32, rate, keep float32) {
	for i := range p {
		p[i] -= rate * m[i]
		m[i] = keep*m[i] + g[i]
		g[i] = 0
	}
}
