package instruct

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// A Score is an entry, an assistant's response to it, and how good that is.
type Score struct {
	Entry
	Response string  `json:"model_response"`
	Right    bool    `json:"right"` // equal to the output, spaces aside
	Loss     float64 `json:"loss"`  // mean cross-entropy of the output, given the prompt
}

// Scores answers the entries, one after the other, and compares. An entry that
// with its output is too long for the model's context gives an error and ends
// the scoring, as does a cancelled ctx. Scores panics if the assistant's model is not
// a [gpt.Network]: others have no loss.
func (a *Assistant) Scores(ctx context.Context, entries []Entry, o Options) iter.Seq2[Score, error] {
	m, ok := a.model.(gpt.Network)
	if !ok {
		panic("instruct: only an assistant whose model is a gpt.Network can be scored")
	}
	return func(yield func(Score, error) bool) {
		longest := Longest(EncodeAll(a.tokens, entries, a.context))
		lm := pretrain.NewLanguageModel(m, gpt.Frozen, 1, longest)
		for _, e := range entries {
			s, err := a.score(ctx, lm, e, o)
			if !yield(s, err) || err != nil {
				return
			}
		}
	}
}

// score answers one entry and compares.
func (a *Assistant) score(ctx context.Context, lm *pretrain.LanguageModel, e Entry, o Options) (Score, error) {
	s := Score{Entry: e}
	x := Encode(a.tokens, e)
	if most := a.context; len(x.IDs) > most {
		return s, fmt.Errorf("instruct: %q has %d tokens with its output, the model reads at most %d: shorten or remove it", e.Instruction, len(x.IDs), most)
	}
	for piece, err := range a.Respond(ctx, e.Instruction, e.Input, o) {
		if err != nil {
			return s, err
		}
		s.Response += piece
	}
	var b embeddings.Batch
	Collator{EndOfText: a.tokens.EndOfText(), MaskPrompt: true}.Collate(&b, []Example{x})
	s.Right, s.Loss = same(s.Response, e.Output), lm.Loss(b)
	return s, nil
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
