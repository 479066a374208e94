package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// file returns a safetensors file of this header and n bytes of data.
func file(header string, n int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, n)...)
}

func TestRoundTrip(t *testing.T) {
	params := []Tensor{
		{Name: "a", Shape: []int{2, 3}, Data: []float32{1, -2, 3, math.MaxFloat32, math.SmallestNonzeroFloat32, 0}},
		{Name: "b", Shape: []int{1}, Data: []float32{7}},
	}
	var out bytes.Buffer
	require.NoError(t, Write(&out, F32, params, map[string]string{"format": "pt"}))
	tensors, err := New("x", bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"format": "pt"}, tensors.Metadata)
	require.ElementsMatch(t, []string{"a", "b"}, tensors.Names())
	for _, p := range params {
		got := Tensor{Name: p.Name, Shape: p.Shape, Data: make([]float32, len(p.Data))}
		require.NoError(t, tensors.Read(got))
		require.Equal(t, p, got)
	}
}

// refused are files that are not sound, with all that is said of them.
var refused = []struct {
	name, want string
	data       []byte
}{
	{"nothing", "not a safetensors file: only 0 bytes", nil},
	{"seven bytes", "not a safetensors file: only 7 bytes", make([]byte, 7)},
	{"no header", "safetensors header: not a JSON object", make([]byte, 8)},
	{"absurd header", `not a safetensors file: its header claims 9223372036854775807 bytes, the format allows 100000000`, binary.LittleEndian.AppendUint64(nil, math.MaxInt64)},
	{"more absurd header", `not a safetensors file: its header claims 18446744073709551615 bytes, the format allows 100000000`, binary.LittleEndian.AppendUint64(nil, math.MaxUint64)},
	{"header of gigabytes", `not a safetensors file: its header claims 4000000000 bytes, the format allows 100000000`, binary.LittleEndian.AppendUint64(nil, 4e9)},
	{"header longer than the file", "not a whole safetensors file: its header claims 99000000 bytes, the file has 10", append(binary.LittleEndian.AppendUint64(nil, 99e6), '{', '}')},
	{"not JSON", "safetensors header: not a JSON object", file("hello", 0)},
	{"not an object", "safetensors header: not a JSON object", file("[]", 0)},
	{"cut JSON", `safetensors header: it ends too early`, file("{"+oneTensor, 8)},
	{"cut in a name", `safetensors header: it ends too early`, file(`{"a`, 0)},
	{"a number for a name", `safetensors header: byte 1: object member name must be a string`, file("{1:2}", 0)},
	{"garbage after the object", "safetensors header: something follows the JSON object", file("{"+oneTensor+"} x", 8)},
	{"two objects", "safetensors header: something follows the JSON object", file("{"+oneTensor+"}{}", 8)},
	{"tensor no object", `safetensors header: "a" at byte 1: [, where an object belongs`, file(`{"a":[]}`, 0)},
	{"tensor null", `safetensors header: "a" at byte 1: null, where an object belongs`, file(`{"a":null}`, 0)},
	{"type no string", `safetensors header: "a" at byte 1: "dtype" at byte 6: number, where a string belongs`, file(`{"a":{"dtype":1}}`, 0)},
	{"shape no list", `safetensors header: "a" at byte 1: "shape" at byte 6: number, where a list belongs`, file(`{"a":{"shape":1}}`, 0)},
	{"shape of fractions", `safetensors header: "a" at byte 1: "shape" at byte 6: 1.5 is no size`, file(`{"a":{"shape":[1.5]}}`, 0)},
	{"offset beyond int64", `safetensors header: "a" at byte 1: "data_offsets" at byte 6: 9223372036854775808 is no size`, file(`{"a":{"data_offsets":[0,9223372036854775808]}}`, 0)},
	{"unknown key", `safetensors header: "a" at byte 1: "stride" at byte 6: the format has no such key`, file(`{"a":{"stride":[1]}}`, 0)},
	{"metadata of numbers", `safetensors header: "__metadata__" at byte 1: "a" at byte 17: number, where a string belongs`, file(`{"__metadata__":{"a":1}}`, 0)},
	{"tensor twice", `safetensors header: "a" comes twice, at byte 1 and at byte 54`, file("{"+oneTensor+","+oneTensor+"}", 8)},
	{"shape twice", `safetensors header: "a" at byte 1: "shape" at byte 32: comes twice, first at byte 20`, file(`{"a":{"dtype":"F32","shape":[2],"shape":[1],"data_offsets":[0,8]}}`, 8)},
	{"metadata twice", `safetensors header: "__metadata__" at byte 19: comes twice, first at byte 1`, file(`{"__metadata__":{},"__metadata__":{}}`, 0)},
	{"no type", `safetensors header: "a" at byte 1: has no dtype`, file(`{"a":{"shape":[2],"data_offsets":[0,8]}}`, 8)},
	{"no shape", `safetensors header: "a" at byte 1: has no shape`, file(`{"a":{"dtype":"F32","data_offsets":[0,4]}}`, 4)},
	{"no offsets", `safetensors header: "a" at byte 1: has no data_offsets`, file(`{"a":{"dtype":"F32","shape":[0]}}`, 0)},
	{"one offset", `safetensors header: "a" at byte 1: "data_offsets" at byte 32: 1 numbers, not two`, file(`{"a":{"dtype":"F32","shape":[0],"data_offsets":[0]}}`, 0)},
	{"three offsets", `safetensors header: "a" at byte 1: "data_offsets" at byte 32: 3 numbers, not two`, file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}`, 8)},
	{"truncated data", `tensor "a" ends at byte 8 of the data, which has only 7: the file is truncated`, file("{"+oneTensor+"}", 7)},
	{"past the end", `tensor "a" ends at byte 8 of the data, which has only 0: the file is truncated`, file("{"+oneTensor+"}", 0)},
	{"data left over", "the data have 9 bytes, the tensors only 8", file("{"+oneTensor+"}", 9)},
	{"data of nobody", "the data have 1 bytes, the tensors only 0", file("{}", 1)},
	{"overlap", `tensor "b" begins at byte 4 of the data, where 8 was expected: a gap or an overlap`, file("{"+oneTensor+`,"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12)},
	{"same place", `tensor "b" begins at byte 0 of the data, where 8 was expected: a gap or an overlap`, file("{"+oneTensor+`,"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8)},
	{"gap", `tensor "b" begins at byte 12 of the data, where 8 was expected: a gap or an overlap`, file("{"+oneTensor+`,"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}`, 20)},
	{"gap before the first", `tensor "a" begins at byte 8 of the data, where 0 was expected: a gap or an overlap`, file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}`, 16)},
	{"negative offsets", `safetensors header: "a" at byte 1: "data_offsets" at byte 32: -8 is no size`, file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}`, 0)},
	{"end before begin", `safetensors header: "a" at byte 1: "data_offsets" at byte 32: -8 is no size`, file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,-8]}}`, 0)},
	{"size and shape", `tensor "a" has 8 bytes, its shape [3] of F32 needs 12`, file(`{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`, 8)},
	{"size and type", `tensor "a" has 8 bytes, its shape [2] of BF16 needs 4`, file(`{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,8]}}`, 8)},
	{"unknown type", `tensor "a" has the unknown type "F7"`, file(`{"a":{"dtype":"F7","shape":[2],"data_offsets":[0,8]}}`, 8)},
	{"negative", `safetensors header: "a" at byte 1: "shape" at byte 20: -2 is no size`, file(`{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}`, 8)},
	{"overflowing", `tensor "a" has the impossible shape [4611686018427387904 4]`, file(`{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}`, 8)},
	{"overflowing to 0", `tensor "a" has the impossible shape [4294967296 4294967296]`, file(`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, 0)},
}

