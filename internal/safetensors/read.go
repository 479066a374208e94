package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Tensors gives access to the tensors of a safetensors file. Nothing but the
// header is read before it is asked for.
type Tensors struct {
	Metadata map[string]string
	Name     string // of the file, for messages
	r        io.ReaderAt
	start    int64 // where the data begin
	infos    map[string]tensorInfo
	files    []io.Closer
}

// Close closes the files that the tensors are in.
func (t *Tensors) Close() error {
	var errs []error
	for _, f := range t.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

// New reads the header of a safetensors file of size bytes and checks
// it: every tensor in its place, no overlap, no gap, nothing past the end. The
// name stands in messages. Reads from r may come from several goroutines.
func New(name string, r io.ReaderAt, size int64) (*Tensors, error) {
	t := &Tensors{Name: name, r: r, infos: map[string]tensorInfo{}}
	if err := t.readHeader(size); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return t, nil
}

func (t *Tensors) readHeader(size int64) error {
	if size < 8 {
		return fmt.Errorf("not a safetensors file: only %d bytes", size)
	}
	var length [8]byte
	if err := readAt(t.r, length[:], 0); err != nil {
		return fmt.Errorf("reading the header's length: %w", err)
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader || int64(n) > size-8 {
		return fmt.Errorf("not a whole safetensors file: its header claims %d bytes, the file has %d",
			n, size)
	}
	header := make([]byte, n)
	if err := readAt(t.r, header, 8); err != nil {
		return fmt.Errorf("reading the header: %w", err)
	}
	t.start = 8 + int64(n)
	if err := t.parse(header); err != nil {
		return fmt.Errorf("safetensors header: %w", err)
	}
	return t.checkLayout(size - t.start)
}

// readAt fills b from the place at. That the file ends just there is no error.
func readAt(r io.ReaderAt, b []byte, at int64) error {
	if n, err := r.ReadAt(b, at); n < len(b) {
		return err
	}
	return nil
}

// parse decodes the header.
func (t *Tensors) parse(header []byte) error {
	d := json.NewDecoder(bytes.NewReader(header))
	err := eachKey(d, func(name string) error {
		if name == metadataName {
			return d.Decode(&t.Metadata)
		}
		info := tensorInfo{file: t}
		err := eachKey(d, func(key string) error {
			switch key {
			case "dtype":
				return d.Decode(&info.DType)
			case "shape":
				return d.Decode(&info.Shape)
			case "data_offsets":
				return d.Decode(&info.Offsets)
			}
			return errors.New("the format has no such key")
		})
		t.infos[name] = info
		return err
	})
	if err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows the JSON object")
	}
	return nil
}

// eachKey reads a JSON object and calls value at each key, to decode what the key
// stands for. A key may come once.
func eachKey(d *json.Decoder, value func(key string) error) error {
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return errors.New("not a JSON object")
	}
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		key := token.(string)
		if seen[key] {
			return fmt.Errorf("%q comes twice", key)
		}
		seen[key] = true
		if err := value(key); err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
	}
	_, err := d.Token()
	return err
}

// bytesPerValue knows the types this package reads or passes over.
var bytesPerValue = map[DType]int64{
	"F64": 8, F32: 4, F16: 2, BF16: 2, "F8_E4M3": 1, "F8_E5M2": 1,
	"I64": 8, "I32": 4, "I16": 2, "I8": 1,
	"U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1,
}

