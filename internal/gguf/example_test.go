package gguf_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// What stands in the smallest file of the tests.
func ExampleOpen() {
	f, err := gguf.Open("../golden/testdata/llama/gguf/minimal.gguf")
	if err != nil {
		panic(err)
	}
	defer f.Close()
	for _, key := range slices.Sorted(maps.Keys(f.Metadata)) {
		fmt.Printf("%s = %q\n", key, f.Metadata[key])
	}
	for _, name := range f.Names() {
		kind, shape, _ := f.Tensor(name)
		fmt.Println(name, kind, shape)
	}
	fmt.Println(f.Size, "bytes")
	// Output:
	// general.architecture = "test"
	// a F32 [2 4]
	// b F32 [8]
	// 224 bytes
}

// A block of each of three types: two bytes of scale, here 0.5 as an F16, and codes.
func ExampleType_Decode() {
	scale := []byte{0x00, 0x38}
	values := make([]float32, 32)
	show := func(name string, block []byte) {
		fmt.Printf("%s: %2d bytes, %.1f bits a value, values 0, 1, 16 and 17: %v\n",
			name, len(block), float64(8*len(block))/32, []float32{values[0], values[1], values[16], values[17]})
	}
	block := append(slices.Clone(scale), 10, 0xfd) // 10 and -3 with a sign
	block = append(block, make([]byte, 30)...)
	gguf.Q8_0.Decode(values, block)
	show("Q8_0", block)

	block = append(slices.Clone(scale), 0xf0, 0x9a) // 0 and 15, 10 and 9
	block = append(block, make([]byte, 14)...)
	gguf.Q4_0.Decode(values, block)
	show("Q4_0", block)

	block = append(slices.Clone(scale), 0x00, 0xc0, 0xf0, 0x9a) // the same, from -2 on
	block = append(block, make([]byte, 14)...)
	gguf.Q4_1.Decode(values, block)
	show("Q4_1", block)
	// Output:
	// Q8_0: 34 bytes, 8.5 bits a value, values 0, 1, 16 and 17: [5 -1.5 0 0]
	// Q4_0: 18 bytes, 4.5 bits a value, values 0, 1, 16 and 17: [-4 1 3.5 0.5]
	// Q4_1: 20 bytes, 5.0 bits a value, values 0, 1, 16 and 17: [-2 3 5.5 2.5]
}

// Two tensors go into a file whose matrices are to be Q8_0, and come out again.
func ExampleWrite() {
	values := make([]float32, 32)
	for i := range values {
		values[i] = float32(i) / 10
	}
	tensors := []gguf.Source{{Name: "matrix", Shape: []int{1, 32}}, {Name: "bias", Shape: []int{32}}}
	for i, t := range tensors {
		tensors[i].Type, tensors[i].Values = gguf.Q8_0.For(t.Shape), func() []float32 { return values }
	}
	metadata := []gguf.Pair{{Key: "general.architecture", Value: "test"}}
	var file bytes.Buffer
	if err := gguf.Write(&file, metadata, tensors); err != nil {
		panic(err)
	}
	f, err := gguf.New("in memory", bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		panic(err)
	}
	for _, t := range tensors {
		p := safetensors.Tensor{Name: t.Name, Shape: t.Shape, Data: make([]float32, 32)}
		if err := f.Read(p); err != nil {
			panic(err)
		}
		fmt.Printf("%s %s: %.4f\n", t.Name, t.Type, p.Data[28:])
	}
	// Output:
	// matrix Q8_0: [2.8076 2.9053 3.0029 3.1006]
	// bias F32: [2.8000 2.9000 3.0000 3.1000]
}
