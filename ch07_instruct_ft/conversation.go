package instruct

import (
	"cmp"
	"context"
	"iter"
	"slices"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// A Conversation is an assistant that remembers what was said. One goroutine at a
// time may use it; of one assistant there can be many.
type Conversation struct {
	assistant *Assistant
	history   []Entry
	forgotten int
	cache     *memory
}

// A memory is a cache that knows what it has read.
type memory struct {
	gpt.Cache
	read []int // begins with what is in the cache
}

// Extend is that of the cache.
func (m *memory) Extend(ids []int) []float32 {
	m.read = append(m.read[:m.Len()], ids...)
	return m.Cache.Extend(ids)
}

// NewConversation returns a conversation in which nothing has been said.
func (a *Assistant) NewConversation() *Conversation {
	return &Conversation{assistant: a, cache: &memory{Cache: a.model.NewCache()}}
}

// History returns the exchanges that the assistant remembers, the oldest first,
// each with the answer as its Output.
func (c *Conversation) History() []Entry { return slices.Clone(c.history) }

// Forgotten is the number of exchanges that the model's context had no room for
// any more.
func (c *Conversation) Forgotten() int { return c.forgotten }

// Reset begins a new conversation.
func (c *Conversation) Reset() { c.history, c.forgotten = nil, 0 }

// Say is [Assistant.Respond] with the exchanges before in the prompt. Of these the
// oldest are forgotten, for ever, as soon as they would not leave the answer room
// for MaxTokens tokens, or if that is 0 for a quarter of the context.
//
// Every exchange becomes part of the history at the end of the loop over the
// result. An answer that was cut off, by ctx or because the caller left the loop,
// is remembered as far as the caller has seen it; an exchange without any answer
// is not. Each loop over the result says the instruction again.
func (c *Conversation) Say(ctx context.Context, instruction, input string, o Options) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		said := Entry{Instruction: instruction, Input: input}
		prompt, err := c.prompt(said, o)
		if err != nil {
			yield("", err)
			return
		}
		c.rewind(prompt)
		for piece, err := range c.assistant.answer(ctx, c.cache, prompt, o) {
			said.Output += piece
			if !yield(piece, err) {
				break
			}
		}
		if said.Output != "" {
			c.history = append(c.history, said)
		}
	}
}

// prompt returns the ids of the exchanges that fit, and of what is said now. The
// exchanges that do not fit are forgotten.
func (c *Conversation) prompt(said Entry, o Options) ([]int, error) {
	a := c.assistant
	ids := encodePrompt(a.tokens, said)
	if err := cmp.Or(o.validate(), a.fits(len(ids))); err != nil {
		return nil, err
	}
	room, n := cmp.Or(o.MaxTokens, a.context/4), 0
	for ; n < len(c.history); n++ {
		all := encodePrompt(a.tokens, append(slices.Clone(c.history[n:]), said)...)
		if len(all) <= a.context-room {
			ids = all
			break
		}
	}
	c.history, c.forgotten = c.history[n:], c.forgotten+n
	return ids, nil
}

// rewind takes the cache back to what it has read of the prompt already, and leaves it
// at least one id to read. The answer before may be read again, from where the
// tokenizer cuts it otherwise than the model wrote it.
func (c *Conversation) rewind(prompt []int) {
	same := 0
	for same < min(c.cache.Len(), len(prompt)-1) && c.cache.read[same] == prompt[same] {
		same++
	}
	c.cache.Truncate(same)
}
