// Package footprint foretells what memory training takes, before any is spent. Its
// tests compare it with what is really allocated.
package footprint

import (
	"fmt"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/figures"
)

// Memory is what training takes, in bytes.
type Memory struct {
	Weights     int
	Gradients   int // of the weights that are trained
	Averages    int // two for each of these, which chapter 5's optimiser keeps
	Activations int // what the forward pass leaves, and the room of the backward pass
	Logits      int // and their gradient, which takes their place
	Lists       int // the tensors' names, shapes and places: much only where layers are many and narrow
}

// Total is the sum of all.
func (m Memory) Total() int {
	return m.Weights + m.Gradients + m.Averages + m.Activations + m.Logits + m.Lists
}

// String says it, in megabytes, for values of four bytes.
func (m Memory) String() string {
	mb := func(bytes int) string { return figures.Thousands((bytes + 5e5) / 1e6) }
	return fmt.Sprintf("training %s of %s values takes %s MB of memory: weights %s, gradients %s, averages %s, activations %s, logits %s",
		figures.Thousands(m.Gradients/4), figures.Thousands(m.Weights/4), mb(m.Total()), mb(m.Weights), mb(m.Gradients),
		mb(m.Averages), mb(m.Activations), mb(m.Logits))
}

// Of is what it takes to train the parameters whose names trains accepts, or all if
// it is nil, on B sequences of T tokens, with or without dropout.
func Of(c gpt.Config, B, T int, dropout bool, trains func(name string) bool) Memory {
	trained, frozen := c.ParamCount(), 0
	if trains != nil {
		trained, frozen = count(c, trains)
	}
	N, V, C := float64(B)*float64(T), float64(c.Vocab), float64(c.Width)
	return Memory{
		Weights:     c.WeightBytes(),
		Gradients:   4 * trained,
		Averages:    2 * 4 * trained,
		Activations: bytes(activations(c, B, T, frozen, dropout) + N*C), // and the gradient of the last vectors
		Logits:      bytes(N * V),
		Lists:       listBytes * max(c.Layers-100, 0),
	}
}

// bytes is the memory of n float32 values, or what is too much in any case and
// can still be added up.
func bytes(n float64) int { return int(min(4*n, 1<<60)) }

// listBytes is what a layer takes in lists of tensors, the optimiser's included.
// Up to a hundred layers that is nothing beside their values.
const listBytes = 10 << 10

// count counts the values that trains accepts, and the blocks below the lowest.
func count(c gpt.Config, trains func(name string) bool) (values, frozen int) {
	frozen = c.Layers
	for _, p := range c.Params() {
		if !trains(p.Name) {
			continue
		}
		values += p.Size()
		block := c.Layers
		if n, _ := fmt.Sscanf(p.Name, "h.%d.", &block); n == 0 && (p.Name == "wte.weight" || p.Name == "wpe.weight") {
			block = 0
		}
		frozen = min(frozen, block)
	}
	return values, frozen
}

// activations is the number of float32 values that chapter 4's NewPass and its first
// backward pass allocate.
func activations(c gpt.Config, B, T, frozen int, dropout bool) float64 {
	N, C, H := float64(B)*float64(T), float64(c.Width), float64(c.Heads)
	block := 2*2*N + 2*N*C + 3*N*C + N*H + N*C + N*C + 2*N*4*C
	passed := block
	if dropout {
		passed += 2 * N * C
	}
	L := float64(c.Layers - frozen)
	forward := (L+1)*N*C + max(L, 1)*passed + 2*N + N*C
	if dropout {
		forward += N * C
	}
	return forward + 2*N*C + block
}
