package safetensors

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// ErrNotFinite is in the error of reading a tensor with NaN or infinity in it.
var ErrNotFinite = errors.New("the file is damaged or training diverged")

// Tensors gives access to the tensors of a safetensors file. Nothing but the
// header is read before it is asked for.
type Tensors struct {
	Metadata map[string]string
	Name     string // of the file, for messages
	r        io.ReaderAt
	start    int64        // where the data begin
	infos    []tensorInfo // in the order of the alphabet
	files    []io.Closer
}

// New reads the header of a safetensors file of size bytes and checks
// it: every tensor in its place, no overlap, no gap, nothing past the end. The
// name stands in messages. Reads from r may come from several goroutines.
func New(name string, r io.ReaderAt, size int64) (*Tensors, error) {
	t := &Tensors{Name: name, r: r}
	header, err := readHeader(r, size)
	if err == nil {
		t.start = 8 + int64(len(header))
		t.infos, t.Metadata, err = parseHeader(header)
	}
	if err == nil {
		err = checkLayout(t.infos, size-t.start)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for i := range t.infos {
		t.infos[i].file = t
	}
	return t, nil
}

// readHeader reads the header of a file of size bytes.
func readHeader(r io.ReaderAt, size int64) ([]byte, error) {
	if size < 8 {
		return nil, fmt.Errorf("not a safetensors file: only %d bytes", size)
	}
	var length [8]byte
	if err := readAt(r, length[:], 0); err != nil {
		return nil, fmt.Errorf("reading the header's length: %w", err)
	}
	n := binary.LittleEndian.Uint64(length[:])
	switch {
	case n > maxHeader:
		return nil, fmt.Errorf("not a safetensors file: its header claims %d bytes, the format allows %d", n, maxHeader)
	case int64(n) > size-8:
		return nil, fmt.Errorf("not a whole safetensors file: its header claims %d bytes, the file has %d", n, size)
	}
	header := make([]byte, n)
	if err := readAt(r, header, 8); err != nil {
		return nil, fmt.Errorf("reading the header: %w", err)
	}
	return header, nil
}

// readAt fills b from the place at. That the file ends just there is no error.
func readAt(r io.ReaderAt, b []byte, at int64) error {
	if n, err := r.ReadAt(b, at); n < len(b) {
		return err
	}
	return nil
}

// Names lists the tensors in the order of the alphabet.
func (t *Tensors) Names() []string {
	names := make([]string, len(t.infos))
	for i, info := range t.infos {
		names[i] = info.name
	}
	return names
}

// Shape returns the shape of a tensor, or false if there is none of that name.
func (t *Tensors) Shape(name string) ([]int, bool) {
	info, ok := t.lookUp(name)
	return info.shape, ok
}

func (t *Tensors) lookUp(name string) (tensorInfo, bool) {
	i, ok := slices.BinarySearchFunc(t.infos, name, func(info tensorInfo, name string) int { return cmp.Compare(info.name, name) })
	if !ok {
		return tensorInfo{}, false
	}
	return t.infos[i], true
}

// Check says why no tensor of this file fills p, which needs no memory yet, or nil.
func (t *Tensors) Check(p Tensor) error {
	_, err := t.find(p)
	return err
}

// find returns what is known of the tensor that fills p, if it can.
func (t *Tensors) find(p Tensor) (tensorInfo, error) {
	info, ok := t.lookUp(p.Name)
	if !ok {
		return info, fmt.Errorf("%s: tensor %q is missing", t.Name, p.Name)
	}
	if _, ok := codecs[info.dtype]; !ok {
		return info, fmt.Errorf("%s: tensor %q is %s; only F32, F16 and BF16 are read",
			info.file.Name, p.Name, info.dtype)
	}
	if !slices.Equal(info.shape, p.Shape) {
		return info, fmt.Errorf("%s: tensor %q has shape %v, the model needs %v",
			info.file.Name, p.Name, info.shape, p.Shape)
	}
	return info, nil
}

// Bytes returns the type of a tensor, whatever it is, and its values as they are in
// the file.
func (t *Tensors) Bytes(name string) (DType, []byte, error) {
	info, ok := t.lookUp(name)
	if !ok {
		return "", nil, fmt.Errorf("%s: tensor %q is missing", t.Name, name)
	}
	data := make([]byte, info.end-info.begin)
	return info.dtype, data, readAt(info.file.r, data, info.file.start+info.begin)
}

// CheckAll is an error unless a file, called name, has a tensor for each of shapes, and
// besides only such as others accepts. The model is a word for messages.
func CheckAll[T Named](file interface {
	Check(Tensor) error
	Names() []string
}, name, model string, shapes []T, others func(name string) bool) error {
	known := map[string]bool{}
	for _, shape := range shapes {
		t := Tensor(shape)
		if err := file.Check(t); err != nil {
			return err
		}
		known[t.Name] = true
	}
	for _, tensor := range file.Names() {
		if !known[tensor] && !others(tensor) {
			return fmt.Errorf("%s: tensor %q belongs to no %s of this configuration", name, tensor, model)
		}
	}
	return nil
}

// Fill reads every tensor of the list as [Tensors.Read] does.
func Fill[T Named](t *Tensors, list []T) error {
	for _, p := range list {
		if err := t.Read(Tensor(p)); err != nil {
			return err
		}
	}
	return nil
}

// Read fills p from the tensor of its name. The shape must be the same, the type
// F32, F16 or BF16, and every value a finite number.
func (t *Tensors) Read(p Tensor) error {
	info, err := t.find(p)
	if err != nil {
		return err
	}
	errs := make([]error, len(p.Data)/readGrain+1) // of each piece
	f32.Run(len(p.Data), readGrain, func(lo, hi int) { errs[lo/readGrain] = info.read(lo, p.Data[lo:hi]) })
	if err := cmp.Or(errs...); err != nil {
		return fmt.Errorf("%s: tensor %q: %w", info.file.Name, p.Name, err)
	}
	return nil
}

// A tensor is read in pieces of readGrain values, which go to all cores, and a
// piece through a buffer of readBuffer bytes, which stays in a cache.
const (
	readGrain  = 1 << 20
	readBuffer = 1 << 15
)

// read fills values, the first of which is the tensor's from-th.
func (info tensorInfo) read(from int, values []float32) error {
	codec := codecs[info.dtype]
	place := info.file.start + info.begin + int64(codec.size*from)
	buffer := make([]byte, min(readBuffer, codec.size*len(values)))
	for part := range slices.Chunk(values, max(1, len(buffer)/codec.size)) {
		data := buffer[:codec.size*len(part)]
		if err := readAt(info.file.r, data, place); err != nil {
			return err
		}
		codec.decode(part, data)
		for i, v := range part {
			if v-v != 0 { // NaN and the infinities
				return fmt.Errorf("the value at position %d is %v; %w", from+i, v, ErrNotFinite)
			}
		}
		from, place = from+len(part), place+int64(len(data))
	}
	return nil
}
