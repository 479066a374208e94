package safetensors

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// A header goes through the JSON of a header. What it makes of it may take three
// times the memory of the JSON itself, and a little more where that is short.
type header struct {
	*jsontext.Decoder
	text []byte
	room int // in bytes
}

// parseHeader returns what the header of a file says, the tensors in the order of
// the alphabet.
func parseHeader(text []byte) (infos []tensorInfo, metadata map[string]string, err error) {
	if !bytes.HasPrefix(text, []byte("{")) {
		return nil, nil, errors.New("safetensors header: not a JSON object")
	}
	h := &header{jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true)), text, 3*len(text) + 1<<16}
	infos = make([]tensorInfo, 0, bytes.Count(text, []byte(offsetsKey)))
	h.spend(100 * cap(infos)) // and where they are in the file
	var metadataAt int64
	err = h.object(func(key []byte, at int64) (err error) {
		switch {
		case string(key) != metadataName:
			infos, err = h.add(infos, string(key), at)
			return err
		case metadata != nil:
			return fmt.Errorf("comes twice, first at byte %d", metadataAt)
		}
		metadata, metadataAt = map[string]string{}, at
		return h.strings(metadata)
	})
	if _, end := h.ReadToken(); err == nil && end != io.EOF {
		err = errors.New("something follows the JSON object")
	}
	if err == nil {
		err = sortInfos(infos)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("safetensors header: %w", err)
	}
	return infos, metadata, nil
}

// spend is an error if the header takes more memory than it may.
func (h *header) spend(bytes int) error {
	if h.room -= bytes; h.room < 0 {
		return errors.New("what it says would take more than four times its size in memory")
	}
	return nil
}

// value reads a value of this kind, as it stands there.
func (h *header) value(kind jsontext.Kind, wanted string) (jsontext.Value, error) {
	if got := h.PeekKind(); got != kind && got != 0 {
		return nil, fmt.Errorf("%v, where %s belongs", got, wanted)
	}
	v, err := h.ReadValue()
	return v, inWords(err)
}

// inWords says what the decoder has found.
func inWords(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends too early")
	}
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return fmt.Errorf("byte %d: %w", e.ByteOffset, e.Err)
	}
	return err
}

// unquote returns what a JSON string says.
func unquote(quoted []byte) []byte {
	if inside := quoted[1 : len(quoted)-1]; bytes.IndexByte(inside, '\\') < 0 {
		return inside
	}
	text, _ := jsontext.AppendUnquote(nil, quoted) // which the decoder has checked
	return text
}

// object reads an object and calls value at each key, to read what the key stands
// for. Keys that come twice are left to value to find.
func (h *header) object(value func(key []byte, at int64) error) error {
	if got := h.PeekKind(); got != '{' && got != 0 {
		return fmt.Errorf("%v, where an object belongs", got)
	}
	h.ReadToken()
	for h.PeekKind() == '"' {
		quoted, err := h.value('"', "")
		if err != nil {
			return err
		}
		end := h.InputOffset()
		at := end - int64(len(quoted))
		key := unquote(h.text[at:end])
		if err := value(key, at); err != nil {
			return fmt.Errorf("%.100q at byte %d: %w", key, at, err)
		}
	}
	_, err := h.ReadToken()
	return inWords(err)
}

const offsetsKey = "data_offsets"

// add reads what stands behind a tensor's name.
func (h *header) add(infos []tensorInfo, name string, at int64) ([]tensorInfo, error) {
	if len(infos) == cap(infos) { // in a header that writes letters as escapes
		if err := h.spend(500); err != nil {
			return nil, err
		}
	}
	infos = append(infos, tensorInfo{name: name, at: at})
	var seen [3]int64 // where the keys are
	err := h.object(func(key []byte, at int64) error {
		i := slices.Index(tensorKeys, string(key))
		if i < 0 {
			return errors.New("the format has no such key")
		}
		if seen[i] > 0 {
			return fmt.Errorf("comes twice, first at byte %d", seen[i])
		}
		seen[i] = at
		return h.field(&infos[len(infos)-1], tensorKeys[i])
	})
	for i, key := range tensorKeys {
		if err == nil && seen[i] == 0 {
			err = fmt.Errorf("has no %s", key)
		}
	}
	return infos, cmp.Or(err, h.spend(8+len(name)))
}

// Every tensor has these keys, and no others.
var tensorKeys = []string{"dtype", "shape", offsetsKey}

