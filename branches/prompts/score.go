package prompts

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/chat"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// A Score says how likely an answer is.
type Score struct {
	LogProb float64 // of all its tokens together, in nats
	Tokens  int
	Bytes   int
}

// A Measure compares answers, the higher the better. Which one is fair to answers of
// different lengths depends on the answers.
type Measure func(Score) float64

// Sum is the log of an answer's probability. Long answers are less likely than short ones.
func Sum(s Score) float64 { return s.LogProb }

// Mean is that of a token. It favours long answers whose ends are easy to guess.
func Mean(s Score) float64 { return s.LogProb / float64(s.Tokens) }

// PerByte is that of a byte, which does not depend on how a tokenizer cuts.
func PerByte(s Score) float64 { return s.LogProb / float64(s.Bytes) }

// Probabilities are those of the answers if there are no others: they sum to 1. None is
// 0, which [Calibrate] could not divide by: what is less likely than e^-600 of the
// likeliest counts as that.
func (m Measure) Probabilities(scores []Score) []float64 {
	p, largest, sum := make([]float64, len(scores)), math.Inf(-1), 0.0
	for i, s := range scores {
		p[i] = m(s)
		largest = max(largest, p[i])
	}
	for i := range p {
		p[i] = math.Exp(max(p[i]-largest, -600))
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// Scores is how likely each of the answers is to follow a prompt. Nothing is generated:
// the prompt is read once, and behind it each answer but for its last token, which is
// scored and need not be read. Whatever does not fit the context is an error, before
// anything is computed.
func (a *Asker) Scores(p chat.Prompt, answers []string) ([]Score, error) {
	context, ends, err := a.encode(p, answers)
	if err != nil {
		return nil, err
	}
	logits := a.next(context)
	scores := make([]Score, len(answers))
	for i, end := range ends {
		scores[i] = Score{logProb(logits, end[0]), len(end), len(answers[i])}
	}
	for i, end := range ends {
		a.cache.Truncate(len(context))
		for at, id := range end[1:] {
			scores[i].LogProb += logProb(a.extend(end[at:at+1]), id)
		}
		if s := scores[i].LogProb; math.IsNaN(s) || math.IsInf(s, 0) {
			return nil, fmt.Errorf("prompts: the model scores the answer %q with %v, which no healthy one does", answers[i], s)
		}
	}
	return scores, nil
}

// encode returns the ids of a prompt, and those of each answer behind it.
func (a *Asker) encode(p chat.Prompt, answers []string) (context []int, ends [][]int, err error) {
	if len(answers) == 0 {
		return nil, nil, errors.New("prompts: no answers to choose from")
	}
	p, blanks := cutBlanks(p)
	if context, err = a.tokens.EncodePrompt(p); err != nil {
		return nil, nil, err
	}
	if len(context) == 0 {
		return nil, nil, errors.New("prompts: the prompt is empty, and nothing is likely after nothing")
	}
	for _, answer := range answers {
		end, err := a.end(p, context, blanks+answer)
		if err != nil {
			return nil, nil, err
		}
		if n, most := len(context)+len(end)-1, a.model.Sizes().Context; n > most {
			return nil, nil, fmt.Errorf("prompts: a prompt and its answer have %d tokens, and the model reads %d: take fewer examples, or shorter inputs", n, most)
		}
		ends = append(ends, end)
	}
	return context, ends, nil
}

// end returns the ids that an answer has behind a context: those by which the ids of
// both in one are longer. Where one token spans the border, there is no such thing, and
// the answer is encoded alone.
func (a *Asker) end(p chat.Prompt, context []int, answer string) ([]int, error) {
	if strings.Trim(answer, " ") == "" {
		return nil, errors.New("prompts: an answer is empty")
	}
	whole, err := a.tokens.EncodePrompt(with(p, answer))
	if err != nil {
		return nil, err
	}
	if n := len(context); len(whole) > n && slices.Equal(whole[:n], context) {
		return whole[n:], nil
	}
	alone := a.tokens.Encode(answer)
	if len(alone) == 0 {
		return nil, fmt.Errorf("prompts: the tokenizer has no tokens for the answer %q", answer)
	}
	return alone, nil
}

// cutBlanks takes the blanks off a prompt's end: to today's tokenizers they are the
// beginning of the next word. In " ham" they are part of one token, and "ham" behind a
// blank is another, which the model has hardly ever met there.
func cutBlanks(p chat.Prompt) (cut chat.Prompt, blanks string) {
	last := len(p) - 1
	if last < 0 || p[last].Control {
		return p, ""
	}
	text := strings.TrimRight(p[last].Text, " ")
	cut = slices.Clone(p)
	cut[last].Text = text
	return cut, p[last].Text[len(text):]
}

// with is p with text behind it, in one piece with the text that it ends with.
func with(p chat.Prompt, text string) chat.Prompt {
	if last := len(p) - 1; last >= 0 && !p[last].Control {
		p = slices.Clone(p)
		p[last].Text += text
		return p
	}
	return append(slices.Clip(p), chat.Part{Text: text})
}

// logProb is the log of the probability that logits (V) give to id.
func logProb(logits []float32, id int) float64 {
	row := blas32.General{Rows: 1, Cols: len(logits), Stride: len(logits), Data: logits}
	return -pretrain.CrossEntropy(row, []int{id})
}
