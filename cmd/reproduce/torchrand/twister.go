package torchrand

const (
	words  = 624 // of the state
	middle = 397
)

// twister is the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998).
type twister struct {
	state [words]uint32
	next  int // the word to use next; words if all are used up
}

// seed starts the generator again, as init_genrand does in the authors' code.
func (t *twister) seed(seed uint32) {
	t.state[0] = seed
	for i := 1; i < words; i++ {
		before := t.state[i-1]
		t.state[i] = 1812433253*(before^before>>30) + uint32(i)
	}
	t.next = words
}

// Uint32 returns 32 random bits.
func (t *twister) Uint32() uint32 {
	if t.next == words {
		t.twist()
	}
	y := t.state[t.next]
	t.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// twist makes the next words of the state.
func (t *twister) twist() {
	s := &t.state
	for i := range s {
		y := s[i]&(1<<31) | s[(i+1)%words]&(1<<31-1)
		s[i] = s[(i+middle)%words] ^ y>>1 ^ (y&1)*0x9908b0df
	}
	t.next = 0
}
