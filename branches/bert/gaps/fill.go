package gaps

import (
	"errors"
	"fmt"
	"strings"

	"github.com/llm-from-scratch/llm/branches/bert"
	"github.com/llm-from-scratch/llm/branches/wordpiece"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/topk"
)

// A Guess is a piece of a word for a gap, and how likely a model finds it.
type Guess struct {
	Piece       string  `json:"piece"`
	Probability float32 `json:"probability"`
}

// Why nothing is guessed.
var (
	ErrHead = errors.New("the model has no head that guesses words")
	ErrGap  = errors.New("the text has no " + wordpiece.Mask + " among the pieces that the model reads")
)

// Fill returns for each [MASK] of a text the likeliest pieces, at most so many, the
// likeliest first.
func Fill(m *bert.Model, t *wordpiece.Tokenizer, text string, most int) (all [][]Guess, err error) {
	if !m.Config.Masked {
		return nil, ErrHead
	}
	ids := t.Single(text, m.Config.Context).IDs
	var gaps []int
	for i, id := range ids {
		if id == t.ID(wordpiece.Mask) {
			gaps = append(gaps, i)
		}
	}
	if gaps == nil {
		return nil, ErrGap
	}
	logits := m.Guess(bert.Input{IDs: ids, T: len(ids)}, gaps)
	for i := range gaps {
		p := f32.Row(logits, i)[:t.Vocab()]
		attention.Softmax(p)
		var guesses []Guess
		for id := range topk.Descending(p) {
			if len(guesses) == most {
				break
			}
			guesses = append(guesses, Guess{t.Piece(id), p[id]})
		}
		all = append(all, guesses)
	}
	return all, nil
}

// Line says what was guessed for one gap: "rays 41.2%, ray 10.3%".
func Line(guesses []Guess) string {
	var words []string
	for _, g := range guesses {
		words = append(words, fmt.Sprintf("%s %.1f%%", g.Piece, 100*g.Probability))
	}
	return strings.Join(words, ", ")
}
