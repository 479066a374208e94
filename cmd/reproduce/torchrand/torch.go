package torchrand

import (
	"math"

	"gonum.org/v1/gonum/mathext/prng"
)

// Generator is PyTorch's default generator. It is a rand.Source, but only its own
// methods draw what PyTorch draws.
type Generator struct {
	prng.MT19937
	spare    float64 // the second of two normal numbers drawn together
	hasSpare bool
}

// New returns the generator as torch.manual_seed leaves it.
func New(seed uint64) *Generator {
	g := new(Generator)
	g.Seed(seed)
	return g
}

// Float32 returns a number from [0,1), a multiple of 2⁻²⁴.
func (g *Generator) Float32() float32 { return float32(g.Uint32()&(1<<24-1)) / (1 << 24) }

// Float64 returns a number from [0,1), a multiple of 2⁻⁵³.
func (g *Generator) Float64() float64 { return float64(g.Uint64()&(1<<53-1)) / (1 << 53) }

// Uniform fills x from [lo,hi), as Tensor.uniform_ does, and with 0 and 1 torch.rand.
// Scaling and shifting round once: compilers make one instruction of the two.
func (g *Generator) Uniform(x []float32, lo, hi float32) {
	width := float64(hi - lo)
	for i := range x {
		x[i] = float32(math.FMA(float64(g.Float32()), width, float64(lo)))
	}
}

// Linear fills the weight of a new nn.Linear with so many inputs, (out, in), and
// then its bias (out), which may be nil.
func (g *Generator) Linear(weight, bias []float32, in int) {
	bound := float32(1 / math.Sqrt(float64(in)))
	g.Uniform(weight, -bound, bound)
	g.Uniform(bias, -bound, bound)
}

const normalBlock = 16

// Normal fills x with standard normal numbers, as torch.randn does and nn.Embedding
// its weight. Sixteen and more are drawn all at once (normalBlock at a time), fewer
// in pairs.
func (g *Generator) Normal(x []float32) {
	if len(x) < normalBlock {
		for i := range x {
			x[i] = float32(g.normal())
		}
		return
	}
	g.Uniform(x, 0, 1)
	whole := len(x) - len(x)%normalBlock
	for i := 0; i < whole; i += normalBlock {
		boxMuller(x[i : i+normalBlock])
	}
	if whole < len(x) { // the last block is drawn anew, and overlaps the one before
		last := x[len(x)-normalBlock:]
		g.Uniform(last, 0, 1)
		boxMuller(last)
	}
}

// boxMuller makes normal numbers of uniform ones: of the elements j and j+8, a
// radius and an angle (Box and Muller 1958).
func boxMuller(x []float32) {
	for j := range normalBlock / 2 {
		u1, u2 := 1-x[j], x[j+normalBlock/2] // u1 > 0, for the logarithm
		radius := float32(math.Sqrt(float64(-2 * float32(math.Log(float64(u1))))))
		angle := float32(2 * math.Pi * float64(u2))
		x[j] = radius * float32(math.Cos(float64(angle)))
		x[j+normalBlock/2] = radius * float32(math.Sin(float64(angle)))
	}
}

// normal returns one normal number; every other call has it already.
func (g *Generator) normal() float64 {
	if g.hasSpare {
		g.hasSpare = false
		return g.spare
	}
	u1, u2 := g.Float64(), g.Float64()
	radius, angle := math.Sqrt(-2*math.Log1p(-u2)), 2*math.Pi*u1
	g.spare, g.hasSpare = radius*math.Sin(angle), true
	return radius * math.Cos(angle)
}

// Dropout fills mask with the factors of nn.Dropout(p): 0 with probability p,
// otherwise 1/(1-p). Without dropout, p = 0, it draws nothing.
func (g *Generator) Dropout(mask []float32, p float64) {
	if p == 0 {
		for i := range mask {
			mask[i] = 1
		}
		return
	}
	keep := 1 / float32(1-p)
	for i := range mask {
		mask[i] = 0
		if g.Float64() < 1-p {
			mask[i] = keep
		}
	}
}

// Multinomial draws one index by the probabilities p, as torch.multinomial(p, 1)
// does: each is divided by an exponential number, and the largest wins.
func (g *Generator) Multinomial(p []float32) int {
	best, most := 0, float32(-1)
	for i, share := range p {
		q := float32(-math.Log1p(-g.Float64()))
		if r := share / q; r > most {
			best, most = i, r
		}
	}
	return best
}

// Perm returns 0 to n-1 in the order of torch.randperm.
func (g *Generator) Perm(n int) []int {
	p := count(n)
	for i := 0; i < n-1; i++ {
		j := i + int(g.Uint32()%uint32(n-i))
		p[i], p[j] = p[j], p[i]
	}
	return p
}

// Loader returns in which order one pass of a DataLoader over n items takes them.
// One that does not shuffle draws a number all the same.
func (g *Generator) Loader(n int, shuffle bool) []int {
	g.Uint64() // the seed of worker processes, wanted or not
	if !shuffle {
		return count(n)
	}
	return New(g.Uint64()).Perm(n)
}

// count is 0 to n-1.
func count(n int) []int {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	return p
}
