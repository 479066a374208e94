// Package f32 is float32 made fast: matrix products, loops over vectors, and
// the workers that share them out over the cores. The book derives nothing
// here; every function has a plain twin of a few lines, in a chapter or in this
// package's tests, and exists only because it is faster.
//
// Matrices are gonum's [blas32.General]: row-major views with a stride, so that
// a column range of a matrix is a matrix too, without copying ([Cols]).
//
// Two promises hold for everything here. After the first call of a size nothing
// allocates. And the result's bits do not depend on how many cores there are:
// work is split by what is written, never by what is summed.
//
// Reading order: matrix.go; pool.go, the workers; gemm.go, how a product is cut
// into pieces; then the three ways to compute a piece: packed.go, with a kernel
// and the packing of pack.go, thin.go, for a few rows, kernel_generic.go, for
// processors without a kernel; vec.go and exp.go, the vectors. The assembly for
// amd64 is written by the programs under asm. A kernel for another processor is a file beside
// kernel_amd64.go that defines the same functions.
package f32
