package instruct

import gpt "github.com/llm-from-scratch/llm/ch04_gpt"

// With returns the assistant with another decoder, for tests that watch what it
// reads.
func (a *Assistant) With(d gpt.Decoder) *Assistant {
	b := *a
	b.model = d
	return &b
}
