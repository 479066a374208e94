package instruct

import (
	"context"
	"iter"
	"slices"
	"strings"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// A Score is what an assistant made of one entry.
type Score struct {
	Entry
	Response string  `json:"response"`
	Right    bool    `json:"right"` // equal to the output, spaces aside
	Loss     float64 `json:"loss"`  // mean cross-entropy of the output, given the prompt
}

// Scores answers the entries, one after the other, and compares. An entry too
// long for the model's context gives an error and ends the scoring, as does a
// cancelled ctx.
func (a *Assistant) Scores(ctx context.Context, entries []Entry) iter.Seq2[Score, error] {
	return func(yield func(Score, error) bool) {
		c := Collator{EndOfText: a.bpe.EndOfText(), MaskPrompt: true}
		frozen := a.model.Gradient(func(string) bool { return false }) // takes no memory
		lm := pretrain.NewLanguageModel(a.model, frozen, 1, a.model.Config.Context)
		var b embeddings.Batch
		for _, e := range entries {
			response, err := join(a.Respond(ctx, e.Instruction, e.Input))
			if err != nil {
				yield(Score{Entry: e}, err)
				return
			}
			c.Collate(&b, []Encoded{Encode(a.bpe, e)})
			s := Score{Entry: e, Response: response, Right: same(response, e.Output), Loss: lm.Loss(b)}
			if !yield(s, nil) {
				return
			}
		}
	}
}

// join returns the whole of a response.
func join(pieces iter.Seq2[string, error]) (string, error) {
	var whole strings.Builder
	for piece, err := range pieces {
		if err != nil {
			return "", err
		}
		whole.WriteString(piece)
	}
	return whole.String(), nil
}

// same compares two texts word by word: how many spaces or line ends are
// between them does not matter.
func same(a, b string) bool {
	return slices.Equal(strings.Fields(a), strings.Fields(b))
}

// A Tally sums up scores. The zero Tally is ready to use.
type Tally struct {
	Entries int     `json:"entries"`
	Exact   int     `json:"exact"` // entries that have one right answer
	Right   int     `json:"right"` // of those, how many were answered right
	Loss    float64 `json:"loss"`  // mean over all entries
}

// Add counts one more score.
func (t *Tally) Add(s Score) {
	t.Entries++
	t.Loss += (s.Loss - t.Loss) / float64(t.Entries)
	if s.Kind != "" {
		t.Exact++
		if s.Right {
			t.Right++
		}
	}
}