const oneTensor = `"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`

func TestRefuse(t *testing.T) {
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			_, err := New("model.safetensors", bytes.NewReader(c.data), int64(len(c.data)))
			require.EqualError(t, err, "model.safetensors: "+c.want)
		})
	}
	// A file that is shorter than the file system says.
	_, err := New("x", bytes.NewReader(nil), 100)
	require.EqualError(t, err, "x: reading the header's length: EOF")
	_, err = New("x", bytes.NewReader(file("{"+oneTensor+"}", 0)[:20]), 100)
	require.EqualError(t, err, "x: reading the header: EOF")
}

// A header is read when it is known to be there: its length alone costs nothing.
func TestHeaderLengthCostsNoMemory(t *testing.T) {
	data := append(binary.LittleEndian.AppendUint64(nil, 100<<20), make([]byte, 1000)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := New("x", bytes.NewReader(data), int64(len(data)))
	runtime.ReadMemStats(&after)
	require.Error(t, err)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		data []byte
		p    Tensor
		want string
	}{
		{file("{"+oneTensor+"}", 8), Tensor{Name: "b", Shape: []int{2}}, `x: tensor "b" is missing`},
		{file("{"+oneTensor+"}", 8), Tensor{Name: "a", Shape: []int{2, 1}}, `x: tensor "a" has shape [2], the model needs [2 1]`},
		{file(`{"a":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}`, 8), Tensor{Name: "a", Shape: []int{2}}, `x: tensor "a" is I32; only F32, F16 and BF16 are read`},
		{append(file("{"+oneTensor+"}", 4), 0, 0, 0x80, 0xff), Tensor{Name: "a", Shape: []int{2}}, `x: tensor "a": the value at position 1 is -Inf; the file is damaged or training diverged`},
		{append(file(`{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`, 2), 1, 0x7c), Tensor{Name: "a", Shape: []int{2}}, `x: tensor "a": the value at position 1 is NaN; the file is damaged or training diverged`},
	} {
		tensors, err := New("x", bytes.NewReader(c.data), int64(len(c.data)))
		require.NoError(t, err)
		c.p.Data = make([]float32, 2)
		require.EqualError(t, tensors.Read(c.p), c.want)
	}
}

