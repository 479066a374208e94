// Gen writes the AVX2 kernels of package f32; see the go:generate line in
// kernel_amd64.go. Operands stand in Go's order: sources first, destination last.
package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

var y = [16]reg.VecPhysical{
	reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7,
	reg.Y8, reg.Y9, reg.Y10, reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15,
}

func main() {
	ConstraintExpr("amd64,!purego")
	multiply()
	copyColumns("copy6AVX2", 6)
	copyColumns("copy16AVX2", 16)
	turn()
	dot()
	sum()
	maximum()
	axpy()
	add()
	scale()
	c := constants()
	expShifted(c)
	tanh(c)
	Generate()
}

func function(name, signature string, doc ...string) {
	TEXT(name, 0, signature)
	Pragma("noescape")
	Doc(doc...)
}

// finish ends a function. VZEROUPPER because Go's own code uses SSE, which is
// slow while the upper halves of the registers are in use.
func finish() {
	VZEROUPPER()
	RET()
}

func gp(name string) reg.GPVirtual {
	return Load(Param(name), GP64()).(reg.GPVirtual)
}

// bytes loads a count of float32s and turns it into a count of bytes.
func bytes(name string) reg.GPVirtual {
	r := gp(name)
	SHLQ(Imm(2), r)
	return r
}

// give ends a function whose result is in X0.
func give() {
	VZEROUPPER()
	Store(reg.X0, ReturnIndex(0))
	RET()
}

// broadcast fills v with the parameter.
func broadcast(name string, v reg.VecPhysical) {
	m, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSS(m.Addr, v)
}

func zero(vs ...reg.VecPhysical) {
	for _, v := range vs {
		VXORPS(v, v, v)
	}
}

// multiply writes the kernel of the matrix product. Y0 to Y11 hold the 6×16
// tile, two registers a row; of each step of the sum, Y12 and Y13 hold the 16
// elements of b, and Y14 and Y15 in turn one of the 6 elements of a. Twelve FMAs
// a step keep both FMA units busy through their latency of four cycles.
func multiply() {
	function("multiply6x16AVX2", "func(k int, a, b, c *float32, stride int, alpha, beta float32)",
		"multiply6x16AVX2 sets the 6×16 tile at c, whose rows are stride apart, to",
		"alpha·a·b + beta·c, where a holds k columns of 6 elements and b k rows of 16.",
		"With beta 0 it does not read c.")
	k, a, b, c, stride := gp("k"), gp("a"), gp("b"), gp("c"), bytes("stride")
	zero(y[:12]...)

	// Fetch the tile while the sum is computed: 75 GFLOP/s become 80 where c is
	// large.
	row := GP64()
	MOVQ(c, row)
	for i := range 6 {
		PREFETCHT0(Mem{Base: row})
		PREFETCHT0(Mem{Base: row, Disp: 60})
		if i < 5 {
			ADDQ(stride, row)
		}
	}

	step := func(at int) {
		VMOVUPS(Mem{Base: b, Disp: at * 64}, y[12])
		VMOVUPS(Mem{Base: b, Disp: at*64 + 32}, y[13])
		for i := range 6 {
			v := y[14+i%2]
			VBROADCASTSS(Mem{Base: a, Disp: at*24 + i*4}, v)
			VFMADD231PS(y[12], v, y[2*i])
			VFMADD231PS(y[13], v, y[2*i+1])
		}
	}
	const unroll = 4
	Label("four")
	SUBQ(Imm(unroll), k)
	JL(LabelRef("rest"))
	for i := range unroll {
		step(i)
	}
	ADDQ(Imm(unroll*24), a)
	ADDQ(U32(unroll*64), b)
	JMP(LabelRef("four"))
	Label("rest")
	ADDQ(Imm(unroll), k)
	Label("one")
	SUBQ(Imm(1), k)
	JL(LabelRef("store"))
	step(0)
	ADDQ(Imm(24), a)
	ADDQ(Imm(64), b)
	JMP(LabelRef("one"))

	Label("store")
	broadcast("alpha", y[12])
	for i := range 12 {
		VMULPS(y[12], y[i], y[i])
	}
	broadcast("beta", y[13])
	zero(y[14])
	VUCOMISS(reg.X14, reg.X13)
	JNE(LabelRef("add"))
	JP(LabelRef("add")) // beta is NaN
	tile := func(each func(m Mem, v reg.VecPhysical)) {
		for i := range 6 {
			each(Mem{Base: c}, y[2*i])
			each(Mem{Base: c, Disp: 32}, y[2*i+1])
			if i < 5 {
				ADDQ(stride, c)
			}
		}
		finish()
	}
	tile(func(m Mem, v reg.VecPhysical) { VMOVUPS(v, m) })
	Label("add")
	tile(func(m Mem, v reg.VecPhysical) {
		VFMADD231PS(m, y[13], v)
		VMOVUPS(v, m)
	})
}