// field reads what stands behind one of a tensor's keys.
func (h *header) field(info *tensorInfo, key string) (err error) {
	switch key {
	case "dtype":
		var v jsontext.Value
		if v, err = h.value('"', "a string"); err == nil {
			info.dtype = DType(unquote(v))
		}
	case "shape":
		info.shape, err = h.sizes()
	case offsetsKey:
		var offsets []int
		if offsets, err = h.sizes(); err == nil && len(offsets) != 2 {
			err = fmt.Errorf("%d numbers, not two", len(offsets))
		} else if err == nil {
			info.begin, info.end = int64(offsets[0]), int64(offsets[1])
		}
	}
	return err
}

// sizes reads a list of whole numbers, none of them negative.
func (h *header) sizes() ([]int, error) {
	v, err := h.value('[', "a list")
	if err != nil {
		return nil, err
	}
	inside := bytes.TrimSpace(v[1 : len(v)-1])
	if len(inside) == 0 {
		return []int{}, nil
	}
	n := 1 + bytes.Count(inside, []byte(","))
	if err := h.spend(16 + 10*n); err != nil {
		return nil, err
	}
	list := make([]int, 0, n)
	for part := range bytes.SplitSeq(inside, []byte(",")) {
		n, err := strconv.Atoi(string(bytes.TrimSpace(part)))
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%.30s is no size", part)
		}
		list = append(list, n)
	}
	return list, nil
}

// strings reads an object of strings into all.
func (h *header) strings(all map[string]string) error {
	places := map[string]int64{}
	return h.object(func(key []byte, at int64) error {
		if first, ok := places[string(key)]; ok {
			return fmt.Errorf("comes twice, first at byte %d", first)
		}
		v, err := h.value('"', "a string")
		if err != nil {
			return err
		}
		if err := h.spend(350 + 2*len(key) + len(v)); err != nil {
			return err
		}
		name := string(key)
		all[name], places[name] = string(unquote(v)), at
		return nil
	})
}

// sortInfos puts tensors in the order of their names, of which no two are the same.
func sortInfos(infos []tensorInfo) error {
	slices.SortFunc(infos, func(a, b tensorInfo) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.at, b.at))
	})
	for i := 1; i < len(infos); i++ {
		if infos[i].name == infos[i-1].name {
			return fmt.Errorf("%q comes twice, at byte %d and at byte %d", infos[i].name, infos[i-1].at, infos[i].at)
		}
	}
	return nil
}

// bytesPerValue knows the types this package reads or passes over.
var bytesPerValue = map[DType]int64{
	"F64": 8, F32: 4, F16: 2, BF16: 2, "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1, "C64": 8,
	"I64": 8, "I32": 4, "I16": 2, "I8": 1,
	"U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1,
}

// checkLayout makes sure that tensors fill the data of size bytes exactly.
func checkLayout(infos []tensorInfo, size int64) error {
	var at int64
	for _, i := range inFile(infos) {
		info := infos[i]
		want, ok := bytesPerValue[info.dtype]
		if !ok {
			return fmt.Errorf("tensor %q has the unknown type %q", info.name, info.dtype)
		}
		for _, d := range info.shape {
			if d > 0 && want > math.MaxInt64/int64(d) {
				return fmt.Errorf("tensor %q has the impossible shape %v", info.name, info.shape)
			}
			want *= int64(d)
		}
		switch {
		case info.begin != at:
			return fmt.Errorf("tensor %q begins at byte %d of the data, where %d was expected: "+
				"a gap or an overlap", info.name, info.begin, at)
		case info.end-info.begin != want:
			return fmt.Errorf("tensor %q has %d bytes, its shape %v of %s needs %d",
				info.name, info.end-info.begin, info.shape, info.dtype, want)
		case info.end > size:
			return fmt.Errorf("tensor %q ends at byte %d of the data, which has only %d: "+
				"the file is truncated", info.name, info.end, size)
		}
		at = info.end
	}
	if at != size {
		return fmt.Errorf("the data have %d bytes, the tensors only %d", size, at)
	}
	return nil
}

// inFile returns the numbers of tensors in the order of their places.
func inFile(infos []tensorInfo) []int {
	order := make([]int, len(infos))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := infos[a], infos[b]
		return cmp.Or(cmp.Compare(x.begin, y.begin), cmp.Compare(x.end, y.end), cmp.Compare(a, b))
	})
	return order
}