// checkLayout makes sure that the tensors fill the data of size bytes exactly.
func (t *Tensors) checkLayout(size int64) error {
	names := t.Names()
	slices.SortStableFunc(names, func(a, b string) int {
		return slices.Compare(t.infos[a].Offsets, t.infos[b].Offsets)
	})
	var at int64
	for _, name := range names {
		info := t.infos[name]
		want, ok := bytesPerValue[info.DType]
		switch {
		case !ok:
			return fmt.Errorf("tensor %q has the unknown type %q", name, info.DType)
		case info.Shape == nil || len(info.Offsets) != 2:
			return fmt.Errorf("tensor %q has no shape or not two data_offsets", name)
		}
		for _, d := range info.Shape {
			if d < 0 || (d > 0 && want > math.MaxInt64/int64(d)) {
				return fmt.Errorf("tensor %q has the impossible shape %v", name, info.Shape)
			}
			want *= int64(d)
		}
		begin, end := info.Offsets[0], info.Offsets[1]
		switch {
		case begin != at:
			return fmt.Errorf("tensor %q begins at byte %d of the data, where %d was expected: "+
				"a gap or an overlap", name, begin, at)
		case end-begin != want:
			return fmt.Errorf("tensor %q has %d bytes, its shape %v of %s needs %d",
				name, end-begin, info.Shape, info.DType, want)
		case end > size:
			return fmt.Errorf("tensor %q ends at byte %d of the data, which has only %d: "+
				"the file is truncated", name, end, size)
		}
		at = end
	}
	if at != size {
		return fmt.Errorf("the data have %d bytes, the tensors only %d", size, at)
	}
	return nil
}

// Names lists the tensors in the order of the alphabet.
func (t *Tensors) Names() []string { return slices.Sorted(maps.Keys(t.infos)) }

// Shape returns the shape of a tensor, or false if there is none of that name.
func (t *Tensors) Shape(name string) ([]int, bool) {
	info, ok := t.infos[name]
	return info.Shape, ok
}

// Check says why no tensor of this file fills p, which needs no memory yet, or nil.
func (t *Tensors) Check(p Tensor) error {
	_, err := t.find(p)
	return err
}

// find returns what is known of the tensor that fills p, if it can.
func (t *Tensors) find(p Tensor) (tensorInfo, error) {
	info, ok := t.infos[p.Name]
	if !ok {
		return info, fmt.Errorf("%s: tensor %q is missing", t.Name, p.Name)
	}
	if _, ok := codecs[info.DType]; !ok {
		return info, fmt.Errorf("%s: tensor %q is %s; only F32, F16 and BF16 are read",
			info.file.Name, p.Name, info.DType)
	}
	if !slices.Equal(info.Shape, p.Shape) {
		return info, fmt.Errorf("%s: tensor %q has shape %v, the model needs %v",
			info.file.Name, p.Name, info.Shape, p.Shape)
	}
	return info, nil
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
	w := &readWork{info, p.Data, make([]error, len(p.Data)/readGrain+1)}
	f32.Run(len(p.Data), readGrain, w.Do)
	for _, err := range w.errs {
		if err != nil {
			return fmt.Errorf("%s: tensor %q: %w", info.file.Name, p.Name, err)
		}
	}
	return nil
}

// A tensor is read in pieces of readGrain values, which go to all cores, and a
// piece through a buffer of readBuffer bytes, which stays in a cache.
const (
	readGrain  = 1 << 20
	readBuffer = 1 << 15
)

// readWork reads the values of one tensor, with room for an error of each piece.
type readWork struct {
	info   tensorInfo
	values []float32
	errs   []error
}

// Do reads the values from lo to hi.
func (w *readWork) Do(lo, hi int) {
	w.errs[lo/readGrain] = w.read(lo, w.values[lo:hi])
}

// read fills values, the first of which is the tensor's from-th.
func (w *readWork) read(from int, values []float32) error {
	codec := codecs[w.info.DType]
	place := w.info.file.start + w.info.Offsets[0] + int64(codec.size*from)
	buffer := make([]byte, min(readBuffer, codec.size*len(values)))
	for part := range slices.Chunk(values, max(1, len(buffer)/codec.size)) {
		data := buffer[:codec.size*len(part)]
		if err := readAt(w.info.file.r, data, place); err != nil {
			return err
		}
		codec.decode(part, data)
		for i, v := range part {
			if v-v != 0 { // NaN and the infinities
				return fmt.Errorf("the value at position %d is %v; "+
					"the file is damaged or training diverged", from+i, v)
			}
		}
		from, place = from+len(part), place+int64(len(data))
	}
	return nil
}
