package lora_test

import (
	"fmt"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	lora "github.com/llm-from-scratch/llm/branches/lora"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// matrix is one of these rows.
func matrix(rows, cols int, values ...float32) blas32.General { return f32.View(values, rows, cols) }

// A change of rank 1 of a matrix with two inputs and three outputs, forward and
// backward. W itself is not here: it adds its share to y and dx, and gets none.
func Example_lowRank() {
	c := layers.LowRank{A: matrix(1, 2, 1, -1), B: matrix(3, 1, 1, 0, 2), Alpha: 2}
	grad := layers.LowRank{A: f32.New(1, 2), B: f32.New(3, 1)}
	x, y := matrix(1, 2, 3, 1), f32.New(1, 3)
	c.Forward(y, x)
	fmt.Println("y:", y.Data)

	dy, dx := matrix(1, 3, 1, 1, 1), f32.New(1, 2)
	c.Backward(dx, &grad, dy, x)
	fmt.Println("dB:", grad.B.Data, "dA:", grad.A.Data, "dx:", dx.Data)
	// Output:
	// y: [4 0 8]
	// dB: [4 4 4] dA: [18 6] dx: [6 -6]
}

// Rank 16, for the 124M model with two classes and, as a language model with a
// head of its own, for the one of 355M.
func ExampleParamCount() {
	fmt.Println(lora.ParamCount(gpt.GPT2Small, 16, 2))
	fmt.Println(lora.ParamCount(gpt.GPT2Medium, 16, gpt.GPT2Medium.Vocab))
	// Output:
	// 2666528
	// 7898384
}
