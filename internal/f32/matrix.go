package f32

import "gonum.org/v1/gonum/blas/blas32"

const (
	badSize  = "f32: negative matrix size"
	badRange = "f32: row or column range outside the matrix"
	badData  = "f32: data too short for the matrix"
)

// New returns a zero matrix of the given size.
func New(rows, cols int) blas32.General {
	if rows < 0 || cols < 0 {
		panic(badSize)
	}
	return View(make([]float32, rows*cols), rows, cols)
}

// View returns the first rows·cols elements of data as a matrix that shares
// them.
func View(data []float32, rows, cols int) blas32.General {
	if rows < 0 || cols < 0 {
		panic(badSize)
	}
	if len(data) < rows*cols {
		panic(badData)
	}
	return blas32.General{Rows: rows, Cols: cols, Stride: max(cols, 1), Data: data[:rows*cols]}
}

// Row returns row i of m, Cols long; it shares m's elements.
func Row(m blas32.General, i int) []float32 {
	if uint(i) >= uint(m.Rows) {
		panic(badRange)
	}
	if m.Cols == 0 {
		return nil
	}
	at := i * m.Stride
	return m.Data[at : at+m.Cols : at+m.Cols]
}

// Rows returns rows lo to hi-1 of m as a matrix that shares m's elements.
func Rows(m blas32.General, lo, hi int) blas32.General {
	if lo < 0 || hi < lo || hi > m.Rows {
		panic(badRange)
	}
	return window(m, lo, hi, 0, m.Cols)
}

// Cols returns columns lo to hi-1 of m as a matrix that shares m's elements:
// one head of a packed query, key and value matrix, for example.
func Cols(m blas32.General, lo, hi int) blas32.General {
	if lo < 0 || hi < lo || hi > m.Cols {
		panic(badRange)
	}
	return window(m, 0, m.Rows, lo, hi)
}

// window returns rows [i0,i1) and columns [j0,j1) of m.
func window(m blas32.General, i0, i1, j0, j1 int) blas32.General {
	w := blas32.General{Rows: i1 - i0, Cols: j1 - j0, Stride: m.Stride}
	if w.Rows > 0 && w.Cols > 0 {
		w.Data = m.Data[i0*m.Stride+j0 : (i1-1)*m.Stride+j1]
	}
	return w
}
