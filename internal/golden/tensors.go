package golden

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// Tensors are the tensors of one golden file by name: of floats or of whole numbers.
type Tensors struct{ *safetensors.Tensors }

// Load opens a golden file of tensors, "layers/linear.safetensors".
func Load(t testing.TB, name string) Tensors {
	t.Helper()
	dir, file := filepath.Split(Path(t, name))
	tensors, err := safetensors.Open(os.DirFS(dir), dir, file)
	if err != nil {
		t.Fatalf("golden: %v", err)
	}
	t.Cleanup(func() { tensors.Close() })
	return Tensors{tensors}
}

// Shape is the shape of a tensor of either type.
func (ts Tensors) Shape(t testing.TB, name string) []int {
	t.Helper()
	shape, ok := ts.Tensors.Shape(name)
	if !ok {
		t.Fatalf("golden: no tensor %q, only %v", name, ts.Names())
	}
	return shape
}

// F32 are the values of a tensor of floats.
func (ts Tensors) F32(t testing.TB, name string) []float32 {
	t.Helper()
	p := safetensors.Tensor{Name: name, Shape: ts.Shape(t, name)}
	size := 1
	for _, d := range p.Shape {
		size *= d
	}
	p.Data = make([]float32, size)
	if err := ts.Read(p); err != nil {
		t.Fatalf("golden: %v", err)
	}
	return p.Data
}

// Ints are the values of an int64 tensor, ids for example.
func (ts Tensors) Ints(t testing.TB, name string) []int {
	t.Helper()
	ts.Shape(t, name)
	dtype, data, err := ts.Bytes(name)
	if err != nil || dtype != "I64" {
		t.Fatalf("golden: tensor %q is %s, not I64 (%v)", name, dtype, err)
	}
	ints := make([]int, len(data)/8)
	for i := range ints {
		ints[i] = int(int64(binary.LittleEndian.Uint64(data[8*i:])))
	}
	return ints
}
