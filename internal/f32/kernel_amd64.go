//go:build amd64 && !purego

package f32

import "golang.org/x/sys/cpu"

//go:generate go run -C asm ./gemm -out ../gemm_amd64.s
//go:generate go run -C asm ./loops -out ../loops_amd64.s

var (
	avx2   = cpu.X86.HasAVX2 && cpu.X86.HasFMA
	avx512 = avx2 && cpu.X86.HasAVX512F && cpu.X86.HasBMI2
)

// kernels returns those that run on this processor, the fastest first.
func kernels() []*kernel {
	var list []*kernel
	if avx512 {
		list = append(list, &kernel{
			name:     "AVX-512",
			a:        side{width: 12, copy: copy12AVX2},
			b:        side{width: 32, copy: copy32AVX2},
			turn:     turn8AVX2,
			multiply: multiply12x32AVX512,
		})
	}
	if avx2 {
		list = append(list, &kernel{
			name:     "AVX2",
			a:        side{width: 6, copy: copy6AVX2},
			b:        side{width: 16, copy: copy16AVX2},
			turn:     turn8AVX2,
			multiply: multiplyTile6x16,
		})
	}
	return list
}

// multiply12x32AVX512 sets rows×cols elements, at most 12×32, at c, whose rows are
// stride apart, to alpha·a·b + beta·c, where a holds k columns of 12 elements and b
// k rows of 32. With beta 0 it does not read c.
//
//go:noescape
func multiply12x32AVX512(rows, cols, k int, a, b, c *float32, stride int, alpha, beta float32)

// copy6AVX2 and the like copy that many elements of each of k rows, stride apart in
// src, to dst, where they follow one another.
//
//go:noescape
func copy6AVX2(k int, src *float32, stride int, dst *float32)

//go:noescape
func copy12AVX2(k int, src *float32, stride int, dst *float32)

//go:noescape
func copy16AVX2(k int, src *float32, stride int, dst *float32)

//go:noescape
func copy32AVX2(k int, src *float32, stride int, dst *float32)

// turn8AVX2 transposes 8 rows of src, stride apart, of k elements, a multiple of
// 8: dst gets k rows of 8, width apart, written in order. Only the first of the
// rows are read; the last of them stands in for those that are missing.
//
//go:noescape
func turn8AVX2(k, rows int, src *float32, stride int, dst *float32, width int)

func adamW(a *AdamW, p, g, m, v []float32) int {
	return adamWAVX2(p, g, m, v, a.Scale, a.Keep, a.Beta1, 1-a.Beta1, a.Beta2, 1-a.Beta2, a.Rate, a.RootV, a.Epsilon)
}

// adamWAVX2 does AdamW's step. rest1 and rest2 are 1-beta1 and 1-beta2. dp is the
// gradient; Go's assembler has another g.
//
//go:noescape
func adamWAVX2(p, dp, m, v []float32, scale, keep, beta1, rest1, beta2, rest2, rate, rootV, epsilon float32) (n int)

// erfGELU sets dst to ErfGELU(x).
//
//go:noescape
func erfGELU(dst, x []float32) (n int)

// erfGELUBackward sets dx to dy times ErfGELU's slope at x.
//
//go:noescape
func erfGELUBackward(dx, dy, x []float32) (n int)

// sigmoid sets dst to 1/(1+Exp(-x)).
//
//go:noescape
func sigmoid(dst, x []float32) (n int)
