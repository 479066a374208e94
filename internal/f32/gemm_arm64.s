//go:build !purego

#include "textflag.h"
#include "neon_arm64.h"

// Of the 32 registers, V0 to V23 hold the 6×16 tile, four a row; V24 to V27 the
// 16 elements of b; V28 to V30 the elements of a, of two steps. Two steps are 48
// multiply-adds to 6 loads, which are of two registers but for one. The 24 of a
// step do not wait for each other, and no more than latency times pipes must be
// under way: 16 on Apple's cores (4 × 4), 8 on Neoverse N1 (4 × 2). A tile of
// 8×12, as large, would load 80 bytes a step for these 88, but the loads are not
// what it waits for; and AVX2's 6×16 comes with its packing and its blocks.

// ROW adds element LANE of register A times the elements of b to the row of the
// tile that begins in register C.
#define ROW(A, LANE, C) \
	VFMLALANE(A, LANE, 24, C); \
	VFMLALANE(A, LANE, 25, C+1); \
	VFMLALANE(A, LANE, 26, C+2); \
	VFMLALANE(A, LANE, 27, C+3)

// FETCH asks for the cache lines of a row of c, and goes to the next.
#define FETCH \
	PRFM (R6), PLDL1KEEP; \
	ADD $60, R6, R7; \
	PRFM (R7), PLDL1KEEP; \
	ADD R4, R6

// STORE writes a row of the tile.
#define STORE(C0, C1, C2, C3) \
	FSTPQ (C0, C1), (R3); \
	FSTPQ (C2, C3), 32(R3); \
	ADD R4, R3

// MERGE writes a row of the tile plus V25, beta, times what was there.
#define MERGE(C0, C1, C2, C3) \
	VLD1 (R3), [V26.S4, V27.S4, V28.S4, V29.S4]; \
	VFMLA V26.S4, V25.S4, C0.S4; \
	VFMLA V27.S4, V25.S4, C1.S4; \
	VFMLA V28.S4, V25.S4, C2.S4; \
	VFMLA V29.S4, V25.S4, C3.S4; \
	VST1 [C0.S4, C1.S4, C2.S4, C3.S4], (R3); \
	ADD R4, R3

// func multiply6x16(k int, a, b, c *float32, stride int, alpha, beta float32)
TEXT ·multiply6x16(SB), NOSPLIT, $0-48
	MOVD k+0(FP), R0
	MOVD a+8(FP), R1
	MOVD b+16(FP), R2
	MOVD c+24(FP), R3
	MOVD stride+32(FP), R4
	LSL  $2, R4

	// The tile is fetched while the sum is computed.
	MOVD R3, R6
	FETCH
	FETCH
	FETCH
	FETCH
	FETCH
	FETCH

	VEOR V0.B16, V0.B16, V0.B16
	VEOR V1.B16, V1.B16, V1.B16
	VEOR V2.B16, V2.B16, V2.B16
	VEOR V3.B16, V3.B16, V3.B16
	VEOR V4.B16, V4.B16, V4.B16
	VEOR V5.B16, V5.B16, V5.B16
	VEOR V6.B16, V6.B16, V6.B16
	VEOR V7.B16, V7.B16, V7.B16
	VEOR V8.B16, V8.B16, V8.B16
	VEOR V9.B16, V9.B16, V9.B16
	VEOR V10.B16, V10.B16, V10.B16
	VEOR V11.B16, V11.B16, V11.B16
	VEOR V12.B16, V12.B16, V12.B16
	VEOR V13.B16, V13.B16, V13.B16
	VEOR V14.B16, V14.B16, V14.B16
	VEOR V15.B16, V15.B16, V15.B16
	VEOR V16.B16, V16.B16, V16.B16
	VEOR V17.B16, V17.B16, V17.B16
	VEOR V18.B16, V18.B16, V18.B16
	VEOR V19.B16, V19.B16, V19.B16
	VEOR V20.B16, V20.B16, V20.B16
	VEOR V21.B16, V21.B16, V21.B16
	VEOR V22.B16, V22.B16, V22.B16
	VEOR V23.B16, V23.B16, V23.B16

	SUBS $2, R0
	BLT  rest

two:
	FLDPQ (R2), (F24, F25)
	FLDPQ 32(R2), (F26, F27)
	FLDPQ (R1), (F28, F29)
	FMOVQ 32(R1), F30
	ROW(28, 0, 0)
	ROW(28, 1, 4)
	ROW(28, 2, 8)
	ROW(28, 3, 12)
	ROW(29, 0, 16)
	ROW(29, 1, 20)
	FLDPQ 64(R2), (F24, F25)
	FLDPQ 96(R2), (F26, F27)
	ROW(29, 2, 0)
	ROW(29, 3, 4)
	ROW(30, 0, 8)
	ROW(30, 1, 12)
	ROW(30, 2, 16)
	ROW(30, 3, 20)
	ADD   $48, R1
	ADD   $128, R2
	SUBS  $2, R0
	BGE   two

rest:
	TBZ   $0, R0, end  // -2 or -1 steps are left over
	FLDPQ (R2), (F24, F25)
	FLDPQ 32(R2), (F26, F27)
	FMOVQ (R1), F28
	FMOVD 16(R1), F29
	ROW(28, 0, 0)
	ROW(28, 1, 4)
	ROW(28, 2, 8)
	ROW(28, 3, 12)
	ROW(29, 0, 16)
	ROW(29, 1, 20)

