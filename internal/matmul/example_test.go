package matmul_test

import (
	"fmt"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/matmul"
)

// Two rows times two columns.
func ExampleNaive() {
	a := f32.View([]float32{1, 2, 3, 4}, 2, 2)
	b := f32.View([]float32{5, 6, 7, 8}, 2, 2)
	c := f32.New(2, 2)
	matmul.Naive(c, a, b)
	fmt.Println(f32.Row(c, 0), f32.Row(c, 1))
	// Output:
	// [19 22] [43 50]
}

// A row of 16 elements is a line: read in order it is fetched once, read with 15
// others between it is fetched for each element.
func ExampleCache() {
	var inOrder, across matmul.Cache
	for i := range 1024 {
		inOrder.Touch(4 * i)
		across.Touch(4 * 16 * i)
	}
	fmt.Println("in order:", inOrder.Fetched, "bytes for 4096")
	fmt.Println("across:  ", across.Fetched, "bytes for 4096")
	// Output:
	// in order: 4096 bytes for 4096
	// across:   65536 bytes for 4096
}

// What reaches the first-level cache for one multiplication and addition.
func ExampleShape() {
	few, block := matmul.Shape{M: 4, N: 3072, K: 768}, matmul.Shape{M: 256, N: 1024, K: 64}
	for _, step := range []struct {
		name  string
		shape matmul.Shape
		touch func(*matmul.Cache)
	}{
		{"naive", few, few.TouchNaive},
		{"reordered", few, few.TouchReordered},
		{"blocked", few, few.TouchBlocked},
		{"packed, tile 3×2", block, func(c *matmul.Cache) { block.TouchPacked(c, 3, 2) }},
		{"packed, tile 6×16", block, func(c *matmul.Cache) { block.TouchPacked(c, 6, 16) }},
		{"packed, tile 12×32", block, func(c *matmul.Cache) { block.TouchPacked(c, 12, 32) }},
	} {
		var cache matmul.Cache
		step.touch(&cache)
		fmt.Printf("%-18s %5.2f bytes\n", step.name, 2*float64(cache.Fetched)/float64(step.shape.FLOPs()))
	}
	// Output:
	// naive              64.15 bytes
	// reordered           4.01 bytes
	// blocked             4.07 bytes
	// packed, tile 3×2    2.53 bytes
	// packed, tile 6×16   0.33 bytes
	// packed, tile 12×32  0.22 bytes
}

// GPT-2 on four sequences of 64 tokens. A product reads its weights forward, and
// twice backward, where it also adds to their gradient.
func Example_restOfTheStep() {
	weights, tokens := float64(gpt.GPT2Small.ParamCount()), 4*64.0
	normalized := tokens * float64(gpt.GPT2Small.Width*(2*gpt.GPT2Small.Layers+1))
	for _, part := range []struct {
		name         string
		flops, bytes float64
	}{
		{"products", 6 * weights * tokens, 4 * 4 * weights},
		{"AdamW", 15 * weights, 4 * 8 * weights},
		{"LayerNorm, forward", 8 * normalized, 4 * 2 * normalized},
	} {
		fmt.Printf("%-19s %7.2f GFLOP, %5.2f GB: %5.1f FLOPs a byte\n", part.name, part.flops/1e9, part.bytes/1e9, part.flops/part.bytes)
	}
	// Output:
	// products             191.14 GFLOP,  1.99 GB:  96.0 FLOPs a byte
	// AdamW                  1.87 GFLOP,  3.98 GB:   0.5 FLOPs a byte
	// LayerNorm, forward     0.04 GFLOP,  0.04 GB:   1.0 FLOPs a byte
}
