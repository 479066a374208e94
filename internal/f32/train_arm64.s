//go:build !purego

#include "go_asm.h"
#include "textflag.h"
#include "neon_arm64.h"

// Nothing is fused here: each operation of the plain loops is one instruction, so
// that the bits are the same.

// func adamW(a *AdamW, p, g, m, v []float32) int
TEXT ·adamW(SB), NOSPLIT, $0-112
	MOVD a+0(FP), R0
	MOVD p_base+8(FP), R1
	MOVD p_len+16(FP), R5
	MOVD g_base+32(FP), R2
	MOVD m_base+56(FP), R3
	MOVD v_base+80(FP), R4
	AND  $~7, R5
	MOVD R5, n+104(FP)
	CBZ  R5, done

	FMOVS $1.0, F0
	FMOVS AdamW_Scale(R0), F16
	FMOVS AdamW_Keep(R0), F17
	FMOVS AdamW_Beta1(R0), F18
	FMOVS AdamW_Beta2(R0), F20
	FMOVS AdamW_Rate(R0), F22
	FMOVS AdamW_RootV(R0), F23
	FMOVS AdamW_Epsilon(R0), F24
	FSUBS F18, F0, F19
	FSUBS F20, F0, F21
	VDUP  V16.S[0], V16.S4
	VDUP  V17.S[0], V17.S4
	VDUP  V18.S[0], V18.S4
	VDUP  V19.S[0], V19.S4    // 1 - β₁
	VDUP  V20.S[0], V20.S4
	VDUP  V21.S[0], V21.S4    // 1 - β₂
	VDUP  V22.S[0], V22.S4
	VDUP  V23.S[0], V23.S4
	VDUP  V24.S[0], V24.S4
	VEOR  V25.B16, V25.B16, V25.B16
	VEOR  V26.B16, V26.B16, V26.B16

eight:
	VLD1   (R2), [V0.S4, V1.S4]
	VST1.P [V25.S4, V26.S4], 32(R2)
	VLD1   (R3), [V2.S4, V3.S4]
	VLD1   (R4), [V4.S4, V5.S4]
	VLD1   (R1), [V6.S4, V7.S4]
	BOTH(VFMUL, 16, 0, 0, 1, 1)
	BOTH(VFMUL, 21, 0, 8, 1, 9)
	VFMUL(0, 8, 8)
	VFMUL(1, 9, 9)
	BOTH(VFMUL, 19, 0, 0, 1, 1)
	BOTH(VFMUL, 18, 2, 2, 3, 3)
	VFADD(0, 2, 2)
	VFADD(1, 3, 3)
	VST1.P [V2.S4, V3.S4], 32(R3)
	BOTH(VFMUL, 20, 4, 4, 5, 5)
	VFADD(8, 4, 4)
	VFADD(9, 5, 5)
	VST1.P [V4.S4, V5.S4], 32(R4)
	VFSQRT(4, 4)
	VFSQRT(5, 5)
	BOTH(VFMUL, 23, 4, 4, 5, 5)
	BOTH(VFADD, 24, 4, 4, 5, 5)
	BOTH(VFMUL, 22, 2, 2, 3, 3)
	VFDIV(4, 2, 2)
	VFDIV(5, 3, 3)
	BOTH(VFMUL, 17, 6, 6, 7, 7)
	VFSUB(2, 6, 6)
	VFSUB(3, 7, 7)
	VST1.P [V6.S4, V7.S4], 32(R1)
	SUBS   $8, R5
	BNE    eight

done:
	RET

// func mul(dst, x, y []float32) int
TEXT ·mul(SB), NOSPLIT, $0-80
	MOVD dst_base+0(FP), R3
	MOVD x_base+24(FP), R0
	MOVD y_base+48(FP), R1
	MOVD dst_len+8(FP), R2
	AND  $~7, R2
	MOVD R2, n+72(FP)
	SUBS $16, R2
	BLT  rest

wide:
	VLD1.P 64(R0), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1.P 64(R1), [V4.S4, V5.S4, V6.S4, V7.S4]
	VFMUL(4, 0, 0)
	VFMUL(5, 1, 1)
	VFMUL(6, 2, 2)
	VFMUL(7, 3, 3)
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R3)
	SUBS   $16, R2
	BGE    wide

rest:
	TBZ  $3, R2, done
	VLD1 (R0), [V0.S4, V1.S4]
	VLD1 (R1), [V4.S4, V5.S4]
	VFMUL(4, 0, 0)
	VFMUL(5, 1, 1)
	VST1 [V0.S4, V1.S4], (R3)

done:
	RET

// func mulAdd(dst, x, y []float32) int
TEXT ·mulAdd(SB), NOSPLIT, $0-80
	MOVD dst_base+0(FP), R3
	MOVD x_base+24(FP), R0
	MOVD y_base+48(FP), R1
	MOVD dst_len+8(FP), R2
	AND  $~7, R2
	MOVD R2, n+72(FP)
	SUBS $16, R2
	BLT  rest

