package llama

import (
	"fmt"

	"github.com/llm-from-scratch/llm/branches/layers"
)

// Config holds the sizes of a model, and where the families of today differ.
type Config struct {
	Vocab    int           // V, the number of rows of the embedding, which may be more than there are tokens
	Context  int           // the longest sequence, in tokens
	Width    int           // C, the size of the vector at each position
	Hidden   int           // F, the width inside the feed-forward network
	Layers   int           // L, the number of blocks
	Heads    int           // H, of the queries
	KVHeads  int           // G, of the keys and values, which divides H
	HeadDim  int           // D, the columns of a head; H·D need not be C
	Rotary   layers.Rotary // the positions
	Epsilon  float64       // of the norms
	QKVBias  bool          // whether queries, keys and values have a bias, as in Qwen2
	OutBias  bool          // whether the product behind the heads has one
	MLPBias  bool          // whether the feed-forward network has them
	QKNorm   bool          // whether each head of the queries and keys is normalized, as in Qwen3
	TiedHead bool          // whether the head is the token embedding, transposed
}

// Validate says what is wrong with a configuration and what to do, or nil.
func (c Config) Validate() error {
	for _, size := range []struct {
		name  string
		value int
	}{
		{"vocabulary", c.Vocab}, {"context", c.Context}, {"width", c.Width}, {"hidden width", c.Hidden},
		{"layers", c.Layers}, {"heads", c.Heads}, {"heads of the keys", c.KVHeads}, {"width of a head", c.HeadDim},
	} {
		if size.value < 1 {
			return fmt.Errorf("llama: %s is %d; it must be at least 1", size.name, size.value)
		}
	}
	V, C, F, L, HD := float64(c.Vocab), float64(c.Width), float64(c.Hidden), float64(c.Layers), float64(c.Heads)*float64(c.HeadDim)
	switch {
	case 2*V*C+L*C*(4*HD+3*F) > 1<<50: // nothing overflows below that
		return fmt.Errorf("llama: more weights than any computer holds")
	case c.Heads%c.KVHeads != 0:
		return fmt.Errorf("llama: %d heads of queries cannot share %d heads of keys evenly", c.Heads, c.KVHeads)
	case c.HeadDim%2 != 0:
		return fmt.Errorf("llama: the width of a head is %d; its columns turn in pairs, so it must be even", c.HeadDim)
	case !(c.Rotary.Theta > 0) || !(c.Epsilon >= 0):
		return fmt.Errorf("llama: theta is %v and epsilon %v; theta must be above 0, and epsilon 0 or more", c.Rotary.Theta, c.Epsilon)
	}
	return nil
}

// ParamCount is the number of trainable values, a tied head counted once.
func (c Config) ParamCount() (total int) {
	for _, p := range c.Params() {
		total += p.Size()
	}
	return total
}

// CacheBytes is the memory that the keys and values of one token take, 4 bytes each:
// those of G heads, not of H.
func (c Config) CacheBytes() int { return 4 * c.Layers * 2 * c.KVHeads * c.HeadDim }
