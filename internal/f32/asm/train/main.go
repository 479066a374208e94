// Train writes the loops that only training needs; see the go:generate line in
// train_amd64.go. Nothing is fused: each operation of the plain loops is one
// instruction, so that the bits are the same.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "github.com/llm-from-scratch/llm/internal/f32/asm/avx"
)

func main() {
	AMD64()
	adamW()
	Generate()
}

func adamW() {
	Define("adamWAVX2", "func(n int, p, dp, m, v *float32, scale, keep, beta1, rest1, beta2, rest2, rate, rootV, epsilon float32)",
		"adamWAVX2 does AdamW's step on n elements, a multiple of 8. rest1 and rest2 are",
		"1-beta1 and 1-beta2. dp is the gradient; Go's assembler has another g.")
	n, p, g, m, v := Arg("n"), Arg("p"), Arg("dp"), Arg("m"), Arg("v")
	scale, keep, beta1, rest1, beta2, rest2, rate, rootV, epsilon, zero := Y[6], Y[7], Y[8], Y[9], Y[10], Y[11], Y[12], Y[13], Y[14], Y[15]
	Broadcast("scale", scale)
	Broadcast("keep", keep)
	Broadcast("beta1", beta1)
	Broadcast("rest1", rest1)
	Broadcast("beta2", beta2)
	Broadcast("rest2", rest2)
	Broadcast("rate", rate)
	Broadcast("rootV", rootV)
	Broadcast("epsilon", epsilon)
	Zero(zero)
	Loop(n, 2, func(i, disp int) {
		at := func(p reg.Register) Mem { return Mem{Base: p, Disp: disp} }
		grad, mean, square := Y[3*i], Y[3*i+1], Y[3*i+2]
		VMULPS(at(g), scale, grad)
		VMOVUPS(zero, at(g))

		VMULPS(grad, rest2, square)
		VMULPS(grad, square, square)
		VMULPS(grad, rest1, grad)
		VMULPS(at(m), beta1, mean)
		VADDPS(grad, mean, mean)
		VMOVUPS(mean, at(m))
		VMULPS(at(v), beta2, grad)
		VADDPS(square, grad, square)
		VMOVUPS(square, at(v))

		VSQRTPS(square, square)
		VMULPS(rootV, square, square)
		VADDPS(epsilon, square, square)
		VMULPS(rate, mean, mean)
		VDIVPS(square, mean, mean)
		VMULPS(at(p), keep, grad)
		VSUBPS(mean, grad, grad)
		VMOVUPS(grad, at(p))
	}, p, g, m, v)
	Finish()
}
