package published

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/torchrand"
)

// theVerdict is the story's name among the downloads.
const theVerdict = "the-verdict"

const (
	seed       = 123 // of every cell that has one
	batchSize  = 2
	windowSize = 256
)

// A verdict is Edith Wharton's story as the book trains on it.
type verdict struct{ train, validation embeddings.Windows }

// readVerdict cuts the story in two, by characters, and each part in windows.
func readVerdict(lab *Lab) (v verdict, err error) {
	text, err := lab.Read(theVerdict)
	if err != nil {
		return v, err
	}
	learn, watch := pretrain.SplitText(text, .9)
	if v.train, err = embeddings.NewWindows(lab.GPT2.Encode(learn), windowSize, windowSize); err != nil {
		return v, err
	}
	v.validation, err = embeddings.NewWindows(lab.GPT2.Encode(watch), windowSize, windowSize)
	return v, err
}

// batches are windows in the given order. A batch is valid until the next one.
func batches(w embeddings.Windows, order []int) iter.Seq[embeddings.Batch] {
	return func(yield func(embeddings.Batch) bool) {
		b := embeddings.Batch{B: batchSize, T: windowSize}
		for chosen := range slices.Chunk(order, batchSize) {
			b.Inputs, b.Targets = b.Inputs[:0], b.Targets[:0]
			for _, i := range chosen {
				input, target := w.At(i)
				b.Inputs, b.Targets = append(b.Inputs, input...), append(b.Targets, target...)
			}
			if len(chosen) < batchSize || !yield(b) {
				return
			}
		}
	}
}

// evaluate is the book's evaluate_model: the mean losses of the first batches of
// both parts. The loaders draw from g, although nothing here is trained.
func (v verdict) evaluate(l pretrain.Learner, g *torchrand.Generator, most int) (train, validation float64) {
	train = pretrain.Evaluate(l, batches(v.train, g.Loader(v.train.Len(), true)), most)
	validation = pretrain.Evaluate(l, batches(v.validation, g.Loader(v.validation.Len(), false)), most)
	return train, validation
}

// A logged line of a training run.
type logged struct {
	step              int
	train, validation float64
}

// A course is one of the book's two training runs.
type course struct {
	epochs   int
	most     int               // batches to evaluate with
	schedule pretrain.Schedule // of all steps
	clip     func(step int) float64
}

// every is how many steps are between two lines of the log.
const every = 5

// start is how the samples begin: "Every effort moves you".
var start = []int{6109, 3626, 6100, 345}

// run trains the untrained 124M model as train_model_simple does, and returns
// the log and the text that is sampled after each epoch.
func (c course) run(ctx context.Context, lab *Lab, v verdict) (log []logged, samples []string, err error) {
	g := torchrand.New(seed)
	m := newGPT(gpt124M(windowSize), g)
	s := newStudent(m, m.Gradient(nil), g, batchSize, windowSize)
	adamw := pretrain.NewOptimizer(pretrain.AdamW{Beta1: .9, Beta2: .999, Epsilon: 1e-8, Decay: .1, DecayAll: true}, s.Params(), s.Grads())
	step := 0
	for epoch := range c.epochs {
		for b := range batches(v.train, g.Loader(v.train.Len(), true)) {
			if err := ctx.Err(); err != nil {
				return log, samples, err
			}
			s.Learn(b, 1, nil)
			scale := pretrain.ClipScale(pretrain.Norm(s.Grads()), c.clip(step))
			adamw.Step(c.schedule.Rate(step), scale)
			if step%every == 0 {
				train, validation := v.evaluate(s, g, c.most)
				log = append(log, logged{step, train, validation})
				lab.Log("Ep %d (Step %06d): Train loss %.3f, Val loss %.3f\n", epoch+1, step, train, validation)
			}
			step++
		}
		text := sample(lab, m, 50)
		samples = append(samples, text)
		lab.Log("%s\n", text)
	}
	return log, samples, nil
}

// sample is generate_and_print_sample: the likeliest tokens, in one line.
func sample(lab *Lab, m *gpt.Model, n int) string {
	ids := slices.Clone(start)
	for id := range m.Greedy(start) {
		ids = append(ids, id)
		if len(ids) == len(start)+n {
			break
		}
	}
	return strings.ReplaceAll(lab.GPT2.Decode(ids), "\n", " ")
}

// unclipped is a course that never clips.
func unclipped(int) float64 { return 0 }

// rows compares a log with published lines such as "0: 9.781/9.933".
func (l logged) rows(where, published string) []Row {
	train, validation, _ := strings.Cut(published, "/")
	at := fmt.Sprintf("%s step %d", where, l.step)
	return []Row{Number(at+" training", train, l.train), Number(at+" validation", validation, l.validation)}
}
