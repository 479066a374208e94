// The vector instructions on float32s that Go's assembler does not know, written
// as their bits. Operands are the numbers of the registers, in Go's order:
// sources first, destination last. The names are ARM's with the V that Go puts
// before a vector's.

#define VFADD(m, n, d) WORD $(0x4E20D400 | (m)<<16 | (n)<<5 | (d)) // d = n + m
#define VFSUB(m, n, d) WORD $(0x4EA0D400 | (m)<<16 | (n)<<5 | (d)) // d = n - m
#define VFMUL(m, n, d) WORD $(0x6E20DC00 | (m)<<16 | (n)<<5 | (d)) // d = n · m
#define VFDIV(m, n, d) WORD $(0x6E20FC00 | (m)<<16 | (n)<<5 | (d)) // d = n / m
#define VFMAX(m, n, d) WORD $(0x4E20F400 | (m)<<16 | (n)<<5 | (d)) // NaN if n or m is
#define VFMIN(m, n, d) WORD $(0x4EA0F400 | (m)<<16 | (n)<<5 | (d)) // NaN if n or m is
#define VFADDP(m, n, d) WORD $(0x6E20D400 | (m)<<16 | (n)<<5 | (d)) // sums of neighbours, n's, then m's
#define VFSQRT(n, d) WORD $(0x6EA1F800 | (n)<<5 | (d)) // d = √n

// Comparisons set all bits of an element of d, or none.
#define VFCMEQ(m, n, d) WORD $(0x4E20E400 | (m)<<16 | (n)<<5 | (d)) // n = m
#define VFCMGE(m, n, d) WORD $(0x6E20E400 | (m)<<16 | (n)<<5 | (d)) // n ≥ m
#define VFCMGT(m, n, d) WORD $(0x6EA0E400 | (m)<<16 | (n)<<5 | (d)) // n > m

// d += n · m[lane], rounded once. VFMLA, which Go has, takes all lanes of m.
#define VFMLALANE(m, lane, n, d) WORD $(0x4F801000 | ((lane)&1)<<21 | (m)<<16 | ((lane)>>1)<<11 | (n)<<5 | (d))

// The lower eight int8s of n as int16s; the lower and the upper four int16s as
// int32s; int32s as float32s.
#define VSXTLB(n, d) WORD $(0x0F08A400 | (n)<<5 | (d))
#define VSXTLH(n, d) WORD $(0x0F10A400 | (n)<<5 | (d))
#define VSXTLH2(n, d) WORD $(0x4F10A400 | (n)<<5 | (d))
#define VSCVTF(n, d) WORD $(0x4E21D800 | (n)<<5 | (d))

// The lower and the upper two elements of n as float64s.
#define VFCVTL(n, d) WORD $(0x0E617800 | (n)<<5 | (d))
#define VFCVTL2(n, d) WORD $(0x4E617800 | (n)<<5 | (d))

// BOTH does OP for two registers and one operand that they share.
#define BOTH(OP, M, N0, D0, N1, D1) \
	OP(M, N0, D0); \
	OP(M, N1, D1)

// FOLD2 leaves in V0 the elements of V0 and V1 folded into one by OP.
#define FOLD2(OP) \
	OP(1, 0, 0); \
	VEXT $8, V0.B16, V0.B16, V1.B16; \
	OP(1, 0, 0); \
	VEXT $4, V0.B16, V0.B16, V1.B16; \
	OP(1, 0, 0)

// FILL8 copies V0 to V1 to V7.
#define FILL8 \
	VMOV V0.B16, V1.B16; \
	VMOV V0.B16, V2.B16; \
	VMOV V0.B16, V3.B16; \
	VMOV V0.B16, V4.B16; \
	VMOV V0.B16, V5.B16; \
	VMOV V0.B16, V6.B16; \
	VMOV V0.B16, V7.B16
