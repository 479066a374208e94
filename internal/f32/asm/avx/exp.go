package avx

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A Table holds constants, each eight times, for use as operands.
type Table struct {
	at    Mem
	index map[string]int
}

// Constants writes the table of Exp and Tanh.
func Constants() Table {
	t := Table{GLOBL("constants", 8|16), map[string]int{}} // RODATA and NOPTR
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

// Get returns the operand that holds a constant.
func (t Table) Get(name string) Mem {
	i, ok := t.index[name]
	if !ok {
		panic("no constant " + name)
	}
	return t.at.Offset(32 * i)
}

// Reduce leaves n, in the last bits of shifted, and e^r - 1 in q, for x = n·ln 2
// + r. t is scratch. It does the operations of Exp and Tanh in exp.go one by
// one, so that the bits are the same: nothing is fused.
func Reduce(c Table, x, shifted, r, q, t reg.VecPhysical) {
	VMULPS(c.Get("log2e"), x, shifted)
	VADDPS(c.Get("rounding"), shifted, shifted)
	VSUBPS(c.Get("rounding"), shifted, t) // n
	VMULPS(c.Get("ln2High"), t, r)
	VSUBPS(r, x, r)
	VMULPS(c.Get("ln2Low"), t, t)
	VSUBPS(t, r, r)
	VMULPS(c.Get("p0"), r, q)
	for i := 1; i <= 5; i++ {
		VADDPS(c.Get(fmt.Sprint("p", i)), q, q)
		if i < 5 {
			VMULPS(r, q, q)
		}
	}
	VMULPS(r, r, t)
	VMULPS(t, q, q)
	VADDPS(r, q, q)
}
