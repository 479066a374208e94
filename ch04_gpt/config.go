package gpt

import "fmt"

// Config holds the sizes of a model, and which of its parameters GPT-2 has and
// others may leave out.
type Config struct {
	Vocab    int  // V, the number of token ids
	Context  int  // the longest sequence, in tokens
	Width    int  // C, the size of the vector at each position
	Heads    int  // H, which divides C
	Layers   int  // L, the number of blocks
	QKVBias  bool // whether queries, keys and values have a bias
	TiedHead bool // whether the head is the token embedding, transposed
}

// The four sizes of GPT-2 as published, named by their parameters.
var (
	GPT2Small  = gpt2(768, 12, 12)  // 124M
	GPT2Medium = gpt2(1024, 16, 24) // 355M
	GPT2Large  = gpt2(1280, 20, 36) // 774M
	GPT2XL     = gpt2(1600, 25, 48) // 1558M
)

func gpt2(width, heads, layers int) Config {
	return Config{
		Vocab: 50257, Context: 1024, Width: width, Heads: heads, Layers: layers,
		QKVBias: true, TiedHead: true,
	}
}

// Named returns the configuration that is published under name: gpt2,
// gpt2-medium, gpt2-large or gpt2-xl.
func Named(name string) (Config, bool) {
	c, ok := map[string]Config{
		"gpt2": GPT2Small, "gpt2-medium": GPT2Medium, "gpt2-large": GPT2Large, "gpt2-xl": GPT2XL,
	}[name]
	return c, ok
}

// Validate says what is wrong with a configuration and what to do, or nil.
func (c Config) Validate() error {
	for _, size := range []struct {
		name  string
		value int
	}{{"vocabulary", c.Vocab}, {"context", c.Context}, {"width", c.Width}, {"heads", c.Heads}, {"layers", c.Layers}} {
		if size.value < 1 {
			return fmt.Errorf("gpt: %s is %d; it must be at least 1", size.name, size.value)
		}
	}
	V, T, C, L := float64(c.Vocab), float64(c.Context), float64(c.Width), float64(c.Layers)
	if n := C * (2*V + T + L*(12*C+13)); n > 1<<50 { // nothing overflows below that
		return fmt.Errorf("gpt: about %.0e weights are more than any computer holds", n)
	}
	if c.Width%c.Heads != 0 {
		return fmt.Errorf("gpt: width %d is not divisible by %d heads (are heads and layers swapped?)", c.Width, c.Heads)
	}
	return nil
}

// ParamCount is the number of trainable values of a valid configuration, a tied
// head counted once.
func (c Config) ParamCount() int {
	C := c.Width
	norm := 2 * C
	attn := C*3*C + C*C + C // QKV and projection
	if c.QKVBias {
		attn += 3 * C
	}
	mlp := C*4*C + 4*C + 4*C*C + C
	total := (c.Vocab+c.Context)*C + c.Layers*(2*norm+attn+mlp) + norm
	if !c.TiedHead {
		total += c.Vocab * C
	}
	return total
}

// WeightBytes is the memory of the weights: four bytes each.
func (c Config) WeightBytes() int { return 4 * c.ParamCount() }

// ForwardFLOPs counts the multiplications and additions of the matrix products
// in one forward pass over B sequences of T tokens, head included. A product of
// (N,K) by (K,M) is 2·N·K·M. The backward pass takes twice as many.
func (c Config) ForwardFLOPs(B, T int) int {
	N, C := B*T, c.Width
	weights := 12 * C * C // QKV 3C², projection C², MLP 8C²
	scores := 2 * T * C   // q·k for every pair of positions, and the mixing
	return 2 * N * (c.Layers*(weights+scores) + c.Vocab*C)
}