// copyColumns writes the packing of an operand whose rows are already those that
// the kernel reads.
func copyColumns(name string, width int) {
	function(name, "func(k int, src *float32, stride int, dst *float32)",
		fmt.Sprintf("%s copies %d elements of each of k rows, stride apart in src, to dst, where", name, width),
		"they follow one another.")
	k, src, stride, dst := gp("k"), gp("src"), bytes("stride"), gp("dst")
	Label("row")
	SUBQ(Imm(1), k)
	JL(LabelRef("done"))
	i := 0
	for ; i+8 <= width; i += 8 {
		VMOVUPS(Mem{Base: src, Disp: 4 * i}, y[i/8])
		VMOVUPS(y[i/8], Mem{Base: dst, Disp: 4 * i})
	}
	if i+4 <= width {
		VMOVUPS(Mem{Base: src, Disp: 4 * i}, reg.X2)
		VMOVUPS(reg.X2, Mem{Base: dst, Disp: 4 * i})
		i += 4
	}
	if i+2 <= width {
		VMOVSD(Mem{Base: src, Disp: 4 * i}, reg.X3)
		VMOVSD(reg.X3, Mem{Base: dst, Disp: 4 * i})
	}
	ADDQ(stride, src)
	ADDQ(Imm(uint64(4*width)), dst)
	JMP(LabelRef("row"))
	Label("done")
	finish()
}

// turn writes the packing of an operand whose columns are what the kernel reads
// as rows: 8×8 blocks are transposed in registers.
func turn() {
	function("turn8AVX2", "func(k, rows int, src *float32, stride int, dst *float32, width int)",
		"turn8AVX2 transposes 8 rows of src, stride apart, of k elements, a multiple of",
		"8: dst gets k rows of 8, width apart, written in order. Only the first of the",
		"rows are read; the last of them stands in for those that are missing.")
	k, rows, src, stride, dst, apart := gp("k"), gp("rows"), gp("src"), bytes("stride"), gp("dst"), bytes("width")
	row := [8]reg.GPVirtual{src}
	for i := 1; i < 8; i++ {
		row[i] = GP64()
		MOVQ(row[i-1], row[i])
		step := GP64()
		XORQ(step, step)
		CMPQ(rows, Imm(uint64(i)))
		CMOVQGT(stride, step)
		ADDQ(step, row[i])
	}
	at := GP64()
	XORQ(at, at)
	Label("block")
	CMPQ(at, k)
	JGE(LabelRef("done"))
	// Halves of four columns: the low half of each register comes from rows 0
	// to 3, the high half from rows 4 to 7.
	for half := range 2 {
		disp := 16 * half
		for i := range 4 {
			v := y[4*half+i]
			VMOVUPS(Mem{Base: row[i], Index: at, Scale: 4, Disp: disp}, v.(reg.Vec).AsX())
			VINSERTF128(Imm(1), Mem{Base: row[i+4], Index: at, Scale: 4, Disp: disp}, v, v)
		}
	}
	for half := range 2 {
		v := y[4*half : 4*half+4]
		t := y[8+4*half : 12+4*half]
		VUNPCKLPS(v[1], v[0], t[0]) // 0a 1a 0b 1b
		VUNPCKHPS(v[1], v[0], t[1]) // 0c 1c 0d 1d
		VUNPCKLPS(v[3], v[2], t[2]) // 2a 3a 2b 3b
		VUNPCKHPS(v[3], v[2], t[3]) // 2c 3c 2d 3d
		VUNPCKLPD(t[2], t[0], v[0])
		VUNPCKHPD(t[2], t[0], v[1])
		VUNPCKLPD(t[3], t[1], v[2])
		VUNPCKHPD(t[3], t[1], v[3])
		for i := range 4 {
			VMOVUPS(v[i], Mem{Base: dst})
			ADDQ(apart, dst)
		}
	}
	ADDQ(Imm(8), at)
	JMP(LabelRef("block"))
	Label("done")
	finish()
}

