package f32_test

import (
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// guarded returns n float32s of value v that end where the process may not read
// on, or begin where it may not read back.
func guarded(t *testing.T, n int, atEnd bool, v float32) []float32 {
	t.Helper()
	page := syscall.Getpagesize()
	size := (n*4 + page - 1) / page * page
	m, err := syscall.Mmap(-1, 0, size+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Munmap(m) })
	require.NoError(t, syscall.Mprotect(m[:page], syscall.PROT_NONE))
	require.NoError(t, syscall.Mprotect(m[page+size:], syscall.PROT_NONE))
	start := page
	if atEnd {
		start += size - n*4
	}
	if n == 0 {
		return nil
	}
	x := unsafe.Slice((*float32)(unsafe.Pointer(&m[start])), n)
	for i := range x {
		x[i] = v
	}
	return x
}

// Nothing may read or write outside its slices, not even to throw it away: it
// would crash here, on the last page of a mapping.
func TestGemmStaysInside(t *testing.T) {
	matrix := func(rows, cols, gap int, atEnd bool) blas32.General {
		stride := cols + gap
		return blas32.General{Rows: rows, Cols: cols, Stride: stride, Data: guarded(t, (rows-1)*stride+cols, atEnd, 1)}
	}
	for _, atEnd := range []bool{true, false} {
		for _, tA := range transposes {
			for _, tB := range transposes {
				for _, s := range [][3]int{{1, 1, 1}, {1, 19, 5}, {7, 17, 9}, {6, 16, 8}, {13, 33, 31}, {8, 8, 8}, {75, 530, 260}} {
					for gap := range 2 {
						m, n, k := s[0], s[1], s[2]
						a, b := matrix(m, k, gap, atEnd), matrix(k, n, gap, atEnd)
						if tA != blas.NoTrans {
							a = matrix(k, m, gap, atEnd)
						}
						if tB != blas.NoTrans {
							b = matrix(n, k, gap, atEnd)
						}
						for _, kernel := range f32.Kernels() {
							c := matrix(m, n, gap, atEnd)
							restore := f32.UseKernel(kernel)
							f32.Gemm(tA, tB, 1, a, b, 1, c)
							restore()
							require.EqualValues(t, k+1, c.Data[len(c.Data)-1])
						}
					}
				}
			}
		}
	}
}

func TestVectorsStayInside(t *testing.T) {
	for _, atEnd := range []bool{true, false} {
		for n := range 70 {
			x, y := guarded(t, n, atEnd, 1), guarded(t, n, atEnd, 1)
			f32.Axpy(2, x, y)
			f32.Add(y, x)
			f32.Scale(0.5, y)
			require.EqualValues(t, 2*n, f32.Dot(x, y))
			require.EqualValues(t, 2*n, f32.Sum(y))
			require.EqualValues(t, n, f32.SquaredNorm(x))
			require.EqualValues(t, n, f32.ExpShifted(y, x, 1))
			f32.Max(x)
		}
	}
}

func TestTrainingStaysInside(t *testing.T) {
	for _, atEnd := range []bool{true, false} {
		for n := range 70 {
			p, g, m, v := guarded(t, n, atEnd, 1), guarded(t, n, atEnd, 1), guarded(t, n, atEnd, 1), guarded(t, n, atEnd, 1)
			adamW.Step(p, g, m, v)
			f32.GELU(p, m)
			f32.Sigmoid(p, m)
			f32.GELUBackward(p, m, v)
			f32.Mul(p, m, v)
			f32.MulAdd(p, m, v)
			f32.Shift(p, m, 1)
			f32.SumExp(p, 1)
			f32.SumRows(guarded(t, n, atEnd, 1), f32.View(guarded(t, 5*n, atEnd, 1), 5, n))
		}
	}
}

func TestInt8StaysInside(t *testing.T) {
	for _, atEnd := range []bool{true, false} {
		for n := 1; n < 70; n++ {
			for rows := 1; rows < 10; rows++ {
				// Bytes that lie as the float32s of a guarded slice do.
				size := rows * n
				data := guarded(t, (size+3)/4, atEnd, 0)
				q := unsafe.Slice((*int8)(unsafe.Pointer(&data[0])), 4*len(data))
				if atEnd {
					q = q[len(q)-size:]
				}
				w := f32.Int8{Rows: rows, Cols: n, Data: q[:size], Scale: guarded(t, rows, atEnd, 1)}
				x, y := f32.View(guarded(t, n, atEnd, 1), 1, n), f32.View(guarded(t, rows, atEnd, 1), 1, rows)
				f32.GemmInt8(x, &w, y, f32.Epilogue{})
				w.Row(x.Data, rows-1)
			}
		}
	}
}
