package pretrain

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// A safetensors file is eight bytes that say how long its header is, the header
// in JSON, and the tensors' values one after another, all little-endian:
//
//	{"wte.weight": {"dtype": "F32", "shape": [50257, 768], "data_offsets": [0, 154389504]}, …}
//
// Offsets count from the end of the header. The name "__metadata__" holds
// strings of the writer's own.
const metadataName = "__metadata__"

// maxHeader bounds how much memory a file may claim for its header; the format
// itself allows no more.
const maxHeader = 100 << 20

// tensorInfo is what the header says of a tensor.
type tensorInfo struct {
	DType   string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

// Tensors gives access to a safetensors file. Nothing but the header is read
// before it is asked for.
type Tensors struct {
	Metadata map[string]string
	name     string // of the file, for messages
	r        io.ReaderAt
	start    int64 // where the data begin
	infos    map[string]tensorInfo
}

// ReadTensors reads the header of a safetensors file of size bytes and checks
// it: every tensor in its place, no overlap, no gap, nothing past the end. The
// name stands in messages.
func ReadTensors(name string, r io.ReaderAt, size int64) (*Tensors, error) {
	t, err := readHeader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	t.name = name
	return t, nil
}

func readHeader(r io.ReaderAt, size int64) (*Tensors, error) {
	var length [8]byte
	if _, err := r.ReadAt(length[:], 0); err != nil {
		return nil, fmt.Errorf("not a safetensors file: only %d bytes", size)
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader || int64(n) > size-8 {
		return nil, fmt.Errorf("not a whole safetensors file: its header claims %d bytes, the file has %d",
			n, size)
	}
	header := make([]byte, n)
	if _, err := r.ReadAt(header, 8); err != nil {
		return nil, fmt.Errorf("reading the header: %w", err)
	}
	t := &Tensors{r: r, start: 8 + int64(n), infos: map[string]tensorInfo{}}
	if err := t.parse(header); err != nil {
		return nil, fmt.Errorf("safetensors header: %w", err)
	}
	return t, t.checkLayout(size - t.start)
}

// parse decodes the header entry by entry, which shows names that come twice.
func (t *Tensors) parse(header []byte) error {
	d := json.NewDecoder(bytes.NewReader(header))
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return errors.New("not a JSON object")
	}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		name := token.(string)
		if name == metadataName {
			if err := d.Decode(&t.Metadata); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		var info tensorInfo
		if err := d.Decode(&info); err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		if _, twice := t.infos[name]; twice {
			return fmt.Errorf("tensor %q comes twice", name)
		}
		t.infos[name] = info
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	return nil
}

// bytesPerValue knows the types this package reads or passes over.
var bytesPerValue = map[string]int64{
	"F64": 8, "F32": 4, "F16": 2, "BF16": 2,
	"I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1,
}

// checkLayout makes sure that the tensors fill the data of size bytes exactly.
func (t *Tensors) checkLayout(size int64) error {
	names := t.Names()
	slices.SortFunc(names, func(a, b string) int {
		x, y := t.infos[a].Offsets, t.infos[b].Offsets
		return slices.Compare(x[:], y[:])
	})
	var at int64
	for _, name := range names {
		info := t.infos[name]
		want, ok := bytesPerValue[info.DType]
		if !ok {
			return fmt.Errorf("tensor %q has the unknown type %q", name, info.DType)
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

// Names lists the tensors in no particular order.
func (t *Tensors) Names() []string {
	names := make([]string, 0, len(t.infos))
	for name := range t.infos {
		names = append(names, name)
	}
	return names
}

// Shape returns the shape of a tensor, or false if there is none of that name.
func (t *Tensors) Shape(name string) ([]int, bool) {
	info, ok := t.infos[name]
	return info.Shape, ok
}

// Read fills the parameter p from the tensor of its name. The shape must be the
// same, the type F32, and every value a finite number.
func (t *Tensors) Read(p gpt.Param) error {
	info, ok := t.infos[p.Name]
	switch {
	case !ok:
		return fmt.Errorf("%s: tensor %q is missing", t.name, p.Name)
	case info.DType != "F32":
		return fmt.Errorf("%s: tensor %q is %s; only F32 is read", t.name, p.Name, info.DType)
	case !slices.Equal(info.Shape, p.Shape):
		return fmt.Errorf("%s: tensor %q has shape %v, the model needs %v",
			t.name, p.Name, info.Shape, p.Shape)
	}
	section := io.NewSectionReader(t.r, t.start+info.Offsets[0], info.Offsets[1]-info.Offsets[0])
	buffer := make([]byte, 1<<16)
	for at := 0; at < len(p.Data); {
		part := buffer[:min(len(buffer), 4*(len(p.Data)-at))]
		if _, err := io.ReadFull(section, part); err != nil {
			return fmt.Errorf("%s: tensor %q: %w", t.name, p.Name, err)
		}
		for ; len(part) > 0; part = part[4:] {
			v := math.Float32frombits(binary.LittleEndian.Uint32(part))
			if v-v != 0 { // NaN and the infinities
				return fmt.Errorf("%s: tensor %q has the value %v at position %d; "+
					"the file is damaged or training diverged", t.name, p.Name, v, at)
			}
			p.Data[at] = v
			at++
		}
	}
	return nil
}

// WriteTensors writes params as a safetensors file, in their order.
func WriteTensors(w io.Writer, params []gpt.Param, metadata map[string]string) error {
	var header bytes.Buffer
	header.WriteByte('{')
	if len(metadata) > 0 {
		text, err := json.Marshal(metadata)
		if err != nil {
			return err
		}
		fmt.Fprintf(&header, "%q:%s,", metadataName, text)
	}
	var at int64
	for i, p := range params {
		end := at + 4*int64(len(p.Data))
		info, err := json.Marshal(tensorInfo{"F32", p.Shape, [2]int64{at, end}})
		if err != nil {
			return err
		}
		if i > 0 {
			header.WriteByte(',')
		}
		fmt.Fprintf(&header, "%q:%s", p.Name, info)
		at = end
	}
	header.WriteByte('}')
	for header.Len()%8 != 0 { // so that the values are aligned
		header.WriteByte(' ')
	}
	out := bufio.NewWriterSize(w, 1<<16)
	binary.Write(out, binary.LittleEndian, uint64(header.Len()))
	out.Write(header.Bytes())
	var value [4]byte
	for _, p := range params {
		for _, v := range p.Data {
			binary.LittleEndian.PutUint32(value[:], math.Float32bits(v))
			out.Write(value[:])
		}
	}
	return out.Flush() // which reports the first error of all these writes
}

// WriteFile puts a file in its place only when it is whole: what stood there
// before stays until then.
func WriteFile(path string, write func(w io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
