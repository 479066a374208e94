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
	"iter"
	"math/rand/v2"
	"os"
	"os/signal"

	"github.com/llm-from-scratch/llm/branches/translate"
	"github.com/llm-from-scratch/llm/branches/translate/grammar"
	"github.com/llm-from-scratch/llm/branches/translate/search"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
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

// A translator is a model with its vocabulary.
type translator struct {
	*grammar.Vocabulary
	*translate.Model
}

// batch is how many ids a step reads, of both languages.
const batch = 1024

// run trains a translator, and tells how many numbers of each length it gets right.
func run(ctx context.Context, out io.Writer, longest, steps, n int, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0))
	// Prices are as long as the longest numbers, so that every position is trained.
	kinds := []string{grammar.Number, grammar.Number, grammar.Number, grammar.Price}
	g := grammar.Generator{Kinds: kinds, Longest: longest}
	t := translator{Vocabulary: grammar.NewVocabulary(g.Pairs(20_000, rng), 1000)}
	config := translate.Default
	config.Vocab = t.Size()
	t.Model = translate.New(config)
	t.Init(rng)
	epoch := func(rng *rand.Rand) iter.Seq[embeddings.Batch] {
		var examples []translate.Example
		for _, p := range g.Pairs(12_000, rng) {
			examples = append(examples, translate.Example{Source: t.source(p), Target: append(t.Encode(p.Target), translate.End)})
		}
		return translate.Batches(examples, batch, rng)
	}
	trainer := pretrain.NewTrainer(translate.NewLearner(t.Model, batch, 0.1), epoch, pretrain.Settings{
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
		for _, to := range []string{grammar.ToChinese, grammar.ToEnglish} {
			ask := grammar.Generator{HeldOut: true, Kinds: kinds[:1], Directions: []string{to}, Shortest: digits, Longest: digits}
			fmt.Fprintf(out, "%17d", t.right(ask.Pairs(n, rng), nil))
		}
		fmt.Fprintln(out)
	}
	for _, to := range []string{grammar.ToChinese, grammar.ToEnglish} {
		ask := grammar.Generator{HeldOut: true, Kinds: kinds[:1], Directions: []string{to}, Shortest: longest + 1, Longest: longest + 1}
		t.right(ask.Pairs(3, rng), out)
	}
}

func (t translator) source(p grammar.Pair) []int {
	return append(append([]int{t.Toward(p.Direction)}, t.Encode(p.Source)...), translate.End)
}

// right counts the pairs that are translated as they should be, and shows all if out is not nil.
func (t translator) right(pairs []grammar.Pair, out io.Writer) (right int) {
	const most = 40
	for len(pairs) > 0 {
		some := pairs[:min(64, len(pairs))]
		pairs = pairs[len(some):]
		var sources [][]int
		for _, p := range some {
			sources = append(sources, t.source(p))
		}
		cache := t.NewCache(sources, 1, most)
		texts := search.Texts{Begin: translate.Begin, End: translate.End, Most: most}.Greedy(cache, len(sources))
		for i, p := range some {
			got := t.Decode(texts[i])
			if got == p.Target {
				right++
			}
			if out != nil {
				fmt.Fprintf(out, "\n%s\n  is     %s\n  writes %s\n", p.Source, p.Target, got)
			}
		}
	}
	return right
}
