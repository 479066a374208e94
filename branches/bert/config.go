package bert

import "fmt"

// Config holds the sizes of a model, and which of the parts on top of the encoder
// it has.
type Config struct {
	Vocab   int     // V, the number of token ids
	Context int     // the longest sequence, in tokens
	Width   int     // C, the size of the vector at each position
	Hidden  int     // F, the width inside the feed-forward network
	Layers  int     // L, the number of blocks
	Heads   int     // H, which divides C
	Types   int     // S, the kinds of segments: 2, the first text and the second
	Epsilon float64 // of the norms

	Pooler bool // whether there is a vector for the whole input
	Masked bool // whether masked words can be guessed
	Labels int  // of a classifier, which needs the pooler; 0 for none
}

// Validate says what is wrong with a configuration and what to do, or nil.
func (c Config) Validate() error {
	V, T, C, F, L := float64(c.Vocab), float64(c.Context), float64(c.Width), float64(c.Hidden), float64(c.Layers)
	switch {
	case min(c.Vocab, c.Context, c.Width, c.Hidden, c.Layers, c.Heads, c.Types) < 1:
		return fmt.Errorf("bert: one of the sizes is below 1: %+v", c)
	case C*(V+T+float64(c.Types)+L*(4*C+2*F)) > 1<<50: // nothing overflows below that
		return fmt.Errorf("bert: more weights than any computer holds")
	case c.Width%c.Heads != 0:
		return fmt.Errorf("bert: width %d is not divisible by %d heads (are heads and layers swapped?)", c.Width, c.Heads)
	case !(c.Epsilon >= 0):
		return fmt.Errorf("bert: epsilon is %v; it must be 0 or more", c.Epsilon)
	case c.Labels < 0 || c.Labels > 0 && !c.Pooler:
		return fmt.Errorf("bert: a classifier of %d labels needs the pooler", c.Labels)
	}
	return nil
}

// ParamCount is the number of trainable values, the head's embedding counted once.
func (c Config) ParamCount() (total int) {
	for _, p := range c.Params() {
		total += p.Size()
	}
	return total
}
