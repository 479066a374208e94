//go:build !purego

#include "textflag.h"
#include "neon_arm64.h"

// The constants of exp.go and gelu.go, in the order of their registers.
DATA expConstants<>+0(SB)/4, $1.44269504       // V16 log2e
DATA expConstants<>+4(SB)/4, $12582912.0       // V17 rounding
DATA expConstants<>+8(SB)/4, $0.693359375      // V18 ln2High
DATA expConstants<>+12(SB)/4, $-2.12194440e-4  // V19 ln2Low
DATA expConstants<>+16(SB)/4, $1.9875691500e-4 // V20 expP0
DATA expConstants<>+20(SB)/4, $1.3981999507e-3
DATA expConstants<>+24(SB)/4, $8.3334519073e-3
DATA expConstants<>+28(SB)/4, $4.1665795894e-2
DATA expConstants<>+32(SB)/4, $1.6666665459e-1
DATA expConstants<>+36(SB)/4, $5.0000001201e-1 // V25 expP5
DATA expConstants<>+40(SB)/4, $1.0             // V26
DATA expConstants<>+44(SB)/4, $2.0             // V27
DATA expConstants<>+48(SB)/4, $-87.33654       // V28 expMin
DATA expConstants<>+52(SB)/4, $88.72283        // V29 expMax
DATA expConstants<>+56(SB)/4, $0x7F800000      // V30 infinity
DATA expConstants<>+60(SB)/4, $9.02            // V31 tanhOne
DATA expConstants<>+64(SB)/4, $0.5             // V12
DATA expConstants<>+68(SB)/4, $0.7978845608028654 // V13 geluScale
DATA expConstants<>+72(SB)/4, $0.044715        // V14 geluCubic
DATA expConstants<>+76(SB)/4, $0.134145        // V15 3·geluCubic
GLOBL expConstants<>(SB), RODATA|NOPTR, $80

// CONSTANTS fills V16 to V31. R3 is left at GELU's.
#define CONSTANTS \
	MOVD $expConstants<>(SB), R3; \
	VLD4R.P 16(R3), [V16.S4, V17.S4, V18.S4, V19.S4]; \
	VLD4R.P 16(R3), [V20.S4, V21.S4, V22.S4, V23.S4]; \
	VLD4R.P 16(R3), [V24.S4, V25.S4, V26.S4, V27.S4]; \
	VLD4R.P 16(R3), [V28.S4, V29.S4, V30.S4, V31.S4]

// TIMESR multiplies the polynomial by r.
#define TIMESR \
	VFMUL(6, 8, 8); \
	VFMUL(7, 9, 9)

// REDUCE is reduce in exp.go, one operation after the other, for x in V2 and V3:
// it leaves n in the last bits of V4 and V5, and q in V8 and V9. V6, V7, V10 and
// V11 are scratch.
#define REDUCE \
	BOTH(VFMUL, 16, 2, 4, 3, 5); \
	BOTH(VFADD, 17, 4, 4, 5, 5); \
	BOTH(VFSUB, 17, 4, 10, 5, 11); \
	BOTH(VFMUL, 18, 10, 6, 11, 7); \
	VFSUB(6, 2, 6); \
	VFSUB(7, 3, 7); \
	BOTH(VFMUL, 19, 10, 10, 11, 11); \
	VFSUB(10, 6, 6); \
	VFSUB(11, 7, 7); \
	BOTH(VFMUL, 20, 6, 8, 7, 9); \
	BOTH(VFADD, 21, 8, 8, 9, 9); \
	TIMESR; \
	BOTH(VFADD, 22, 8, 8, 9, 9); \
	TIMESR; \
	BOTH(VFADD, 23, 8, 8, 9, 9); \
	TIMESR; \
	BOTH(VFADD, 24, 8, 8, 9, 9); \
	TIMESR; \
	BOTH(VFADD, 25, 8, 8, 9, 9); \
	VFMUL(6, 6, 10); \
	VFMUL(7, 7, 11); \
	VFMUL(10, 8, 8); \
	VFMUL(11, 9, 9); \
	VFADD(6, 8, 8); \
	VFADD(7, 9, 9)

