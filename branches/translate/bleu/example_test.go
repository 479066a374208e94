package bleu_test

import (
	"fmt"

	"github.com/llm-from-scratch/llm/branches/translate/bleu"
)

func ExampleCounts() {
	reference := "She bought two books at the shop yesterday."
	for _, translation := range []string{
		reference,
		"Yesterday she bought two books at the shop.",
		"She bought two books.",
		"the the the the the the the the the",
	} {
		c := bleu.Tok13a.Corpus([]string{translation}, []string{reference})
		fmt.Printf("%s\n  %d of %d, brevity %.3f, BLEU %.1f\n", translation, c.Matches, c.Runs, c.Brevity(), c.Score())
	}
	fmt.Println(bleu.Tok13a.Signature())
	// Output:
	// She bought two books at the shop yesterday.
	//   [9 8 7 6] of [9 8 7 6], brevity 1.000, BLEU 100.0
	// Yesterday she bought two books at the shop.
	//   [7 5 4 3] of [9 8 7 6], brevity 1.000, BLEU 61.0
	// She bought two books.
	//   [5 3 2 1] of [5 4 3 2], brevity 0.449, BLEU 31.8
	// the the the the the the the the the
	//   [1 0 0 0] of [9 8 7 6], brevity 1.000, BLEU 4.8
	// BLEU|nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:llmbook
}
