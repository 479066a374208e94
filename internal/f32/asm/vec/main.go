// Vec writes the loops over vectors; see the go:generate lines in
// kernel_amd64.go.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "github.com/llm-from-scratch/llm/internal/f32/asm/avx"
)

func main() {
	AMD64()
	dot()
	sum()
	maximum()
	axpy()
	add()
	scale()
	expShifted(Constants())
	Generate()
}

func addps(ops ...Op) { VADDPS(ops...) }
func maxps(ops ...Op) { VMAXPS(ops...) }

func dot() {
	Define("dotAVX2", "func(n int, x, y *float32) float32",
		"dotAVX2 returns the dot product of n elements, a multiple of 8.")
	n, x, v := Arg("n"), Arg("x"), Arg("y")
	Zero(Y[:4]...)
	Loop(n, 4, func(i, disp int) {
		VMOVUPS(Mem{Base: x, Disp: disp}, Y[4+i])
		VFMADD231PS(Mem{Base: v, Disp: disp}, Y[4+i], Y[i])
	}, x, v)
	Fold(addps)
	Give()
}

func sum() {
	Define("sumAVX2", "func(n int, x *float32) float32",
		"sumAVX2 returns the sum of n elements, a multiple of 8.")
	n, x := Arg("n"), Arg("x")
	Zero(Y[:4]...)
	Loop(n, 4, func(i, disp int) {
		VADDPS(Mem{Base: x, Disp: disp}, Y[i], Y[i])
	}, x)
	Fold(addps)
	Give()
}

// maximum: VMAXPS forgets NaNs, so Y4 collects where x is unordered with itself.
func maximum() {
	Define("maxAVX2", "func(n int, x *float32) float32",
		"maxAVX2 returns the maximum of n elements, a multiple of 8 and not 0, or NaN if",
		"one of them is NaN.")
	n, x := Arg("n"), Arg("x")
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
	Define("axpyAVX2", "func(n int, alpha float32, x, y *float32)",
		"axpyAVX2 adds alpha·x to y, for n elements, a multiple of 8.")
	n, x, v := Arg("n"), Arg("x"), Arg("y")
	Broadcast("alpha", Y[15])
	Loop(n, 4, func(i, disp int) {
		VMULPS(Mem{Base: x, Disp: disp}, Y[15], Y[i])
		VADDPS(Mem{Base: v, Disp: disp}, Y[i], Y[i])
		VMOVUPS(Y[i], Mem{Base: v, Disp: disp})
	}, x, v)
	Finish()
}

func add() {
	Define("addAVX2", "func(n int, dst, x *float32)",
		"addAVX2 adds x to dst, for n elements, a multiple of 8.")
	n, dst, x := Arg("n"), Arg("dst"), Arg("x")
	Loop(n, 4, func(i, disp int) {
		VMOVUPS(Mem{Base: dst, Disp: disp}, Y[i])
		VADDPS(Mem{Base: x, Disp: disp}, Y[i], Y[i])
		VMOVUPS(Y[i], Mem{Base: dst, Disp: disp})
	}, dst, x)
	Finish()
}

func scale() {
	Define("scaleAVX2", "func(n int, alpha float32, x *float32)",
		"scaleAVX2 multiplies n elements, a multiple of 8, by alpha.")
	n, x := Arg("n"), Arg("x")
	Broadcast("alpha", Y[15])
	Loop(n, 4, func(i, disp int) {
		VMULPS(Mem{Base: x, Disp: disp}, Y[15], Y[i])
		VMOVUPS(Y[i], Mem{Base: x, Disp: disp})
	}, x)
	Finish()
}

func expShifted(c Table) {
	Define("expShiftedAVX2", "func(n int, dst, x *float32, shift float32) float32",
		"expShiftedAVX2 sets dst to Exp(x-shift) and returns the sum, for n elements, a",
		"multiple of 8.")
	n, dst, src := Arg("n"), Arg("dst"), Arg("x")
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
