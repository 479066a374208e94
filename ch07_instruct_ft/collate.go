package instruct

import (
	"iter"
	"math/rand/v2"
	"slices"
	"strings"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// An Example is an entry as ids, without the end-of-text id. The first Asked
// of them are the prompt.
type Example struct {
	IDs   []int
	Asked int
}

// Encode turns an entry into ids. The prompt and the answer are encoded one after the
// other, as they will be when the model answers: no token reaches over the border
// between them. Special tokens in an entry are plain text.
func Encode(t tokens.Tokenizer, e Entry) Example {
	asked := e
	asked.Output = ""
	ids := encodePrompt(t, asked)
	return Example{append(ids, t.Encode(e.Output)...), len(ids)}
}

// A Form is a tokenizer whose model has learned to answer prompts of another form than
// that of this chapter. Prompt returns the ids of a conversation: of entries with
// their answers, and of a last one that is to be answered.
type Form interface {
	Prompt(said ...Entry) []int
}

// encodePrompt returns the ids of a conversation in the form of the tokenizer's model.
// That of this chapter has its preamble once.
func encodePrompt(t tokens.Tokenizer, said ...Entry) []int {
	if form, ok := t.(Form); ok {
		return form.Prompt(said...)
	}
	ids := t.Encode(preamble)
	for _, e := range said {
		ids = append(ids, t.Encode(strings.TrimPrefix(e.Prompt(), preamble))...)
		ids = append(ids, t.Encode(e.Output)...)
	}
	return ids
}

// EncodeAll encodes entries and keeps those that fit in limit ids, so that no
// answer is cut off. The caller sees by the length how many were left out.
func EncodeAll(t tokens.Tokenizer, entries []Entry, limit int) []Example {
	var fit []Example
	for _, e := range entries {
		if x := Encode(t, e); len(x.IDs) <= limit {
			fit = append(fit, x)
		}
	}
	return fit
}

// Longest is the number of ids of the longest of items, 0 if there are none.
func Longest(items []Example) int {
	longest := 0
	for _, x := range items {
		longest = max(longest, len(x.IDs))
	}
	return longest
}

// A Collator makes batches of entries of different lengths.
type Collator struct {
	EndOfText  int  // ends each answer, and pads the shorter rows
	MaskPrompt bool // ignore the targets inside the prompt: learn to answer, not to ask
}

// Collate sets b to a batch with one row for each of items. All rows get the length T
// of the longest: its ids are the inputs, and the targets are the ids one step later,
// of which the last is EndOfText. Shorter rows are padded with EndOfText, and targets
// after the first one are [pretrain.Ignore]: an answer ends once, and there is nothing
// to learn from padding. Collate reuses b's slices.
func (c Collator) Collate(b *embeddings.Batch, items []Example) {
	if len(items) == 0 {
		panic("instruct: a batch of no entries")
	}
	b.B, b.T = len(items), Longest(items)
	b.Inputs, b.Targets = b.Inputs[:0], b.Targets[:0]
	for _, x := range items {
		for t := range b.T {
			b.Inputs = append(b.Inputs, c.at(x, t))
			b.Targets = append(b.Targets, c.target(x, t))
		}
	}
}

// at is the id at place t of a padded row.
func (c Collator) at(x Example, t int) int {
	if t < len(x.IDs) {
		return x.IDs[t]
	}
	return c.EndOfText
}

// target is what the model should say after place t: the id at t+1, unless
// that is padding or, with MaskPrompt, part of the prompt.
func (c Collator) target(x Example, t int) int {
	next := t + 1
	if next > len(x.IDs) || c.MaskPrompt && next < x.Asked {
		return pretrain.Ignore
	}
	return c.at(x, next)
}

// Batches returns one pass over items in batches of size, the last one smaller if need
// be: in order when rng is nil, otherwise in an order that rng draws. Each batch is only
// as wide as its own longest row. A batch is valid until the next turn.
func (c Collator) Batches(items []Example, size int, rng *rand.Rand) iter.Seq[embeddings.Batch] {
	if size < 1 {
		panic("instruct: batch size below 1")
	}
	return func(yield func(embeddings.Batch) bool) {
		var b embeddings.Batch
		rows := make([]Example, 0, size)
		for chosen := range slices.Chunk(embeddings.Shuffled(len(items), rng), size) {
			rows = rows[:0]
			for _, i := range chosen {
				rows = append(rows, items[i])
			}
			if c.Collate(&b, rows); !yield(b) {
				return
			}
		}
	}
}
