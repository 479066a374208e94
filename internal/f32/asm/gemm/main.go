// Gemm writes the kernels of the matrix product; see the go:generate lines in
// kernel_amd64.go.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "github.com/llm-from-scratch/llm/internal/f32/asm/avx"
)

func main() {
	AMD64()
	multiply()
	copyColumns("copy6AVX2", 6)
	copyColumns("copy16AVX2", 16)
	turn()
	multiplyAVX512()
	copyColumns("copy12AVX2", 12)
	copyColumns("copy32AVX2", 32)
	Generate()
}

// A tile is the part of c that a kernel keeps in registers: first its sums, two
// registers a row, then two for what one step of the sum takes of b, then some that
// hold, in turn, one element of a in all places.
type tile struct {
	registers []reg.VecPhysical
	height    int // rows
	lanes     int // float32s of a register
}

// sum adds up the first rows of the tile: k steps of panels a and b.
func (t tile) sum(rows int, k, a, b, c, stride reg.GPVirtual) {
	sums, panelB, panelA := t.registers[:2*t.height], t.registers[2*t.height:2*t.height+2], t.registers[2*t.height+2:]
	size := 4 * t.lanes
	Zero(sums[:2*rows]...)

	// Fetch the tile while the sum is computed: 75 GFLOP/s become 80 where c is
	// large.
	row := GP64()
	MOVQ(c, row)
	for i := range rows {
		PREFETCHT0(Mem{Base: row})
		PREFETCHT0(Mem{Base: row, Disp: min(64, 2*size-4)})
		if i < rows-1 {
			ADDQ(stride, row)
		}
	}

	step := func(at int) {
		VMOVUPS(Mem{Base: b, Disp: at * 2 * size}, panelB[0])
		VMOVUPS(Mem{Base: b, Disp: at*2*size + size}, panelB[1])
		for i := range rows {
			v := panelA[i%len(panelA)]
			VBROADCASTSS(Mem{Base: a, Disp: 4 * (at*t.height + i)}, v)
			VFMADD231PS(panelB[0], v, sums[2*i])
			VFMADD231PS(panelB[1], v, sums[2*i+1])
		}
	}
	steps := func(n int, again, end string) {
		Label(again)
		SUBQ(Imm(uint64(n)), k)
		JL(LabelRef(end))
		for i := range n {
			step(i)
		}
		ADDQ(U32(uint32(n*4*t.height)), a)
		ADDQ(U32(uint32(n*2*size)), b)
		JMP(LabelRef(again))
	}
	name := func(s string) string { return fmt.Sprint(s, rows) }
	steps(4, name("four"), name("rest"))
	Label(name("rest"))
	ADDQ(Imm(4), k)
	steps(1, name("one"), name("end"))
	Label(name("end"))
}

// multiply writes the kernel of the matrix product. Y0 to Y11 hold the 6×16
// tile; of each step of the sum, Y12 and Y13 hold the 16 elements of b, and Y14 and
// Y15 in turn one of the 6 elements of a. Twelve FMAs a step keep both FMA units busy
// through their latency of four cycles.
func multiply() {
	TEXT("multiply6x16", 0, "func(k int, a, b, c *float32, stride int, alpha, beta float32)")
	k, a, b, c, stride := Arg("k"), Arg("a"), Arg("b"), Arg("c"), Bytes("stride")
	tile{Y[:], 6, 8}.sum(6, k, a, b, c, stride)

	Broadcast("alpha", Y[12])
	for i := range 12 {
		VMULPS(Y[12], Y[i], Y[i])
	}
	Broadcast("beta", Y[13])
	Zero(Y[14])
	VUCOMISS(reg.X14, reg.X13)
	JNE(LabelRef("add"))
	JP(LabelRef("add")) // beta is NaN
	store := func(each func(m Mem, v reg.VecPhysical)) {
		for i := range 6 {
			each(Mem{Base: c}, Y[2*i])
			each(Mem{Base: c, Disp: 32}, Y[2*i+1])
			if i < 5 {
				ADDQ(stride, c)
			}
		}
		Finish()
	}
	store(func(m Mem, v reg.VecPhysical) { VMOVUPS(v, m) })
	Label("add")
	store(func(m Mem, v reg.VecPhysical) {
		VFMADD231PS(m, Y[13], v)
		VMOVUPS(v, m)
	})
}

