// The kernels of products with few rows, which use each weight but once or twice.

package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "github.com/llm-from-scratch/llm/internal/f32/asm/avx"
)

// four returns the operands of four rows that begin at p, stride apart, and the
// registers to add to in order to move on in all of them.
func four(p, stride reg.GPVirtual) (rows [4]Mem, move [2]reg.GPVirtual) {
	p3 := GP64()
	LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, p3)
	ADDQ(p, p3)
	return [4]Mem{
		{Base: p}, {Base: p, Index: stride, Scale: 1}, {Base: p, Index: stride, Scale: 2}, {Base: p3},
	}, [2]reg.GPVirtual{p, p3}
}

// later returns the operands of the four rows eight further on. The kernels ask
// for them as they go, in the second-level cache, which has more requests under
// way than the first: so two cores read parts of rows as fast as they read at
// all. Left to itself the processor starts to fetch ahead anew at every row, and
// reaches 0.7 of that (float32) or 0.4 (int8).
func later(p, stride reg.GPVirtual) (rows [4]Mem, move [2]reg.GPVirtual) {
	at := GP64()
	LEAQ(Mem{Base: p, Index: stride, Scale: 8}, at)
	return four(at, stride)
}

// addRows multiplies and adds apart, as axpy does and with the same bits. It waits
// for memory either way.
func addRows() {
	TEXT("addRows", 0, "func(alpha *[4]float32, x []float32, stride int, y []float32) (n int)")
	n, alpha, x, stride, y := Leading("y", 8), Arg("alpha"), Base("x"), Bytes("stride"), Base("y")
	for r := range 4 {
		VBROADCASTSS(Mem{Base: alpha, Disp: 4 * r}, Y[12+r])
	}
	next, moveNext := later(x, stride)
	rows, move := four(x, stride)
	Loop(n, 4, func(i, disp int) {
		VMOVUPS(Mem{Base: y, Disp: disp}, Y[i])
		for r := range 4 {
			if disp%64 == 0 {
				PREFETCHT1(next[r].Offset(disp))
			}
			VMULPS(rows[r].Offset(disp), Y[12+r], Y[4+r])
			VADDPS(Y[4+r], Y[i], Y[i])
		}
		VMOVUPS(Y[i], Mem{Base: y, Disp: disp})
	}, move[0], move[1], moveNext[0], moveNext[1], y)
	Finish()
}

// dotsInt8 has two sums for each row, Y0 to Y3 and Y4 to Y7, used in turn.
func dotsInt8() {
	TEXT("dotsInt8", 0, "func(sums *[4]float32, x []float32, w []int8, stride int) (n int)")
	n, x, w, stride, sums := Leading("x", 8), Base("x"), Base("w"), Arg("stride"), Arg("sums")
	Zero(Y[:8]...)
	next, moveNext := later(w, stride)
	rows, move := four(w, stride)
	Steps(n, 8, func(i, _ int) {
		if i == 0 {
			for r := range 4 {
				PREFETCHT1(next[r])
			}
		}
		VMOVUPS(Mem{Base: x, Disp: 32 * i}, Y[8+i%2])
		for r := range 4 {
			q := Y[10+r]
			VPMOVSXBD(rows[r].Offset(8*i), q)
			VCVTDQ2PS(q, q)
			VFMADD231PS(q, Y[8+i%2], Y[4*(i%2)+r])
		}
	}, func(groups int) {
		Advance(8*groups, move[0], move[1], moveNext[0], moveNext[1])
		Advance(32*groups, x)
	})
	for r := range 4 {
		VADDPS(Y[4+r], Y[r], Y[r])
	}
	VHADDPS(Y[1], Y[0], Y[0])
	VHADDPS(Y[3], Y[2], Y[2])
	VHADDPS(Y[2], Y[0], Y[0])
	VEXTRACTF128(Imm(1), Y[0], reg.X1)
	VADDPS(reg.X1, reg.X0, reg.X0)
	VMOVUPS(reg.X0, Mem{Base: sums})
	Finish()
}

func fromInt8() {
	TEXT("fromInt8", 0, "func(dst []float32, scale float32, q []int8) (n int)")
	n, q, dst := Leading("dst", 8), Base("q"), Base("dst")
	Broadcast("scale", Y[15])
	Steps(n, 1, func(i, _ int) {
		VPMOVSXBD(Mem{Base: q}, Y[0])
		VCVTDQ2PS(Y[0], Y[0])
		VMULPS(Y[15], Y[0], Y[0])
		VMOVUPS(Y[0], Mem{Base: dst})
	}, func(groups int) {
		Advance(8*groups, q)
		Advance(32*groups, dst)
	})
	Finish()
}