// loop writes a loop over n elements in steps of 8·unroll, then in steps of 8.
// body gets which of the unrolled groups it is, and where.
func loop(n reg.GPVirtual, unroll int, body func(i, disp int), pointers ...reg.GPVirtual) {
	step := func(u int, again, end string) {
		Label(again)
		CMPQ(n, U32(uint32(8*u)))
		JL(LabelRef(end))
		for i := range u {
			body(i, 32*i)
		}
		for _, p := range pointers {
			ADDQ(U32(uint32(32*u)), p)
		}
		SUBQ(U32(uint32(8*u)), n)
		JMP(LabelRef(again))
	}
	if unroll > 1 {
		step(unroll, "wide", "eight")
	}
	step(1, "eight", "done")
	Label("done")
}

// fold leaves op over all elements of Y0 to Y3 in X0, in a fixed order.
func fold(op func(...Op)) {
	op(y[1], y[0], y[0])
	op(y[3], y[2], y[2])
	op(y[2], y[0], y[0])
	VEXTRACTF128(Imm(1), y[0], reg.X1)
	op(reg.X1, reg.X0, reg.X0)
	VMOVHLPS(reg.X0, reg.X0, reg.X1)
	op(reg.X1, reg.X0, reg.X0)
	VMOVSHDUP(reg.X0, reg.X1)
	op(reg.X1, reg.X0, reg.X0)
}

func addps(ops ...Op) { VADDPS(ops...) }
func maxps(ops ...Op) { VMAXPS(ops...) }

func dot() {
	function("dotAVX2", "func(n int, x, y *float32) float32",
		"dotAVX2 returns the dot product of n elements, a multiple of 8.")
	n, x, v := gp("n"), gp("x"), gp("y")
	zero(y[:4]...)
	loop(n, 4, func(i, disp int) {
		VMOVUPS(Mem{Base: x, Disp: disp}, y[4+i])
		VFMADD231PS(Mem{Base: v, Disp: disp}, y[4+i], y[i])
	}, x, v)
	fold(addps)
	give()
}

func sum() {
	function("sumAVX2", "func(n int, x *float32) float32",
		"sumAVX2 returns the sum of n elements, a multiple of 8.")
	n, x := gp("n"), gp("x")
	zero(y[:4]...)
	loop(n, 4, func(i, disp int) {
		VADDPS(Mem{Base: x, Disp: disp}, y[i], y[i])
	}, x)
	fold(addps)
	give()
}

