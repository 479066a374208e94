package f32

// SwiGLU sets gated to SiLU(gate)·up, element by element, where SiLU(x) is x·σ(x):
// branches/layers' Gate of one row.
func SwiGLU(gated, gate, up []float32) {
	Sigmoid(gated, gate)
	Mul(gated, gated, gate) // SiLU(gate)
	Mul(gated, gated, up)
}

// SwiGLUBackward undoes [SwiGLU]: it sets dup to dgated·SiLU(gate), and dgate to
// dgated·up times the slope of SiLU, which is σ(x) + SiLU(x)·(1-σ(x)).
func SwiGLUBackward(dgate, dup, dgated, gate, up []float32) {
	Sigmoid(dgate, gate)
	Mul(dup, dgate, gate) // SiLU(gate)
	for j, s := range dgate {
		dgate[j] = s + dup[j]*(1-s)
	}
	Mul(dup, dup, dgated)
	Mul(dgate, dgate, up)
	Mul(dgate, dgate, dgated)
}
