// Peak writes the loops that measure how fast a processor can multiply and add;
// see the go:generate line in package roofline.
package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "github.com/llm-from-scratch/llm/internal/f32/asm/avx"
)

func main() {
	AMD64()
	for _, sums := range []int{1, 2, 4, 8, 12} {
		loop(fmt.Sprintf("sums%dAVX2", sums), 8, Y[:sums], Y[15])
	}
	loop("sums12AVX512", 16, Z[:12], Z[15])
	Generate()
}

// loop writes a loop of fused multiply-adds, each register its own sum. The
// factors are ones: with zeros, some processors take twice as long.
func loop(name string, lanes int, sums []reg.VecPhysical, one reg.VecPhysical) {
	TEXT(name, 0, "func(n int)")
	n, bits := Arg("n"), GP32()
	MOVL(U32(math.Float32bits(1)), bits)
	if lanes == 16 {
		VPBROADCASTD(bits, one)
	} else {
		VMOVD(bits, reg.X15)
		VBROADCASTSS(reg.X15, one)
	}
	for _, v := range sums {
		VMOVUPS(one, v)
	}
	Label("again")
	for _, v := range sums {
		VFMADD231PS(one, one, v)
	}
	SUBQ(Imm(1), n)
	JG(LabelRef("again"))
	Finish()
}