wide:
	VLD1.P 64(R0), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1.P 64(R1), [V4.S4, V5.S4, V6.S4, V7.S4]
	VLD1   (R3), [V16.S4, V17.S4, V18.S4, V19.S4]
	VFMUL(4, 0, 0)
	VFMUL(5, 1, 1)
	VFMUL(6, 2, 2)
	VFMUL(7, 3, 3)
	VFADD(16, 0, 0)
	VFADD(17, 1, 1)
	VFADD(18, 2, 2)
	VFADD(19, 3, 3)
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R3)
	SUBS   $16, R2
	BGE    wide

rest:
	TBZ  $3, R2, done
	VLD1 (R0), [V0.S4, V1.S4]
	VLD1 (R1), [V4.S4, V5.S4]
	VLD1 (R3), [V16.S4, V17.S4]
	VFMUL(4, 0, 0)
	VFMUL(5, 1, 1)
	VFADD(16, 0, 0)
	VFADD(17, 1, 1)
	VST1 [V0.S4, V1.S4], (R3)

done:
	RET

// func shift(dst, x []float32, by float32) int
TEXT ·shift(SB), NOSPLIT, $0-64
	MOVD  dst_base+0(FP), R1
	MOVD  x_base+24(FP), R0
	FMOVS by+48(FP), F31
	VDUP  V31.S[0], V31.S4
	MOVD  dst_len+8(FP), R2
	AND   $~7, R2
	MOVD  R2, n+56(FP)
	SUBS  $16, R2
	BLT   rest

wide:
	VLD1.P 64(R0), [V0.S4, V1.S4, V2.S4, V3.S4]
	VFADD(31, 0, 0)
	VFADD(31, 1, 1)
	VFADD(31, 2, 2)
	VFADD(31, 3, 3)
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R1)
	SUBS   $16, R2
	BGE    wide

rest:
	TBZ  $3, R2, done
	VLD1 (R0), [V0.S4, V1.S4]
	VFADD(31, 0, 0)
	VFADD(31, 1, 1)
	VST1 [V0.S4, V1.S4], (R1)

done:
	RET

// func addFour(dst, x []float32, stride int) int
TEXT ·addFour(SB), NOSPLIT, $0-64
	MOVD dst_base+0(FP), R0
	MOVD dst_len+8(FP), R5
	MOVD x_base+24(FP), R1
	MOVD stride+48(FP), R6
	ADD  R6<<2, R1, R2
	ADD  R6<<2, R2, R3
	ADD  R6<<2, R3, R4
	AND  $~7, R5
	MOVD R5, n+56(FP)
	CBZ  R5, done

eight:
	VLD1   (R0), [V0.S4, V1.S4]
	VLD1.P 32(R1), [V2.S4, V3.S4]
	VLD1.P 32(R2), [V4.S4, V5.S4]
	VLD1.P 32(R3), [V6.S4, V7.S4]
	VLD1.P 32(R4), [V8.S4, V9.S4]
	VFADD(2, 0, 0)
	VFADD(3, 1, 1)
	VFADD(4, 0, 0)
	VFADD(5, 1, 1)
	VFADD(6, 0, 0)
	VFADD(7, 1, 1)
	VFADD(8, 0, 0)
	VFADD(9, 1, 1)
	VST1.P [V0.S4, V1.S4], 32(R0)
	SUBS   $8, R5
	BNE    eight

done:
	RET

// SQUARE adds the squares of the elements of register X, as float64s, to C and D.
// These are fused, because the square of a float32 is exact in a float64.
#define SQUARE(X, C, D) \
	VFCVTL(X, 20); \
	VFCVTL2(X, 21); \
	VFMLA V20.D2, V20.D2, C.D2; \
	VFMLA V21.D2, V21.D2, D.D2

// func squaredNorm(sums *[16]float64, x []float32) int
TEXT ·squaredNorm(SB), NOSPLIT, $0-40
	MOVD sums+0(FP), R1
	MOVD x_base+8(FP), R0
	MOVD x_len+16(FP), R2
	AND  $~15, R2
	MOVD R2, n+32(FP)
	CBZ  R2, done
	VEOR V0.B16, V0.B16, V0.B16
	FILL8

sixteen:
	VLD1.P 64(R0), [V16.S4, V17.S4, V18.S4, V19.S4]
	SQUARE(16, V0, V1)
	SQUARE(17, V2, V3)
	SQUARE(18, V4, V5)
	SQUARE(19, V6, V7)
	SUBS   $16, R2
	BNE    sixteen
	VST1.P [V0.D2, V1.D2, V2.D2, V3.D2], 64(R1)
	VST1   [V4.D2, V5.D2, V6.D2, V7.D2], (R1)

done:
	RET
