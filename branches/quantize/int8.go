package quantize

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Row sets q to the whole numbers nearest to x/scale and returns the
// scale, with which the largest of them is 127 or -127. x must be finite.
func Row(q []int8, x []float32) (scale float32) {
	var most float32
	for _, v := range x {
		most = max(most, v, -v)
	}
	scale = most / 127
	if scale == 0 {
		clear(q)
		return 0
	}
	for i, v := range x {
		q[i] = int8(math.Round(float64(v / scale)))
	}
	return scale
}

// matrix returns w with a scale for each row, or wᵀ with one for each column.
func matrix(w blas32.General, turned bool) f32.Int8 {
	rows, cols := w.Rows, w.Cols
	if turned {
		rows, cols = cols, rows
	}
	q := f32.Int8{Rows: rows, Cols: cols, Data: make([]int8, rows*cols), Scale: make([]float32, rows)}
	f32.Run(rows, 64, func(lo, hi int) {
		row := make([]float32, cols)
		for i := lo; i < hi; i++ {
			for j := range row {
				if turned {
					row[j] = w.Data[j*w.Stride+i]
				} else {
					row[j] = w.Data[i*w.Stride+j]
				}
			}
			q.Scale[i] = Row(q.Data[i*cols:][:cols], row)
		}
	})
	return q
}

// Int8Linear is an [attention.Linear] of one byte a weight. W is turned, (out,
// in), so that what makes one output has one scale and lies together in memory.
type Int8Linear struct {
	W f32.Int8
	B []float32 // (out), or nil for none
}

func linear(l attention.Linear) *Int8Linear { return &Int8Linear{matrix(l.W, true), l.B} }

// Forward sets y (N,out) to xW + b for the rows of x (N,in).
func (l *Int8Linear) Forward(y, x blas32.General) {
	f32.GemmInt8(x, &l.W, y, f32.Epilogue{Bias: l.B})
}
