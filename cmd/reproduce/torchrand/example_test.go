package torchrand_test

import (
	"fmt"

	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
)

// torch.manual_seed(123); torch.rand(4)
func ExampleGenerator_Uniform() {
	x := make([]float32, 4)
	torchrand.New(123).Uniform(x, 0, 1)
	fmt.Printf("%.4f\n", x)
	// Output: [0.2961 0.5166 0.2517 0.6886]
}

// torch.manual_seed(123); torch.nn.Embedding(6, 3).weight
func ExampleGenerator_Normal() {
	table := make([]float32, 6*3)
	torchrand.New(123).Normal(table)
	for i := range 6 {
		fmt.Printf("%7.4f\n", table[3*i:3*i+3])
	}
	// Output:
	// [ 0.3374 -0.1778 -0.1690]
	// [ 0.9178  1.5810  1.3010]
	// [ 1.2753 -0.2010 -0.1606]
	// [-0.4015  0.9666 -1.1481]
	// [-1.1589  0.3255 -0.6315]
	// [-2.8400 -0.7849 -1.4096]
}

// torch.manual_seed(123); torch.nn.Dropout(0.5)(torch.ones(6, 6))
func ExampleGenerator_Dropout() {
	mask := make([]float32, 6*6)
	torchrand.New(123).Dropout(mask, 0.5)
	for i := range 6 {
		fmt.Println(mask[6*i : 6*i+6])
	}
	// Output:
	// [2 2 0 2 2 0]
	// [0 0 0 2 0 2]
	// [2 2 2 2 0 2]
	// [0 2 2 0 0 2]
	// [0 2 0 2 0 2]
	// [0 2 2 2 2 0]
}

// Two passes of a loader over five examples.
func ExampleGenerator_Loader() {
	g := torchrand.New(123)
	fmt.Println(g.Loader(5, true))
	fmt.Println(g.Loader(5, true))
	// Output:
	// [3 1 0 2 4]
	// [0 2 3 1 4]
}
