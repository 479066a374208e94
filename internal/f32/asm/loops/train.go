// The loops of the layers, the loss and the optimiser. Where a sum follows a product
// the two are not fused: each operation of the plain loops is one instruction, so
// that the bits are the same.

package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "github.com/llm-from-scratch/llm/internal/f32/asm/avx"
)

func adamW() {
	TEXT("adamWAVX2", 0, "func(p, dp, m, v []float32, scale, keep, beta1, rest1, beta2, rest2, rate, rootV, epsilon float32) (n int)")
	n, p, g, m, v := Leading("p", 8), Base("p"), Base("dp"), Base("m"), Base("v")
	scale, keep, beta1, rest1, beta2, rest2, rate, rootV, epsilon, zero := Y[6], Y[7], Y[8], Y[9], Y[10], Y[11], Y[12], Y[13], Y[14], Y[15]
	for i, name := range []string{"scale", "keep", "beta1", "rest1", "beta2", "rest2", "rate", "rootV", "epsilon"} {
		Broadcast(name, Y[6+i])
	}
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
	TEXT("mul", 0, "func(dst, x, y []float32) (n int)")
	n, dst, x, y := Leading("dst", 8), Base("dst"), Base("x"), Base("y")
	Loop(n, 4, func(i, disp int) {
		VMOVUPS(Mem{Base: x, Disp: disp}, Y[i])
		VMULPS(Mem{Base: y, Disp: disp}, Y[i], Y[i])
		VMOVUPS(Y[i], Mem{Base: dst, Disp: disp})
	}, dst, x, y)
	Finish()
}

func mulAdd() {
	TEXT("mulAdd", 0, "func(dst, x, y []float32) (n int)")
	n, dst, x, y := Leading("dst", 8), Base("dst"), Base("x"), Base("y")
	Loop(n, 4, func(i, disp int) {
		VMOVUPS(Mem{Base: x, Disp: disp}, Y[i])
		VMULPS(Mem{Base: y, Disp: disp}, Y[i], Y[i])
		VADDPS(Mem{Base: dst, Disp: disp}, Y[i], Y[i])
		VMOVUPS(Y[i], Mem{Base: dst, Disp: disp})
	}, dst, x, y)
	Finish()
}

func shift() {
	TEXT("shift", 0, "func(dst, x []float32, by float32) (n int)")
	n, dst, x := Leading("dst", 8), Base("dst"), Base("x")
	Broadcast("by", Y[15])
	Loop(n, 4, func(i, disp int) {
		VADDPS(Mem{Base: x, Disp: disp}, Y[15], Y[i])
		VMOVUPS(Y[i], Mem{Base: dst, Disp: disp})
	}, dst, x)
	Finish()
}

// addFour reads and writes dst once for four rows.
func addFour() {
	TEXT("addFour", 0, "func(dst, x []float32, stride int) (n int)")
	n, dst, row0, stride := Leading("dst", 8), Base("dst"), Base("x"), Bytes("stride")
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
	TEXT("squaredNorm", 0, "func(sums *[16]float64, x []float32) (n int)")
	n, x, sums := Leading("x", 16), Base("x"), Arg("sums")
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
	TEXT("sumExp", 0, "func(x []float32, shift float32) (s float32, n int)")
	Otherwise(0)
	n, src := Leading("x", 8), Base("x")
	Zero(Y[:4]...)
	Broadcast("shift", Y[15])
	x, p, shifted, r, t := Y[4], Y[5], Y[6], Y[7], Y[8]
	Loop(n, 1, func(i, disp int) {
		VMOVUPS(Mem{Base: src}, x)
		VSUBPS(Y[15], x, x)
		Exp(c, x, p, shifted, r, t)
		VADDPS(p, Y[0], Y[0])
	}, src)
	Fold(addps)
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
	TEXT("gelu", 0, "func(dst, x []float32) (n int)")
	n, dst, src := Leading("x", 8), Base("dst"), Base("x")
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
	TEXT("geluBackward", 0, "func(dx, dy, x []float32) (n int)")
	n, dx, dy, src := Leading("x", 8), Base("dx"), Base("dy"), Base("x")
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

// tail leaves |x| in a, the share of a normal distribution beyond it in q and
// e^(-x²/2) in e, where one and sign hold those constants: normalTail of gelu.go.
func tail(c Table, x, a, q, e, one, sign reg.VecPhysical) {
	u, t := Y[4], Y[8]
	VMULPS(x, x, u)
	VMULPS(c.Get("minusHalf"), u, u)
	Exp(c, u, e, Y[5], Y[6], Y[7])
	VANDNPS(x, sign, a)
	VMULPS(c.Get("erfP"), a, t)
	VADDPS(one, t, t)
	VDIVPS(t, one, t)
	VMULPS(c.Get("erf5"), t, q)
	for _, name := range []string{"erf4", "erf3", "erf2", "erf1"} {
		VADDPS(c.Get(name), q, q)
		VMULPS(t, q, q)
	}
	VMULPS(e, q, q)
}

func erfGELU(c Table) {
	TEXT("erfGELU", 0, "func(dst, x []float32) (n int)")
	n, dst, src := Leading("x", 8), Base("dst"), Base("x")
	x, a, q, e, zero, one, sign := Y[0], Y[1], Y[2], Y[3], Y[13], Y[14], Y[15]
	Zero(zero)
	VMOVUPS(c.Get("one"), one)
	VMOVUPS(c.Get("sign"), sign)
	Loop(n, 1, func(i, disp int) {
		VMOVUPS(Mem{Base: src}, x)
		tail(c, x, a, q, e, one, sign)
		VMULPS(q, a, q)
		VMAXPS(zero, x, x) // 0 where x is NaN
		VSUBPS(q, x, x)
		VMOVUPS(x, Mem{Base: dst})
	}, dst, src)
	Finish()
}

func erfGELUBackward(c Table) {
	TEXT("erfGELUBackward", 0, "func(dx, dy, x []float32) (n int)")
	n, dx, dy, src := Leading("x", 8), Base("dx"), Base("dy"), Base("x")
	x, a, q, e, one, sign := Y[0], Y[1], Y[2], Y[3], Y[14], Y[15]
	VMOVUPS(c.Get("one"), one)
	VMOVUPS(c.Get("sign"), sign)
	Loop(n, 1, func(i, disp int) {
		VMOVUPS(Mem{Base: src}, x)
		tail(c, x, a, q, e, one, sign)
		VSUBPS(q, one, a)
		VBLENDVPS(x, q, a, a) // the share below x: the tail itself where x is negative
		VMULPS(c.Get("rootTau"), x, x)
		VMULPS(e, x, x)
		VADDPS(x, a, a)
		VMULPS(Mem{Base: dy}, a, a)
		VMOVUPS(a, Mem{Base: dx})
	}, dx, dy, src)
	Finish()
}
func sigmoid(c Table) {
	TEXT("sigmoid", 0, "func(dst, x []float32) (n int)")
	n, dst, src := Leading("dst", 8), Base("dst"), Base("x")
	x, p, one := Y[0], Y[1], Y[15]
	VMOVUPS(c.Get("one"), one)
	Loop(n, 1, func(i, disp int) {
		VMOVUPS(Mem{Base: src}, x)
		VXORPS(c.Get("sign"), x, x)
		Exp(c, x, p, Y[2], Y[3], Y[4])
		VADDPS(one, p, p)
		VDIVPS(p, one, p)
		VMOVUPS(p, Mem{Base: dst})
	}, dst, src)
	Finish()
}
