package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Names and metadata of any kind are written as JSON and come back.
func TestAnyName(t *testing.T) {
	names := []string{"a", "A", "", " ", `"quoted"`, `back\slash`, "a\nb\tc\x00\x01\x7f", "größe", "語", "😉", "\u2028\u2029", "\ufeff", "<&>", "transformer.h.0", "dtype",
		strings.Repeat("long ", 20_000)}
	metadata := map[string]string{}
	var tensors []Tensor
	for i, name := range names {
		metadata[name] = names[len(names)-1-i]
		tensors = append(tensors, Tensor{name, []int{1}, []float32{float32(i)}})
	}
	var out bytes.Buffer
	require.NoError(t, Write(&out, F32, tensors, metadata))
	got, err := New("x", bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	require.Equal(t, metadata, got.Metadata)
	require.ElementsMatch(t, names, got.Names())
	for _, want := range tensors {
		again := Tensor{want.Name, want.Shape, make([]float32, 1)}
		require.NoError(t, got.Read(again))
		require.Equal(t, want, again)
	}
}

// Nothing is written that could not be read.
func TestWriteRefusesWhatCannotBeRead(t *testing.T) {
	one := func(name string) Tensor { return Tensor{name, []int{1}, []float32{1}} }
	for want, tensors := range map[string][]Tensor{
		`"\xff" is not UTF-8`: {one("\xff")},
		`safetensors header: "a" comes twice, at byte 1 and at byte 54`:                                {one("a"), one("a")},
		`safetensors header: "__metadata__" at byte 1: "dtype" at byte 17: the format has no such key`: nil,
		`tensor "a" has 4 bytes, its shape [2] of F32 needs 8`:                                         {{"a", []int{2}, []float32{1}}},
		`tensor "a" has 0 bytes, its shape [4611686018427387904 0 4] of F32 needs 0`:                   nil,
		`safetensors header: "a" at byte 1: "shape" at byte 20: -1 is no size`:                         {{"a", []int{-1}, []float32{}}},
		`tensor "a" has the impossible shape [4611686018427387904 4]`:                                  {{"a", []int{1 << 62, 4}, nil}},
		`the header would have 100000056 bytes, the format allows 100000000`:                           {one(strings.Repeat("n", 100_000_000))},
	} {
		if tensors != nil {
			require.EqualError(t, Write(io.Discard, F32, tensors, nil), want)
		}
	}
	require.Error(t, Write(io.Discard, F32, []Tensor{one(metadataName)}, nil))
	require.EqualError(t, Write(io.Discard, F32, []Tensor{one("a")}, map[string]string{"a": "\xff"}), `"\xff" is not UTF-8`)
}

// sized returns a file with a header of n bytes, as few of them spaces as can be.
func sized(n int, part func(i int) string, end string) []byte {
	b := make([]byte, 8, n+8)
	binary.LittleEndian.PutUint64(b, uint64(n))
	b = append(b, '{')
	for i := 0; ; i++ {
		p := part(i)
		if len(b)+len(p)+len(end) > n+8 {
			break
		}
		b = append(b, p...)
	}
	b = append(bytes.TrimSuffix(b, []byte(",")), end...)
	return append(b, bytes.Repeat([]byte(" "), n+8-len(b))...)
}

// A header takes four times its size in memory at most, whatever it says, or is
// refused first.
func TestHeaderMemory(t *testing.T) {
	const n = 10_000_000
	for name, c := range map[string]struct {
		part  func(i int) string
		end   string
		error string
	}{
		"small tensors": {func(i int) string { return fmt.Sprintf(`"%x":{"dtype":"U8","shape":[],"data_offsets":[0,0]},`, i) }, "}", "tensor"},
		"tensors": {func(i int) string {
			return fmt.Sprintf(`"h.%d.attn.c_attn.weight":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},`, i)
		}, "}", ""},
		"dimensions": {func(i int) string {
			return []string{`"a":{"dtype":"U8","data_offsets":[0,0],"shape":[0,`, "0,"}[min(i, 1)]
		}, "]}}", "four times"},
		"few of them": {func(i int) string {
			return fmt.Sprintf(`"%x":{"dtype":"U8","shape":[%s0],"data_offsets":[0,0]},`, i, strings.Repeat("0,", 40))
		}, "}", "four times"},
		"metadata":   {func(i int) string { return []string{`"__metadata__":{`, fmt.Sprintf(`"%x":"",`, i)}[min(i, 1)] }, "}}", "four times"},
		"one string": {func(i int) string { return []string{`"__metadata__":{"a":"`, "{"}[min(i, 1)] }, `"}}`, ""},
		"one name":   {func(i int) string { return []string{`"`, "{"}[min(i, 1)] }, `":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`, ""},
		"escapes":    {func(i int) string { return []string{`"`, `\u8a9e`}[min(i, 1)] }, `":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`, ""},
		"nesting":    {func(i int) string { return []string{`"a":{"shape":`, "["}[min(i, 1)] }, ``, "max depth"},
		"digits":     {func(i int) string { return []string{`"a":{"shape":[`, "1"}[min(i, 1)] }, ``, "too early"},
		"two alike":  {func(i int) string { return `"a":{"dtype":"U8","shape":[],"data_offsets":[0,0]},` }, "}", "comes twice, at byte 1 and at byte 52"},
	} {
		t.Run(name, func(t *testing.T) {
			data := sized(n, c.part, c.end)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			tensors, err := New("x", bytes.NewReader(data), int64(len(data)))
			runtime.ReadMemStats(&after)
			used := float64(after.TotalAlloc-before.TotalAlloc) / n
			t.Logf("%.2f times, %v", used, err)
			require.Less(t, used, 4.0)
			if c.error == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.error)
				require.Less(t, len(err.Error()), 500)
			}
			runtime.KeepAlive(tensors)
		})
	}
}

// The format allows headers of a hundred million bytes.
func TestLongestHeader(t *testing.T) {
	read := func(n int) error {
		data := file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}`+strings.Repeat(" ", n-53)+"}", 1)
		_, err := New("x", bytes.NewReader(data), int64(len(data)))
		return err
	}
	require.NoError(t, read(100_000_000))
	require.EqualError(t, read(100_000_001), "x: not a safetensors file: its header claims 100000001 bytes, the format allows 100000000")
}
