package classify

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Classifier is a GPT with another head: one that scores not the tokens of the vocabulary but the
// two classes. As everywhere, it holds weights only, and its gradient is another Classifier.
type Classifier struct {
	Model *gpt.Model
	Head  attention.Linear // (C,2)
}

// New returns a classifier that shares the weights of m, under a new head drawn from rng.
func New(m *gpt.Model, rng *rand.Rand) *Classifier {
	c := &Classifier{m, attention.NewLinear(m.Config.Width, len(Classes), true)}
	c.Head.InitUniform(rng)
	return c
}

// Params lists the parameters: those of the model, then the head's two.
func (c *Classifier) Params() []gpt.Param {
	return append(c.Model.Params(), c.headParams()...)
}

// headParams names the head's parameters as Hugging Face's sequence classifiers do.
func (c *Classifier) headParams() []gpt.Param {
	in, out := c.Head.W.Rows, c.Head.W.Cols
	return []gpt.Param{
		{Name: "score.weight", Shape: []int{in, out}, Data: c.Head.W.Data},
		{Name: "score.bias", Shape: []int{out}, Data: c.Head.B},
	}
}

// Gradient returns a value for the gradients of c, all zero, without memory for the parameters
// whose names trains refuses: [HeadOnly], [LastBlock] or [All].
func (c *Classifier) Gradient(trains func(name string) bool) *Classifier {
	zero := attention.NewLinear(c.Head.W.Rows, c.Head.W.Cols, true)
	if !trains("score.weight") {
		zero.W.Data = nil
	}
	if !trains("score.bias") {
		zero.B = nil
	}
	return &Classifier{c.Model.Gradient(trains), zero}
}

// HeadOnly trains the new head and leaves the model as it was.
func HeadOnly(name string) bool { return strings.HasPrefix(name, "score.") }

// LastBlock trains the head, the final norm and the last block of a model of the given number of
// layers.
func LastBlock(layers int) func(name string) bool {
	last := "h." + strconv.Itoa(layers-1) + "."
	return func(name string) bool {
		return HeadOnly(name) ||
			strings.HasPrefix(name, "ln_f.") || strings.HasPrefix(name, last)
	}
}

// All trains every weight but those of the old head, where it has weights of its own: they have no
// part in the answer.
func All(name string) bool { return name != "lm_head.weight" }

// TrainedParams is the number of values that trains lets a classifier of the given configuration
// change.
func TrainedParams(c gpt.Config, trains func(name string) bool) int {
	none := (&gpt.Model{Config: c}).Gradient(func(string) bool { return false }) // names and shapes without memory
	head := attention.Linear{W: blas32.General{Rows: c.Width, Cols: len(Classes)}}
	total := 0
	for _, p := range (&Classifier{none, head}).Params() {
		if trains(p.Name) {
			total += p.Size()
		}
	}
	return total
}

// Activations is what [Classifier.Forward] keeps for [Classifier.Backward].
type Activations struct {
	model   *gpt.Activations
	n       int            // ids read
	rows    []int          // where the last tokens are
	last    blas32.General // (B,C), the hidden vectors there
	dlast   blas32.General // (B,C)
	dhidden blas32.General // (N,C)
	logits  blas32.General // (B,2)
}

// NewActivations returns room for B messages of T tokens, or smaller batches: for passes whose
// gradients go to grad, or for answers alone if grad is nil.
func (c *Classifier) NewActivations(grad *Classifier, B, T int) *Activations {
	var below *gpt.Model
	if grad != nil {
		below = grad.Model
	}
	C := c.Model.Config.Width
	return &Activations{
		model:   c.Model.NewActivations(below, B, T),
		last:    f32.New(B, C),
		dlast:   f32.New(B, C),
		dhidden: f32.New(B*T, C),
		logits:  f32.New(B, len(Classes)),
	}
}

// Forward returns two scores, for ham and for spam, of each message in a batch of T ids a message.
// rows says where, among the N = B·T, the last token of each message is, and is kept for Backward.
// Causal attention lets a position see what stands before it: the last token is the first to have
// seen all of its message, and no padding after it can change what it saw. The scores (B,2) live
// in a until its next use.
func (c *Classifier) Forward(a *Activations, ids []int, T int, rows []int, drop *attention.Dropout) blas32.General {
	hidden := c.Model.Forward(a.model, ids, T, drop)
	a.n, a.rows = len(ids), rows
	last, logits := f32.Rows(a.last, 0, len(rows)), f32.Rows(a.logits, 0, len(rows))
	for i, row := range rows {
		copy(f32.Row(last, i), f32.Row(hidden, row))
	}
	c.Head.Forward(logits, last)
	return logits
}

// Backward undoes the last Forward of a, given the gradient of its scores, and adds to grad. The
// head read one hidden vector of each message (copy last ← hidden); all the others have a gradient
// of zero.
func (c *Classifier) Backward(grad *Classifier, a *Activations, dlogits blas32.General) {
	B := dlogits.Rows
	last, dlast := f32.Rows(a.last, 0, B), f32.Rows(a.dlast, 0, B)
	c.Head.Backward(dlast, &grad.Head, dlogits, last) // c.Head.Forward(logits, last)
	dhidden := f32.Rows(a.dhidden, 0, a.n)
	clear(dhidden.Data)
	for i, row := range a.rows {
		copy(f32.Row(dhidden, row), f32.Row(dlast, i))
	}
	c.Model.Backward(grad.Model, a.model, dhidden)
}
