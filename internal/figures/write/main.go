// Write draws the book's figures into docs/figures, from the chapters' own
// code:
//
//	go run ./internal/figures/write
//
// Its test fails when a figure there is not what the code draws.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// A Figure is one picture of the book. Its file is Name + ".svg". Draw gets the
// directory of the book's pages, where recorded runs lie.
type Figure struct {
	Name string
	Draw func(docs string) ([]byte, error)
}

// Figures are all pictures of the book, in the order of the chapters.
var Figures = []Figure{
	{"book", book},
	{"next-token", computed(nextToken)},
	{"family", computed(family)},
	{"stages", computed(stages)},
	{"splits", splits},
	{"merges", computed(merges)},
	{"round-trip", roundTrip},
	{"vocabulary", vocabulary},
	{"halves", halves},
	{"paces", paces},
	{"questions", computed(questions)},
	{"sliding", computed(sliding)},
	{"batch", computed(batch)},
	{"lookup", computed(lookup)},
	{"product", computed(product)},
	{"slope", computed(slope)},
	{"scatter", computed(scatter)},
	{"nudged", computed(nudged)},
	{"mixture", computed(mixture)},
	{"attention-simple", computed(attentionSimple)},
	{"linear", computed(linear)},
	{"attention-causal", computed(attentionCausal)},
	{"head-shapes", computed(headShapes)},
	{"sharpness", computed(sharpness)},
	{"many-heads", computed(manyHeads)},
	{"cross-shapes", computed(crossShapes)},
	{"online", computed(online)},
	{"gpt", computed(wholeGPT)},
	{"parameters", computed(parameters)},
	{"layernorm", computed(norms)},
	{"gelu", computed(gelu)},
	{"block", computed(block)},
	{"cache", computed(cache)},
	{"surprise", surprise},
	{"descents", computed(descents)},
	{"schedule", computed(schedule)},
	{"cuts", cuts},
	{"newton-loss", losses("newton.csv", "A small GPT reads the Opticks")},
	{"padded", computed(padded)},
	{"new-head", computed(newHead)},
	{"changes", computed(changes)},
	{"confusion", confusion},
	{"overfitting", overfitting},
	{"adapter", computed(adapter)},
	{"template", template},
	{"collated", computed(collated)},
	{"assistant-loss", losses("assistant.csv", "The same model learns to answer")},
	{"conversation", conversation},
	{"kinds", kinds},
	{"symptoms", symptoms},
	{"adapters", computed(adapters)},
	{"beside", computed(beside)},
	{"rounding", computed(rounding)},
	{"roofline", steps("matrices.txt")},
	{"both-ways", computed(bothWays)},
	{"silu", computed(silu)},
	{"dials", computed(dials)},
	{"grouped", computed(grouped)},
	{"blocks", computed(blocks)},
	{"steps-bought", stepsBought},
	{"asked", asked},
	{"shots", shots},
	{"appears", appears},
	{"courses", courses},
	{"copying-heads", copyingHeads},
	{"four-bits", computed(fourBits)},
	{"regrouping", computed(regrouping)},
	{"looks-number", looks(0)},
	{"looks-sentence", looks(1)},
}

// computed is a picture that needs no file.
func computed(draw func() []byte) func(string) ([]byte, error) {
	return func(string) ([]byte, error) { return draw(), nil }
}

func main() {
	if _, err := os.Stat("docs"); err != nil {
		fmt.Fprintln(os.Stderr, "write: run this in the book's top directory:", err)
		os.Exit(1)
	}
	for _, f := range Figures {
		if err := write("docs", f); err != nil {
			fmt.Fprintln(os.Stderr, "write:", err)
			os.Exit(1)
		}
	}
}

func write(docs string, f Figure) error {
	svg, err := f.Draw(docs)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	dir := filepath.Join(docs, "figures")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, f.Name+".svg"), svg, 0o644)
}
