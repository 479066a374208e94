package f32

import (
	"unsafe"

	"gonum.org/v1/gonum/blas"
)

// The blocking of Goto and van de Geijn, "Anatomy of High-Performance Matrix
// Multiplication" (2008). A panel of b, blockSteps deep, stays in the first-level
// cache (16 KB of 32) while the panels of a packed block of a (72 KB, in the
// second-level cache) pass by it; the packed block of b (1 MB) lies beyond.
const (
	blockSteps = 256
	blockRows  = 72
	blockCols  = 1024
)

// packed computes a part of c, at most blockCols wide, with the kernel.
func (p *product) packed(i0, i1, j0, j1 int) {
	buf := buffers.Take()
	steps := (p.k-1)/blockSteps + 1
	steps = (p.k-1)/steps + 1 // of equal length: a short last one is slow
	beta := p.beta
	for l := 0; l < p.k; l += steps {
		k := min(steps, p.k-l)
		fast.pack(fast.b, buf.b[:], p.b, p.tB != blas.NoTrans, j0, j1, l, k)
		for i := i0; i < i1; i += blockRows {
			end := min(i+blockRows, i1)
			fast.pack(fast.a, buf.a[:], p.a, p.tA == blas.NoTrans, i, end, l, k)
			p.tiles(buf, i, end, j0, j1, k, beta)
			if l+k == p.k {
				p.finish(i, end, j0, j1)
			}
		}
		beta = 1 // the later steps add to the first ones
	}
	buffers.Give(buf)
}

// tiles multiplies the blocks packed in buf.
func (p *product) tiles(buf *buffer, i0, i1, j0, j1, k int, beta float32) {
	h, w, stride := fast.a.width, fast.b.width, p.c.Stride
	for j := j0; j < j1; j += w {
		for i := i0; i < i1; i += h {
			a, b, c := &buf.a[(i-i0)*k], &buf.b[(j-j0)*k], &p.c.Data[i*stride+j]
			fast.multiply(min(h, i1-i), min(w, j1-j), k, a, b, c, stride, p.alpha, beta)
		}
	}
}

var buffers Shelf[buffer]

// A buffer is what one worker packs into.
type buffer struct {
	a [blockRows*blockSteps + overhang]float32
	b [blockCols*blockSteps + overhang]float32
}

// mergeTile computes c = tile + beta·c for rows × cols elements of a tile whose
// rows are width apart; c's are stride apart.
func mergeTile(rows, cols int, tile []float32, width int, c *float32, stride int, beta float32) {
	out := unsafe.Slice(c, (rows-1)*stride+cols)
	for i := range rows {
		row := out[i*stride:][:cols]
		if beta == 0 {
			copy(row, tile[i*width:])
			continue
		}
		for j, v := range tile[i*width:][:cols] {
			row[j] = v + beta*row[j]
		}
	}
}
