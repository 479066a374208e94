package talk

import (
	"math"

	"github.com/llm-from-scratch/llm/branches/llama"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// Model is a model that never says an id that stands for nothing. The embedding of
// many models has more rows than there are tokens, so that their number is round. These
// rows were never trained, and their logits are anything.
type Model struct {
	*llama.Model
	silent []int // the ids that stand for nothing
}

// With is another model of the same tokenizer, such as one of fewer bits.
func (m *Model) With(other *llama.Model) *Model { return &Model{other, m.silent} }

// NewCache returns an empty cache, for whose logits the silent ids do not count.
func (m *Model) NewCache() gpt.Cache { return &cache{m.Model.NewCache(), m.silent} }

type cache struct {
	gpt.Cache
	silent []int
}

// Extend is that of the model's cache. A logit of -∞ is a probability of zero.
func (c *cache) Extend(ids []int) []float32 {
	logits := c.Cache.Extend(ids)
	for _, id := range c.silent {
		logits[id] = float32(math.Inf(-1))
	}
	return logits
}
