//go:build amd64 && !purego

package f32

import "gonum.org/v1/gonum/blas/blas32"

//go:generate go run -C asm ./train -out ../train_amd64.s -stubs ../train_stub_amd64.go -pkg f32

// As in kernel_amd64.go, the functions below do the leading elements and return
// how many those were.

func adamW(a *AdamW, p, g, m, v []float32) int {
	n := leading(p)
	if n > 0 {
		adamWAVX2(n, &p[0], &g[0], &m[0], &v[0],
			a.Scale, a.Keep, a.Beta1, 1-a.Beta1, a.Beta2, 1-a.Beta2, a.Rate, a.RootV, a.Epsilon)
	}
	return n
}

func mul(dst, x, y []float32) int {
	n := leading(x)
	if n > 0 {
		mulAVX2(n, &dst[0], &x[0], &y[0])
	}
	return n
}

func mulAdd(dst, x, y []float32) int {
	n := leading(x)
	if n > 0 {
		mulAddAVX2(n, &dst[0], &x[0], &y[0])
	}
	return n
}

func shift(dst, x []float32, by float32) int {
	n := leading(x)
	if n > 0 {
		shiftAVX2(n, &dst[0], &x[0], by)
	}
	return n
}

func addFour(dst []float32, m blas32.General) int {
	n := leading(dst)
	if n > 0 {
		addFourAVX2(n, &dst[0], &m.Data[0], m.Stride)
	}
	return n
}

func squaredNorm(sums *[16]float64, x []float32) int {
	n := leading(x) &^ 15
	if n > 0 {
		squaredNormAVX2(n, &x[0], &sums[0])
	}
	return n
}

func sumExp(x []float32, shift float32) (float32, int) {
	n := leading(x)
	if n == 0 {
		return 0, 0
	}
	return sumExpAVX2(n, &x[0], shift), n
}

func gelu(dst, x []float32) int {
	n := leading(x)
	if n > 0 {
		geluAVX2(n, &dst[0], &x[0])
	}
	return n
}

func geluBackward(dx, dy, x []float32) int {
	n := leading(x)
	if n > 0 {
		geluBackwardAVX2(n, &dx[0], &dy[0], &x[0])
	}
	return n
}
