// Package f32 is float32 made fast: matrix products, loops over vectors, and
// the workers that share them out over the cores. The book derives nothing
// here; every function has a plain twin of a few lines, in a chapter or in this
// package's tests, and exists only because it is faster.
//
// Matrices are gonum's [blas32.General]: row-major views with a stride, so that
// a column range of a matrix is a matrix too, without copying ([Cols]).
//
// Two promises hold for everything here. After the first call of a size nothing
// is allocated that grows with the matrices: no more than the closures that share
// out the work. And the result's bits do not depend on how many cores there are:
// work is split by what is written, never by what is summed.
//
// Reading order: matrix.go; pool.go, the workers; gemm.go, how a product is cut
// into pieces; then the two ways to compute a piece: packed.go, with the packing
// of pack.go and a kernel, of which kernel_go.go has the plainest, and thin.go,
// for a few rows; int8.go, products with weights of one byte; vec.go, sums.go and
// exp.go, the vectors; gelu.go and adamw.go, which chapters 4 and 5 explain. The
// assembly for amd64 is written by the programs under asm, and the best that a
// processor has is chosen when the program starts; that for arm64, which always
// has NEON, is written by hand. A kernel for another processor is a file beside
// kernel_amd64.go and kernel_arm64.go that defines the same functions.
//
// With every kernel in assembly the bits of a result are the same: those of a
// product where beta is 0 or 1, because each element is one sum of fused
// multiply-adds in the same order, those of [Dot], [Sum] and [ExpShifted],
// because all add up as many elements side by side. bits_test.go has the order.
package f32
