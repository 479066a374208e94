package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
)

// Write writes tensors as a safetensors file, in their order, with values of type
// t, F32, F16 or BF16, to the nearest of which they are rounded. A value that is
// not finite there is an error.
func Write[T Named](w io.Writer, t DType, tensors []T, metadata map[string]string) error {
	codec, ok := codecs[t]
	if !ok {
		return fmt.Errorf("tensors cannot be written as %q, only as F32, F16 or BF16", t)
	}
	list := make([]Tensor, len(tensors))
	for i, p := range tensors {
		list[i] = Tensor(p)
	}
	header, err := formatHeader(t, codec.size, list, metadata)
	if err != nil {
		return err
	}
	length := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	if _, err := w.Write(append(length, header...)); err != nil {
		return err
	}
	buffer := make([]byte, 1<<16)
	for _, p := range list {
		at := 0
		for part := range slices.Chunk(p.Data, len(buffer)/codec.size) {
			for i, v := range part {
				if !(math.Abs(float64(v)) < codec.limit) {
					return fmt.Errorf("tensor %q has the value %v at position %d, which is not finite in %s",
						p.Name, v, at+i, t)
				}
			}
			data := buffer[:codec.size*len(part)]
			codec.encode(data, part)
			if _, err := w.Write(data); err != nil {
				return err
			}
			at += len(part)
		}
	}
	return nil
}

// formatHeader returns the header of a file whose values of type t have size
// bytes.
func formatHeader(t DType, size int, list []Tensor, metadata map[string]string) ([]byte, error) {
	var header bytes.Buffer
	between := "{"
	add := func(name string, v any) error {
		text, err := json.Marshal(v)
		fmt.Fprintf(&header, "%s%q:%s", between, name, text)
		between = ","
		return err
	}
	if len(metadata) > 0 {
		if err := add(metadataName, metadata); err != nil {
			return nil, err
		}
	}
	var at int64
	for _, p := range list {
		end := at + int64(size*len(p.Data))
		if err := add(p.Name, tensorInfo{DType: t, Shape: p.Shape, Offsets: []int64{at, end}}); err != nil {
			return nil, err
		}
		at = end
	}
	if between == "{" {
		header.WriteByte('{')
	}
	header.WriteByte('}')
	for header.Len()%8 != 0 { // so that the values are aligned
		header.WriteByte(' ')
	}
	return header.Bytes(), nil
}
