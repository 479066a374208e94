package gguf_test

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/golden"
	"github.com/llm-from-scratch/llm/internal/safetensors"
)

func open(t testing.TB, name string) *gguf.File {
	f, err := gguf.Open(golden.Path(t, "llama/gguf/"+name))
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

func read(t testing.TB, f *gguf.File, name string) safetensors.Tensor {
	_, shape, ok := f.Tensor(name)
	require.True(t, ok, name)
	n := 1
	for _, d := range shape {
		n *= d
	}
	p := safetensors.Tensor{Name: name, Shape: shape, Data: make([]float32, n)}
	require.NoError(t, f.Read(p), name)
	return p
}

// Every value of every type, to the bit, as the Python package gguf has it.
func TestValues(t *testing.T) {
	for _, file := range []string{"quants", "align64"} {
		f, want := open(t, file+".gguf"), golden.Load(t, "llama/gguf/"+file+".safetensors")
		require.ElementsMatch(t, want.Names(), f.Names())
		for _, name := range f.Names() {
			p, values := read(t, f, name), want.F32(t, name)
			require.Equal(t, want.Shape(t, name), p.Shape, name)
			for i, v := range values {
				require.Equal(t, math.Float32bits(v), math.Float32bits(p.Data[i]), "%s %d: %v, not %v", name, i, p.Data[i], v)
			}
		}
	}
}

// Types and metadata of all kinds.
func TestMetadata(t *testing.T) {
	var want struct {
		Metadata map[string]struct {
			Type, Items string
			Value       json.RawMessage
		}
		Tensors map[string]struct{ Type string }
	}
	golden.JSON(t, "llama/gguf/quants.json", &want)
	f := open(t, "quants.gguf")
	require.Len(t, f.Metadata, len(want.Metadata))
	for key, w := range want.Metadata {
		got := f.Metadata[key]
		kind := w.Type
		if kind == "array" {
			kind = "[]" + w.Items
		}
		if w.Items == "array" {
			require.Equal(t, []any{[]int32{1, 2, 3}, []int32{4}, []int32{5, 6}}, got)
			continue
		}
		require.Equal(t, kind, reflect.TypeOf(got).String(), key)
		value := reflect.New(reflect.TypeOf(got))
		if kind == "[]uint8" { // which JSON would write as a string
			value = reflect.ValueOf(new([]uint8))
			var numbers []int
			require.NoError(t, json.Unmarshal(w.Value, &numbers))
			for _, n := range numbers {
				value.Elem().Set(reflect.Append(value.Elem(), reflect.ValueOf(uint8(n))))
			}
		} else {
			require.NoError(t, json.Unmarshal(w.Value, value.Interface()), key)
		}
		require.Equal(t, value.Elem().Interface(), got, key)
	}
	for name, w := range want.Tensors {
		kind, _, _ := f.Tensor(name)
		require.Equal(t, w.Type, kind.String(), name)
	}
}

// refused is what is said of each of the damaged files.
var refused = map[string]string{
	"alignment-odd":        `metadata "general.alignment" is 3 of type uint32; it must be a uint32, and a power of two`,
	"alignment-wrong-kind": `metadata "general.alignment" is 32 of type string; it must be a uint32, and a power of two`,
	"alignment-zero":       `metadata "general.alignment" is 0 of type uint32; it must be a uint32, and a power of two`,
	"big-endian":           `a GGUF file in big-endian order; only little-endian is read: take the file that was made for this computer`,
	"dims-huge":            `tensor "a", described at byte 68: dimension 1 is 1099511627776: no values, or more than a file of 192 bytes holds`,
	"dims-overflow":        `tensor "a", described at byte 68: dimension 1 is 8589934592: no values, or more than a file of 192 bytes holds`,
	"dims-overflow-to-8":   `tensor "a", described at byte 68: dimension 2 is 2305843009213693953: no values, or more than a file of 192 bytes holds`,
	"duplicate-key":        `metadata "k" comes twice, the second time at byte 85`,
	"duplicate-tensor":     `tensor "a", described at byte 109: there is one of this name already`,
	"empty":                `not a GGUF file: it begins with "", not "GGUF"`,
	"huge-array":           `metadata "k" at byte 24: a list of 2305843009213693952 uint32 values, where 16 bytes follow: the file is damaged or truncated`,
	"huge-kv-count":        `claims 18446744073709551615 pieces of metadata, more than fit in a file of 68 bytes`,
	"huge-string-key":      `claims 1 pieces of metadata, more than fit in a file of 35 bytes`,
	"huge-string-value":    `metadata "k" at byte 24: a string of 18446744073709551615 bytes, where 3 follow: the file is damaged or truncated`,
	"huge-tensor-count":    `claims 4611686018427387904 tensors, more than fit in a file of 68 bytes`,
	"offset-beyond":        `tensor "a" begins at byte 1048576 of the data, where 0 was expected: a gap or an overlap`,
	"offset-misaligned":    `tensor "a" begins at byte 4 of the data, where 0 was expected: a gap or an overlap`,
	"offset-overflow":      `tensor "a" begins at byte 18446744073709551584 of the data, where 0 was expected: a gap or an overlap`,
	"removed-tensor-type":  `tensor "a", described at byte 68: its type is Q4_2, which is not read here: take a file in F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K or Q6_K`,
	"row-not-whole-blocks": `tensor "a", described at byte 68: rows of 33 values are not whole blocks of 32, as Q4_0 needs`,
	"too-many-dims":        `tensor "a", described at byte 68: 2147483647 dimensions; the format allows 1 to 4`,
	"truncated-data":       `tensor "b" ends at byte 224 of a file of 216: the file is truncated`,
	"truncated-header":     `the counts of tensors and metadata: the file ends at byte 12, in the midst of it: it is truncated`,
	"truncated-kv":         `claims 2 tensors, more than fit in a file of 40 bytes`,
	"unknown-tensor-type":  `tensor "a", described at byte 68: its type is number 999, which is not read here: take a file in F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K or Q6_K`,
	"unknown-value-type":   `metadata "k" at byte 68: its type is number 99, which the format does not have`,
	"version1":             `GGUF version 1; only 2 and 3 are read: take a newer file of the model`,
	"version99":            `GGUF version 99; only 2 and 3 are read: take a newer file of the model`,
	"wrong-magic":          `not a GGUF file: it begins with "GGML", not "GGUF"`,
}

func TestRefused(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(filepath.Dir(golden.Path(t, "llama/gguf/bad/README.txt")), "*.gguf"))
	require.NoError(t, err)
	require.Len(t, files, len(refused))
	for _, file := range files {
		_, err := gguf.Open(file)
		assert.EqualError(t, err, file+": "+refused[strings.TrimSuffix(filepath.Base(file), ".gguf")])
	}
	_, err = gguf.Open(filepath.Join(t.TempDir(), "none.gguf"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// A file of many tensors and metadata, cut off anywhere, is an error.
func TestTruncated(t *testing.T) {
	data, err := os.ReadFile(golden.Path(t, "llama/gguf/quants.gguf"))
	require.NoError(t, err)
	whole := open(t, "quants.gguf")
	last := whole.Names()[len(whole.Names())-1]
	for n := 0; n < len(data)-32; n += 7 { // what is behind the last tensor may be missing
		_, err := gguf.New("x", bytes.NewReader(data[:n]), int64(n))
		require.Error(t, err, n)
		require.True(t, strings.HasPrefix(err.Error(), "x: "), err)
	}
	f, err := gguf.New("x", bytes.NewReader(data[:len(data)-100]), int64(len(data))) // cut off later
	require.NoError(t, err)
	_, shape, _ := f.Tensor(last)
	p := safetensors.Tensor{Name: last, Shape: shape, Data: make([]float32, shape[0]*shape[1])}
	require.EqualError(t, f.Read(p), `x: tensor "`+last+`": EOF`)
}

// What a file claims costs nothing before it is known to be there.
func TestClaimsCostNoMemory(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(filepath.Dir(golden.Path(t, "llama/gguf/bad/README.txt")), "*.gguf"))
	require.NoError(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, file := range files {
		gguf.Open(file)
	}
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(len(files))*100_000)
}

func TestReadRefuses(t *testing.T) {
	data, err := os.ReadFile(golden.Path(t, "llama/gguf/minimal.gguf"))
	require.NoError(t, err)
	f, err := gguf.New("x", bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	require.Equal(t, []float32{8, 9, 10, 11, 12, 13, 14, 15}, read(t, f, "b").Data)
	eight := make([]float32, 8)
	require.EqualError(t, f.Read(safetensors.Tensor{Name: "c", Shape: []int{8}, Data: eight}), `x: tensor "c" is missing`)
	require.EqualError(t, f.Read(safetensors.Tensor{Name: "a", Shape: []int{8}, Data: eight}), `x: tensor "a" has shape [2 4], the model needs [8]`)
	copy(data[len(data)-4:], []byte{0, 0, 0x80, 0x7f})
	require.EqualError(t, f.Read(safetensors.Tensor{Name: "b", Shape: []int{8}, Data: eight}), `x: tensor "b": the value at position 7 is +Inf; the file is damaged or training diverged`)
}

// A string that is longer than what follows.
func TestTruncatedString(t *testing.T) {
	data := []byte("GGUF\x03\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00" + "\x01\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x10" + "abcdefgh")
	_, err := gguf.New("x", bytes.NewReader(data), int64(len(data)))
	require.EqualError(t, err, "x: the metadata key at byte 24: a string of 1152921504606846976 bytes, where 8 follow: the file is damaged or truncated")
}

func TestAsking(t *testing.T) {
	f := open(t, "quants.gguf")
	text, err := gguf.Value[string](f, "general.architecture")
	require.NoError(t, err)
	require.Equal(t, "test", text)
	_, err = gguf.Value[string](f, "test.u32")
	require.EqualError(t, err, f.Name+`: metadata "test.u32" is of type uint32, where string belongs`)
	_, err = gguf.Value[string](f, "none")
	require.EqualError(t, err, f.Name+`: metadata "none" is missing`)
	other, err := gguf.Optional(f, "none", "other")
	require.NoError(t, err)
	require.Equal(t, "other", other)
	for key, want := range map[string]string{
		"test.u32": "is 4294967295; it must be at least 0, and at most 1048576", "test.u64": "is 9223372036854775807; it must be",
		"test.i64": "is -9223372036854775808; it must be", "test.i32": "is -2147483648; it must be", "test.array.u32": "is of type []uint32, where a whole number belongs",
		"test.f32": "is of type float32, where a whole number belongs", "none": "is missing",
	} {
		_, err := f.Count(key, -1)
		require.ErrorContains(t, err, f.Name+`: metadata "`+key+`" `+want)
	}
	n, err := f.Count("none", 7)
	require.NoError(t, err)
	require.Equal(t, 7, n)
}

func FuzzFile(f *testing.F) {
	for _, name := range []string{"quants.gguf", "align64.gguf", "minimal.gguf", "bad/huge-array.gguf", "bad/duplicate-key.gguf", "bad/dims-overflow-to-8.gguf"} {
		data, err := os.ReadFile(golden.Path(f, "llama/gguf/"+name))
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := gguf.New("x", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			require.True(t, strings.HasPrefix(err.Error(), "x: "), err.Error())
			return
		}
		file.Tokenizer()
		for _, name := range file.Names() {
			_, shape, _ := file.Tensor(name)
			n := 1
			for _, d := range shape {
				n *= d
			}
			require.LessOrEqual(t, n, 8*len(data))
			p := safetensors.Tensor{Name: name, Shape: shape, Data: make([]float32, n)}
			if file.Read(p) != nil { // a value that is not finite
				continue
			}
			for _, v := range p.Data {
				if v-v != 0 {
					t.Fatal(name, v)
				}
			}
		}
	})
}