// Of several bad values the first is named, on whichever core it was found, and
// a file that ends while it is read is noticed.
func TestReadInPieces(t *testing.T) {
	const n = 1<<20 + 7
	data := make([]float32, n)
	for i := range data {
		data[i] = float32(i)
	}
	var out bytes.Buffer
	require.NoError(t, Write(&out, F32, []Tensor{{Name: "a", Shape: []int{n}, Data: data}}, nil))
	read := func(b []byte) ([]float32, error) {
		tensors, err := New("x", bytes.NewReader(b), int64(out.Len()))
		require.NoError(t, err)
		got := make([]float32, n)
		return got, tensors.Read(Tensor{Name: "a", Shape: []int{n}, Data: got})
	}
	got, err := read(out.Bytes())
	require.NoError(t, err)
	require.Equal(t, data, got)

	_, err = read(out.Bytes()[:out.Len()-1])
	require.EqualError(t, err, `x: tensor "a": EOF`)
	start := out.Len() - 4*n
	for _, at := range []int{n - 1, 900_000, 300_001} {
		binary.LittleEndian.PutUint32(out.Bytes()[start+4*at:], math.Float32bits(float32(math.Inf(1))))
		_, err = read(out.Bytes())
		require.ErrorContains(t, err, fmt.Sprintf("the value at position %d is +Inf", at))
	}
}

func FuzzHeader(f *testing.F) {
	for _, c := range refused {
		f.Add(c.data)
	}
	f.Add(file("{"+oneTensor+"}", 8))
	f.Add(file(`{"__metadata__":{"a":"b"},"a":{"dtype":"BF16","shape":[],"data_offsets":[0,2]}}`, 2))
	f.Add(file(`{"a":{"dtype":"F16","shape":[2,2],"data_offsets":[0,8]},"b":{"dtype":"BOOL","shape":[0,9],"data_offsets":[8,8]}}  `, 8))
	f.Add(file(`{}`, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		tensors, err := New("x", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			require.True(t, strings.HasPrefix(err.Error(), "x: "), err.Error())
			return
		}
		for _, name := range tensors.Names() {
			shape, _ := tensors.Shape(name)
			n := 1
			for _, d := range shape {
				n *= d
			}
			if n > len(data) { // a tensor without values may have any shape
				t.Fatalf("tensor %q of shape %v in %d bytes", name, shape, len(data))
			}
			p := Tensor{Name: name, Shape: shape, Data: make([]float32, n)}
			if tensors.Read(p) != nil { // of another type, or not finite
				continue
			}
			for _, v := range p.Data {
				require.Zero(t, v-v)
			}
		}
	})
}
