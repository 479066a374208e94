// Loops writes the loops over vectors, those of the layers, the loss and the
// optimiser, and those of products with few rows; see the go:generate line in
// kernel_amd64.go. Each does the leading elements of its vectors and returns how
// many those were; the Go function that calls it does the last few.
package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "github.com/llm-from-scratch/llm/internal/f32/asm/avx"
)

func main() {
	AMD64()
	c := Constants(
		Float("half", 0.5),
		Float("geluScale", 0.7978845608028654),
		Float("geluCubic", 0.044715),
		Float("geluCubic3", 3*0.044715),
		Float("minusHalf", -0.5),
		Float("erfP", 0.3275911*0.7071067811865476),
		Float("erf1", 0.254829592/2),
		Float("erf2", -0.284496736/2),
		Float("erf3", 1.421413741/2),
		Float("erf4", -1.453152027/2),
		Float("erf5", 1.061405429/2),
		Float("rootTau", 0.3989422804014327),
	)
	dot()
	sum()
	maximum()
	axpy()
	add()
	scale()
	expShifted(c)
	adamW()
	mul()
	mulAdd()
	shift()
	addFour()
	squaredNorm()
	sumExp(c)
	gelu(c)
	geluBackward(c)
	erfGELU(c)
	erfGELUBackward(c)
	sigmoid(c)
	addRows()
	dotsInt8()
	fromInt8()
	Generate()
}

func addps(ops ...Op) { VADDPS(ops...) }
func maxps(ops ...Op) { VMAXPS(ops...) }

func dot() {
	TEXT("dot", 0, "func(x, y []float32) (s float32, n int)")
	Otherwise(0)
	n, x, v := Leading("x", 8), Base("x"), Base("y")
	Zero(Y[:4]...)
	Loop(n, 4, func(i, disp int) {
		VMOVUPS(Mem{Base: x, Disp: disp}, Y[4+i])
		VFMADD231PS(Mem{Base: v, Disp: disp}, Y[4+i], Y[i])
	}, x, v)
	Fold(addps)
	Give()
}

func sum() {
	TEXT("sum", 0, "func(x []float32) (s float32, n int)")
	Otherwise(0)
	n, x := Leading("x", 8), Base("x")
	Zero(Y[:4]...)
	Loop(n, 4, func(i, disp int) {
		VADDPS(Mem{Base: x, Disp: disp}, Y[i], Y[i])
	}, x)
	Fold(addps)
	Give()
}

// maximum: VMAXPS forgets NaNs, so Y4 collects where x is unordered with itself.
func maximum() {
	TEXT("maximum", 0, "func(x []float32) (m float32, n int)")
	Otherwise(math.Float32bits(float32(math.Inf(-1))))
	n, x := Leading("x", 8), Base("x")
	for i := range 4 {
		VMOVUPS(Mem{Base: x}, Y[i])
	}
	Zero(Y[4])
	Loop(n, 4, func(i, disp int) {
		v := Y[8+i]
		VMOVUPS(Mem{Base: x, Disp: disp}, v)
		VCMPPS(Imm(3), v, v, Y[12+i])
		VORPS(Y[12+i], Y[4], Y[4])
		VMAXPS(v, Y[i], Y[i])
	}, x)
	Fold(maxps)
	VEXTRACTF128(Imm(1), Y[4], reg.X5)
	VORPS(reg.X5, reg.X4, reg.X4)
	mask := GP32()
	VMOVMSKPS(reg.X4, mask)
	TESTL(mask, mask)
	JE(LabelRef("store"))
	VPCMPEQD(reg.X0, reg.X0, reg.X0) // all bits set: a NaN
	Label("store")
	Give()
}

// axpy multiplies and adds apart, not fused: so an element's bits do not depend
// on whether it falls to the kernel or to the plain loop for the last few.
func axpy() {
	TEXT("axpy", 0, "func(alpha float32, x, y []float32) (n int)")
	n, x, v := Leading("x", 8), Base("x"), Base("y")
	Broadcast("alpha", Y[15])
	Loop(n, 4, func(i, disp int) {
		VMULPS(Mem{Base: x, Disp: disp}, Y[15], Y[i])
		VADDPS(Mem{Base: v, Disp: disp}, Y[i], Y[i])
		VMOVUPS(Y[i], Mem{Base: v, Disp: disp})
	}, x, v)
	Finish()
}

func add() {
	TEXT("add", 0, "func(dst, x []float32) (n int)")
	n, dst, x := Leading("x", 8), Base("dst"), Base("x")
	Loop(n, 4, func(i, disp int) {
		VMOVUPS(Mem{Base: dst, Disp: disp}, Y[i])
		VADDPS(Mem{Base: x, Disp: disp}, Y[i], Y[i])
		VMOVUPS(Y[i], Mem{Base: dst, Disp: disp})
	}, dst, x)
	Finish()
}

func scale() {
	TEXT("scale", 0, "func(alpha float32, x []float32) (n int)")
	n, x := Leading("x", 8), Base("x")
	Broadcast("alpha", Y[15])
	Loop(n, 4, func(i, disp int) {
		VMULPS(Mem{Base: x, Disp: disp}, Y[15], Y[i])
		VMOVUPS(Y[i], Mem{Base: x, Disp: disp})
	}, x)
	Finish()
}

func expShifted(c Table) {
	TEXT("expShifted", 0, "func(dst, x []float32, shift float32) (s float32, n int)")
	Otherwise(0)
	n, dst, src := Leading("x", 8), Base("dst"), Base("x")
	Zero(Y[:4]...) // the sum
	Broadcast("shift", Y[15])
	x, shifted, r, p, t := Y[4], Y[5], Y[6], Y[7], Y[8]
	Loop(n, 1, func(i, disp int) {
		VMOVUPS(Mem{Base: src}, x)
		VSUBPS(Y[15], x, x)
		Exp(c, x, p, shifted, r, t)
		VMOVUPS(p, Mem{Base: dst})
		VADDPS(p, Y[0], Y[0])
	}, src, dst)
	Fold(addps)
	Give()
}
