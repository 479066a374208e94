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

// A Figure is one picture of the book. Its file is Name + ".svg".
type Figure struct {
	Name string
	Draw func() []byte
}

// Figures are all pictures of the book, in the order of the chapters.
var Figures = []Figure{
	{"attention-simple", attentionSimple},
	{"attention-causal", attentionCausal},
	{"gelu", gelu},
	{"schedule", schedule},
	{"temperature", temperature},
}

func main() {
	dir := filepath.Join("docs", "figures")
	if _, err := os.Stat("docs"); err != nil {
		fmt.Fprintln(os.Stderr, "write: run this in the book's top directory:", err)
		os.Exit(1)
	}
	for _, f := range Figures {
		if err := write(dir, f); err != nil {
			fmt.Fprintln(os.Stderr, "write:", err)
			os.Exit(1)
		}
	}
}

func write(dir string, f Figure) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, f.Name+".svg"), f.Draw(), 0o644)
}
