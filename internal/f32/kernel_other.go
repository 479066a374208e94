//go:build (!amd64 && !arm64) || purego

package f32

// No kernels here but the portable one. What follows does none of a vector's
// elements, which leaves them to the plain loops; see kernel_amd64.go.

func kernels() []*kernel { return nil }

func axpy(float32, []float32, []float32) int { return 0 }

func add([]float32, []float32) int { return 0 }

func scale(float32, []float32) int { return 0 }

func dot([]float32, []float32) (float32, int) { return 0, 0 }

func sum([]float32) (float32, int) { return 0, 0 }

func maximum([]float32) (float32, int) { return negInf, 0 }

func expShifted([]float32, []float32, float32) (float32, int) { return 0, 0 }

func tanhEach([]float32, []float32) int { return 0 }
