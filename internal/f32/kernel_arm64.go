//go:build !purego

package f32

// Every arm64 processor has NEON's registers of four float32s, so that nothing
// is chosen at run time. The assembly is short enough to be written by hand. What
// copies and turns is told in kernel_amd64.go.

// kernels returns those that run on this processor, the fastest first.
func kernels() []*kernel {
	return []*kernel{{
		name:     "NEON",
		a:        side{width: 6, copy: copy6},
		b:        side{width: 16, copy: copy16},
		turn:     turn8,
		multiply: multiplyTile6x16,
	}}
}

//go:noescape
func copy6(k int, src *float32, stride int, dst *float32)

//go:noescape
func copy16(k int, src *float32, stride int, dst *float32)

//go:noescape
func turn8(k, rows int, src *float32, stride int, dst *float32, width int)

// adamW does AdamW's step.
//
//go:noescape
func adamW(a *AdamW, p, g, m, v []float32) (n int)

// The exact GELU is left to the plain loops.

func erfGELU([]float32, []float32) int { return 0 }

func erfGELUBackward([]float32, []float32, []float32) int { return 0 }

// sigmoid leaves all to expShifted and the plain loops.
func sigmoid([]float32, []float32) int { return 0 }
