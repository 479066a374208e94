package f32

import "gonum.org/v1/gonum/blas/blas32"

// A kernel multiplies one tile of a product on one kind of processor. It reads
// its operands packed: in panels that hold, for each step of the sum in turn,
// the elements of a.width rows of op(a) or b.width columns of op(b) side by
// side, in the order in which multiply wants them.
type kernel struct {
	a, b side

	// turn packs up to 8 lines that lie along the sum; see turn8AVX2.
	turn func(k, rows int, src *float32, stride int, dst *float32, width int)

	// multiply sets the a.width × b.width tile at c, whose rows are stride
	// apart, to alpha·a·b + beta·c for panels a and b of k steps. With beta 0 it
	// does not read c.
	multiply func(k int, a, b, c *float32, stride int, alpha, beta float32)
}

// A side is how panels of one operand are packed.
type side struct {
	width int // lines in a panel

	// copy packs a panel whose lines already lie across the sum: for each of k
	// steps, reach elements, at least width, are read and written.
	copy  func(k int, src *float32, stride int, dst *float32, width int)
	reach int
}

// overhang is how many elements past the last panel packing may write.
const overhang = 16

// turned is how many lines a kernel's turn packs at once, and of how many steps
// it wants a multiple.
const turned = 8

// pack packs lines lo to hi-1 of m, which are its rows when along is true, else
// its columns, for steps l to l+k-1 of the sum. Where a panel is wider than the
// lines that are left, what is in the rest of it is never used.
func (kn *kernel) pack(s side, dst []float32, m blas32.General, along bool, lo, hi, l, k int) {
	for ; lo < hi; lo += s.width {
		lines := min(s.width, hi-lo)
		if along {
			kn.packRows(s.width, lines, dst, m, lo, l, k)
		} else {
			s.packCols(lines, dst, m, lo, l, k)
		}
		dst = dst[s.width*k:]
	}
}

// packRows packs a panel from rows of m, starting at row i and column l.
func (kn *kernel) packRows(width, lines int, dst []float32, m blas32.General, i, l, k int) {
	src := m.Data[i*m.Stride+l:]
	fast := k &^ (turned - 1)
	if fast > 0 {
		for r := 0; r < lines; r += turned {
			kn.turn(fast, lines-r, &src[r*m.Stride], m.Stride, &dst[r], width)
		}
	}
	for r := range lines {
		row := src[r*m.Stride:]
		for step := fast; step < k; step++ {
			dst[step*width+r] = row[step]
		}
	}
}

// packCols packs a panel from columns of m, starting at row l and column j.
func (s side) packCols(lines int, dst []float32, m blas32.General, j, l, k int) {
	src := m.Data[l*m.Stride+j:]
	fast := 0 // steps at which reach elements are there to be read
	if len(src) >= s.reach {
		fast = min(k, (len(src)-s.reach)/m.Stride+1)
		s.copy(fast, &src[0], m.Stride, &dst[0], s.width)
	}
	for step := fast; step < k; step++ {
		copy(dst[step*s.width:][:lines], src[step*m.Stride:])
	}
}
