//go:build (!amd64 && !arm64) || purego

package f32

import "gonum.org/v1/gonum/blas/blas32"

// No kernels here, see kernel_other.go.

func adamW(*AdamW, []float32, []float32, []float32, []float32) int { return 0 }

func mul([]float32, []float32, []float32) int { return 0 }

func mulAdd([]float32, []float32, []float32) int { return 0 }

func shift([]float32, []float32, float32) int { return 0 }

func addFour([]float32, blas32.General) int { return 0 }

func squaredNorm(*[16]float64, []float32) int { return 0 }

// sumExp adds in the order of expShifted.
func sumExp(x []float32, shift float32) (float32, int) {
	var sums [8]float32
	x = x[:len(x)&^7]
	for i, v := range x {
		sums[i%8] += Exp(v - shift)
	}
	return fold(&sums), len(x)
}

func gelu([]float32, []float32) int { return 0 }

func geluBackward([]float32, []float32, []float32) int { return 0 }
