// Peak writes the loops that measure how fast a processor can multiply and add;
// see the go:generate line in package roofline.
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
	for _, sums := range []int{1, 2, 4, 8, 12} {
		loop(fmt.Sprintf("sums%dAVX2", sums), 8, Y[:sums], Y[15])
	}
	var z []reg.VecPhysical
	for _, r := range []reg.VecPhysical{reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7, reg.Z8, reg.Z9, reg.Z10, reg.Z11} {
		z = append(z, r)
	}
	loop("sums12AVX512", 16, z, reg.Z15)
	Generate()
}

// loop writes a loop of fused multiply-adds, each register its own sum. All
// hold zeros: no sum overflows or becomes so small that it is slow.
func loop(name string, lanes int, sums []reg.VecPhysical, factor reg.VecPhysical) {
	Define(name, "func(n int)",
		fmt.Sprintf("%s adds n products to each of %d registers of %d float32s.", name, len(sums), lanes))
	n := Arg("n")
	for _, v := range append(sums, factor) {
		if lanes == 16 {
			VPXORD(v, v, v)
		} else {
			VXORPS(v, v, v)
		}
	}
	Label("again")
	for _, v := range sums {
		VFMADD231PS(factor, factor, v)
	}
	SUBQ(Imm(1), n)
	JG(LabelRef("again"))
	Finish()
}
