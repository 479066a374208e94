package lora_test

import (
	"fmt"

	lora "github.com/llm-from-scratch/llm/branches/lora"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// Rank 16, for the 124M model with two classes and, as a language model with a
// head of its own, for the one of 355M.
func ExampleParamCount() {
	fmt.Println(lora.ParamCount(gpt.GPT2Small, 16, 2))
	fmt.Println(lora.ParamCount(gpt.GPT2Medium, 16, gpt.GPT2Medium.Vocab))
	// Output:
	// 2666528
	// 7898384
}
