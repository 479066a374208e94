package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/fetch"
)

// An Experiment computes some of the book's numbers again.
type Experiment struct {
	Name  string // what a user types, "ch05-training"
	About string
	Long  bool     // takes more than a minute
	Needs []string // the data it reads, by the names of llm data get
	Run   func(*Lab)
}

// The data that experiments read, by the names of llm data get.
const (
	theVerdict   = "the-verdict"
	messages     = "sms-spam"
	instructions = "instructions"
	gpt2         = "gpt2"
	gpt2Medium   = "gpt2-medium"
)

const long = true // in the table below

// Experiments are all there are, in the book's order.
var Experiments = []Experiment{
	{"generator", "the random numbers themselves", !long, nil, generator},
	{"ch02-words", "a tokenizer of words", !long, []string{theVerdict}, words},
	{"ch02-bpe", "texts in GPT-2's ids", !long, nil, bpe},
	{"ch02-train-bpe", "byte-pair encoding learned from The Verdict", !long, []string{theVerdict}, trainBPE},
	{"ch02-windows", "The Verdict in windows and batches", !long, []string{theVerdict}, windows},
	{"ch02-numbers", "a data loader over the numbers to 1000", !long, nil, numbersLoader},
	{"ch02-embeddings", "rows of new embeddings", !long, nil, embedding},
	{"ch03-simple", "attention with nothing to train", !long, nil, simpleAttention},
	{"ch03-heads", "heads with weights, the causal mask, dropout", !long, nil, heads},
	{"ch04-layers", "norm, GELU, and gradients with shortcuts and without", !long, nil, layers},
	{"ch04-dummy", "logits of a GPT without blocks", !long, nil, dummyGPT},
	{"ch04-sizes", "parameters, memory and FLOPs of GPT-2's four sizes", !long, nil, sizes},
	{"ch04-model", "the untrained model of 124M weights: its logits with dropout, and what it writes", !long, nil, untrainedModel},
	{"ch05-windows", "The Verdict cut in two, and the order of its first epoch", !long, []string{theVerdict}, pretrainWindows},
	{"ch05-untrained", "what the untrained model writes, and its losses: two rows of three tokens, and The Verdict", !long, []string{theVerdict}, untrainedLoss},
	{"ch05-sampling", "temperature and top-k on nine words", !long, nil, sampling},
	{"ch05-training", "ten epochs of The Verdict: the log of the losses and what the model writes", long, []string{theVerdict}, verdictTraining},
	{"ch05-gpt2", "GPT-2's weights, and what it writes", !long, []string{gpt2}, gpt2Text},
	{"ch05-gpt2-loss", "the losses of GPT-2 on The Verdict", !long, []string{gpt2, theVerdict}, gpt2Loss},
	{"appendix-a", "a network of three layers learns five points", !long, nil, toyNetwork},
	{"appendix-d", "learning rates and clipped gradients", !long, nil, schedules},
	{"appendix-d-gradient", "the largest value of a gradient, and of the same one clipped", !long, []string{theVerdict}, clippedGradient},
	{"appendix-d-training", "fifteen epochs with warm-up, cosine decay and clipped gradients", long, []string{theVerdict}, appendixTraining},
	{"ch06-data", "the SMS messages balanced and split", !long, []string{messages}, spamData},
	{"ch06-head", "the new head, and what of the model trains", !long, nil, spamHead},
	{"ch06-gpt2", "GPT-2 under the new head, before training", !long, []string{gpt2, messages}, gpt2Spam},
	{"appendix-e", "parameters of LoRA", !long, nil, lowRank},
	{"ch07-batches", "padded batches, and a loss that ignores", !long, nil, instructionBatches},
	{"ch07-data", "entries, and the shapes of their shuffled batches", !long, []string{instructions}, instructionData},
	{"ch07-gpt2", "GPT-2 medium before it learns to follow instructions", !long, []string{gpt2Medium, instructions}, gpt2Instructions},
}

// listed are the experiments that are listed: all but those for which somebody
// else's weights, hundreds of megabytes, are needed and not there.
func listed() []Experiment {
	return slices.DeleteFunc(slices.Clone(Experiments), func(e Experiment) bool { return e.needsWeights() && len(missing(e)) > 0 })
}

func (e Experiment) needsWeights() bool {
	return slices.Contains(e.Needs, gpt2) || slices.Contains(e.Needs, gpt2Medium)
}

// missing are the data that experiments need and that are not there.
func missing(experiments ...Experiment) []string {
	var names []string
	for _, e := range experiments {
		for _, name := range e.Needs {
			if _, ok := fetch.Find(name); !ok {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// A Lab is where an experiment finds what it needs, tells of its work, and fills
// the sheet with its results.
type Lab struct {
	*sheet
	ctx  context.Context
	Find func(name string) (path string, ok bool) // data, by the names of llm data get
	GPT2 *tokens.BPE                              // GPT-2's vocabulary
	Log  func(format string, args ...any)         // gets lines that come out on the way, as the book prints them
}

// A failure ends an experiment: [check] panics with it, and [Experiment.rows] returns it.
type failure struct{ error }

// check ends the experiment if there is an error.
func check(err error) {
	if err != nil {
		panic(failure{err})
	}
}

// must is check for what comes with x.
func must[T any](x T, err error) T {
	check(err)
	return x
}

// rows runs the experiment and compares with its table.
func (e Experiment) rows(ctx context.Context, lab *Lab) (rows []Row, err error) {
	defer func() {
		r := recover()
		if f, ok := r.(failure); ok {
			err = fmt.Errorf("%s: %w", e.Name, f.error)
		} else if r != nil {
			panic(r)
		}
	}()
	lab.sheet, lab.ctx = must(newSheet(e.Name)), ctx
	e.Run(lab)
	return lab.result(e.Name), nil
}

// path returns where data is.
func (l *Lab) path(name string) string {
	path, ok := l.Find(name)
	if !ok {
		check(notThere(name))
	}
	return path
}

// read returns a file of data.
func (l *Lab) read(name string) string { return string(must(os.ReadFile(l.path(name)))) }

// weights reads a published model.
func (l *Lab) weights(name string) *gpt.Model {
	m, _, err := pretrain.LoadModel(l.path(name))
	return must(m, err)
}

// notThere is the error of data that is missing.
func notThere(names ...string) error {
	return fmt.Errorf("%s: not downloaded yet; go run ./cmd/llm data get %s gets it", strings.Join(names, ", "), strings.Join(names, " "))
}
