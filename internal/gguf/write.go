package gguf

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"reflect"
	"slices"

	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// A Pair is a piece of metadata to write. The value is of one of the types that
// [File.Metadata] holds: uint32 where a program wants one, not int, and not uint64.
type Pair struct {
	Key   string
	Value any
}

// A Source is a tensor to write. Its values are asked for when their turn comes, so
// that what has to be put in another order takes memory only then.
type Source struct {
	Name   string
	Shape  []int // rows first
	Type   Type
	Values func() []float32
}

// An encoder is a [block] the other way round. Limit is what is as large as this is
// rounded to infinity.
type encoder struct {
	limit  float64
	encode func(data []byte, values []float32)
}

// halfLimit lies in the middle between the largest F16 and the next, which there is not.
const halfLimit = 0x1.ffep15

// encoders are the types that are written here.
var encoders = map[Type]encoder{
	F32: {math.Inf(1), func(data []byte, values []float32) {
		for i, v := range values {
			binary.LittleEndian.PutUint32(data[4*i:], math.Float32bits(v))
		}
	}},
	F16: {halfLimit, func(data []byte, values []float32) {
		for i, v := range values {
			putHalf(data[2*i:], v)
		}
	}},
	Q8_0: {127 * halfLimit, func(data []byte, values []float32) {
		for ; len(values) > 0; values, data = values[32:], data[34:] {
			toQ8(data, values[:32])
		}
	}},
}

func putHalf(data []byte, v float32) { binary.LittleEndian.PutUint16(data, safetensors.ToF16(v)) }

// toQ8 is [q8] the other way round. The scale makes 127 of the largest value. Codes
// are found with the scale as a float32, before it is rounded to an F16, and halves
// are rounded away from zero: so every program writes the same bytes.
func toQ8(b []byte, values []float32) {
	largest := float32(0)
	for _, v := range values {
		largest = max(largest, v, -v)
	}
	scale := largest / 127
	putHalf(b, scale)
	inverse := 1 / scale
	if math.IsInf(float64(inverse), 0) { // all zero, or next to it
		inverse = 0
	}
	for i, v := range values {
		b[2+i] = byte(int8(math.Round(float64(v * inverse))))
	}
}

// For is the type of a tensor of this shape in a file whose matrices are of type t.
// Vectors are norms and biases, which must be F32: with others, llama.cpp loads the
// file and aborts at the first token. Rows that are not whole blocks stay F16.
func (t Type) For(shape []int) Type {
	switch row := shape[len(shape)-1]; {
	case len(shape) == 1:
		return F32
	case row%blocks[t].values != 0:
		return F16
	}
	return t
}

// Write writes a file of version 3: metadata and tensors in their order. It refuses
// what [New] would not read, and names that llama.cpp does not, before it writes
// anything; a value that is not finite in the type of its tensor is an error, too.
func Write(w io.Writer, metadata []Pair, tensors []Source) error {
	head, alignment, err := header(metadata, tensors)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	out.Write(head) // an error stays until the end
	for _, t := range tensors {
		n, err := t.write(out)
		if err != nil {
			return fmt.Errorf("tensor %q: %w", t.Name, err)
		}
		out.Write(make([]byte, -n&(alignment-1)))
	}
	return out.Flush()
}

// header returns all that stands before the values, which begin at a multiple of the
// alignment, as does each tensor.
func header(metadata []Pair, tensors []Source) (b []byte, alignment int, err error) {
	b = append([]byte(magic), 3, 0, 0, 0)
	b = appendU64(b, len(tensors))
	b = appendU64(b, len(metadata))
	alignment = usualAlignment
	for _, pair := range metadata {
		if n, ok := pair.Value.(uint32); ok && pair.Key == alignmentKey && bits.OnesCount32(n) == 1 {
			alignment = int(n) // of another one, parse tells
		}
		if b, err = pair.append(b); err != nil {
			return nil, 0, fmt.Errorf("metadata %.100q: %w", pair.Key, err)
		}
	}
	at := 0 // of a tensor, behind the header
	for _, t := range tensors {
		bytes, err := t.measure()
		if err != nil {
			return nil, 0, fmt.Errorf("tensor %.100q: %w", t.Name, err)
		}
		b = appendText(b, t.Name)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(t.Shape)))
		for _, d := range slices.Backward(t.Shape) {
			b = appendU64(b, d)
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(t.Type))
		b = appendU64(b, at)
		at += bytes + -bytes&(alignment-1)
	}
	b = append(b, make([]byte, -len(b)&(alignment-1))...)
	f := &File{Metadata: map[string]any{}, places: map[string]int{}}
	return b, alignment, f.parse(newParser(bytes.NewReader(b), int64(len(b)+at)))
}

