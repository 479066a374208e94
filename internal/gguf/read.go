package gguf

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// Names lists the tensors in the order of the file.
func (f *File) Names() []string {
	names := make([]string, len(f.tensors))
	for i, t := range f.tensors {
		names[i] = t.name
	}
	return names
}

// Tensor returns the type and the shape of a tensor, rows first.
func (f *File) Tensor(name string) (kind Type, shape []int, ok bool) {
	i, ok := f.places[name]
	if !ok {
		return 0, nil, false
	}
	return f.tensors[i].kind, slices.Clone(f.tensors[i].shape), true
}

// Check is [File.Read] for a tensor that has no memory yet: it returns the error
// that can be foretold, or nil.
func (f *File) Check(p safetensors.Tensor) error {
	i, ok := f.places[p.Name]
	if !ok {
		return f.errorf("tensor %q is missing", p.Name)
	}
	if t := f.tensors[i]; !slices.Equal(t.shape, p.Shape) {
		return f.errorf("tensor %q has shape %v, the model needs %v", p.Name, t.shape, p.Shape)
	}
	return nil
}

// Read fills p from the tensor of its name. The shape must be the same, and every
// value a finite number.
func (f *File) Read(p safetensors.Tensor) error {
	if err := f.Check(p); err != nil {
		return err
	}
	t := f.tensors[f.places[p.Name]]
	errs := make([]error, len(p.Data)/readGrain+1) // of each piece
	f32.Run(len(p.Data), readGrain, func(lo, hi int) { errs[lo/readGrain] = f.read(t, lo, p.Data[lo:hi]) })
	if err := cmp.Or(errs...); err != nil {
		return f.errorf("tensor %q: %w", p.Name, err)
	}
	return nil
}

// A tensor is read in pieces of readGrain values, which go to all cores, and a piece
// through a buffer of readBuffer values, which stay in a cache. Both are whole blocks.
const (
	readGrain  = 1 << 18
	readBuffer = 1 << 13
)

// read fills values, the first of which is the tensor's from-th.
func (f *File) read(t tensor, from int, values []float32) error {
	block := blocks[t.kind]
	buffer := make([]byte, min(readBuffer, len(values))/block.values*block.bytes)
	for part := range slices.Chunk(values, readBuffer) {
		data := buffer[:len(part)/block.values*block.bytes]
		at := int64(t.at) + int64(from/block.values*block.bytes)
		if n, err := f.r.ReadAt(data, at); n < len(data) {
			return err
		}
		t.kind.Decode(part, data)
		for i, v := range part {
			if v-v != 0 { // NaN and the infinities
				return fmt.Errorf("the value at position %d is %v; the file is damaged or training diverged", from+i, v)
			}
		}
		from += len(part)
	}
	return nil
}
