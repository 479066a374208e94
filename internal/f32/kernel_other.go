//go:build (!amd64 && !arm64) || purego

package f32

import "math"

// No kernels here but the portable one. Most of what follows does none of a
// vector's elements, which leaves them to the plain loops; see kernel_amd64.go.

func kernels() []*kernel { return nil }

func axpy(float32, []float32, []float32) int { return 0 }

func add([]float32, []float32) int { return 0 }

func scale(float32, []float32) int { return 0 }

func dot([]float32, []float32) (float32, int) { return 0, 0 }

func sum([]float32) (float32, int) { return 0, 0 }

func maximum([]float32) (float32, int) { return float32(math.Inf(-1)), 0 }

// expShifted adds in the order of the kernels: eight sums, folded by halves. A
// single sum of many would also round worse.
func expShifted(dst, x []float32, shift float32) (float32, int) {
	var sums [8]float32
	x = x[:len(x)&^7]
	for i, v := range x {
		dst[i] = Exp(v - shift)
		sums[i%8] += dst[i]
	}
	return fold(sums[:]), len(x)
}

func adamW(*AdamW, []float32, []float32, []float32, []float32) int { return 0 }

func mul([]float32, []float32, []float32) int { return 0 }

func mulAdd([]float32, []float32, []float32) int { return 0 }

func shift([]float32, []float32, float32) int { return 0 }

func addFour(_, _ []float32, _ int) int { return 0 }

func squaredNorm(*[16]float64, []float32) int { return 0 }

// sumExp adds in the order of expShifted.
func sumExp(x []float32, shift float32) (float32, int) {
	var sums [8]float32
	x = x[:len(x)&^7]
	for i, v := range x {
		sums[i%8] += Exp(v - shift)
	}
	return fold(sums[:]), len(x)
}

func gelu([]float32, []float32) int { return 0 }

func geluBackward([]float32, []float32, []float32) int { return 0 }

func erfGELU([]float32, []float32) int { return 0 }

func erfGELUBackward([]float32, []float32, []float32) int { return 0 }

func addRows(*[4]float32, []float32, int, []float32) int { return 0 }

func dotsInt8(*[4]float32, []float32, []int8, int) int { return 0 }

func fromInt8([]float32, float32, []int8) int { return 0 }

func sigmoid([]float32, []float32) int { return 0 }
