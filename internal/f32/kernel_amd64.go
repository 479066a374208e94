//go:build amd64 && !purego

package f32

import "golang.org/x/sys/cpu"

//go:generate go run -C asm ./gemm -out ../gemm_amd64.s -stubs ../gemm_stub_amd64.go -pkg f32
//go:generate go run -C asm ./loops -out ../loops_amd64.s -stubs ../loops_stub_amd64.go -pkg f32

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

// The loops over vectors are in loops_stub_amd64.go. They do the leading elements,
// as many as fill whole registers, and return how many those were, none without
// AVX2; the functions that call them do the last few.

func adamW(a *AdamW, p, g, m, v []float32) int {
	return adamWAVX2(p, g, m, v, a.Scale, a.Keep, a.Beta1, 1-a.Beta1, a.Beta2, 1-a.Beta2, a.Rate, a.RootV, a.Epsilon)
}
