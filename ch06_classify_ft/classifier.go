package classify

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Classifier is a GPT, or another network, with another head: one that scores not the tokens of the
// vocabulary but the two classes. As everywhere, it holds weights only.
type Classifier struct {
	Model gpt.Network
	Head  attention.Linear // (C,2)
}

// New returns a classifier that shares the weights of m, under a new head drawn from rng.
func New(m gpt.Network, rng *rand.Rand) *Classifier {
	c := &Classifier{m, attention.NewLinear(m.Sizes().Width, len(Classes), true)}
	c.Head.InitUniform(rng)
	return c
}

// Params lists the parameters: those of the model, then the head's two.
func (c *Classifier) Params() []gpt.Param {
	return append(c.Model.Params(), headParams(c.Head)...)
}

// headParams names a head's parameters as Hugging Face's sequence classifiers do.
func headParams(head attention.Linear) []gpt.Param {
	in, out := head.W.Rows, head.W.Cols
	return []gpt.Param{
		{Name: "score.weight", Shape: []int{in, out}, Data: head.W.Data},
		{Name: "score.bias", Shape: []int{out}, Data: head.B},
	}
}

// HeadOnly trains the new head and leaves the model as it was.
func HeadOnly(name string) bool { return strings.HasPrefix(name, "score.") }

// LastBlock trains the head, the final norm and the last block of a model of the given number of
// layers, by their names in a GPT-2 or in a model of today.
func LastBlock(layers int) func(name string) bool {
	pattern := fmt.Sprintf(`^(score|ln_f|model\.norm|h\.%d|model\.layers\.%[1]d)\.`, layers-1)
	return regexp.MustCompile(pattern).MatchString
}

// All trains every weight but those of the old head, where it has weights of its own: they have no
// part in the answer.
func All(name string) bool { return name != "lm_head.weight" }

// TrainedParams is the number of values that trains lets a classifier of the given configuration
// change.
func TrainedParams(c gpt.Config, trains func(name string) bool) int {
	head := attention.Linear{W: blas32.General{Rows: c.Width, Cols: len(Classes)}}
	total := 0
	for _, p := range append(c.Params(), headParams(head)...) {
		if trains(p.Name) {
			total += p.Size()
		}
	}
	return total
}

// Pass is a classifier at work: see [gpt.Pass].
type Pass struct {
	c       *Classifier
	model   gpt.Pass
	grad    attention.Linear // of the head
	n       int              // ids read
	rows    []int            // where the last tokens are
	last    blas32.General   // (B,C), the hidden vectors there
	dlast   blas32.General   // (B,C)
	dhidden blas32.General   // (N,C)
	logits  blas32.General   // (B,2)
}

// NewPass returns a pass for B messages of T tokens, or smaller batches, with gradients of the
// parameters whose names trains accepts: [HeadOnly], [LastBlock] or [All], or [gpt.Frozen] for
// answers alone.
func (c *Classifier) NewPass(trains func(name string) bool, B, T int) *Pass {
	C := c.Head.W.Rows
	grad := attention.NewLinear(C, len(Classes), true)
	if !trains("score.weight") {
		grad.W.Data = nil
	}
	if !trains("score.bias") {
		grad.B = nil
	}
	return &Pass{
		c: c, grad: grad, model: c.Model.NewPass(trains, B, T),
		last: f32.New(B, C), dlast: f32.New(B, C), dhidden: f32.New(B*T, C),
		logits: f32.New(B, len(Classes)),
	}
}

// Grads lists the gradients in the order of Params; the frozen have no data.
func (p *Pass) Grads() []gpt.Param { return append(p.model.Grads(), headParams(p.grad)...) }

// Forward returns two scores, for ham and for spam, of each message in a batch of T ids a message.
// rows says where, among the N = B·T, the last token of each message is, and is kept for Backward.
// Causal attention lets a position see what stands before it: the last token is the first to have
// seen all of its message, and no padding after it can change what it saw. The scores (B,2) live
// until the next use.
func (p *Pass) Forward(ids []int, T int, rows []int, drop *attention.Dropout) blas32.General {
	hidden := p.model.Forward(ids, T, drop)
	p.n, p.rows = len(ids), rows
	last, logits := f32.Rows(p.last, 0, len(rows)), f32.Rows(p.logits, 0, len(rows))
	for i, row := range rows {
		copy(f32.Row(last, i), f32.Row(hidden, row))
	}
	p.c.Head.Forward(logits, last)
	return logits
}

// Backward undoes the last Forward, given the gradient of its scores, and adds to the gradients. The
// head read one hidden vector of each message (copy last ← hidden); all the others have a gradient
// of zero.
func (p *Pass) Backward(dlogits blas32.General) {
	B := dlogits.Rows
	last, dlast := f32.Rows(p.last, 0, B), f32.Rows(p.dlast, 0, B)
	p.c.Head.Backward(dlast, &p.grad, dlogits, last) // p.c.Head.Forward(logits, last)
	dhidden := f32.Rows(p.dhidden, 0, p.n)
	clear(dhidden.Data)
	for i, row := range p.rows {
		copy(f32.Row(dhidden, row), f32.Row(dlast, i))
	}
	p.model.Backward(dhidden)
}