// EXP leaves Exp of V2 and V3 in V8 and V9. V4 to V7, V10 and V11 are scratch.
#define EXP \
	REDUCE; \
	BOTH(VFADD, 26, 8, 8, 9, 9); \
	VSHL $23, V4.S4, V4.S4; \
	VSHL $23, V5.S4, V5.S4; \
	VADD V4.S4, V8.S4, V8.S4; \
	VADD V5.S4, V9.S4, V9.S4; \
	BOTH(VFCMGE, 28, 2, 10, 3, 11); \
	VAND V10.B16, V8.B16, V8.B16; /* 0 where x < expMin */ \
	VAND V11.B16, V9.B16, V9.B16; \
	BOTH(VFCMGT, 29, 2, 10, 3, 11); \
	VBIT V10.B16, V30.B16, V8.B16; /* infinity where x > expMax */ \
	VBIT V11.B16, V30.B16, V9.B16; \
	VFCMEQ(2, 2, 10); \
	VFCMEQ(3, 3, 11); \
	VBIF V10.B16, V2.B16, V8.B16; /* x where it is NaN */ \
	VBIF V11.B16, V3.B16, V9.B16

// TANHCONSTANTS is CONSTANTS with the sign bit in V30.
#define TANHCONSTANTS \
	CONSTANTS; \
	MOVW $0x80000000, R4; \
	VDUP R4, V30.S4

// TANH leaves Tanh of V2 and V3 in V8 and V9. V2 to V7, V10, V11, V28 and V29 are
// scratch.
#define TANH \
	VAND V30.B16, V2.B16, V28.B16; \
	VAND V30.B16, V3.B16, V29.B16; \
	VEOR V28.B16, V2.B16, V2.B16; \
	VEOR V29.B16, V3.B16, V3.B16; \
	BOTH(VFMIN, 31, 2, 2, 3, 3); \
	VFADD(2, 2, 2); \
	VFADD(3, 3, 3); \
	REDUCE; \
	VSHL $23, V4.S4, V4.S4; \
	VSHL $23, V5.S4, V5.S4; \
	VADD V26.S4, V4.S4, V4.S4; /* 2ⁿ */ \
	VADD V26.S4, V5.S4, V5.S4; \
	VFMUL(4, 8, 8); \
	VFMUL(5, 9, 9); \
	BOTH(VFSUB, 26, 4, 4, 5, 5); \
	VFADD(4, 8, 8); /* e^2|x| - 1 */ \
	VFADD(5, 9, 9); \
	BOTH(VFADD, 27, 8, 10, 9, 11); \
	VFDIV(10, 8, 8); \
	VFDIV(11, 9, 9); \
	VORR V28.B16, V8.B16, V8.B16; \
	VORR V29.B16, V9.B16, V9.B16

// func expShifted(dst, x []float32, shift float32) (s float32, n int)
TEXT ·expShifted(SB), NOSPLIT, $0-72
	MOVD  dst_base+0(FP), R1
	MOVD  dst_len+8(FP), R2
	MOVD  x_base+24(FP), R0
	VEOR  V0.B16, V0.B16, V0.B16
	VEOR  V1.B16, V1.B16, V1.B16 // the sums
	AND   $~7, R2
	MOVD  R2, n+64(FP)
	CBZ   R2, fold
	CONSTANTS
	FMOVS shift+48(FP), F31
	VDUP  V31.S[0], V31.S4

eight:
	VLD1.P 32(R0), [V2.S4, V3.S4]
	BOTH(VFSUB, 31, 2, 2, 3, 3)
	EXP
	VST1.P [V8.S4, V9.S4], 32(R1)
	VFADD(8, 0, 0)
	VFADD(9, 1, 1)
	SUBS   $8, R2
	BNE    eight

fold:
	FOLD2(VFADD)
	FMOVS F0, s+56(FP)
	RET

