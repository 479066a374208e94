// Package golden gives tests the values that PyTorch computed for every layer
// and for a tiny GPT-2, and compares with them.
//
// The values are read from the folder that the environment variable GOLDEN
// names, and from this package's testdata without it. Data finds real texts in
// the folder LLMBOOK_DATA, and Model real models in LLMBOOK_MODELS. A relative
// folder counts from the working directory
// or, since go test runs every package in its own, from the module's.
package golden

import (
	"cmp"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// Path is where the golden file of this name is, "gpt2-tiny/model.safetensors".
func Path(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("GOLDEN")
	if dir == "" {
		dir = filepath.Join(module(), "internal", "golden", "testdata")
	}
	path := filepath.Join(folder(dir), filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("golden: %v (the environment variable GOLDEN names the folder)", err)
	}
	return path
}

// Large skips the test, and says so, without GOLDEN: the values that it needs are
// too many for this package's testdata.
func Large(t testing.TB) {
	t.Helper()
	if os.Getenv("GOLDEN") == "" {
		t.Skip("needs values that PyTorch computed: set GOLDEN to the folder that holds them")
	}
}

// JSON reads a golden file such as "gpt2-tiny/training.json" into v.
func JSON(t testing.TB, name string, v any) {
	t.Helper()
	data, err := os.ReadFile(Path(t, name))
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// Data is the path of a real text or data set, "the-verdict.txt". Without
// LLMBOOK_DATA it skips the test and says so; with it, the file must be there.
func Data(t testing.TB, name string) string {
	t.Helper()
	return inFolder(t, "LLMBOOK_DATA", os.Getenv("LLMBOOK_DATA"), name, " (go run ./cmd/llm data get fetches it)")
}

// Model is the path of a real model, "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", as
// [Data] is that of a text: in the folder LLMBOOK_MODELS.
func Model(t testing.TB, name string) string {
	t.Helper()
	return inFolder(t, "LLMBOOK_MODELS", os.Getenv("LLMBOOK_MODELS"), name, "")
}

func inFolder(t testing.TB, variable, dir, name, hint string) string {
	t.Helper()
	if dir == "" {
		t.Skipf("needs %s: set %s to the folder that holds it%s", name, variable, hint)
	}
	path := filepath.Join(folder(dir), filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return path
}

// Close fails the test unless got is want up to rel times the largest magnitude
// in want (or up to rel, if want is all zeros). It reports the first element and
// the worst one that are further off.
func Close(t testing.TB, name string, got, want []float32, rel float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %d values, want %d", name, len(got), len(want))
	}
	first, worst, bad := -1, -1, 0
	limit := rel * scale(want)
	for i := range want {
		off := distance(got[i], want[i])
		if off <= limit {
			continue
		}
		if bad++; first < 0 {
			first, worst = i, i
		}
		if off > distance(got[worst], want[worst]) {
			worst = i
		}
	}
	if bad > 0 {
		t.Fatalf("%s: %d of %d values are off by more than %.3g (%g of the largest)\n first at %d: got %g, want %g\n worst at %d: got %g, want %g, off by %.3g",
			name, bad, len(want), limit, rel, first, got[first], want[first], worst, got[worst], want[worst], distance(got[worst], want[worst]))
	}
}

// distance is |got - want|, and infinite where only one of them is a number.
func distance(got, want float32) float64 {
	if got == want || got != got && want != want {
		return 0
	}
	off := math.Abs(float64(got) - float64(want))
	if math.IsNaN(off) {
		return math.Inf(1)
	}
	return off
}

// scale is the largest finite magnitude in x, or 1 if that is zero.
func scale(x []float32) float64 {
	largest := 0.0
	for _, v := range x {
		if m := math.Abs(float64(v)); m > largest && !math.IsInf(m, 1) {
			largest = m
		}
	}
	return cmp.Or(largest, 1)
}

// folder is dir itself or, if there is no such folder and dir is relative, the
// one that dir names as seen from the module's directory.
func folder(dir string) string {
	if _, err := os.Stat(dir); err != nil && !filepath.IsAbs(dir) {
		return filepath.Join(module(), dir)
	}
	return dir
}

// module is the module's directory, in which the tests' working directory lies.
func module() string {
	dir, err := os.Getwd()
	for ; err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	return "."
}
