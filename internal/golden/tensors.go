package golden

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
)

// Tensors are the tensors of one golden file by name. Chapter 5 builds the
// robust reader of safetensors files; this one is for tests of the chapters
// before it, and knows only what the golden files hold: float32 and int64.
type Tensors map[string]Tensor

// A Tensor has either floats or ints, row-major.
type Tensor struct {
	Shape  []int
	Floats []float32
	Ints   []int
}

// F32 are the values of a float32 tensor.
func (ts Tensors) F32(t testing.TB, name string) []float32 {
	t.Helper()
	return ts.get(t, name, "F32").Floats
}

// Ints are the values of an int64 tensor, ids for example.
func (ts Tensors) Ints(t testing.TB, name string) []int {
	t.Helper()
	return ts.get(t, name, "I64").Ints
}

// Shape is the shape of a tensor of either type.
func (ts Tensors) Shape(t testing.TB, name string) []int {
	t.Helper()
	return ts.get(t, name, "").Shape
}

// Names are the names of all tensors, sorted.
func (ts Tensors) Names() []string {
	return slices.Sorted(maps.Keys(ts))
}

func (ts Tensors) get(t testing.TB, name, dtype string) Tensor {
	t.Helper()
	tensor, ok := ts[name]
	if !ok {
		t.Fatalf("golden: no tensor %q, only %v", name, ts.Names())
	}
	if dtype == "F32" && tensor.Floats == nil || dtype == "I64" && tensor.Ints == nil {
		t.Fatalf("golden: tensor %q is not %s", name, dtype)
	}
	return tensor
}

// parse reads a safetensors file: the length of the header in eight bytes, the
// header as JSON, the data that the header's offsets point into.
func parse(data []byte) (Tensors, error) {
	if len(data) < 8 || binary.LittleEndian.Uint64(data) > uint64(len(data)-8) {
		return nil, errors.New("shorter than its header")
	}
	body := data[8+binary.LittleEndian.Uint64(data):]
	var header map[string]struct {
		Dtype   string
		Shape   []int
		Offsets [2]int `json:"data_offsets"`
	}
	if err := json.Unmarshal(data[8:len(data)-len(body)], &header); err != nil {
		return nil, err
	}
	tensors := Tensors{}
	for name, h := range header {
		from, to := h.Offsets[0], h.Offsets[1]
		if from < 0 || to < from || to > len(body) {
			return nil, fmt.Errorf("tensor %s lies at %d to %d of %d bytes", name, from, to, len(body))
		}
		n := 1
		for _, d := range h.Shape {
			n *= d
		}
		width, known := map[string]int{"F32": 4, "I64": 8}[h.Dtype]
		if !known {
			return nil, fmt.Errorf("tensor %s has type %s", name, h.Dtype)
		}
		if n*width != to-from {
			return nil, fmt.Errorf("tensor %s has shape %v and %d bytes", name, h.Shape, to-from)
		}
		tensor := Tensor{Shape: h.Shape}
		for b := range slices.Chunk(body[from:to], width) {
			if h.Dtype == "F32" {
				tensor.Floats = append(tensor.Floats, math.Float32frombits(binary.LittleEndian.Uint32(b)))
			} else {
				tensor.Ints = append(tensor.Ints, int(int64(binary.LittleEndian.Uint64(b))))
			}
		}
		tensors[name] = tensor
	}
	return tensors, nil
}
