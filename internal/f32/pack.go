package f32

import "gonum.org/v1/gonum/blas/blas32"

// A kernel multiplies one tile of a product on one kind of processor. It reads
// its operands packed: in panels that hold, for each step of the sum in turn,
// the elements of a.width rows of op(a), or of b.width columns of op(b), side by
// side.
type kernel struct {
	name string
	a, b side

	// turn packs up to turned lines that lie along the sum; see turn8AVX2. It may
	// write turned lines even where a panel of a has fewer left. Panels of b, which
	// several workers pack side by side, must be a multiple of turned wide, or turn
	// must not.
	turn func(k, rows int, src *float32, stride int, dst *float32, width int)

	// multiply sets the rows × cols elements at c, at most a.width × b.width,
	// whose rows are stride apart, to alpha·a·b + beta·c for panels a and b of k
	// steps. With beta 0 it does not read c.
	multiply func(rows, cols, k int, a, b, c *float32, stride int, alpha, beta float32)
}

// fast is the best kernel for this processor.
var fast = append(kernels(), portable)[0]

// A side is how one operand is packed: so many lines make a panel, and copy
// packs k steps of a panel whose lines lie across the sum.
type side struct {
	width int
	copy  func(k int, src *float32, stride int, dst *float32)
}

const (
	turned   = 8  // lines that a kernel's turn takes at once, and steps it takes a multiple of
	overhang = 16 // elements past the last panel that turn may write
	copied   = 8  // steps that packing copies at once
)

// pack packs lines lo to hi-1 of m, which are its rows when along is true, else
// its columns, for steps l to l+k-1 of the sum. Where a panel is wider than the
// lines that are left, what is in the rest of it is never used.
func (kn *kernel) pack(s side, dst []float32, m blas32.General, along bool, lo, hi, l, k int) {
	if along {
		for i := lo; i < hi; i += s.width {
			kn.packRows(s.width, min(s.width, hi-i), dst[(i-lo)*k:], m, i, l, k)
		}
		return
	}
	// A few rows of m at a time, for all panels: going down panel by panel
	// touches a memory page for each few elements and takes 1.2 to 1.4 times as
	// long.
	for at := 0; at < k; at += copied {
		for j := lo; j < hi; j += s.width {
			s.packCols(min(s.width, hi-j), dst[(j-lo)*k+at*s.width:], m, j, l+at, min(copied, k-at))
		}
	}
}

// packRows packs a panel from rows of m, starting at row i and column l.
func (kn *kernel) packRows(width, lines int, dst []float32, m blas32.General, i, l, k int) {
	src := m.Data[i*m.Stride+l:]
	whole := k &^ (turned - 1)
	if whole > 0 {
		// From the last lines up: what turn writes beyond a panel's width are the
		// first lines of the next step.
		for r := (lines - 1) / turned * turned; r >= 0; r -= turned {
			kn.turn(whole, lines-r, &src[r*m.Stride], m.Stride, &dst[r], width)
		}
	}
	for r := range lines {
		row := src[r*m.Stride:]
		for step := whole; step < k; step++ {
			dst[step*width+r] = row[step]
		}
	}
}

// packCols packs k steps of a panel from columns of m, starting at row l and
// column j.
func (s side) packCols(lines int, dst []float32, m blas32.General, j, l, k int) {
	src := m.Data[l*m.Stride+j:]
	if lines == s.width {
		s.copy(k, &src[0], m.Stride, &dst[0])
		return
	}
	for step := range k {
		copy(dst[step*s.width:][:lines], src[step*m.Stride:])
	}
}
