package golden

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// fake records what a test would have said.
type fake struct {
	testing.TB
	fatal, skip string
}

func (f *fake) Helper() {}
func (f *fake) Fatalf(format string, args ...any) {
	f.fatal = fmt.Sprintf(format, args...)
	runtime.Goexit()
}
func (f *fake) Skipf(format string, args ...any) {
	f.skip = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func try(f func(t testing.TB)) *fake {
	t, done := &fake{}, make(chan bool)
	go func() { defer close(done); f(t) }()
	<-done
	return t
}

func TestLoadOurOwnCopy(t *testing.T) {
	t.Setenv("GOLDEN", "")
	l := Load(t, "layers/linear.safetensors")
	require.Equal(t, []string{"b", "db", "dw", "dx", "dy", "w", "x", "y"}, l.Names())
	require.Equal(t, []int{2, 5, 12}, l.Shape(t, "x"))
	require.Equal(t, []int{7, 12}, l.Shape(t, "w"))

	// y = x wᵀ + b: the file is what it says it is.
	x, w, b := l.F32(t, "x"), l.F32(t, "w"), l.F32(t, "b")
	y := make([]float32, 10*7)
	for i := range y {
		y[i] = b[i%7]
		for c := range 12 {
			y[i] += x[i/7*12+c] * w[i%7*12+c]
		}
	}
	Close(t, "y", y, l.F32(t, "y"), 1e-6)

	ids := Load(t, "layers/embedding.safetensors").Ints(t, "ids")
	require.Len(t, ids, 10)
	for _, id := range ids {
		require.True(t, 0 <= id && id < 17, id)
	}
	var training struct{ Losses []float64 }
	JSON(t, "gpt2-tiny/training.json", &training)
	require.Len(t, training.Losses, 20)
}

func TestFoldersCountFromTheModule(t *testing.T) {
	t.Setenv("GOLDEN", "internal/golden/testdata")
	Load(t, "layers/softmax.safetensors")
	t.Setenv("GOLDEN", "testdata")
	Load(t, "layers/softmax.safetensors")
	t.Setenv("GOLDEN", t.TempDir())
	require.Contains(t, try(func(t testing.TB) { Load(t, "layers/softmax.safetensors") }).fatal, "GOLDEN")
}

func TestDataSkipsOnlyWithoutTheFolder(t *testing.T) {
	t.Setenv("LLMBOOK_DATA", "")
	require.Contains(t, try(func(t testing.TB) { Data(t, "a.txt") }).skip, "set LLMBOOK_DATA")
	dir := t.TempDir()
	t.Setenv("LLMBOOK_DATA", dir)
	require.Contains(t, try(func(t testing.TB) { Data(t, "a.txt") }).fatal, "a.txt")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.txt"), nil, 0o666))
	require.Equal(t, filepath.Join(dir, "a.txt"), Data(t, "a.txt"))
}

func TestCloseFindsTheFirstAndTheWorst(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	want := []float32{1, -100, 3, 0}
	compare := func(got, want []float32) string {
		return try(func(t testing.TB) { Close(t, "dx", got, want, 1e-3) }).fatal
	}
	require.Empty(t, compare([]float32{1.09, -100.09, 2.91, 0.09}, want))
	require.Equal(t, "dx: 2 of 4 values are off by more than 0.1 (0.001 of the largest)\n"+
		" first at 0: got 1.2, want 1\n worst at 3: got 0.5, want 0, off by 0.5", compare([]float32{1.2, -100, 3, 0.5}, want))
	require.Contains(t, compare([]float32{1, -100, nan, 0}, want), "first at 2: got NaN")
	require.Contains(t, compare(want[:3], want), "got 3 values, want 4")
	require.Contains(t, compare([]float32{0.01}, []float32{0}), "first at 0")
	require.Empty(t, compare([]float32{inf, 1, nan}, []float32{inf, 1, nan}))
	require.Contains(t, compare([]float32{inf, 1}, []float32{-inf, 1}), "first at 0")
}

func TestTensorsOfTheWrongNameOrType(t *testing.T) {
	ts := Load(t, "layers/embedding.safetensors")
	require.Contains(t, try(func(t testing.TB) { ts.F32(t, "ids") }).fatal, `tensor "ids" is I64; only F32`)
	require.Contains(t, try(func(t testing.TB) { ts.Ints(t, "wte") }).fatal, `tensor "wte" is F32, not I64`)
	require.Contains(t, try(func(t testing.TB) { ts.Ints(t, "id") }).fatal, `no tensor "id", only [`)
}
