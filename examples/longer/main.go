// Longer trains a translator on numbers of up to five digits, and asks it for longer ones.
// Of those of six digits it knows all the words.
//
//	go run ./examples/longer
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"

	"github.com/llm-from-scratch/llm/branches/translate"
	"github.com/llm-from-scratch/llm/branches/translate/grammar"
	"github.com/llm-from-scratch/llm/branches/translate/translator"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

func main() {
	longest := flag.Int("longest", 5, "digits of the longest number in training")
	steps := flag.Int("steps", 600, "steps of training")
	n := flag.Int("n", 100, "numbers of each length to ask for")
	seed := flag.Uint64("seed", 1, "of all that is random")
	flag.Parse()
	if *longest < 3 || *longest > 12 || *steps < 1 || *n < 1 {
		fmt.Fprintln(os.Stderr, "longer: -longest takes 3 to 12, and -steps and -n 1 or more")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	run(ctx, os.Stdout, *longest, *steps, *n, *seed)
}

// batch is how many ids a step reads, of both languages.
const batch = 1024

// run trains a translator, and tells how many numbers of each length it gets right.
func run(ctx context.Context, out io.Writer, longest, steps, n int, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0))
	// Prices are as long as the longest numbers, so that every position is trained.
	g := grammar.Generator{Kinds: []string{grammar.Number, grammar.Number, grammar.Number, grammar.Price}, Longest: longest}
	t := translator.New(translate.Default, g.Pairs(20_000, rng), 1000, rng)
	pairs := translator.Pairs{Learn: func(rng *rand.Rand) []grammar.Pair { return g.Pairs(12_000, rng) }}
	trainer := pretrain.NewTrainer(translate.NewLearner(t.Model, batch, 0.1), pairs.Epoch(t, batch), pretrain.Settings{
		Optimizer: pretrain.AdamW{Beta1: 0.9, Beta2: 0.98, Epsilon: 1e-9}, Clip: 1, Seed: seed, Accumulate: 1,
		Schedule: pretrain.Schedule{Peak: 2e-3, Min: 4e-5, Warmup: min(100, steps/10), Total: steps},
	})
	for step := range trainer.Steps(ctx) {
		if every := max(steps/10, 1); step.N == 10 || step.N%every == 0 {
			fmt.Fprintf(out, "step %4d  loss %.3f\n", step.N, step.Loss)
		}
	}
	if ctx.Err() != nil {
		return
	}
	fmt.Fprintf(out, "digits  right of %d to Chinese  to English\n", n)
	for digits := max(longest-2, 3); digits <= longest+3; digits++ {
		fmt.Fprintf(out, "%6d", digits)
		for _, part := range translator.Invented(n, digits, rng).Held {
			v, err := t.Judge(ctx, part, 1, func(int) {})
			if err != nil {
				return
			}
			fmt.Fprintf(out, "%17d", v.Exact)
		}
		fmt.Fprintln(out)
	}
	for _, part := range translator.Invented(3, longest+1, rng).Held {
		for _, p := range part {
			fmt.Fprintf(out, "\n%s\n  is     %s\n  writes %s\n", p.Source, p.Target, t.Translate([]string{p.Source}, p.Direction, 1)[0])
		}
	}
}
