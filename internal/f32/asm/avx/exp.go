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

// An Entry is a constant of a Table.
type Entry struct {
	name string
	bits uint32
}

// Float is a constant that is a number.
func Float(name string, v float32) Entry { return Entry{name, math.Float32bits(v)} }

// Constants writes the table of Exp and Tanh, and what else is needed.
func Constants(more ...Entry) Table {
	t := Table{GLOBL("constants", 8|16), map[string]int{}} // RODATA and NOPTR
	for i, c := range append([]Entry{
		Float("log2e", 1.44269504),
		Float("rounding", 3<<22),
		Float("ln2High", 0.693359375),
		Float("ln2Low", -2.12194440e-4),
		Float("p0", 1.9875691500e-4),
		Float("p1", 1.3981999507e-3),
		Float("p2", 8.3334519073e-3),
		Float("p3", 4.1665795894e-2),
		Float("p4", 1.6666665459e-1),
		Float("p5", 5.0000001201e-1),
		Float("one", 1),
		Float("two", 2),
		Float("expMin", -87.33654),
		Float("expMax", 88.72283),
		Float("infinity", float32(math.Inf(1))),
		Float("tanhOne", 9.02),
		{"sign", 1 << 31},
	}, more...) {
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

// Exp leaves Exp(x) in p, for the x of eight lanes. The others are scratch.
func Exp(c Table, x, p, shifted, r, t reg.VecPhysical) {
	Reduce(c, x, shifted, r, p, t)
	VADDPS(c.Get("one"), p, p)
	VPSLLD(Imm(23), shifted, shifted)
	VPADDD(shifted, p, p)
	VCMPPS(Imm(1), c.Get("expMin"), x, t) // x < expMin
	VANDNPS(p, t, p)
	VCMPPS(Imm(14), c.Get("expMax"), x, t) // x > expMax
	VBLENDVPS(t, c.Get("infinity"), p, p)
	VCMPPS(Imm(3), x, x, t) // NaN
	VBLENDVPS(t, x, p, p)
}

// Tanh leaves Tanh(x) in q, for the x of eight lanes. The others, x too, are
// scratch.
func Tanh(c Table, x, q, sign, shifted, r, t reg.VecPhysical) {
	VANDPS(c.Get("sign"), x, sign)
	VXORPS(sign, x, x)
	VMOVUPS(c.Get("tanhOne"), t)
	VMINPS(x, t, x) // x where it is NaN
	VADDPS(x, x, x)
	Reduce(c, x, shifted, r, q, t)
	VPSLLD(Imm(23), shifted, shifted)
	VPADDD(c.Get("one"), shifted, shifted) // 2**n
	VMULPS(shifted, q, q)
	VSUBPS(c.Get("one"), shifted, shifted)
	VADDPS(shifted, q, q) // e**2|x| - 1
	VADDPS(c.Get("two"), q, t)
	VDIVPS(t, q, q)
	VORPS(sign, q, q)
}
