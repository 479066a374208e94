//go:build !purego

package f32

import "gonum.org/v1/gonum/blas/blas32"

// As in kernel_arm64.go, the functions below do the leading elements and return
// how many those were.

//go:noescape
func adamW(a *AdamW, p, g, m, v []float32) int

//go:noescape
func mul(dst, x, y []float32) int

//go:noescape
func mulAdd(dst, x, y []float32) int

//go:noescape
func shift(dst, x []float32, by float32) int

//go:noescape
func addFour(dst []float32, m blas32.General) int

//go:noescape
func squaredNorm(sums *[16]float64, x []float32) int

//go:noescape
func sumExp(x []float32, shift float32) (s float32, n int)

//go:noescape
func gelu(dst, x []float32) int

//go:noescape
func geluBackward(dx, dy, x []float32) int
