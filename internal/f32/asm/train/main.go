// Train writes the loops of the layers, the loss and the optimiser; see the
// go:generate line in train_amd64.go. Where a sum follows a product the two are
// not fused: each operation of the plain loops is one instruction, so that the
// bits are the same.
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
	mul()
	mulAdd()
	shift()
	addFour()
	squaredNorm()
	c := Constants(
		Float("half", 0.5),
		Float("geluScale", 0.7978845608028654),
		Float("geluCubic", 0.044715),
		Float("geluCubic3", 3*0.044715),
	)
	sumExp(c)
	gelu(c)
	geluBackward(c)
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

func mul() {
	Define("mulAVX2", "func(n int, dst, x, y *float32)",
		"mulAVX2 sets dst to x·y, for n elements, a multiple of 8.")
	n, dst, x, y := Arg("n"), Arg("dst"), Arg("x"), Arg("y")
	Loop(n, 4, func(i, disp int) {
		VMOVUPS(Mem{Base: x, Disp: disp}, Y[i])
		VMULPS(Mem{Base: y, Disp: disp}, Y[i], Y[i])
		VMOVUPS(Y[i], Mem{Base: dst, Disp: disp})
	}, dst, x, y)
	Finish()
}

func mulAdd() {
	Define("mulAddAVX2", "func(n int, dst, x, y *float32)",
		"mulAddAVX2 adds x·y to dst, for n elements, a multiple of 8.")
	n, dst, x, y := Arg("n"), Arg("dst"), Arg("x"), Arg("y")
	Loop(n, 4, func(i, disp int) {
		VMOVUPS(Mem{Base: x, Disp: disp}, Y[i])
		VMULPS(Mem{Base: y, Disp: disp}, Y[i], Y[i])
		VADDPS(Mem{Base: dst, Disp: disp}, Y[i], Y[i])
		VMOVUPS(Y[i], Mem{Base: dst, Disp: disp})
	}, dst, x, y)
	Finish()
}

func shift() {
	Define("shiftAVX2", "func(n int, dst, x *float32, by float32)",
		"shiftAVX2 sets dst to x+by, for n elements, a multiple of 8.")
	n, dst, x := Arg("n"), Arg("dst"), Arg("x")
	Broadcast("by", Y[15])
	Loop(n, 4, func(i, disp int) {
		VADDPS(Mem{Base: x, Disp: disp}, Y[15], Y[i])
		VMOVUPS(Y[i], Mem{Base: dst, Disp: disp})
	}, dst, x)
	Finish()
}

// addFour reads and writes dst once for four rows.
func addFour() {
	Define("addFourAVX2", "func(n int, dst, x *float32, stride int)",
		"addFourAVX2 adds four rows, which begin stride elements apart, to dst one after",
		"the other, for n elements, a multiple of 8.")
	n, dst, row0, stride := Arg("n"), Arg("dst"), Arg("x"), Bytes("stride")
	row2 := GP64()
	LEAQ(Mem{Base: row0, Index: stride, Scale: 2}, row2)
	Loop(n, 4, func(i, disp int) {
		VMOVUPS(Mem{Base: dst, Disp: disp}, Y[i])
		VADDPS(Mem{Base: row0, Disp: disp}, Y[i], Y[i])
		VADDPS(Mem{Base: row0, Index: stride, Scale: 1, Disp: disp}, Y[i], Y[i])
		VADDPS(Mem{Base: row2, Disp: disp}, Y[i], Y[i])
		VADDPS(Mem{Base: row2, Index: stride, Scale: 1, Disp: disp}, Y[i], Y[i])
		VMOVUPS(Y[i], Mem{Base: dst, Disp: disp})
	}, dst, row0, row2)
	Finish()
}

