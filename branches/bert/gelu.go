package bert

import "math"

// GELU is x times the share of a normal distribution that lies below x (Hendrycks and
// Gimpel 2016). The tanh of chapter 4 comes close to it; BERT was trained with the
// share itself:
//
//	gelu(x) = x Φ(x)    Φ(x) = ½ (1 + erf(x/√2))
func GELU(x float32) float32 {
	v := float64(x)
	return float32(v * share(v))
}

// GELUSlope is the derivative of [GELU]. That of a share is the density, so by the
// product rule
//
//	gelu'(x) = Φ(x) + x φ(x)    φ(x) = e^(-x²/2) / √(2π)
func GELUSlope(x float32) float32 {
	v := float64(x)
	return float32(share(v) + v*math.Exp(-v*v/2)/math.Sqrt(2*math.Pi))
}

// share is Φ, by the error function's complement: no digits are lost on the far left.
func share(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }
