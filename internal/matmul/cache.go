package matmul

// A Cache does what a processor's first-level cache does, without the
// data: it knows which lines of memory it holds. 32 KB, lines of 64 bytes,
// and eight places for each of 64 sets of lines, as in most processors
// that one can buy. The zero value is empty.
type Cache struct {
	Fetched int // bytes that came from beyond it

	sets [64][8]int // numbers of lines, from 1, the last used first
}

const lineSize = 64

// Touch reads or writes the element of four bytes at an address.
func (c *Cache) Touch(at int) {
	line := at/lineSize + 1
	set := &c.sets[line%len(c.sets)]
	last := line
	for i, held := range set { // move up, until the line's old place is free
		set[i] = last
		if held == line {
			return
		}
		last = held
	}
	c.Fetched += lineSize
}
