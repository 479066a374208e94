package pretrain

import "math"

func MendedAdamW(p, g, m, v []float64, rate float64, t int) {
	const beta1, beta2, epsilon, decay = 0.9, 0.95, 1e-8, 0.1
	for i := range p {
		m[i] = beta1*m[i] + (1-beta1)*g[i]
		v[i] = beta2*v[i] + (1-beta2)*g[i]*g[i]
		mean := m[i] / (1 - math.Pow(beta1, float64(t)))
		square := v[i] / (1 - math.Pow(beta2, float64(t)))
		p[i] -= rate * decay * p[i]
		p[i] -= rate * mean / (math.Sqrt(square) + epsilon)
		g[i] = 0
	}
}
