package quantize_test

import (
	"fmt"
	"math/rand/v2"

	quantize "github.com/llm-from-scratch/llm/branches/quantize"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

func ExampleRow() {
	weights := []float32{0.5, -0.2, 0.03, 0.0004}
	q := make([]int8, len(weights))
	scale := quantize.Row(q, weights)
	fmt.Printf("scale %.6f\n", scale)
	for i, w := range weights {
		fmt.Printf("%7.4f  is kept as %4d  and read as %7.4f\n", w, q[i], scale*float32(q[i]))
	}
	// Output:
	// scale 0.003937
	//  0.5000  is kept as  127  and read as  0.5000
	// -0.2000  is kept as  -51  and read as -0.2008
	//  0.0300  is kept as    8  and read as  0.0315
	//  0.0004  is kept as    0  and read as  0.0000
}

func ExampleDecodeBytes() {
	for _, name := range []string{"gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"} {
		c, _ := gpt.Named(name)
		floats, bytes := quantize.DecodeBytes(c)
		fmt.Printf("%-12s %4d MB a token, %4d with weights of one byte\n", name, floats/1e6, bytes/1e6)
	}
	// Output:
	// gpt2          494 MB a token,  124 with weights of one byte
	// gpt2-medium  1415 MB a token,  355 with weights of one byte
	// gpt2-large   3090 MB a token,  776 with weights of one byte
	// gpt2-xl      6223 MB a token, 1561 with weights of one byte
}

func ExampleInt8() {
	c := gpt.Config{Vocab: 100, Context: 8, Width: 16, Heads: 4, Layers: 2, QKVBias: true, TiedHead: true}
	m := gpt.New(c)
	m.Init(rand.New(rand.NewPCG(1, 2)))
	q := quantize.Int8(m)
	logits, rounded := m.NewCache().Extend([]int{5, 17, 3}), q.NewCache().Extend([]int{5, 17, 3})
	for _, id := range []int{5, 17, 3, gpt.Argmax(logits)} {
		fmt.Printf("token %2d: logit %7.4f, %7.4f with weights of one byte\n", id, logits[id], rounded[id])
	}
	// Output:
	// token  5: logit -0.1506, -0.1505 with weights of one byte
	// token 17: logit  0.1034,  0.1033 with weights of one byte
	// token  3: logit  0.1624,  0.1626 with weights of one byte
	// token 42: logit  0.1741,  0.1743 with weights of one byte
}
