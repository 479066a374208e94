//go:build !purego

#include "textflag.h"
#include "neon_arm64.h"

// The sums are added up in the order of the kernels for AVX2, as in vec_arm64.s.

// WEIGH adds to V0 to V3 the 16 elements at R times register ALPHA.
#define WEIGH(R, ALPHA) \
	VLD1.P 64(R), [V4.S4, V5.S4, V6.S4, V7.S4]; \
	VFMUL(ALPHA, 4, 4); \
	VFMUL(ALPHA, 5, 5); \
	VFMUL(ALPHA, 6, 6); \
	VFMUL(ALPHA, 7, 7); \
	VFADD(4, 0, 0); \
	VFADD(5, 1, 1); \
	VFADD(6, 2, 2); \
	VFADD(7, 3, 3)

// WEIGH8 adds to V0 and V1 the 8 elements at R times register ALPHA.
#define WEIGH8(R, ALPHA) \
	VLD1 (R), [V4.S4, V5.S4]; \
	BOTH(VFMUL, ALPHA, 4, 4, 5, 5); \
	VFADD(4, 0, 0); \
	VFADD(5, 1, 1)

// func addRows(alpha *[4]float32, x []float32, stride int, y []float32) int
TEXT ·addRows(SB), NOSPLIT, $0-72
	MOVD  alpha+0(FP), R1
	MOVD  x_base+8(FP), R2
	MOVD  stride+32(FP), R6
	MOVD  y_base+40(FP), R7
	MOVD  y_len+48(FP), R0
	AND   $~7, R0
	MOVD  R0, n+64(FP)
	CBZ   R0, done
	ADD   R6<<2, R2, R3
	ADD   R6<<2, R3, R4
	ADD   R6<<2, R4, R5
	VLD4R (R1), [V16.S4, V17.S4, V18.S4, V19.S4]
	SUBS  $16, R0
	BLT   rest

wide:
	VLD1   (R7), [V0.S4, V1.S4, V2.S4, V3.S4]
	WEIGH(R2, 16)
	WEIGH(R3, 17)
	WEIGH(R4, 18)
	WEIGH(R5, 19)
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R7)
	SUBS   $16, R0
	BGE    wide

rest:
	TBZ  $3, R0, done
	VLD1 (R7), [V0.S4, V1.S4]
	WEIGH8(R2, 16)
	WEIGH8(R3, 17)
	WEIGH8(R4, 18)
	WEIGH8(R5, 19)
	VST1 [V0.S4, V1.S4], (R7)

done:
	RET

// DOT8 adds to C and D the products of X and Y with the eight int8s in the lower
// half of V20.
#define DOT8(X, Y, C, D) \
	VSXTLB(20, 22); \
	VSXTLH(22, 23); \
	VSXTLH2(22, 24); \
	VSCVTF(23, 23); \
	VSCVTF(24, 24); \
	VFMLA V23.S4, X.S4, C.S4; \
	VFMLA V24.S4, Y.S4, D.S4

// DOT16 is DOT8 for the sixteen int8s at R, the next eight for E and F.
#define DOT16(R, C, D, E, F) \
	VLD1.P 16(R), [V20.B16]; \
	DOT8(V16, V17, C, D); \
	VEXT $8, V20.B16, V20.B16, V20.B16; \
	DOT8(V18, V19, E, F)

// func dotsInt8(sums *[4]float32, x []float32, w []int8, stride int) int
TEXT ·dotsInt8(SB), NOSPLIT, $0-72
	MOVD sums+0(FP), R7
	MOVD x_base+8(FP), R1
	MOVD x_len+16(FP), R0
	MOVD w_base+32(FP), R2
	MOVD stride+56(FP), R6
	AND  $~7, R0
	MOVD R0, n+64(FP)
	CBZ  R0, done
	ADD  R6, R2, R3
	ADD  R6, R3, R4
	ADD  R6, R4, R5

	// A row has two sums of eight elements, V0 to V7 and V8 to V15, used in turn
	// for as many groups of 64 elements as there are, then only the first.
	VEOR V0.B16, V0.B16, V0.B16
	FILL8
	VMOV V0.B16, V8.B16
	VMOV V0.B16, V9.B16
	VMOV V0.B16, V10.B16
	VMOV V0.B16, V11.B16
	VMOV V0.B16, V12.B16
	VMOV V0.B16, V13.B16
	VMOV V0.B16, V14.B16
	VMOV V0.B16, V15.B16
	AND  $63, R0, R8
	SUBS R8, R0
	BEQ  rest

sixteen:
	VLD1.P 64(R1), [V16.S4, V17.S4, V18.S4, V19.S4]
	DOT16(R2, V0, V1, V8, V9)
	DOT16(R3, V2, V3, V10, V11)
	DOT16(R4, V4, V5, V12, V13)
	DOT16(R5, V6, V7, V14, V15)
	SUBS   $16, R0
	BNE    sixteen

rest:
	CBZ R8, fold

eight:
	VLD1.P  32(R1), [V16.S4, V17.S4]
	FMOVD.P 8(R2), F20
	DOT8(V16, V17, V0, V1)
	FMOVD.P 8(R3), F20
	DOT8(V16, V17, V2, V3)
	FMOVD.P 8(R4), F20
	DOT8(V16, V17, V4, V5)
	FMOVD.P 8(R5), F20
	DOT8(V16, V17, V6, V7)
	SUBS    $8, R8
	BNE     eight

fold:
	VFADD(8, 0, 0)
	VFADD(9, 1, 1)
	VFADD(10, 2, 2)
	VFADD(11, 3, 3)
	VFADD(12, 4, 4)
	VFADD(13, 5, 5)
	VFADD(14, 6, 6)
	VFADD(15, 7, 7)
	VFADDP(2, 0, 0)
	VFADDP(6, 4, 4)
	VFADDP(4, 0, 0)
	VFADDP(3, 1, 1)
	VFADDP(7, 5, 5)
	VFADDP(5, 1, 1)
	VFADD(1, 0, 0)
	VST1 [V0.S4], (R7)

done:
	RET

// func fromInt8(dst []float32, scale float32, q []int8) int
TEXT ·fromInt8(SB), NOSPLIT, $0-64
	MOVD  dst_base+0(FP), R1
	MOVD  dst_len+8(FP), R2
	FMOVS scale+24(FP), F31
	MOVD  q_base+32(FP), R0
	VDUP  V31.S[0], V31.S4
	AND   $~7, R2
	MOVD  R2, n+56(FP)
	CBZ   R2, done

eight:
	FMOVD.P 8(R0), F20
	VSXTLB(20, 22)
	VSXTLH(22, 0)
	VSXTLH2(22, 1)
	VSCVTF(0, 0)
	VSCVTF(1, 1)
	BOTH(VFMUL, 31, 0, 0, 1, 1)
	VST1.P  [V0.S4, V1.S4], 32(R1)
	SUBS    $8, R2
	BNE     eight

done:
	RET
