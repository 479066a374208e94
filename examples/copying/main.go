// Copying trains a model so small that it is done in a minute or two on sequences that
// repeat, and shows how it comes to copy: how often it is right, and where its heads look.
//
//	go run ./examples/copying
//	go run ./examples/copying -layers 1     # one layer is not enough
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"

	"github.com/llm-from-scratch/llm/branches/prompts"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

func main() {
	layers := flag.Int("layers", 2, "layers of the model")
	steps := flag.Int("steps", 800, "steps of training")
	every := flag.Int("every", 20, "steps between two looks")
	seed := flag.Uint64("seed", 1, "of all that is random")
	flag.Parse()
	if *layers < 1 || *layers > 8 || *steps < 1 || *every < 1 {
		fmt.Fprintln(os.Stderr, "copying: -layers takes 1 to 8, and -steps and -every 1 or more")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	run(ctx, os.Stdout, *layers, *steps, *every, *seed)
}

// run trains a model, and tells what it can do after every so many steps.
func run(ctx context.Context, out io.Writer, layers, steps, every int, seed uint64) {
	m := gpt.New(prompts.Copier(layers))
	m.Init(rand.New(rand.NewPCG(seed, 0)))
	for step, p := range prompts.Copies.Learn(ctx, m, steps, every, seed) {
		fmt.Fprintf(out, "step %4d  loss %.3f  right %.2f  copying %.2f  previous %.2f\n", step, p.Loss, p.Right, p.Copying, p.Previous)
	}
	show(out, m, seed)
}

// show prints where the heads look in eight ids, a to h, that come again and again: each
// row is an id that is read, each column one that it looks at, in percent.
func show(out io.Writer, m *gpt.Model, seed uint64) {
	const period, T = 8, 20
	ids := make([]int, T)
	prompts.Repeats{Vocab: m.Config.Vocab, Shortest: period, Longest: period}.Draw(ids, rand.New(rand.NewPCG(seed, 4)))
	letter := func(t int) string { return string(rune('a' + t%period)) }
	for i, w := range prompts.Weights(m, ids) {
		fmt.Fprintf(out, "\nlayer %d, head %d: copying %.2f, previous %.2f\n ", i/m.Config.Heads+1, i%m.Config.Heads+1, prompts.Copying(w, period), prompts.Previous(w))
		for t := range T {
			fmt.Fprintf(out, "%4s", letter(t))
		}
		for t := range T {
			fmt.Fprint(out, "\n"+letter(t))
			for _, weight := range f32.Row(w, t)[:t+1] {
				fmt.Fprintf(out, "%4.0f", 100*weight)
			}
		}
		fmt.Fprintln(out)
	}
}
