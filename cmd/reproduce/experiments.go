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
)

// An Experiment computes some of the book's numbers again.
type Experiment struct {
	Name  string // what a user types, "ch05-training"
	About string
	Needs []string // the data it reads, by the names of llm data get
	Long  bool     // takes more than a minute
	Run   func(ctx context.Context, lab *Lab, s *sheet) error
}

// The data that experiments read, by the names of llm data get.
const (
	theVerdict   = "the-verdict"
	messages     = "sms-spam"
	instructions = "instructions"
	gpt2         = "gpt2"
	gpt2Medium   = "gpt2-medium"
)

// Experiments are all there are, in the book's order.
var Experiments = []Experiment{
	{Name: "generator", About: "the random numbers themselves", Run: generator},
	{Name: "ch02-words", About: "a tokenizer of words", Needs: []string{theVerdict}, Run: words},
	{Name: "ch02-bpe", About: "texts in GPT-2's ids", Run: bpe},
	{Name: "ch02-train-bpe", About: "byte-pair encoding learned from The Verdict", Needs: []string{theVerdict}, Run: trainBPE},
	{Name: "ch02-windows", About: "The Verdict in windows and batches", Needs: []string{theVerdict}, Run: windows},
	{Name: "ch02-numbers", About: "a data loader over the numbers to 1000", Run: numbersLoader},
	{Name: "ch02-embeddings", About: "rows of new embeddings", Run: embedding},
	{Name: "ch03-simple", About: "attention with nothing to train", Run: simpleAttention},
	{Name: "ch03-heads", About: "heads with weights, the causal mask, dropout", Run: heads},
	{Name: "ch04-layers", About: "norm, GELU, and gradients with shortcuts and without", Run: layers},
	{Name: "ch04-dummy", About: "logits of a GPT without blocks", Run: dummyGPT},
	{Name: "ch04-sizes", About: "parameters, memory and FLOPs of GPT-2's four sizes", Run: sizes},
	{Name: "ch04-model", About: "the untrained model of 124M weights: its logits with dropout, and what it writes", Run: untrainedModel},
	{Name: "ch05-windows", About: "The Verdict cut in two, and the order of its first epoch", Needs: []string{theVerdict}, Run: pretrainWindows},
	{Name: "ch05-untrained", About: "what the untrained model writes, and its losses: two rows of three tokens, and The Verdict", Needs: []string{theVerdict}, Run: untrainedLoss},
	{Name: "ch05-sampling", About: "temperature and top-k on nine words", Run: sampling},
	{Name: "ch05-training", About: "ten epochs of The Verdict: the log of the losses and what the model writes", Needs: []string{theVerdict}, Long: true, Run: verdictTraining},
	{Name: "ch05-gpt2", About: "GPT-2's weights, and what it writes", Needs: []string{gpt2}, Run: gpt2Text},
	{Name: "ch05-gpt2-loss", About: "the losses of GPT-2 on The Verdict", Needs: []string{gpt2, theVerdict}, Run: gpt2Loss},
	{Name: "appendix-a", About: "a network of three layers learns five points", Run: toyNetwork},
	{Name: "appendix-d", About: "learning rates and clipped gradients", Run: schedules},
	{Name: "appendix-d-gradient", About: "the largest value of a gradient, and of the same one clipped", Needs: []string{theVerdict}, Run: clippedGradient},
	{Name: "appendix-d-training", About: "fifteen epochs with warm-up, cosine decay and clipped gradients", Needs: []string{theVerdict}, Long: true, Run: appendixTraining},
	{Name: "ch06-data", About: "the SMS messages balanced and split", Needs: []string{messages}, Run: spamData},
	{Name: "ch06-head", About: "the new head, and what of the model trains", Run: spamHead},
	{Name: "ch06-gpt2", About: "GPT-2 under the new head, before training", Needs: []string{gpt2, messages}, Run: gpt2Spam},
	{Name: "appendix-e", About: "parameters of LoRA", Run: lora},
	{Name: "ch07-batches", About: "padded batches, and a loss that ignores", Run: instructionBatches},
	{Name: "ch07-data", About: "entries, and the shapes of their shuffled batches", Needs: []string{instructions}, Run: instructionData},
	{Name: "ch07-gpt2", About: "GPT-2 medium before it learns to follow instructions", Needs: []string{gpt2Medium, instructions}, Run: gpt2Instructions},
}

// rows runs the experiment and compares with its table.
func (e Experiment) rows(ctx context.Context, lab *Lab) ([]Row, error) {
	s, err := newSheet(e.Name)
	if err == nil {
		err = e.Run(ctx, lab, s)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Name, err)
	}
	return s.result(), nil
}

// NeedsWeights reports whether the experiment reads weights that somebody else has
// trained: hundreds of megabytes, so that most readers do without.
func (e Experiment) NeedsWeights() bool {
	return slices.Contains(e.Needs, gpt2) || slices.Contains(e.Needs, gpt2Medium)
}

// A Lab is what experiments find, and where they tell of their work.
type Lab struct {
	Find func(name string) (path string, ok bool) // data, by the names of llm data get
	GPT2 *tokens.BPE                              // GPT-2's vocabulary
	Log  func(format string, args ...any)         // gets lines that come out on the way, as the book prints them
}

// read returns a file of data, or an error that says how to get it.
func (l *Lab) read(name string) (string, error) {
	path, ok := l.Find(name)
	if !ok {
		return "", missing(name)
	}
	data, err := os.ReadFile(path)
	return string(data), err
}

// weights reads a published model.
func (l *Lab) weights(name string) (*gpt.Model, error) {
	dir, ok := l.Find(name)
	if !ok {
		return nil, missing(name)
	}
	m, _, err := pretrain.LoadModel(dir)
	return m, err
}

// missing is the error of data that is not there.
func missing(names ...string) error {
	return fmt.Errorf("%s: not downloaded yet; go run ./cmd/llm data get %s gets it", strings.Join(names, ", "), strings.Join(names, " "))
}
