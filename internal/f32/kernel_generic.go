package f32

import (
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/gonum"
)

// A tile of this size is the largest for which gonum's product neither starts
// goroutines nor allocates.
const tileRows, tileCols = 64, 192

// tiled is a product computed in tiles by gonum.
type tiled struct {
	tA, tB      blas.Transpose
	m, n, k     int
	alpha, beta float32
	a, b, c     blas32.General
	across      int // tiles in a row of tiles
}

var spare struct {
	sync.Mutex
	list []*tiled
}

func multiply(tA, tB blas.Transpose, m, n, k int, alpha float32, a, b blas32.General, beta float32, c blas32.General) {
	spare.Lock()
	if len(spare.list) == 0 {
		spare.list = append(spare.list, new(tiled))
	}
	p := spare.list[len(spare.list)-1]
	spare.list = spare.list[:len(spare.list)-1]
	spare.Unlock()

	*p = tiled{tA, tB, m, n, k, alpha, beta, a, b, c, (n-1)/tileCols + 1}
	tiles := p.across * ((m-1)/tileRows + 1)
	if m*n*k < 1<<16 {
		p.Do(0, tiles)
	} else {
		Run(tiles, 1, p)
	}

	*p = tiled{}
	spare.Lock()
	spare.list = append(spare.list, p)
	spare.Unlock()
}

// Do computes tiles lo to hi-1, counted along the rows of c.
func (p *tiled) Do(lo, hi int) {
	for t := lo; t < hi; t++ {
		i, j := t/p.across*tileRows, t%p.across*tileCols
		rows, cols := min(tileRows, p.m-i), min(tileCols, p.n-j)
		a, b := i*p.a.Stride, j
		if p.tA != blas.NoTrans {
			a = i
		}
		if p.tB != blas.NoTrans {
			b = j * p.b.Stride
		}
		gonum.Implementation{}.Sgemm(p.tA, p.tB, rows, cols, p.k, p.alpha,
			p.a.Data[a:], p.a.Stride, p.b.Data[b:], p.b.Stride, p.beta, p.c.Data[i*p.c.Stride+j:], p.c.Stride)
	}
}
