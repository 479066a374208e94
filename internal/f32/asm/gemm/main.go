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
	Generate()
}

// multiply writes the kernel of the matrix product. Y0 to Y11 hold the 6×16
// tile, two registers a row; of each step of the sum, Y12 and Y13 hold the 16
// elements of b, and Y14 and Y15 in turn one of the 6 elements of a. Twelve FMAs
// a step keep both FMA units busy through their latency of four cycles.
func multiply() {
	Define("multiply6x16AVX2", "func(k int, a, b, c *float32, stride int, alpha, beta float32)",
		"multiply6x16AVX2 sets the 6×16 tile at c, whose rows are stride apart, to",
		"alpha·a·b + beta·c, where a holds k columns of 6 elements and b k rows of 16.",
		"With beta 0 it does not read c.")
	k, a, b, c, stride := Arg("k"), Arg("a"), Arg("b"), Arg("c"), Bytes("stride")
	Zero(Y[:12]...)

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
		VMOVUPS(Mem{Base: b, Disp: at * 64}, Y[12])
		VMOVUPS(Mem{Base: b, Disp: at*64 + 32}, Y[13])
		for i := range 6 {
			v := Y[14+i%2]
			VBROADCASTSS(Mem{Base: a, Disp: at*24 + i*4}, v)
			VFMADD231PS(Y[12], v, Y[2*i])
			VFMADD231PS(Y[13], v, Y[2*i+1])
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
	Broadcast("alpha", Y[12])
	for i := range 12 {
		VMULPS(Y[12], Y[i], Y[i])
	}
	Broadcast("beta", Y[13])
	Zero(Y[14])
	VUCOMISS(reg.X14, reg.X13)
	JNE(LabelRef("add"))
	JP(LabelRef("add")) // beta is NaN
	tile := func(each func(m Mem, v reg.VecPhysical)) {
		for i := range 6 {
			each(Mem{Base: c}, Y[2*i])
			each(Mem{Base: c, Disp: 32}, Y[2*i+1])
			if i < 5 {
				ADDQ(stride, c)
			}
		}
		Finish()
	}
	tile(func(m Mem, v reg.VecPhysical) { VMOVUPS(v, m) })
	Label("add")
	tile(func(m Mem, v reg.VecPhysical) {
		VFMADD231PS(m, Y[13], v)
		VMOVUPS(v, m)
	})
}

// copyColumns writes the packing of an operand whose rows are already those that
// the kernel reads.
func copyColumns(name string, width int) {
	Define(name, "func(k int, src *float32, stride int, dst *float32)",
		fmt.Sprintf("%s copies %d elements of each of k rows, stride apart in src, to dst, where", name, width),
		"they follow one another.")
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
	Define("turn8AVX2", "func(k, rows int, src *float32, stride int, dst *float32, width int)",
		"turn8AVX2 transposes 8 rows of src, stride apart, of k elements, a multiple of",
		"8: dst gets k rows of 8, width apart, written in order. Only the first of the",
		"rows are read; the last of them stands in for those that are missing.")
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
