//go:build !amd64 || purego

package f32

// No kernels here: products go through gonum, vectors through plain loops. What
// follows does none of a vector's elements; see kernel_amd64.go.

var fast *kernel

func axpy(float32, []float32, []float32) int { return 0 }

func add([]float32, []float32) int { return 0 }

func scale(float32, []float32) int { return 0 }

func dot([]float32, []float32) (float32, int) { return 0, 0 }

func sum([]float32) (float32, int) { return 0, 0 }

func maximum([]float32) (float32, int) { return negInf, 0 }

func expShifted([]float32, []float32, float32) (float32, int) { return 0, 0 }

func tanhEach([]float32, []float32) int { return 0 }
