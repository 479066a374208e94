// Package avx is what the generators of package f32's assembly share. Each of
// them is a program in a directory beside this one. Operands stand in Go's
// order: sources first, destination last.
package avx

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Y are the sixteen registers of eight float32s.
var Y = [16]reg.VecPhysical{
	reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7,
	reg.Y8, reg.Y9, reg.Y10, reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15,
}

// Z are the registers of sixteen float32s.
var Z = [32]reg.VecPhysical{
	reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7,
	reg.Z8, reg.Z9, reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15,
	reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23,
	reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31,
}

// AMD64 limits the file to the processors and builds it is for.
func AMD64() { ConstraintExpr("amd64,!purego") }

// Finish ends a function. VZEROUPPER because Go's own code uses SSE, which is
// slow while the upper halves of the registers are in use.
func Finish() {
	VZEROUPPER()
	RET()
}

// Arg loads a parameter.
func Arg(name string) reg.GPVirtual {
	return Load(Param(name), GP64()).(reg.GPVirtual)
}

// Base loads where a slice begins.
func Base(name string) reg.GPVirtual {
	return Load(Param(name).Base(), GP64()).(reg.GPVirtual)
}

// Leading loads how many elements of a slice the function does, the leading ones
// that fill whole groups, and returns that number as the result n. Where it is 0,
// as it is on processors without AVX2, nothing follows.
func Leading(slice string, group int) reg.GPVirtual {
	n := Load(Param(slice).Len(), GP64()).(reg.GPVirtual)
	ANDQ(I32(-group), n)
	CMPB(NewDataAddr(Symbol{Name: "·avx2"}, 0), Imm(0))
	JNE(LabelRef("able"))
	XORQ(n, n)
	Label("able")
	Store(n, Return("n"))
	TESTQ(n, n)
	JNE(LabelRef("some"))
	RET()
	Label("some")
	return n
}

// Otherwise sets the first result to a float32 that stands when n is 0.
func Otherwise(bits uint32) {
	result, err := ReturnIndex(0).Resolve()
	if err != nil {
		panic(err)
	}
	MOVL(U32(bits), result.Addr)
}

// Bytes loads a count of float32s and turns it into a count of bytes.
func Bytes(name string) reg.GPVirtual {
	r := Arg(name)
	SHLQ(Imm(2), r)
	return r
}

// Give ends a function whose result is in X0.
func Give() {
	VZEROUPPER()
	Store(reg.X0, ReturnIndex(0))
	RET()
}

// Broadcast fills v with the parameter.
func Broadcast(name string, v reg.VecPhysical) {
	m, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSS(m.Addr, v)
}

// Zero clears registers.
func Zero(vs ...reg.VecPhysical) {
	for _, v := range vs {
		if v.Size() == 64 {
			VPXORD(v, v, v) // VXORPS takes these with AVX512DQ only
		} else {
			VXORPS(v, v, v)
		}
	}
}

// Loop writes a loop over n float32s in steps of 8·unroll, then in steps of 8.
// body gets which of the unrolled groups of 8 it is, and where.
func Loop(n reg.GPVirtual, unroll int, body func(i, disp int), pointers ...reg.GPVirtual) {
	Steps(n, unroll, body, func(groups int) { Advance(32*groups, pointers...) })
}

// Advance adds bytes to pointers.
func Advance(bytes int, pointers ...reg.GPVirtual) {
	for _, p := range pointers {
		ADDQ(U32(uint32(bytes)), p)
	}
}

// Steps is [Loop] with pointers that move on each by its own, for so many groups.
func Steps(n reg.GPVirtual, unroll int, body func(i, disp int), advance func(groups int)) {
	step := func(u int, again, end string) {
		Label(again)
		CMPQ(n, U32(uint32(8*u)))
		JL(LabelRef(end))
		for i := range u {
			body(i, 32*i)
		}
		advance(u)
		SUBQ(U32(uint32(8*u)), n)
		JMP(LabelRef(again))
	}
	if unroll > 1 {
		step(unroll, "wide", "eight")
	}
	step(1, "eight", "done")
	Label("done")
}

// Fold leaves op over all elements of Y0 to Y3 in X0, in a fixed order.
func Fold(op func(...Op)) {
	op(Y[1], Y[0], Y[0])
	op(Y[3], Y[2], Y[2])
	op(Y[2], Y[0], Y[0])
	VEXTRACTF128(Imm(1), Y[0], reg.X1)
	op(reg.X1, reg.X0, reg.X0)
	VMOVHLPS(reg.X0, reg.X0, reg.X1)
	op(reg.X1, reg.X0, reg.X0)
	VMOVSHDUP(reg.X0, reg.X1)
	op(reg.X1, reg.X0, reg.X0)
}
