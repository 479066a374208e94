package gpt

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// The fast functions over slices give the bits of the plain functions, whatever the
// length.
func TestGELUOfSlices(t *testing.T) {
	for _, n := range []int{0, 1, 7, 256, 257, 1027} {
		x, dy, y, dx := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
		for i := range x {
			x[i], dy[i] = 4*float32(math.Sin(float64(i))), float32(math.Cos(float64(i)))
		}
		f32.GELU(y, x)
		f32.GELUBackward(dx, dy, x)
		for i, v := range x {
			require.Equal(t, GELU(v), y[i])
			require.Equal(t, dy[i]*GELUSlope(v), dx[i])
		}
	}
}
