package symptoms_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/internal/corpus"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/footprint"
	"github.com/llm-from-scratch/llm/internal/training"
)

// A patient is a small training run with nothing wrong: characters of Newton's
// Opticks, and a model of one block.
type patient struct {
	learn, check embeddings.Windows
	model        *gpt.Model
	trains       func(name string) bool // nil for all
	settings     pretrain.Settings
	spoil        func(embeddings.Batch) embeddings.Batch
}

func healthy(characters, steps int) patient {
	book, err := corpus.Read("") // the one that comes with Go
	if err != nil {
		panic(err)
	}
	text := book.Text[19_862 : 19_862+characters]
	learn, check := pretrain.SplitText(text, 0.8)
	t := tokens.NewRunes(text)
	p := patient{
		model: gpt.New(gpt.Config{Vocab: t.Vocab(), Context: 32, Width: 32, Heads: 2, Layers: 1, TiedHead: true}),
		settings: pretrain.Settings{
			Optimizer: pretrain.DefaultAdamW, Schedule: pretrain.Constant(0.01, steps), Clip: 1, Seed: 1,
		},
		spoil: func(b embeddings.Batch) embeddings.Batch { return b },
	}
	p.model.Init(rand.New(rand.NewPCG(1, 0)))
	p.learn, _ = embeddings.NewWindows(t.Encode(learn), 32, 16)
	p.check, _ = embeddings.NewWindows(t.Encode(check), 32, 32)
	return p
}

// steps yields what a run's log has of each step, with the validation loss now and then.
func (p patient) steps(every int) iter.Seq[training.Row] {
	const B = 8
	l := pretrain.NewLanguageModel(p.model, p.trains, B, 32)
	epoch := func(rng *rand.Rand) iter.Seq[embeddings.Batch] {
		return func(yield func(embeddings.Batch) bool) {
			for b := range p.learn.Batches(B, rng) {
				if !yield(p.spoil(b)) {
					return
				}
			}
		}
	}
	return func(yield func(training.Row) bool) {
		for s := range pretrain.NewTrainer(l, epoch, p.settings).Steps(context.Background()) {
			row := training.Row{Step: s.N, Train: s.Loss, Validation: math.NaN(), Rate: s.Rate, Norm: s.GradNorm}
			if s.N == 1 || s.N%every == 0 {
				row.Validation, _ = pretrain.Evaluate(l, p.check.Batches(B, nil), 0)
			}
			if !yield(row) {
				return
			}
		}
	}
}

// train prints the training and the validation loss now and then.
func (p patient) train(w io.Writer, every int) {
	for row := range p.steps(every) {
		show(w, row)
	}
}

func show(w io.Writer, row training.Row) {
	if !math.IsNaN(row.Validation) {
		fmt.Fprintf(w, "step %3d  loss %.1f  validation %.1f\n", row.Step, row.Train, row.Validation)
	}
}

// frequency is the loss of a model that gives each character the probability
// with which it stands in the text.
func (p patient) frequency() float64 {
	counts, all := map[int]float64{}, 0.0
	for i := range p.learn.Len() {
		input, _ := p.learn.At(i)
		for _, id := range input {
			counts[id]++
			all++
		}
	}
	loss := 0.0
	for _, n := range counts {
		loss -= n / all * math.Log(n/all)
	}
	return loss
}

// Two losses to compare with: knowing nothing, and knowing how frequent each
// character is.
func Example_toCompareWith() {
	p := nothingWrong()
	fmt.Printf("all equally likely: %.1f, by their frequency: %.1f\n", math.Log(float64(p.model.Config.Vocab)), p.frequency())
	// Output: all equally likely: 4.3, by their frequency: 3.1
}

func nothingWrong() patient { return healthy(20_000, 400) }

// No parameter is called so, and nothing is trained.
func frozen() patient {
	p := healthy(20_000, 100)
	p.trains = func(name string) bool { return strings.HasPrefix(name, "block.") }
	return p
}

func Example_frozen() {
	p := frozen()
	p.train(os.Stdout, 50)

	trained := 0
	for _, g := range p.model.Gradient(p.trains).Params() {
		trained += len(g.Data)
	}
	fmt.Println(trained, "weights are trained")
	// Output:
	// step   1  loss 4.3  validation 4.3
	// step  50  loss 4.3  validation 4.3
	// step 100  loss 4.3  validation 4.3
	// 0 weights are trained
}

// The model is asked for the token that it is shown.
func noShift() patient {
	p := healthy(20_000, 100)
	p.spoil = func(b embeddings.Batch) embeddings.Batch {
		b.Targets = b.Inputs
		return b
	}
	return p
}

// The learning rate is fifty times as large.
func tooFast() patient {
	p := healthy(20_000, 100)
	p.settings.Schedule = pretrain.Constant(0.5, 100)
	return p
}

// A softmax that does not subtract the largest score first.
func Example_overflow() {
	logits := []float32{80, 90, 100}
	var sum float32
	for _, l := range logits {
		sum += float32(math.Exp(float64(l)))
	}
	p := float32(math.Exp(90)) / sum
	fmt.Println(p)
	fmt.Printf("%.4f\n", pretrain.CrossEntropy(f32.View(logits, 1, 3), []int{1}))
	// Output:
	// NaN
	// 10.0000
}

// Two pages are read forty times.
func byHeart() patient { return healthy(3_000, 400) }

// One batch, again and again: any model that can learn at all learns it by heart.
func oneBatch() patient {
	p := healthy(20_000, 200)
	var first *embeddings.Batch
	p.spoil = func(b embeddings.Batch) embeddings.Batch {
		if first == nil {
			b.Inputs, b.Targets = slices.Clone(b.Inputs), slices.Clone(b.Targets) // the next batch comes in the same memory
			first = &b
		}
		return *first
	}
	return p
}

// A text of 256 tokens, each written after reading all before it once more, or
// only the one before it.
func Example_slow() {
	c := gpt.GPT2Small
	again, once := 0, c.ForwardFLOPs(1, 256)
	for t := 1; t <= 256; t++ {
		again += c.ForwardFLOPs(1, t)
	}
	fmt.Printf("%.1f trillion operations without a cache, %.2f with one\n", float64(again)/1e12, float64(once)/1e12)
	// Output:
	// 8.3 trillion operations without a cache, 0.07 with one
}

// What fits?
func Example_memory() {
	for _, b := range []struct{ B, T int }{{8, 1024}, {2, 1024}, {8, 256}} {
		fmt.Printf("%d sequences of %4d tokens: %4.1f GiB\n", b.B, b.T, float64(footprint.Of(gpt.GPT2Small, b.B, b.T, false, nil).Total())/(1<<30))
	}
	// Output:
	// 8 sequences of 1024 tokens:  8.4 GiB
	// 2 sequences of 1024 tokens:  3.5 GiB
	// 8 sequences of  256 tokens:  3.5 GiB
}

// How many weights does each choice train?
func Example_nothingTrained() {
	c := gpt.GPT2Small
	fmt.Println("all:        ", classify.TrainedParams(c, classify.All))
	fmt.Println("last block: ", classify.TrainedParams(c, classify.LastBlock(c.Layers)))
	fmt.Println("a misprint: ", classify.TrainedParams(c, func(name string) bool { return name == "classifier.weight" }))
	// Output:
	// all:         124441346
	// last block:  7090946
	// a misprint:  0
}
