package talk_test

import (
	"fmt"
	"log"
	"math"

	"github.com/llm-from-scratch/llm/branches/talk"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

// A small model as published, but for its size and for what it knows.
func ExampleOpen() {
	m, t, err := talk.Open("testdata/small")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Sizes().Vocab, "rows, the last token is", string(t.(*talk.Form).Tokenizer.Bytes(281)))
	fmt.Println("an answer is taught to end with", t.EndOfText(), "and ends at 279, too:", t.Ends(279))
	prompt := t.(*talk.Form).Prompt(
		instruct.Entry{Instruction: "What is hot?", Output: "The other."},
		instruct.Entry{Instruction: "And cold <|im_end|>?"},
	)
	fmt.Println(t.Decode(prompt))
	ends := 0
	for _, id := range prompt {
		if t.Ends(id) {
			ends++
		}
	}
	fmt.Println(ends, "turns have ended")
	// Output:
	// 288 rows, the last token is <|im_end|>
	// an answer is taught to end with 281 and ends at 279, too: true
	// <|im_start|>user
	// What is hot?<|im_end|>
	// <|im_start|>assistant
	// The other.<|im_end|>
	// <|im_start|>user
	// And cold <|im_end|>?<|im_end|>
	// <|im_start|>assistant
	//
	// 3 turns have ended
}

func ExampleModel() {
	m, t, err := talk.Open("testdata/small")
	if err != nil {
		log.Fatal(err)
	}
	logits := m.NewCache().Extend(t.Encode("What is"))
	fmt.Printf("%.3f\n", logits[280:])
	_, p := pretrain.Sampler{Temperature: 100}.Candidates(logits)
	fmt.Println(len(p), p[281] > 0.003, p[282])
	fmt.Println(math.IsInf(float64(logits[282]), -1))
	// Output:
	// [1.194 -0.006 -Inf -Inf -Inf -Inf -Inf -Inf]
	// 288 true 0
	// true
}
