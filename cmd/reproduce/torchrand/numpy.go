package torchrand

import (
	"math/bits"

	"gonum.org/v1/gonum/mathext/prng"
)

// RandomState is NumPy's older generator, which pandas uses too.
type RandomState struct{ prng.MT19937 }

// NewRandomState returns numpy.random.RandomState(seed).
func NewRandomState(seed uint32) *RandomState {
	r := new(RandomState)
	r.Seed(uint64(seed))
	return r
}

// Permutation returns 0 to n-1 in the order of RandomState.permutation(n). The
// first k are the rows that pandas' DataFrame.sample(k, random_state=seed) takes
// of n.
func (r *RandomState) Permutation(n int) []int {
	p := count(n)
	for i := n - 1; i > 0; i-- {
		j := r.upTo(i)
		p[i], p[j] = p[j], p[i]
	}
	return p
}

// upTo draws from 0 to most, by drawing as many bits as most has until they fit.
func (r *RandomState) upTo(most int) int {
	mask := uint32(1)<<bits.Len32(uint32(most)) - 1
	for {
		if j := int(r.Uint32() & mask); j <= most {
			return j
		}
	}
}