// The longest names that llama.cpp reads, in bytes.
const (
	longestKey    = 1<<16 - 1
	longestTensor = 63
)

func appendU64(b []byte, n int) []byte { return binary.LittleEndian.AppendUint64(b, uint64(n)) }

// appendText appends a string: its length and its bytes.
func appendText(b []byte, s string) []byte { return append(appendU64(b, len(s)), s...) }

// numbers are those that the format has for Go's types, see [kinds].
var numbers = map[reflect.Kind]uint32{
	reflect.Uint8: 0, reflect.Int8: 1, reflect.Uint16: 2, reflect.Int16: 3, reflect.Uint32: 4, reflect.Int32: 5, reflect.Float32: 6,
	reflect.Bool: 7, reflect.String: 8, reflect.Slice: listKind, reflect.Interface: listKind,
	reflect.Uint64: 10, reflect.Int64: 11, reflect.Float64: 12,
}

// append appends a key, the number of a type and the value.
func (p Pair) append(b []byte) ([]byte, error) {
	if len(p.Key) > longestKey {
		return nil, fmt.Errorf("a key of %d bytes; the format allows %d", len(p.Key), longestKey)
	}
	v := reflect.ValueOf(p.Value)
	number, ok := numbers[v.Kind()]
	if !ok {
		return nil, fmt.Errorf("a value of type %T, which the format does not have", p.Value)
	}
	return appendValue(binary.LittleEndian.AppendUint32(appendText(b, p.Key), number), v)
}

func appendValue(b []byte, v reflect.Value) (_ []byte, err error) {
	switch v.Kind() {
	case reflect.String:
		return appendText(b, v.String()), nil
	case reflect.Interface:
		if v.Elem().Kind() != reflect.Slice {
			return nil, errors.New("a list of several types, which the format does not have")
		}
		return appendValue(b, v.Elem())
	case reflect.Slice:
		number, ok := numbers[v.Type().Elem().Kind()]
		if !ok {
			return nil, fmt.Errorf("values of type %v, which the format does not have", v.Type())
		}
		b = appendU64(binary.LittleEndian.AppendUint32(b, number), v.Len())
		for i := 0; i < v.Len() && err == nil; i++ {
			b, err = appendValue(b, v.Index(i))
		}
		return b, err
	}
	return binary.Append(b, binary.LittleEndian, v.Interface())
}

// measure is how many bytes a tensor takes.
func (t Source) measure() (int, error) {
	if len(t.Name) > longestTensor {
		return 0, fmt.Errorf("a name of %d bytes; llama.cpp allows %d", len(t.Name), longestTensor)
	}
	if _, ok := encoders[t.Type]; !ok {
		return 0, fmt.Errorf("its type is %v; only F32, F16 and Q8_0 are written here", t.Type)
	}
	if len(t.Shape) == 0 {
		return 0, errors.New("it has no dimensions")
	}
	info := tensor{shape: t.Shape, kind: t.Type}
	err := info.measure()
	return int(info.bytes), err
}

// write writes the values of a tensor and returns how many bytes these took.
func (t Source) write(w io.Writer) (n int, err error) {
	values, encoder, block := t.Values(), encoders[t.Type], blocks[t.Type]
	if len(values) != sizeOf(t.Shape) {
		panic("gguf: a tensor has more or fewer values than its shape says")
	}
	buffer := make([]byte, readBuffer/block.values*block.bytes)
	at := 0
	for part := range slices.Chunk(values, readBuffer) {
		for i, v := range part {
			if !(math.Abs(float64(v)) < encoder.limit) {
				return n, fmt.Errorf("the value at position %d is %v, which is not finite in %v", at+i, v, t.Type)
			}
		}
		data := buffer[:len(part)/block.values*block.bytes]
		encoder.encode(data, part)
		if _, err := w.Write(data); err != nil {
			return n, err
		}
		at, n = at+len(part), n+len(data)
	}
	return n, nil
}
