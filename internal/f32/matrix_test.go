package f32_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func TestViewsShareElements(t *testing.T) {
	m := f32.New(4, 6)
	for i := range m.Data {
		m.Data[i] = float32(i)
	}
	v := f32.Cols(f32.Rows(m, 1, 3), 2, 5) // rows 1 and 2, columns 2 to 4
	require.Equal(t, []float32{8, 9, 10}, f32.Row(v, 0))
	require.Equal(t, []float32{14, 15, 16}, f32.Row(v, 1))
	f32.Row(v, 1)[0] = -1
	require.EqualValues(t, -1, m.Data[14])
	require.Len(t, v.Data, 9, "ends with its last element")
	require.Equal(t, 3, cap(f32.Row(v, 0)), "appending to a row must not reach the next")
}

func TestEmptyMatrices(t *testing.T) {
	m := f32.New(4, 6)
	require.Empty(t, f32.Rows(m, 4, 4).Data)
	require.Empty(t, f32.Cols(m, 2, 2).Data)
	require.Empty(t, f32.New(0, 5).Data)
	require.Empty(t, f32.Cols(f32.New(0, 5), 1, 3).Data)
	require.Empty(t, f32.Row(f32.New(3, 0), 2))
}

func TestMatrixMisuse(t *testing.T) {
	m := f32.New(4, 6)
	for name, f := range map[string]func(){
		"size":  func() { f32.New(-1, 2) },
		"short": func() { f32.View(make([]float32, 5), 2, 3) },
		"row":   func() { f32.Row(m, 4) },
		"rows":  func() { f32.Rows(m, 3, 5) },
		"cols":  func() { f32.Cols(m, 3, 2) },
	} {
		require.Panics(t, f, name)
	}
}
