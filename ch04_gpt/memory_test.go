package gpt

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

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

// The memory that a configuration promises is what training takes.
func TestTrainBytesAreWhatIsAllocated(t *testing.T) {
	for _, dropout := range []float32{0, .1} {
		c := Config{Vocab: 31, Context: 9, Width: 12, Heads: 3, Layers: 2, Dropout: dropout, QKVBias: true, TiedHead: true}
		m, a := New(c), NewActivations(c, 2, 7)
		ids := make([]int, 14)
		hidden := m.Forward(a, ids, 7, nil)
		m.Backward(m.Gradient(nil), a, f32.New(14, hidden.Cols))
		require.Equal(t, activationCount(c, 2, 7), countFloats(reflect.ValueOf(a)))
	}
}

// Attention keeps nothing that grows with the square of the context: the same
// tokens take the same memory, in whatever lengths they come.
func TestActivationsDoNotGrowWithTheContext(t *testing.T) {
	require.Equal(t, activationCount(GPT2Small, 16, 256), activationCount(GPT2Small, 4, 1024))
	c := Config{Vocab: 31, Context: 640, Width: 12, Heads: 3, Layers: 2, Dropout: .1, QKVBias: true, TiedHead: true}
	short, long := NewActivations(c, 10, 64), NewActivations(c, 1, 640)
	require.Equal(t, countFloats(reflect.ValueOf(short)), countFloats(reflect.ValueOf(long)))
}
