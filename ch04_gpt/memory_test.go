package gpt

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// countFloats adds up the float32 values of all slices reachable from v.
func countFloats(v reflect.Value) int {
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Float32 {
			return v.Len()
		}
		n := 0
		for i := range v.Len() {
			n += countFloats(v.Index(i))
		}
		return n
	case reflect.Pointer:
		if v.IsNil() {
			return 0
		}
		return countFloats(v.Elem())
	case reflect.Struct:
		n := 0
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "work" { // views of the same memory
				n += countFloats(v.Field(i))
			}
		}
		return n
	}
	return 0
}

// The memory that a configuration promises is what training takes, whatever is
// frozen.
func TestTrainMemoryIsWhatIsAllocated(t *testing.T) {
	for name, trains := range map[string]func(string) bool{
		"all":          nil,
		"positions":    func(name string) bool { return name == "wpe.weight" },
		"first block":  func(name string) bool { return name == "h.0.mlp.c_fc.bias" },
		"middle block": func(name string) bool { return strings.HasPrefix(name, "h.1.") || name == "h.2.ln_1.bias" },
		"last block":   func(name string) bool { return strings.HasPrefix(name, "h.2.") },
		"last norm":    func(name string) bool { return name == "ln_f.bias" },
		"nothing":      func(name string) bool { return false },
	} {
		for _, dropout := range []bool{false, true} {
			c := Config{Vocab: 31, Context: 9, Width: 12, Heads: 3, Layers: 3, QKVBias: true, TiedHead: true}
			m := New(c)
			grad := m.Gradient(trains)
			a := m.NewActivations(grad, 2, 7)
			var drop *attention.Dropout
			if dropout {
				drop = attention.NewDropout(.1, rand.NewPCG(1, 1))
			}
			hidden := m.Forward(a, make([]int, 14), 7, drop)
			m.Backward(grad, a, f32.New(14, hidden.Cols))
			memory := c.TrainMemory(2, 7, dropout, trains)
			trained := 0
			for _, p := range grad.Params() {
				trained += len(p.Data)
			}
			require.Equal(t, 4*trained, memory.Gradients, name)
			require.Equal(t, 8*trained, memory.Averages, name)
			require.Equal(t, 4*countFloats(reflect.ValueOf(m.Params())), memory.Weights, name)
			require.Equal(t, 4*(distinctFloats(a)+14*c.Width), memory.Activations, "%s, dropout %v", name, dropout)
		}
	}
}

// distinctFloats counts what a holds, shared rooms once.
func distinctFloats(a *Activations) int {
	once := *a
	once.blocks, once.stream = nil, nil
	n := countFloats(reflect.ValueOf(once))
	seen := make(map[any]bool)
	for _, b := range a.blocks {
		if !seen[b] {
			n += countFloats(reflect.ValueOf(b))
		}
		seen[b] = true
	}
	for _, s := range a.stream {
		if !seen[&s[0]] {
			n += len(s)
		}
		seen[&s[0]] = true
	}
	return n
}

// Attention keeps nothing that grows with the square of the context: the same
// tokens take the same memory, in whatever lengths they come.
func TestActivationsDoNotGrowWithTheContext(t *testing.T) {
	require.Equal(t, activationCount(GPT2Small, 16, 256, -1, true), activationCount(GPT2Small, 4, 1024, -1, true))
	c := Config{Vocab: 31, Context: 640, Width: 12, Heads: 3, Layers: 2, QKVBias: true, TiedHead: true}
	short, long := NewActivations(c, 10, 64), NewActivations(c, 1, 640)
	require.Equal(t, countFloats(reflect.ValueOf(short)), countFloats(reflect.ValueOf(long)))
}

// Nothing overflows, whatever is asked for: a valid configuration has few enough
// weights to count, and what training takes is at most too much.
func TestMemoryDoesNotOverflow(t *testing.T) {
	c := Config{Vocab: 257, Context: 8, Width: 1, Heads: 1, Layers: 1_000_000, QKVBias: true, TiedHead: true}
	require.NoError(t, c.Validate())
	all := c.TrainMemory(1, 8, true, nil)
	require.Equal(t, 4*(1_000_000*25+265+2), all.Weights)
	require.Greater(t, all.Total(), 999_900*(10<<10))
	for _, n := range []int{1 << 20, 1 << 31, 1 << 62, math.MaxInt} {
		require.Greater(t, GPT2XL.TrainBytes(n, n, true), 1<<59, n)
		for _, wide := range []Config{
			{Vocab: n, Context: n, Width: n, Heads: 1, Layers: n},
			{Vocab: 257, Context: 8, Width: 1 << 20, Heads: 1, Layers: n},
			{Vocab: n, Context: 8, Width: 1 << 31, Heads: 1, Layers: 1},
		} {
			require.ErrorContains(t, wide.Validate(), "weights are more than any computer holds")
		}
	}
	largest := Config{Vocab: 1, Context: 1, Width: 1 << 20, Heads: 1, Layers: 80}
	require.NoError(t, largest.Validate())
	require.Greater(t, largest.ParamCount(), 1<<49)
}
