package f32_test

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/allocs"
	"github.com/llm-from-scratch/llm/internal/f32"
)

func randomInt8(rng *rand.Rand, rows, cols int) f32.Int8 {
	w := f32.Int8{Rows: rows, Cols: cols, Data: make([]int8, rows*cols), Scale: vector(rng, rows)}
	for i := range w.Data {
		w.Data[i] = int8(rng.IntN(255) - 127)
	}
	return w
}

// Around the four rows that a kernel takes, its registers, the products of few
// rows (6) and the panels (512).
func TestGemmInt8(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 32))
	for _, m := range []int{0, 1, 2, 6, 7, 20} {
		for _, n := range []int{0, 1, 3, 4, 5, 8, 66, 511, 513, 1030} {
			for _, k := range []int{0, 1, 7, 8, 9, 63, 64, 72, 131} {
				x, y, w := random(rng, m, k, 1), random(rng, m, n, 2), randomInt8(rng, n, k)
				bias := vector(rng, n)
				f32.GemmInt8(x, &w, y, f32.Epilogue{Bias: bias})
				for i := range m {
					for j := range n {
						want := float64(bias[j])
						size := 1.0
						for l := range k {
							term := float64(f32.Row(x, i)[l]) * float64(w.Scale[j]) * float64(w.Data[j*k+l])
							want += term
							size += math.Abs(term)
						}
						require.InDelta(t, want, f32.Row(y, i)[j], 1e-6*size, "%d×%d×%d, y[%d,%d]", m, n, k, i, j)
					}
				}
			}
		}
	}
}

func TestGemmInt8Back(t *testing.T) {
	rng := rand.New(rand.NewPCG(43, 44))
	for _, m := range []int{0, 1, 7, 20} {
		for _, n := range []int{0, 1, 8, 511, 513, 1030} {
			for _, k := range []int{0, 1, 9, 72} {
				for _, beta := range []float32{0, 1} {
					dy, dx, w := random(rng, m, n, 1), random(rng, m, k, 2), randomInt8(rng, n, k)
					want, row := f32.New(m, k), make([]float32, k)
					for i := range m {
						for j := range n {
							w.Row(row, j)
							f32.Axpy(f32.Row(dy, i)[j], row, f32.Row(want, i))
						}
						f32.Axpy(beta, f32.Row(dx, i), f32.Row(want, i))
					}
					f32.GemmInt8Back(dy, &w, beta, dx)
					for i := range m {
						require.InDeltaSlice(t, f32.Row(want, i), f32.Row(dx, i), 1e-5*float64(127*(n+1)), "%d×%d×%d", m, n, k)
					}
				}
			}
		}
	}
}

func TestInt8Row(t *testing.T) {
	rng := rand.New(rand.NewPCG(33, 34))
	for _, n := range []int{1, 8, 21} {
		w, row := randomInt8(rng, 3, n), make([]float32, n)
		w.Row(row, 2)
		for j, v := range row {
			require.Equal(t, w.Scale[2]*float32(w.Data[2*n+j]), v)
		}
	}
}

func TestGemmInt8SameBitsOnAnyCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	rng := rand.New(rand.NewPCG(35, 36))
	w := randomInt8(rng, 1111, 700)
	for _, m := range []int{1, 3, 9} {
		x := random(rng, m, 700, 0)
		var first, back []float32
		for _, procs := range []int{1, 2, 3, 8} {
			runtime.GOMAXPROCS(procs)
			y := f32.New(m, w.Rows)
			f32.GemmInt8(x, &w, y, f32.Epilogue{})
			if first == nil {
				first = y.Data
			}
			require.True(t, slices.Equal(first, y.Data), "GOMAXPROCS %d, %d rows", procs, m)
			dx := f32.New(m, w.Cols)
			if f32.GemmInt8Back(y, &w, 0, dx); back == nil {
				back = dx.Data
			}
			require.True(t, slices.Equal(back, dx.Data), "GOMAXPROCS %d, %d rows, back", procs, m)
		}
	}
}

func TestGemmInt8PassesNaNAndInf(t *testing.T) {
	rng := rand.New(rand.NewPCG(37, 38))
	for _, bad := range []float32{nan, inf, -inf} {
		for _, m := range []int{1, 10} {
			x, w, y := random(rng, m, 50, 0), randomInt8(rng, 30, 50), f32.New(m, 30)
			f32.Row(x, m-1)[rng.IntN(50)] = bad
			f32.GemmInt8(x, &w, y, f32.Epilogue{})
			for i := range m {
				for _, v := range f32.Row(y, i) {
					require.Equal(t, i != m-1, v-v == 0, "%v: %v in row %d", bad, v, i)
				}
			}
		}
	}
}

func TestGemmInt8AllocatesNoMatrix(t *testing.T) {
	rng := rand.New(rand.NewPCG(39, 40))
	w := randomInt8(rng, 600, 300)
	for _, m := range []int{1, 20} {
		x, y := random(rng, m, 300, 0), f32.New(m, 600)
		require.Less(t, allocs.Bytes(func() { f32.GemmInt8(x, &w, y, f32.Epilogue{}) }), 1024)
		require.Less(t, allocs.Bytes(func() { f32.GemmInt8Back(y, &w, 0, x) }), 1024)
	}
}

func TestInt8Misuse(t *testing.T) {
	w := randomInt8(rand.New(rand.NewPCG(41, 42)), 3, 4)
	for _, f := range []func(){
		func() { f32.GemmInt8(f32.New(1, 3), &w, f32.New(1, 3), f32.Epilogue{}) },
		func() { f32.GemmInt8(f32.New(1, 4), &w, f32.New(2, 3), f32.Epilogue{}) },
		func() { f32.GemmInt8(f32.New(1, 4), &w, f32.New(1, 4), f32.Epilogue{}) },
		func() { f32.GemmInt8Back(f32.New(1, 4), &w, 0, f32.New(1, 4)) },
		func() { f32.GemmInt8Back(f32.New(1, 3), &w, 0, f32.New(2, 4)) },
		func() { w.Row(make([]float32, 3), 0) },
	} {
		require.Panics(t, f)
	}
}
