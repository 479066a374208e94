//go:build !purego

#include "textflag.h"
#include "neon_arm64.h"

// A pair of registers does here what one of AVX2 does: the elements that are
// added up side by side, and the order in which their sums are folded, are the
// same, and so are the bits.

// FOLD8 leaves in V0 the elements of V0 to V7 folded into one by OP.
#define FOLD8(OP) \
	OP(2, 0, 0); \
	OP(3, 1, 1); \
	OP(6, 4, 4); \
	OP(7, 5, 5); \
	OP(4, 0, 0); \
	OP(5, 1, 1); \
	FOLD2(OP)

// EACH8 does OP with each of V16 to V23 and the same of V0 to V7.
#define EACH8(OP) \
	OP(16, 0, 0); \
	OP(17, 1, 1); \
	OP(18, 2, 2); \
	OP(19, 3, 3); \
	OP(20, 4, 4); \
	OP(21, 5, 5); \
	OP(22, 6, 6); \
	OP(23, 7, 7)

// func axpy(alpha float32, x, y []float32) int
TEXT ·axpy(SB), NOSPLIT, $0-64
	FMOVS alpha+0(FP), F31
	VDUP  V31.S[0], V31.S4
	MOVD  x_base+8(FP), R0
	MOVD  x_len+16(FP), R2
	MOVD  y_base+32(FP), R1
	AND   $~7, R2
	MOVD  R2, n+56(FP)
	SUBS  $16, R2
	BLT   rest

wide:
	VLD1.P 64(R0), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1   (R1), [V4.S4, V5.S4, V6.S4, V7.S4]
	VFMUL(31, 0, 0)
	VFMUL(31, 1, 1)
	VFMUL(31, 2, 2)
	VFMUL(31, 3, 3)
	VFADD(4, 0, 0)
	VFADD(5, 1, 1)
	VFADD(6, 2, 2)
	VFADD(7, 3, 3)
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R1)
	SUBS   $16, R2
	BGE    wide

rest:
	TBZ  $3, R2, done
	VLD1 (R0), [V0.S4, V1.S4]
	VLD1 (R1), [V4.S4, V5.S4]
	VFMUL(31, 0, 0)
	VFMUL(31, 1, 1)
	VFADD(4, 0, 0)
	VFADD(5, 1, 1)
	VST1 [V0.S4, V1.S4], (R1)

done:
	RET

// func add(dst, x []float32) int
TEXT ·add(SB), NOSPLIT, $0-56
	MOVD dst_base+0(FP), R1
	MOVD dst_len+8(FP), R2
	MOVD x_base+24(FP), R0
	AND  $~7, R2
	MOVD R2, n+48(FP)
	SUBS $16, R2
	BLT  rest

wide:
	VLD1.P 64(R0), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1   (R1), [V4.S4, V5.S4, V6.S4, V7.S4]
	VFADD(4, 0, 0)
	VFADD(5, 1, 1)
	VFADD(6, 2, 2)
	VFADD(7, 3, 3)
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R1)
	SUBS   $16, R2
	BGE    wide

rest:
	TBZ  $3, R2, done
	VLD1 (R0), [V0.S4, V1.S4]
	VLD1 (R1), [V4.S4, V5.S4]
	VFADD(4, 0, 0)
	VFADD(5, 1, 1)
	VST1 [V0.S4, V1.S4], (R1)

done:
	RET

// func scale(alpha float32, x []float32) int
TEXT ·scale(SB), NOSPLIT, $0-40
	FMOVS alpha+0(FP), F31
	VDUP  V31.S[0], V31.S4
	MOVD  x_base+8(FP), R0
	MOVD  x_len+16(FP), R2
	AND   $~7, R2
	MOVD  R2, n+32(FP)
	SUBS  $16, R2
	BLT   rest

wide:
	VLD1   (R0), [V0.S4, V1.S4, V2.S4, V3.S4]
	VFMUL(31, 0, 0)
	VFMUL(31, 1, 1)
	VFMUL(31, 2, 2)
	VFMUL(31, 3, 3)
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R0)
	SUBS   $16, R2
	BGE    wide