// maximum: VMAXPS forgets NaNs, so Y4 collects where x is unordered with itself.
func maximum() {
	function("maxAVX2", "func(n int, x *float32) float32",
		"maxAVX2 returns the maximum of n elements, a multiple of 8 and not 0, or NaN if",
		"one of them is NaN.")
	n, x := gp("n"), gp("x")
	for i := range 4 {
		VMOVUPS(Mem{Base: x}, y[i])
	}
	zero(y[4])
	loop(n, 4, func(i, disp int) {
		v := y[8+i]
		VMOVUPS(Mem{Base: x, Disp: disp}, v)
		VCMPPS(Imm(3), v, v, y[12+i])
		VORPS(y[12+i], y[4], y[4])
		VMAXPS(v, y[i], y[i])
	}, x)
	fold(maxps)
	VEXTRACTF128(Imm(1), y[4], reg.X5)
	VORPS(reg.X5, reg.X4, reg.X4)
	mask := GP32()
	VMOVMSKPS(reg.X4, mask)
	TESTL(mask, mask)
	JE(LabelRef("store"))
	VPCMPEQD(reg.X0, reg.X0, reg.X0) // all bits set: a NaN
	Label("store")
	give()
}

// axpy multiplies and adds apart, not fused: so an element's bits do not depend
// on whether it falls to the kernel or to the plain loop for the last few.
func axpy() {
	function("axpyAVX2", "func(n int, alpha float32, x, y *float32)",
		"axpyAVX2 adds alpha·x to y, for n elements, a multiple of 8.")
	n, x, v := gp("n"), gp("x"), gp("y")
	broadcast("alpha", y[15])
	loop(n, 4, func(i, disp int) {
		VMULPS(Mem{Base: x, Disp: disp}, y[15], y[i])
		VADDPS(Mem{Base: v, Disp: disp}, y[i], y[i])
		VMOVUPS(y[i], Mem{Base: v, Disp: disp})
	}, x, v)
	finish()
}

func add() {
	function("addAVX2", "func(n int, dst, x *float32)",
		"addAVX2 adds x to dst, for n elements, a multiple of 8.")
	n, dst, x := gp("n"), gp("dst"), gp("x")
	loop(n, 4, func(i, disp int) {
		VMOVUPS(Mem{Base: dst, Disp: disp}, y[i])
		VADDPS(Mem{Base: x, Disp: disp}, y[i], y[i])
		VMOVUPS(y[i], Mem{Base: dst, Disp: disp})
	}, dst, x)
	finish()
}

func scale() {
	function("scaleAVX2", "func(n int, alpha float32, x *float32)",
		"scaleAVX2 multiplies n elements, a multiple of 8, by alpha.")
	n, x := gp("n"), gp("x")
	broadcast("alpha", y[15])
	loop(n, 4, func(i, disp int) {
		VMULPS(Mem{Base: x, Disp: disp}, y[15], y[i])
		VMOVUPS(y[i], Mem{Base: x, Disp: disp})
	}, x)
	finish()
}

// A table holds constants, each eight times, for use as operands.
type table struct {
	at    Mem
	index map[string]int
}

// constants writes the table of Exp and Tanh.
func constants() table {
	t := table{GLOBL("constants", 8|16), map[string]int{}} // RODATA and NOPTR
	for i, c := range []struct {
		name string
		bits uint32
	}{
		{"log2e", math.Float32bits(1.44269504)},
		{"rounding", math.Float32bits(3 << 22)},
		{"ln2High", math.Float32bits(0.693359375)},
		{"ln2Low", math.Float32bits(-2.12194440e-4)},
		{"p0", math.Float32bits(1.9875691500e-4)},
		{"p1", math.Float32bits(1.3981999507e-3)},
		{"p2", math.Float32bits(8.3334519073e-3)},
		{"p3", math.Float32bits(4.1665795894e-2)},
		{"p4", math.Float32bits(1.6666665459e-1)},
		{"p5", math.Float32bits(5.0000001201e-1)},
		{"one", math.Float32bits(1)},
		{"two", math.Float32bits(2)},
		{"expMin", math.Float32bits(-87.33654)},
		{"expMax", math.Float32bits(88.72283)},
		{"infinity", math.Float32bits(float32(math.Inf(1)))},
		{"tanhOne", math.Float32bits(9.02)},
		{"sign", 1 << 31},
	} {
		t.index[c.name] = i
		for lane := range 8 {
			DATA(32*i+4*lane, U32(c.bits))
		}
	}
	return t
}

