package gguf_test

import (
	"bytes"
	"errors"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/golden"
)

func source(name string, kind gguf.Type, shape []int, values []float32) gguf.Source {
	return gguf.Source{Name: name, Shape: shape, Type: kind, Values: func() []float32 { return values }}
}

// written is a file that was written and opened again.
func written(t testing.TB, metadata []gguf.Pair, tensors ...gguf.Source) ([]byte, *gguf.File) {
	var b bytes.Buffer
	require.NoError(t, gguf.Write(&b, metadata, tensors))
	f, err := gguf.New("written", bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	return b.Bytes(), f
}

// again is what has to be written to get the tensors of f.
func again(t testing.TB, f *gguf.File, names ...string) (list []gguf.Source) {
	for _, name := range names {
		kind, shape, _ := f.Tensor(name)
		list = append(list, source(name, kind, shape, read(t, f, name).Data))
	}
	return list
}

// Whole files that the Python package gguf has written come out byte for byte.
func TestWriteFile(t *testing.T) {
	for name, metadata := range map[string][]gguf.Pair{
		"minimal": {{Key: "general.architecture", Value: "test"}},
		"align64": {{Key: "general.architecture", Value: "test"}, {Key: "general.alignment", Value: uint32(64)}},
	} {
		f := open(t, name+".gguf")
		want, err := os.ReadFile(golden.Path(t, "llama/gguf/"+name+".gguf"))
		require.NoError(t, err)
		got, _ := written(t, metadata, again(t, f, f.Names()...)...)
		require.Equal(t, want, got, name)
	}
}

// Metadata of all types, and the tensors of the types that are written, as they were read.
func TestWriteValues(t *testing.T) {
	f := open(t, "quants.gguf")
	var metadata []gguf.Pair
	for _, key := range slices.Sorted(maps.Keys(f.Metadata)) {
		metadata = append(metadata, gguf.Pair{Key: key, Value: f.Metadata[key]})
	}
	names := []string{"f32", "f32.vector", "f16.3d", "f16.specials"}
	data, got := written(t, metadata, again(t, f, names...)...)
	require.Equal(t, f.Metadata, got.Metadata)
	require.Equal(t, names, got.Names())
	whole, err := os.ReadFile(golden.Path(t, "llama/gguf/quants.gguf"))
	require.NoError(t, err)
	for _, name := range names {
		kind, shape, _ := f.Tensor(name)
		_, gotShape, _ := got.Tensor(name)
		require.Equal(t, shape, gotShape)
		values := read(t, got, name).Data
		for i, v := range read(t, f, name).Data {
			require.Equal(t, math.Float32bits(v), math.Float32bits(values[i]), name)
		}
		one, _ := written(t, nil, source("", kind, []int{len(values)}, values))
		require.True(t, bytes.Contains(whole, one[64:64+len(values)*map[gguf.Type]int{gguf.F32: 4, gguf.F16: 2}[kind]]), name)
	}
	require.NotEmpty(t, data)
}

// Q8_0 is quantized as llama.cpp and its Python package do: see testdata/make_q8_0.py.
func TestWriteQ8(t *testing.T) {
	f, err := gguf.Open("testdata/q8_0.gguf")
	require.NoError(t, err)
	defer f.Close()
	want, err := os.ReadFile("testdata/q8_0.gguf")
	require.NoError(t, err)
	values, rounded := read(t, f, "values"), read(t, f, "q8_0")
	got, back := written(t, nil, source("x", gguf.Q8_0, values.Shape, values.Data))
	require.Equal(t, rounded.Data, read(t, back, "x").Data)
	n := len(values.Data) / 32 * 34
	n += -n & 31
	require.Equal(t, want[len(want)-n:], got[len(got)-n:])
	for i, v := range values.Data { // half a step, and half of what the scale was rounded by, 127 times
		largest := slices.MaxFunc(values.Data[i/32*32:i/32*32+32], func(a, b float32) int { return int(math.Copysign(1, math.Abs(float64(a))-math.Abs(float64(b)))) })
		require.InDelta(t, v, rounded.Data[i], math.Abs(float64(largest))*(0.5/127+0x1p-11)+0x1p-18)
	}
}

func TestFor(t *testing.T) {
	for _, want := range []struct {
		file  gguf.Type
		shape []int
		kind  gguf.Type
	}{
		{gguf.F16, []int{64}, gguf.F32}, {gguf.Q8_0, []int{64}, gguf.F32}, {gguf.F32, []int{3, 48}, gguf.F32}, {gguf.F16, []int{3, 48}, gguf.F16},
		{gguf.Q8_0, []int{3, 64}, gguf.Q8_0}, {gguf.Q8_0, []int{64, 48}, gguf.F16},
	} {
		require.Equal(t, want.kind, want.file.For(want.shape), want)
	}
}

// What cannot be read again, here or by llama.cpp, is not written at all.
func TestWriteRefuses(t *testing.T) {
	one := func(name string, kind gguf.Type, values ...float32) []gguf.Source {
		return []gguf.Source{source(name, kind, []int{len(values)}, values)}
	}
	nan, wide := float32(math.NaN()), make([]float32, 32)
	wide[31] = 127 * 65520
	for want, file := range map[string]struct {
		metadata []gguf.Pair
		tensors  []gguf.Source
	}{
		`tensor "` + strings.Repeat("x", 64) + `": a name of 64 bytes; llama.cpp allows 63`:          {nil, one(strings.Repeat("x", 64), gguf.F32, 1)},
		`tensor "a": its type is Q4_0; only F32, F16 and Q8_0 are written here`:                      {nil, one("a", gguf.Q4_0, make([]float32, 32)...)},
		`tensor "a": rows of 33 values are not whole blocks of 32, as Q8_0 needs`:                    {nil, one("a", gguf.Q8_0, make([]float32, 33)...)},
		`tensor "a": it has no dimensions`:                                                           {nil, []gguf.Source{{Name: "a"}}},
		`tensor "a", described at byte 57: there is one of this name already`:                        {nil, append(one("a", gguf.F32, 1), one("a", gguf.F32, 1)...)},
		`tensor "a": the value at position 1 is NaN, which is not finite in F32`:                     {nil, one("a", gguf.F32, 0, nan)},
		`tensor "a": the value at position 0 is 65520, which is not finite in F16`:                   {nil, one("a", gguf.F16, 65520)},
		`tensor "a": the value at position 31 is 8.32104e+06, which is not finite in Q8_0`:           {nil, one("a", gguf.Q8_0, wide...)},
		`metadata "k": a value of type int, which the format does not have`:                          {[]gguf.Pair{{Key: "k", Value: 1}}, nil},
		`metadata "k": a value of type <nil>, which the format does not have`:                        {[]gguf.Pair{{Key: "k"}}, nil},
		`metadata "k": values of type []int, which the format does not have`:                         {[]gguf.Pair{{Key: "k", Value: []int{1}}}, nil},
		`metadata "k": a list of several types, which the format does not have`:                      {[]gguf.Pair{{Key: "k", Value: []any{[]int32{1}, nil}}}, nil},
		`metadata "k" comes twice, the second time at byte 38`:                                       {[]gguf.Pair{{Key: "k", Value: true}, {Key: "k", Value: true}}, nil},
		`metadata "general.alignment" is 24 of type uint32; it must be a uint32, and a power of two`: {[]gguf.Pair{{Key: "general.alignment", Value: uint32(24)}}, nil},
		`metadata "general.alignment" is 64 of type uint64; it must be a uint32, and a power of two`: {[]gguf.Pair{{Key: "general.alignment", Value: uint64(64)}}, nil},
		`metadata "` + strings.Repeat("k", 100) + `": a key of 65536 bytes; the format allows 65535`: {[]gguf.Pair{{Key: strings.Repeat("k", 65536), Value: true}}, nil},
	} {
		var b bytes.Buffer
		assert.EqualError(t, gguf.Write(&b, file.metadata, file.tensors), want)
		assert.Zero(t, b.Len())
	}
	require.PanicsWithValue(t, "gguf: a tensor has more or fewer values than its shape says", func() {
		gguf.Write(&bytes.Buffer{}, nil, []gguf.Source{source("a", gguf.F32, []int{2}, []float32{1})})
	})
	full := errors.New("the disk is full")
	require.ErrorIs(t, gguf.Write(writer(func([]byte) (int, error) { return 0, full }), nil, one("a", gguf.F32, make([]float32, 1<<20)...)), full)
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// Whatever is written is read back: metadata equal, values as near as the type allows.
func FuzzWrite(f *testing.F) {
	f.Add("key", "value", "tensor", uint8(0), uint8(5), []byte("some bytes that are values"))
	f.Add("general.alignment", "", "x", uint8(2), uint8(64), bytes.Repeat([]byte("Q8_0"), 100))
	f.Add("", "\xff", "", uint8(1), uint8(1), []byte{0, 0, 128, 63, 1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, key, value, name string, kind, row uint8, data []byte) {
		values := make([]float32, len(data)/4)
		for i := range values {
			values[i] = math.Float32frombits(uint32(data[4*i]) | uint32(data[4*i+1])<<8 | uint32(data[4*i+2])<<16 | uint32(data[4*i+3])<<24)
		}
		metadata := []gguf.Pair{{Key: key, Value: value}, {Key: key + "s", Value: []string{key, value}}, {Key: key + "n", Value: []any{[]uint8{kind, row}, []float32{}}}}
		width := int(row)
		if width == 0 || len(values) < width {
			return
		}
		values = values[:len(values)/width*width]
		types := []gguf.Type{gguf.F32, gguf.F16, gguf.Q8_0}
		of := types[int(kind)%3].For([]int{2, width})
		var b bytes.Buffer
		err := gguf.Write(&b, metadata, []gguf.Source{source(name, of, []int{len(values) / width, width}, values), source(name+".bias", gguf.F32, []int{width}, make([]float32, width))})
		if err != nil {
			return
		}
		file, err := gguf.New("x", bytes.NewReader(b.Bytes()), int64(b.Len()))
		require.NoError(t, err)
		require.Len(t, file.Metadata, 3)
		for _, pair := range metadata {
			require.Equal(t, pair.Value, file.Metadata[pair.Key])
		}
		got := read(t, file, name)
		for i, v := range values {
			switch of {
			case gguf.F32:
				require.Equal(t, math.Float32bits(v), math.Float32bits(got.Data[i]))
			case gguf.F16:
				require.InDelta(t, v, got.Data[i], math.Abs(float64(v))*0x1p-11+0x1p-25)
			case gguf.Q8_0:
				var largest float64
				for _, v := range values[i/32*32 : i/32*32+32] {
					largest = max(largest, math.Abs(float64(v)))
				}
				require.InDelta(t, v, got.Data[i], largest*(0.5001/127+0x1p-11)+127*0x1p-25)
			}
		}
	})
}

func TestWriteTokenizer(t *testing.T) {
	yes := true
	for _, want := range []gguf.Tokenizer{
		{Model: "gpt2", Pre: "smollm", Tokens: []string{"a", "b", "ab"}, Types: []int32{gguf.Normal, gguf.Normal, gguf.Control}, Merges: []string{"a b"},
			BOS: 0, EOS: 2, EOT: 1, AddBOS: &yes, ChatTemplate: "{{ messages }}"},
		{Model: "gpt2", Pre: "gpt-2", Tokens: []string{}, Types: []int32{}, Merges: []string{}, BOS: -1, EOS: -1, EOT: -1},
	} {
		_, f := written(t, want.Metadata())
		got, err := f.Tokenizer()
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}
