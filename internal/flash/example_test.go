package flash_test

import (
	"fmt"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
)

func ExampleOnlineSoftmax() {
	// The scores 1, 2 and 3 with the values 10, 20 and 40: first two, then one.
	softmax := flash.NewOnlineSoftmax()
	first := []float32{1, 2}
	softmax.Add(first)
	mixed := first[0]*10 + first[1]*20
	fmt.Printf("two scores: max %.0f, sum %.4f, weights %.4f, mixed %.4f\n", softmax.Max, softmax.Sum, first, mixed)

	second := []float32{3}
	factor := softmax.Add(second)
	mixed = mixed*factor + second[0]*40
	fmt.Printf("all three:  max %.0f, sum %.4f, weights %.4f, mixed %.4f, factor %.4f\n", softmax.Max, softmax.Sum, second, mixed, factor)
	fmt.Printf("divided by the sum: %.4f\n", mixed/softmax.Sum)

	weights := []float32{1, 2, 3}
	attention.Softmax(weights)
	fmt.Printf("all at once:        %.4f\n", weights[0]*10+weights[1]*20+weights[2]*40)
	// Output:
	// two scores: max 2, sum 1.3679, weights [0.3679 1.0000], mixed 23.6788
	// all three:  max 3, sum 1.5032, weights [1.0000], mixed 48.7109, factor 0.3679
	// divided by the sum: 32.4045
	// all at once:        32.4045
}

func ExampleOnlineSoftmax_LogSum() {
	softmax := flash.NewOnlineSoftmax()
	softmax.Add([]float32{1, 2})
	softmax.Add([]float32{3})
	fmt.Printf("log sum: %.4f\n", softmax.LogSum())
	for _, score := range []float32{1, 2, 3} {
		fmt.Printf("weight:  %.4f\n", f32.Exp(score-softmax.LogSum()))
	}
	// Output:
	// log sum: 3.4076
	// weight:  0.0900
	// weight:  0.2447
	// weight:  0.6652
}

func ExampleNewKept() {
	// GPT-2's smallest model, on four sequences of 1,024 tokens.
	const B, T, layers = 4, 1024, 12
	const heads = 12
	a := flash.NewKept(B, heads, T)
	fmt.Println("all weights:            ", 4*layers*B*heads*T*T, "bytes")
	fmt.Println("one sum for each query: ", 4*layers*len(a.LogSum), "bytes")
	// Output:
	// all weights:             2415919104 bytes
	// one sum for each query:  2359296 bytes
}
