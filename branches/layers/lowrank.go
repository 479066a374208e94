package layers

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// LowRank is a change of a matrix W (out,in) by few numbers, s·B·A with s = α/r (Hu et
// al. 2021). Unlike chapter 6's it is not added to W: it stands beside it. Its gradient
// is another LowRank.
type LowRank struct {
	A     blas32.General // (r,in)
	B     blas32.General // (out,r)
	Alpha float64        // α
}

// Scale is α/r.
func (c *LowRank) Scale() float32 { return float32(c.Alpha / float64(c.A.Rows)) }

// NewLowRank returns a change of rank r. A is drawn from ±1/√in, as PEFT does, and B
// is zero: nothing changes yet.
func NewLowRank(out, in, r int, alpha float64, rng *rand.Rand) *LowRank {
	c := &LowRank{f32.New(r, in), f32.New(out, r), alpha}
	bound := float32(1 / math.Sqrt(float64(in)))
	for i := range c.A.Data {
		c.A.Data[i] = bound * (2*rng.Float32() - 1)
	}
	return c
}

// Forward adds s·(x Aᵀ)·Bᵀ to y (N,out) for the rows of x (N,in).
func (c *LowRank) Forward(y, x blas32.General) {
	room, h, _ := c.room(x.Rows)
	defer rooms.Give(room)
	f32.Gemm(blas.NoTrans, blas.Trans, c.Scale(), x, c.A, 0, h)
	f32.Gemm(blas.NoTrans, blas.Trans, 1, h, c.B, 1, y)
}

// Backward undoes y += h Bᵀ with h = s·x Aᵀ, which it computes again. It adds to
// dx (N,in), unless that has no data, and to grad:
//
//	dB += dyᵀ h    dh = s·dy B    dA += dhᵀ x    dx += dh A
func (c *LowRank) Backward(dx blas32.General, grad *LowRank, dy, x blas32.General) {
	room, h, dh := c.room(x.Rows)
	defer rooms.Give(room)
	f32.Gemm(blas.NoTrans, blas.NoTrans, c.Scale(), dy, c.B, 0, dh)
	if grad.B.Data != nil {
		f32.Gemm(blas.NoTrans, blas.Trans, c.Scale(), x, c.A, 0, h)
		f32.Gemm(blas.Trans, blas.NoTrans, 1, dy, h, 1, grad.B)
	}
	if grad.A.Data != nil {
		f32.Gemm(blas.Trans, blas.NoTrans, 1, dh, x, 1, grad.A)
	}
	if dx.Data != nil {
		f32.Gemm(blas.NoTrans, blas.NoTrans, 1, dh, c.A, 1, dx)
	}
}

// rooms keeps room for products with A and B. They are so small that no pass keeps
// them.
var rooms f32.Shelf[[]float32]

// room returns room for two matrices (N,r), to be given back.
func (c *LowRank) room(N int) (room *[]float32, h, dh blas32.General) {
	room, r := rooms.Take(), c.A.Rows
	if len(*room) < 2*N*r {
		*room = make([]float32, 2*N*r)
	}
	return room, f32.View(*room, N, r), f32.View((*room)[N*r:], N, r)
}
