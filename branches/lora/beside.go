package lora

import (
	"math/rand/v2"
	"strings"

	"gonum.org/v1/gonum/blas"

	"github.com/llm-from-scratch/llm/branches/layers"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// A Network is one whose linear layers can have changes beside their matrices, such as
// a llama.Model. Its Params are then those of the changes alone.
type Network interface {
	gpt.Network
	Linears() []layers.Named
}

// Settings say how large the changes are and which layers get one.
type Settings struct {
	Rank    int      // r
	Alpha   float64  // α: a change counts α/r times
	Targets []string // the last parts of the layers' names, such as q_proj; nil for all layers
}

// targets reports whether the layer of this name gets a change.
func (s Settings) targets(name string) bool {
	for _, t := range s.Targets {
		if name == t || strings.HasSuffix(name, "."+t) {
			return true
		}
	}
	return s.Targets == nil
}

// Attach gives layers of m changes, at first of nothing. From then on m passes
// gradients to them and to nothing else.
func Attach(m Network, s Settings, rng *rand.Rand) {
	if s.Rank < 1 {
		panic("lora: the rank must be at least 1")
	}
	for _, l := range m.Linears() {
		if s.targets(l.Name) {
			l.Change = layers.NewLowRank(l.W.Rows, l.W.Cols, s.Rank, s.Alpha, rng)
		}
	}
}

// Merge adds every change to the matrix that it stands beside, and takes it off. What
// shares the matrix is changed too. It panics on a matrix of bytes, which has no room
// for small changes: there, attach them to the model in floats.
func Merge(m Network) {
	for _, l := range m.Linears() {
		if c := l.Change; c != nil {
			if l.Int8 != nil {
				panic("lora: a matrix of bytes cannot take up a change")
			}
			f32.Gemm(blas.NoTrans, blas.NoTrans, c.Scale(), c.B, c.A, 1, l.W)
			l.Change = nil
		}
	}
}
