package footprint_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/footprint"
)

// floats adds up the float32 values of all slices reachable from v, each slice once.
func floats(v reflect.Value, seen map[uintptr]bool) int {
	n := 0
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Len() > 0 {
			if seen[v.Pointer()] {
				return 0
			}
			seen[v.Pointer()] = true
		}
		if v.Type().Elem().Kind() == reflect.Float32 {
			return v.Len()
		}
		for i := range v.Len() {
			n += floats(v.Index(i), seen)
		}
	case reflect.Pointer:
		if !v.IsNil() && !seen[v.Pointer()] {
			seen[v.Pointer()] = true
			return floats(v.Elem(), seen)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "work" { // views of the same memory
				n += floats(v.Field(i), seen)
			}
		}
	}
	return n
}

func bytes(v any) int { return 4 * floats(reflect.ValueOf(v), map[uintptr]bool{}) }

// The memory that is foretold is what training takes, whatever is frozen.
func TestItIsWhatIsAllocated(t *testing.T) {
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
			c := gpt.Config{Vocab: 31, Context: 9, Width: 12, Heads: 3, Layers: 3, QKVBias: true, TiedHead: true}
			m := gpt.New(c)
			p := m.NewPass(trains, 2, 7)
			var drop *attention.Dropout
			if dropout {
				drop = attention.NewDropout(.1, rand.NewPCG(1, 1))
			}
			hidden := p.Forward(make([]int, 14), 7, drop)
			p.Backward(f32.New(14, hidden.Cols))
			memory := footprint.Of(c, 2, 7, dropout, trains)
			require.Equal(t, bytes(p.Grads()), memory.Gradients, name)
			require.Equal(t, 2*memory.Gradients, memory.Averages, name)
			require.Equal(t, bytes(m.Params()), memory.Weights, name)
			require.Equal(t, bytes(p)+4*14*c.Width, memory.Activations+memory.Weights+memory.Gradients, "%s, dropout %v", name, dropout)
		}
	}
}

// Attention keeps nothing that grows with the square of the context: the same
// tokens take the same memory, in whatever lengths they come.
func TestActivationsDoNotGrowWithTheContext(t *testing.T) {
	require.Equal(t, footprint.Of(gpt.GPT2Small, 16, 256, true, nil), footprint.Of(gpt.GPT2Small, 4, 1024, true, nil))
	m := gpt.New(gpt.Config{Vocab: 31, Context: 640, Width: 12, Heads: 3, Layers: 2, QKVBias: true, TiedHead: true})
	require.Equal(t, bytes(m.NewPass(nil, 10, 64)), bytes(m.NewPass(nil, 1, 640)))
}

// Nothing overflows, whatever is asked for: what training takes is at most too much.
func TestItDoesNotOverflow(t *testing.T) {
	c := gpt.Config{Vocab: 257, Context: 8, Width: 1, Heads: 1, Layers: 1_000_000, QKVBias: true, TiedHead: true}
	require.NoError(t, c.Validate())
	all := footprint.Of(c, 1, 8, true, nil)
	require.Equal(t, 4*(1_000_000*25+265+2), all.Weights)
	require.Greater(t, all.Total(), 999_900*(10<<10))
	for _, n := range []int{1 << 20, 1 << 31, 1 << 62, math.MaxInt} {
		require.Greater(t, footprint.Of(gpt.GPT2XL, n, n, true, nil).Total(), 1<<59, n)
	}
}