// multiplyAVX512 writes the kernel for registers of 16 elements. Z0 to Z23 hold
// the 12×32 tile; Z24 and Z25 the 32 elements of b, Z26 to
// Z31 in turn an element of a. At the lower edge of c, where there are fewer
// rows, only as many as are left, rounded up to a multiple of 4, are computed.
// At the right edge a mask keeps the columns beyond it from being touched.
func multiplyAVX512() {
	TEXT("multiply12x32AVX512", 0, "func(rows, cols, k int, a, b, c *float32, stride int, alpha, beta float32)")
	rows, cols, k, a, b, c, stride := Arg("rows"), Arg("cols"), Arg("k"), Arg("a"), Arg("b"), Arg("c"), Bytes("stride")
	low, high := columnMasks(cols)
	CMPQ(rows, Imm(4))
	JLE(LabelRef("rows4"))
	CMPQ(rows, Imm(8))
	JLE(LabelRef("rows8"))
	for _, n := range []int{12, 8, 4} {
		if n < 12 {
			Label(fmt.Sprint("rows", n))
		}
		tile{Z[:], 12, 16}.sum(n, k, a, b, c, stride)
		if n > 4 {
			JMP(LabelRef("store"))
		}
	}

	Label("store")
	Broadcast("alpha", Z[24])
	Broadcast("beta", Z[25])
	VPXORD(Z[26], Z[26], Z[26])
	VUCOMISS(reg.X26, reg.X25)
	JNE(LabelRef("add"))
	JP(LabelRef("add")) // beta is NaN
	store := func(each func(m Mem, mask reg.Register, v reg.VecPhysical)) {
		for i := range 12 {
			each(Mem{Base: c}, low, Z[2*i])
			each(Mem{Base: c, Disp: 64}, high, Z[2*i+1])
			if i < 11 {
				SUBQ(Imm(1), rows)
				JE(LabelRef("done"))
				ADDQ(stride, c)
			}
		}
		JMP(LabelRef("done"))
	}
	store(func(m Mem, mask reg.Register, v reg.VecPhysical) {
		VMULPS(Z[24], v, v)
		VMOVUPS(v, mask, m)
	})
	Label("add")
	store(func(m Mem, mask reg.Register, v reg.VecPhysical) {
		VMULPS(Z[24], v, v)
		VMOVUPS_Z(m, mask, Z[27])
		VFMADD231PS(Z[27], Z[25], v)
		VMOVUPS(v, mask, m)
	})
	Label("done")
	Finish()
}

// columnMasks returns the masks of the first and the second 16 columns.
func columnMasks(cols reg.GPVirtual) (low, high reg.Register) {
	ones, keep := GP64(), GP64()
	MOVQ(I64(-1), ones)
	BZHIQ(cols, ones, keep)
	KMOVW(keep.As32(), reg.K1)
	SHRQ(Imm(16), keep)
	KMOVW(keep.As32(), reg.K2)
	return reg.K1, reg.K2
}

// copyColumns writes the packing of an operand whose rows are already those that
// the kernel reads.
func copyColumns(name string, width int) {
	TEXT(name, 0, "func(k int, src *float32, stride int, dst *float32)")
	k, src, stride, dst := Arg("k"), Arg("src"), Bytes("stride"), Arg("dst")
	Label("row")
	SUBQ(Imm(1), k)
	JL(LabelRef("done"))
	i := 0
	for ; i+8 <= width; i += 8 {
		VMOVUPS(Mem{Base: src, Disp: 4 * i}, Y[i/8])
		VMOVUPS(Y[i/8], Mem{Base: dst, Disp: 4 * i})
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
	Finish()
}

// turn writes the packing of an operand whose columns are what the kernel reads
// as rows: 8×8 blocks are transposed in registers.
func turn() {
	TEXT("turn8AVX2", 0, "func(k, rows int, src *float32, stride int, dst *float32, width int)")
	k, rows, src, stride, dst, apart := Arg("k"), Arg("rows"), Arg("src"), Bytes("stride"), Arg("dst"), Bytes("width")
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
			v := Y[4*half+i]
			VMOVUPS(Mem{Base: row[i], Index: at, Scale: 4, Disp: disp}, v.(reg.Vec).AsX())
			VINSERTF128(Imm(1), Mem{Base: row[i+4], Index: at, Scale: 4, Disp: disp}, v, v)
		}
	}
	for half := range 2 {
		v := Y[4*half : 4*half+4]
		t := Y[8+4*half : 12+4*half]
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
	Finish()
}
