package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
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
// bytes. It refuses what could not be read again, by reading it.
func formatHeader(t DType, size int, list []Tensor, metadata map[string]string) ([]byte, error) {
	text := []byte("{")
	var errs []error
	quote := func(s string) {
		var err error
		if text, err = jsontext.AppendQuote(text, s); err != nil {
			errs = append(errs, fmt.Errorf("%q is not UTF-8", s))
		}
	}
	if len(metadata) > 0 {
		quote(metadataName)
		text = append(text, ":{"...)
		for _, key := range slices.Sorted(maps.Keys(metadata)) {
			quote(key)
			text = append(text, ':')
			quote(metadata[key])
			text = append(text, ',')
		}
		text = append(bytes.TrimSuffix(text, []byte(",")), "},"...)
	}
	at := 0
	for _, p := range list {
		quote(p.Name)
		shape := strings.ReplaceAll(fmt.Sprint(p.Shape), " ", ",")
		text = fmt.Appendf(text, `:{"dtype":"%s","shape":%s,"data_offsets":[%d,%d]},`, t, shape, at, at+size*len(p.Data))
		at += size * len(p.Data)
	}
	text = append(bytes.TrimSuffix(text, []byte(",")), '}')
	for len(text)%8 != 0 { // so that the values are aligned
		text = append(text, ' ')
	}
	if len(text) > maxHeader {
		errs = append(errs, fmt.Errorf("the header would have %d bytes, the format allows %d", len(text), maxHeader))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	infos, _, err := parseHeader(text)
	if err == nil {
		err = checkLayout(infos, int64(at))
	}
	return text, err
}