rest:
	TBZ  $3, R2, done
	VLD1 (R0), [V0.S4, V1.S4]
	VFMUL(31, 0, 0)
	VFMUL(31, 1, 1)
	VST1 [V0.S4, V1.S4], (R0)

done:
	RET

// func dot(x, y []float32) (s float32, n int)
TEXT ·dot(SB), NOSPLIT, $0-64
	MOVD x_base+0(FP), R0
	MOVD x_len+8(FP), R2
	MOVD y_base+24(FP), R1
	AND  $~7, R2
	MOVD R2, n+56(FP)
	VEOR V0.B16, V0.B16, V0.B16
	FILL8
	SUBS $32, R2
	BLT  rest

wide:
	VLD1.P 64(R0), [V16.S4, V17.S4, V18.S4, V19.S4]
	VLD1.P 64(R1), [V20.S4, V21.S4, V22.S4, V23.S4]
	VLD1.P 64(R0), [V24.S4, V25.S4, V26.S4, V27.S4]
	VLD1.P 64(R1), [V28.S4, V29.S4, V30.S4, V31.S4]
	VFMLA  V20.S4, V16.S4, V0.S4
	VFMLA  V21.S4, V17.S4, V1.S4
	VFMLA  V22.S4, V18.S4, V2.S4
	VFMLA  V23.S4, V19.S4, V3.S4
	VFMLA  V28.S4, V24.S4, V4.S4
	VFMLA  V29.S4, V25.S4, V5.S4
	VFMLA  V30.S4, V26.S4, V6.S4
	VFMLA  V31.S4, V27.S4, V7.S4
	SUBS   $32, R2
	BGE    wide

rest:
	ADDS $32, R2
	BEQ  fold

eight:
	VLD1.P 32(R0), [V16.S4, V17.S4]
	VLD1.P 32(R1), [V20.S4, V21.S4]
	VFMLA  V20.S4, V16.S4, V0.S4
	VFMLA  V21.S4, V17.S4, V1.S4
	SUBS   $8, R2
	BNE    eight

fold:
	FOLD8(VFADD)
	FMOVS F0, s+48(FP)
	RET

// func sum(x []float32) (s float32, n int)
TEXT ·sum(SB), NOSPLIT, $0-40
	MOVD x_base+0(FP), R0
	MOVD x_len+8(FP), R2
	AND  $~7, R2
	MOVD R2, n+32(FP)
	VEOR V0.B16, V0.B16, V0.B16
	FILL8
	SUBS $32, R2
	BLT  rest

wide:
	VLD1.P 64(R0), [V16.S4, V17.S4, V18.S4, V19.S4]
	VLD1.P 64(R0), [V20.S4, V21.S4, V22.S4, V23.S4]
	EACH8(VFADD)
	SUBS   $32, R2
	BGE    wide

rest:
	ADDS $32, R2
	BEQ  fold

eight:
	VLD1.P 32(R0), [V16.S4, V17.S4]
	VFADD(16, 0, 0)
	VFADD(17, 1, 1)
	SUBS   $8, R2
	BNE    eight

fold:
	FOLD8(VFADD)
	FMOVS F0, s+24(FP)
	RET

// func maximum(x []float32) (m float32, n int)
TEXT ·maximum(SB), NOSPLIT, $0-40
	MOVD x_base+0(FP), R0
	MOVD x_len+8(FP), R2
	AND  $~7, R2
	MOVD R2, n+32(FP)
	MOVW $0xFF800000, R3 // negative infinity
	VDUP R3, V0.S4
	FILL8
	SUBS $32, R2
	BLT  rest

wide:
	VLD1.P 64(R0), [V16.S4, V17.S4, V18.S4, V19.S4]
	VLD1.P 64(R0), [V20.S4, V21.S4, V22.S4, V23.S4]
	EACH8(VFMAX)
	SUBS   $32, R2
	BGE    wide

rest:
	ADDS $32, R2
	BEQ  fold

eight:
	VLD1.P 32(R0), [V16.S4, V17.S4]
	VFMAX(16, 0, 0)
	VFMAX(17, 1, 1)
	SUBS   $8, R2
	BNE    eight

fold:
	FOLD8(VFMAX)
	FMOVS F0, m+24(FP)
	RET