func (t table) get(name string) Mem {
	i, ok := t.index[name]
	if !ok {
		panic("no constant " + name)
	}
	return t.at.Offset(32 * i)
}

// reduce leaves n, in the last bits of shifted, and e^r - 1 in q, for x = n·ln 2
// + r. t is scratch. It does the operations of Exp and Tanh in exp.go one by
// one, so that the bits are the same: nothing is fused.
func reduce(c table, x, shifted, r, q, t reg.VecPhysical) {
	VMULPS(c.get("log2e"), x, shifted)
	VADDPS(c.get("rounding"), shifted, shifted)
	VSUBPS(c.get("rounding"), shifted, t) // n
	VMULPS(c.get("ln2High"), t, r)
	VSUBPS(r, x, r)
	VMULPS(c.get("ln2Low"), t, t)
	VSUBPS(t, r, r)
	VMULPS(c.get("p0"), r, q)
	for i := 1; i <= 5; i++ {
		VADDPS(c.get(fmt.Sprint("p", i)), q, q)
		if i < 5 {
			VMULPS(r, q, q)
		}
	}
	VMULPS(r, r, t)
	VMULPS(t, q, q)
	VADDPS(r, q, q)
}

func expShifted(c table) {
	function("expShiftedAVX2", "func(n int, dst, x *float32, shift float32) float32",
		"expShiftedAVX2 sets dst to Exp(x-shift) and returns the sum, for n elements, a",
		"multiple of 8.")
	n, dst, src := gp("n"), gp("dst"), gp("x")
	zero(y[:4]...) // the sum
	broadcast("shift", y[15])
	x, shifted, r, p, t := y[4], y[5], y[6], y[7], y[8]
	loop(n, 1, func(i, disp int) {
		VMOVUPS(Mem{Base: src}, x)
		VSUBPS(y[15], x, x)
		reduce(c, x, shifted, r, p, t)
		VADDPS(c.get("one"), p, p)
		VPSLLD(Imm(23), shifted, shifted)
		VPADDD(shifted, p, p)
		VCMPPS(Imm(1), c.get("expMin"), x, t) // x < expMin
		VANDNPS(p, t, p)
		VCMPPS(Imm(14), c.get("expMax"), x, t) // x > expMax
		VBLENDVPS(t, c.get("infinity"), p, p)
		VCMPPS(Imm(3), x, x, t) // NaN
		VBLENDVPS(t, x, p, p)
		VMOVUPS(p, Mem{Base: dst})
		VADDPS(p, y[0], y[0])
	}, src, dst)
	fold(addps)
	give()
}

func tanh(c table) {
	function("tanhAVX2", "func(n int, dst, x *float32)",
		"tanhAVX2 sets dst to Tanh(x), for n elements, a multiple of 8.")
	n, dst, src := gp("n"), gp("dst"), gp("x")
	sign, x, shifted, r, q, t := y[9], y[4], y[5], y[6], y[7], y[8]
	loop(n, 1, func(i, disp int) {
		VMOVUPS(Mem{Base: src}, x)
		VANDPS(c.get("sign"), x, sign)
		VXORPS(sign, x, x)
		VMOVUPS(c.get("tanhOne"), t)
		VMINPS(x, t, x) // x where it is NaN
		VADDPS(x, x, x)
		reduce(c, x, shifted, r, q, t)
		VPSLLD(Imm(23), shifted, shifted)
		VPADDD(c.get("one"), shifted, shifted) // 2**n
		VMULPS(shifted, q, q)
		VSUBPS(c.get("one"), shifted, shifted)
		VADDPS(shifted, q, q) // e**2|x| - 1
		VADDPS(c.get("two"), q, t)
		VDIVPS(t, q, q)
		VORPS(sign, q, q)
		VMOVUPS(q, Mem{Base: dst})
	}, src, dst)
	finish()
}