end:
	FMOVS alpha+40(FP), F24
	VDUP  V24.S[0], V24.S4
	VFMUL(24, 0, 0)
	VFMUL(24, 1, 1)
	VFMUL(24, 2, 2)
	VFMUL(24, 3, 3)
	VFMUL(24, 4, 4)
	VFMUL(24, 5, 5)
	VFMUL(24, 6, 6)
	VFMUL(24, 7, 7)
	VFMUL(24, 8, 8)
	VFMUL(24, 9, 9)
	VFMUL(24, 10, 10)
	VFMUL(24, 11, 11)
	VFMUL(24, 12, 12)
	VFMUL(24, 13, 13)
	VFMUL(24, 14, 14)
	VFMUL(24, 15, 15)
	VFMUL(24, 16, 16)
	VFMUL(24, 17, 17)
	VFMUL(24, 18, 18)
	VFMUL(24, 19, 19)
	VFMUL(24, 20, 20)
	VFMUL(24, 21, 21)
	VFMUL(24, 22, 22)
	VFMUL(24, 23, 23)
	FMOVS beta+44(FP), F25
	FCMPS $(0.0), F25
	BNE   merge        // also when beta is NaN
	STORE(F0, F1, F2, F3)
	STORE(F4, F5, F6, F7)
	STORE(F8, F9, F10, F11)
	STORE(F12, F13, F14, F15)
	STORE(F16, F17, F18, F19)
	STORE(F20, F21, F22, F23)
	RET

merge:
	VDUP V25.S[0], V25.S4
	MERGE(V0, V1, V2, V3)
	MERGE(V4, V5, V6, V7)
	MERGE(V8, V9, V10, V11)
	MERGE(V12, V13, V14, V15)
	MERGE(V16, V17, V18, V19)
	MERGE(V20, V21, V22, V23)
	RET

// func copy6(k int, src *float32, stride int, dst *float32)
TEXT ·copy6(SB), NOSPLIT, $0-32
	MOVD k+0(FP), R0
	MOVD src+8(FP), R1
	MOVD stride+16(FP), R2
	MOVD dst+24(FP), R3
	LSL  $2, R2

row:
	FMOVQ (R1), F0
	FMOVD 16(R1), F1
	FMOVQ F0, (R3)
	FMOVD F1, 16(R3)
	ADD   R2, R1
	ADD   $24, R3
	SUBS  $1, R0
	BNE   row
	RET

// func copy16(k int, src *float32, stride int, dst *float32)
TEXT ·copy16(SB), NOSPLIT, $0-32
	MOVD k+0(FP), R0
	MOVD src+8(FP), R1
	MOVD stride+16(FP), R2
	MOVD dst+24(FP), R3
	LSL  $2, R2

row:
	VLD1   (R1), [V0.S4, V1.S4, V2.S4, V3.S4]
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R3)
	ADD    R2, R1
	SUBS   $1, R0
	BNE    row
	RET

// LINE leaves in TO the address of the line after FROM, or FROM where there are
// no more than N lines.
#define LINE(N, FROM, TO) \
	CMP $N, R1; \
	CSEL GT, R3, ZR, R6; \
	ADD R6, FROM, TO

// TURN4 transposes the 4×4 elements of four registers.
#define TURN4(A, B, C, D) \
	VTRN1 B.S4, A.S4, V16.S4; \
	VTRN2 B.S4, A.S4, V17.S4; \
	VTRN1 D.S4, C.S4, V18.S4; \
	VTRN2 D.S4, C.S4, V19.S4; \
	VTRN1 V18.D2, V16.D2, A.D2; \
	VTRN1 V19.D2, V17.D2, B.D2; \
	VTRN2 V18.D2, V16.D2, C.D2; \
	VTRN2 V19.D2, V17.D2, D.D2

// func turn8(k, rows int, src *float32, stride int, dst *float32, width int)
TEXT ·turn8(SB), NOSPLIT, $0-48
	MOVD k+0(FP), R0
	MOVD rows+8(FP), R1
	MOVD src+16(FP), R8
	MOVD stride+24(FP), R3
	MOVD dst+32(FP), R4
	MOVD width+40(FP), R5
	LSL  $2, R3
	LSL  $2, R5
	LINE(1, R8, R9)
	LINE(2, R9, R10)
	LINE(3, R10, R11)
	LINE(4, R11, R12)
	LINE(5, R12, R13)
	LINE(6, R13, R14)
	LINE(7, R14, R15)

block:
	FMOVQ.P 16(R8), F0
	FMOVQ.P 16(R9), F1
	FMOVQ.P 16(R10), F2
	FMOVQ.P 16(R11), F3
	FMOVQ.P 16(R12), F4
	FMOVQ.P 16(R13), F5
	FMOVQ.P 16(R14), F6
	FMOVQ.P 16(R15), F7
	TURN4(V0, V1, V2, V3)
	TURN4(V4, V5, V6, V7)
	FSTPQ (F0, F4), (R4)
	ADD   R5, R4
	FSTPQ (F1, F5), (R4)
	ADD   R5, R4
	FSTPQ (F2, F6), (R4)
	ADD   R5, R4
	FSTPQ (F3, F7), (R4)
	ADD   R5, R4
	SUBS  $4, R0
	BGT   block
	RET
