package f32

import "gonum.org/v1/gonum/blas/blas32"

// An Epilogue is what [GemmThen] does to the elements of c as soon as their sums
// are complete, while the worker that added them up still has them in its cache:
// a pass over memory less for each. What is unset is not done; what is set is
// done in this order. The shapes are those of c (m,n).
type Epilogue struct {
	Bias      []float32      // (n): c += Bias, on every row
	GELU      blas32.General // (m,n): is set to GELU(c)
	GELUSlope blas32.General // (m,n): c is multiplied by gelu'(GELUSlope)
	Erf       bool           // the two are [ErfGELU] and its slope
}

const badEpilogue = "f32: shapes of the epilogue do not match the product"

func (e *Epilogue) check(c blas32.General) {
	if e.Bias != nil && len(e.Bias) != c.Cols {
		panic(badEpilogue)
	}
	for _, m := range [...]blas32.General{e.GELU, e.GELUSlope} {
		if m.Data == nil {
			continue
		}
		check(m)
		if m.Rows != c.Rows || m.Cols != c.Cols {
			panic(badEpilogue)
		}
	}
}

// columns returns the epilogue of columns lo to hi-1 of c.
func (e Epilogue) columns(lo, hi int) Epilogue {
	if e.Bias != nil {
		e.Bias = e.Bias[lo:hi]
	}
	for _, m := range [...]*blas32.General{&e.GELU, &e.GELUSlope} {
		if m.Data != nil {
			*m = Cols(*m, lo, hi)
		}
	}
	return e
}

// finish does the epilogue for a part of c.
func (p *product) finish(i0, i1, j0, j1 int) {
	e := &p.then
	if e.Bias == nil && e.GELU.Data == nil && e.GELUSlope.Data == nil {
		return
	}
	bend, unbend := GELU, GELUBackward
	if e.Erf {
		bend, unbend = ErfGELU, ErfGELUBackward
	}
	for i := i0; i < i1; i++ {
		c := Row(p.c, i)[j0:j1]
		if e.Bias != nil {
			Add(c, e.Bias[j0:j1])
		}
		if e.GELU.Data != nil {
			bend(Row(e.GELU, i)[j0:j1], c)
		}
		if e.GELUSlope.Data != nil {
			unbend(c, c, Row(e.GELUSlope, i)[j0:j1])
		}
	}
}
