package translator_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/llm-from-scratch/llm/branches/translate"
	"github.com/llm-from-scratch/llm/branches/translate/grammar"
	"github.com/llm-from-scratch/llm/branches/translate/translator"
)

// What the model sees of a pair.
func ExampleTranslator_Examples() {
	rng := rand.New(rand.NewPCG(1, 1))
	pairs := translator.Invented(1, 0, rng)
	t := translator.New(translate.Default, pairs.Words(rng), 1000, rng)
	e := t.Examples([]grammar.Pair{{Source: "three books", Target: "三本书", Direction: grammar.ToChinese}})[0]
	for _, ids := range [][]int{e.Source, e.Target} {
		for _, id := range ids {
			fmt.Printf("[%s]", t.Vocabulary.Pieces()[id])
		}
		fmt.Println()
	}
	// Output:
	// [<to zh>][ three][ books][<end>]
	// [三][本][书][<end>]
}
