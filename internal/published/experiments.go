package published

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
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
	untrainedModel,
	{Name: "ch05-windows", About: "The Verdict cut in two, and the order of its first epoch", Needs: []string{theVerdict}, Run: pretrainWindows},
	untrainedLoss,
	{Name: "ch05-sampling", About: "temperature and top-k on nine words", Run: sampling},
	verdictTraining,
	{Name: "ch05-gpt2", About: "GPT-2's weights, and what it writes", Needs: []string{gpt2}, Run: gpt2Text},
	{Name: "ch05-gpt2-loss", About: "the losses of GPT-2 on The Verdict", Needs: []string{gpt2, theVerdict}, Run: gpt2Loss},
	{Name: "appendix-a", About: "a network of three layers learns five points", Run: toyNetwork},
	{Name: "appendix-d", About: "learning rates and clipped gradients", Run: schedules},
	clippedGradient,
	appendixTraining,
	{Name: "ch06-data", About: "the SMS messages balanced and split", Needs: []string{messages}, Run: spamData},
	{Name: "ch06-head", About: "the new head, and what of the model trains", Run: spamHead},
	{Name: "ch06-gpt2", About: "GPT-2 under the new head, before training", Needs: []string{gpt2, messages}, Run: gpt2Spam},
	{Name: "appendix-e", About: "parameters of LoRA", Run: lora},
	{Name: "ch07-batches", About: "padded batches, and a loss that ignores", Run: instructionBatches},
	{Name: "ch07-data", About: "entries, and the shapes of their shuffled batches", Needs: []string{instructions}, Run: instructionData},
	{Name: "ch07-gpt2", About: "GPT-2 medium before it learns to follow instructions", Needs: []string{gpt2Medium, instructions}, Run: gpt2Instructions},
}

// The data that experiments read, by the names of llm data get.
const (
	messages     = "sms-spam"
	instructions = "instructions"
	gpt2         = "gpt2"
	gpt2Medium   = "gpt2-medium"
)

// NeedsWeights reports whether the experiment reads weights that somebody else has
// trained: hundreds of megabytes, so that most readers do without.
func (e Experiment) NeedsWeights() bool {
	return slices.Contains(e.Needs, gpt2) || slices.Contains(e.Needs, gpt2Medium)
}

// Find returns the experiment of this name.
func Find(name string) (Experiment, bool) {
	i := slices.IndexFunc(Experiments, func(e Experiment) bool { return e.Name == name })
	if i < 0 {
		return Experiment{}, false
	}
	return Experiments[i], true
}

// A sheet gathers the rows of an experiment.
type sheet []Row

// numbers adds a row for each of the printed numbers.
func (s *sheet) numbers(where, printed string, ours ...float32) {
	*s = append(*s, Numbers(where, printed, ours)...)
}

// matrix adds the rows of a matrix, printed with a slash after each of its rows.
func (s *sheet) matrix(where, printed string, m blas32.General) {
	lines := strings.Split(printed, "/")
	if len(lines) != m.Rows {
		s.text(where+" rows", len(lines), m.Rows)
	}
	for i := range min(len(lines), m.Rows) {
		s.numbers(fmt.Sprintf("%s %d", where, i), lines[i], f32.Row(m, i)...)
	}
}

// doubles adds rows for numbers that are given to more digits than the notebooks
// print, seven or eight: computed in float64, or on a processor that rounds
// otherwise, so that float32 need not have the last. Where it has not, both sides
// are cut to six decimals, or to five after the first digit if there is an exponent.
func (s *sheet) doubles(where, printed string, ours ...float32) {
	fields := strings.Fields(printed)
	for i, field := range fields {
		if i < len(ours) && !Number(where, field, float64(ours[i])).Equal() {
			fields[i] = cut(field)
		}
	}
	s.numbers(where, strings.Join(fields, " "), ours...)
}

// cut rounds a printed number to six digits or so.
func cut(printed string) string {
	mantissa, exponent, scientific := strings.Cut(printed, "e")
	v, err := strconv.ParseFloat(mantissa, 64)
	switch {
	case err != nil:
		return printed // and Number says what is wrong with it
	case scientific:
		return strconv.FormatFloat(v, 'f', 5, 64) + "e" + exponent
	}
	return likePrinted(strconv.FormatFloat(v, 'f', 6, 64), printed)
}

// doubleMatrix is doubles for the rows of a matrix.
func (s *sheet) doubleMatrix(where, printed string, m blas32.General) {
	for i, line := range strings.Split(printed, "/") {
		s.doubles(fmt.Sprintf("%s %d", where, i), line, f32.Row(m, i)...)
	}
}

// number adds a row for a number that is computed in float64.
func (s *sheet) number(where, printed string, ours float64) {
	*s = append(*s, Number(where, printed, ours))
}

// text adds a row for anything else.
func (s *sheet) text(where string, published, ours any) {
	*s = append(*s, Text(where, published, ours))
}

// shape is how PyTorch prints the size of a tensor.
func shape(sizes ...int) string {
	return strings.NewReplacer(" ", ", ", "[", "(", "]", ")").Replace(fmt.Sprint(sizes))
}