// squaredNorm may fuse, because the square of a float32 is exact in a float64.
func squaredNorm() {
	Define("squaredNormAVX2", "func(n int, x *float32, sums *float64)",
		"squaredNormAVX2 sets sums[j], j below 16, to the sum of the squares of elements",
		"j, j+16, j+32 and so on of n, a multiple of 16.")
	n, x, sums := Arg("n"), Arg("x"), Arg("sums")
	Zero(Y[:4]...)
	Label("again")
	SUBQ(Imm(16), n)
	JL(LabelRef("done"))
	for i := range 4 {
		VCVTPS2PD(Mem{Base: x, Disp: 16 * i}, Y[4+i])
		VFMADD231PD(Y[4+i], Y[4+i], Y[i])
	}
	ADDQ(Imm(64), x)
	JMP(LabelRef("again"))
	Label("done")
	for i := range 4 {
		VMOVUPD(Y[i], Mem{Base: sums, Disp: 32 * i})
	}
	Finish()
}

func sumExp(c Table) {
	Define("sumExpAVX2", "func(n int, x *float32, shift float32) float32",
		"sumExpAVX2 returns the sum of Exp(x-shift), for n elements, a multiple of 8.")
	n, src := Arg("n"), Arg("x")
	Zero(Y[:4]...)
	Broadcast("shift", Y[15])
	x, p, shifted, r, t := Y[4], Y[5], Y[6], Y[7], Y[8]
	Loop(n, 1, func(i, disp int) {
		VMOVUPS(Mem{Base: src}, x)
		VSUBPS(Y[15], x, x)
		Exp(c, x, p, shifted, r, t)
		VADDPS(p, Y[0], Y[0])
	}, src)
	Fold(func(ops ...Op) { VADDPS(ops...) })
	Give()
}

// bend leaves the tanh of GELU in q.
func bend(c Table, x, q reg.VecPhysical) {
	u := Y[2]
	VMULPS(c.Get("geluCubic"), x, u)
	VMULPS(x, u, u)
	VMULPS(x, u, u)
	VADDPS(x, u, u)
	VMULPS(c.Get("geluScale"), u, u)
	Tanh(c, u, q, Y[3], Y[4], Y[5], Y[6])
}

func gelu(c Table) {
	Define("geluAVX2", "func(n int, dst, x *float32)",
		"geluAVX2 sets dst to gelu(x), for n elements, a multiple of 8.")
	n, dst, src := Arg("n"), Arg("dst"), Arg("x")
	x, q := Y[0], Y[1]
	Loop(n, 1, func(i, disp int) {
		VMOVUPS(Mem{Base: src}, x)
		bend(c, x, q)
		VADDPS(c.Get("one"), q, q)
		VMULPS(c.Get("half"), x, x)
		VMULPS(q, x, x)
		VMOVUPS(x, Mem{Base: dst})
	}, dst, src)
	Finish()
}

func geluBackward(c Table) {
	Define("geluBackwardAVX2", "func(n int, dx, dy, x *float32)",
		"geluBackwardAVX2 sets dx to dy·gelu'(x), for n elements, a multiple of 8.")
	n, dx, dy, src := Arg("n"), Arg("dx"), Arg("dy"), Arg("x")
	x, q, slope, one, t := Y[0], Y[1], Y[2], Y[15], Y[3]
	VMOVUPS(c.Get("one"), one)
	Loop(n, 1, func(i, disp int) {
		VMOVUPS(Mem{Base: src}, x)
		bend(c, x, q)
		VADDPS(one, q, slope)
		VMULPS(c.Get("half"), slope, slope) // ½(1 + tanh)
		VMULPS(q, q, q)
		VSUBPS(q, one, q)
		VMULPS(c.Get("half"), x, t)
		VMULPS(q, t, q)
		VMULPS(c.Get("geluScale"), q, q) // ½x(1 - tanh²)√(2/π)
		VMULPS(c.Get("geluCubic3"), x, t)
		VMULPS(x, t, t)
		VADDPS(one, t, t)
		VMULPS(t, q, q)
		VADDPS(q, slope, slope)
		VMULPS(Mem{Base: dy}, slope, slope)
		VMOVUPS(slope, Mem{Base: dx})
	}, dx, dy, src)
	Finish()
}