// func sumExp(x []float32, shift float32) (s float32, n int)
TEXT ·sumExp(SB), NOSPLIT, $0-48
	MOVD  x_base+0(FP), R0
	MOVD  x_len+8(FP), R2
	VEOR  V0.B16, V0.B16, V0.B16
	VEOR  V1.B16, V1.B16, V1.B16 // the sums
	AND   $~7, R2
	MOVD  R2, n+40(FP)
	CBZ   R2, fold
	CONSTANTS
	FMOVS shift+24(FP), F31
	VDUP  V31.S[0], V31.S4

eight:
	VLD1.P 32(R0), [V2.S4, V3.S4]
	BOTH(VFSUB, 31, 2, 2, 3, 3)
	EXP
	VFADD(8, 0, 0)
	VFADD(9, 1, 1)
	SUBS   $8, R2
	BNE    eight

fold:
	FOLD2(VFADD)
	FMOVS F0, s+32(FP)
	RET

// GELUCONSTANTS is TANHCONSTANTS with GELU's in V12 to V15.
#define GELUCONSTANTS \
	TANHCONSTANTS; \
	VLD4R (R3), [V12.S4, V13.S4, V14.S4, V15.S4]

// BEND leaves the tanh of GELU of V0 and V1 in V8 and V9.
#define BEND \
	BOTH(VFMUL, 14, 0, 2, 1, 3); \
	VFMUL(0, 2, 2); \
	VFMUL(1, 3, 3); \
	VFMUL(0, 2, 2); \
	VFMUL(1, 3, 3); \
	VFADD(0, 2, 2); \
	VFADD(1, 3, 3); \
	BOTH(VFMUL, 13, 2, 2, 3, 3); \
	TANH

// func gelu(dst, x []float32) int
TEXT ·gelu(SB), NOSPLIT, $0-56
	MOVD dst_base+0(FP), R1
	MOVD dst_len+8(FP), R2
	MOVD x_base+24(FP), R0
	AND  $~7, R2
	MOVD R2, n+48(FP)
	CBZ  R2, done
	GELUCONSTANTS

eight:
	VLD1.P 32(R0), [V0.S4, V1.S4]
	BEND
	BOTH(VFADD, 26, 8, 8, 9, 9)
	BOTH(VFMUL, 12, 0, 0, 1, 1)
	VFMUL(8, 0, 0)
	VFMUL(9, 1, 1)
	VST1.P [V0.S4, V1.S4], 32(R1)
	SUBS   $8, R2
	BNE    eight

done:
	RET

// func geluBackward(dx, dy, x []float32) int
TEXT ·geluBackward(SB), NOSPLIT, $0-80
	MOVD dx_base+0(FP), R1
	MOVD dx_len+8(FP), R2
	MOVD dy_base+24(FP), R5
	MOVD x_base+48(FP), R0
	AND  $~7, R2
	MOVD R2, n+72(FP)
	CBZ  R2, done
	GELUCONSTANTS

eight:
	VLD1.P 32(R0), [V0.S4, V1.S4]
	BEND
	BOTH(VFADD, 26, 8, 2, 9, 3)
	BOTH(VFMUL, 12, 2, 2, 3, 3)  // ½(1 + tanh)
	VFMUL(8, 8, 8)
	VFMUL(9, 9, 9)
	VFSUB(8, 26, 8)
	VFSUB(9, 26, 9)
	BOTH(VFMUL, 12, 0, 4, 1, 5)
	VFMUL(4, 8, 8)
	VFMUL(5, 9, 9)
	BOTH(VFMUL, 13, 8, 8, 9, 9)  // ½x(1 - tanh²)√(2/π)
	BOTH(VFMUL, 15, 0, 4, 1, 5)
	VFMUL(0, 4, 4)
	VFMUL(1, 5, 5)
	BOTH(VFADD, 26, 4, 4, 5, 5)
	VFMUL(4, 8, 8)
	VFMUL(5, 9, 9)
	VFADD(8, 2, 2)
	VFADD(9, 3, 3)
	VLD1.P 32(R5), [V4.S4, V5.S4]
	VFMUL(4, 2, 2)
	VFMUL(5, 3, 3)
	VST1.P [V2.S4, V3.S4], 32(R1)
	SUBS   $8, R2
	BNE    eight

done:
	RET
