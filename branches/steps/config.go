package steps

import (
	"fmt"
	"math"
	"slices"

	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/llama"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// Config holds the sizes of a model, and which of its parts are today's.
type Config struct {
	Vocab   int `json:"vocab_size"`
	Context int `json:"context"`
	Width   int `json:"width"`
	Hidden  int `json:"hidden"` // F of SwiGLU; GPT-2's network has 4·Width
	Layers  int `json:"layers"`
	Heads   int `json:"heads"`
	KVHeads int `json:"kv_heads"` // as many as Heads in GPT-2

	RMSNorm bool `json:"rmsnorm"` // else LayerNorm
	SwiGLU  bool `json:"swiglu"`  // else GPT-2's network
	NoBias  bool `json:"nobias"`  // of the matrices; else all have one
	Rotary  bool `json:"rotary"`  // else trained vectors for the positions
}

// Names are the stations of the road. Each has all that the one before it has, and
// one part more of today's.
var Names = []string{"gpt2", "rmsnorm", "swiglu", "nobias", "rotary", "llama"}

// Named returns the station of that name with the sizes of a GPT-2, and as many
// parameters: what a part needs less, the SwiGLU network is wider. In the last one
// two heads of queries share one of keys, or all where they are odd in number.
func Named(name string, sizes gpt.Config) (c Config, ok bool) {
	at := slices.Index(Names, name)
	c = Config{
		Vocab: sizes.Vocab, Context: sizes.Context, Width: sizes.Width, Layers: sizes.Layers, Heads: sizes.Heads,
		KVHeads: sizes.Heads, Hidden: 4 * sizes.Width, RMSNorm: at >= 1, SwiGLU: at >= 2, NoBias: at >= 3, Rotary: at >= 4,
	}
	if at == len(Names)-1 {
		c.KVHeads = max(1, sizes.Heads/2*(1-sizes.Heads%2))
	}
	if at < 0 || c.Validate() != nil || !c.SwiGLU {
		return c, at >= 0
	}
	wider := c
	wider.Hidden++
	missing, column := sizes.ParamCount()-c.ParamCount(), wider.ParamCount()-c.ParamCount()
	c.Hidden = max(1, c.Hidden+int(math.Round(float64(missing)/float64(column))))
	return c, true
}

// Validate says what is wrong with a configuration and what to do, or nil.
func (c Config) Validate() error {
	sizes := gpt.Config{Vocab: c.Vocab, Context: c.Context, Width: c.Width, Heads: c.Heads, Layers: c.Layers}
	if err := sizes.Validate(); err != nil {
		return err
	}
	switch most := 1 << 20; {
	case c.Hidden < 1 || c.Hidden > most:
		return fmt.Errorf("steps: hidden width is %d; it must be 1 to %d", c.Hidden, most)
	case c.KVHeads < 1 || c.Heads%c.KVHeads != 0:
		return fmt.Errorf("steps: %d heads of queries cannot share %d heads of keys evenly", c.Heads, c.KVHeads)
	case c.Rotary && c.Width/c.Heads%2 != 0:
		return fmt.Errorf("steps: the width of a head is %d; its columns turn in pairs, so it must be even", c.Width/c.Heads)
	}
	return nil
}

// ParamCount is the number of trainable values.
func (c Config) ParamCount() (total int) {
	for _, p := range c.Params() {
		total += p.Size()
	}
	return total
}

// The base of the rotary positions, and what keeps the norm of a row of zeros finite:
// that of chapter 4, so that a norm differs in nothing else.
const (
	theta   = 10000
	epsilon = 1e-5
)

// Llama is the configuration of branches/llama that has the same parts, if all of
// them are today's.
func (c Config) Llama() llama.Config {
	return llama.Config{
		Vocab: c.Vocab, Context: c.Context, Width: c.Width, Hidden: c.Hidden, Layers: c.Layers,
		Heads: c.Heads, KVHeads: c.KVHeads, HeadDim: c.Width / c.Heads,
		Rotary: layers.Rotary{Theta: theta}, Epsilon: epsilon, TiedHead: true,
	}
}
