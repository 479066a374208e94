package gguf_test

import (
	"fmt"
	"maps"
	"slices"

	"github.com/llm-from-scratch/llm/internal/gguf"
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
