//go:build amd64 && !purego

package f32

import "golang.org/x/sys/cpu"

//go:generate go run -C asm ./gemm -out ../gemm_amd64.s -stubs ../gemm_stub_amd64.go -pkg f32
//go:generate go run -C asm ./vec -out ../vec_amd64.s -stubs ../vec_stub_amd64.go -pkg f32

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

// The functions below do the leading elements of a vector, as many as fill
// whole registers, and return how many that were; vec.go does the last few.

func leading(x []float32) int {
	if !avx2 {
		return 0
	}
	return len(x) &^ 7
}

func axpy(alpha float32, x, y []float32) int {
	n := leading(x)
	if n > 0 {
		axpyAVX2(n, alpha, &x[0], &y[0])
	}
	return n
}

func add(dst, x []float32) int {
	n := leading(x)
	if n > 0 {
		addAVX2(n, &dst[0], &x[0])
	}
	return n
}

func scale(alpha float32, x []float32) int {
	n := leading(x)
	if n > 0 {
		scaleAVX2(n, alpha, &x[0])
	}
	return n
}

func dot(x, y []float32) (float32, int) {
	n := leading(x)
	if n == 0 {
		return 0, 0
	}
	return dotAVX2(n, &x[0], &y[0]), n
}

func sum(x []float32) (float32, int) {
	n := leading(x)
	if n == 0 {
		return 0, 0
	}
	return sumAVX2(n, &x[0]), n
}

func maximum(x []float32) (float32, int) {
	n := leading(x)
	if n == 0 {
		return negInf, 0
	}
	return maxAVX2(n, &x[0]), n
}

func expShifted(dst, x []float32, shift float32) (float32, int) {
	n := leading(x)
	if n == 0 {
		return 0, 0
	}
	return expShiftedAVX2(n, &dst[0], &x[0], shift), n
}
