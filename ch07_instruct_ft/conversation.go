package instruct

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// A Conversation is an assistant that remembers what was said. One goroutine at a
// time may use it; of one assistant there can be many.
type Conversation struct {
	assistant *Assistant
	history   []Entry
	forgotten int
	cache     gpt.Cache
	read      []int // begins with what is in the cache, its last answer aside
}

// NewConversation returns a conversation in which nothing has been said.
func (a *Assistant) NewConversation() *Conversation {
	return &Conversation{assistant: a, cache: a.model.NewCache()}
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

// prompt returns the ids of the preamble, of the exchanges that fit, and of what
// is said now. The exchanges that do not fit are forgotten.
func (c *Conversation) prompt(said Entry, o Options) ([]int, error) {
	a := c.assistant
	opening, ids := a.bpe.Encode(preamble), a.turn(said)
	if err := cmp.Or(o.validate(), a.fits(len(opening)+len(ids))); err != nil {
		return nil, err
	}
	room := cmp.Or(o.MaxTokens, a.context/4)
	for n := len(c.history); n > 0; n-- {
		before := a.turn(c.history[n-1])
		if len(opening)+len(before)+len(ids) > a.context-room {
			c.history = c.history[n:]
			c.forgotten += n
			break
		}
		ids = append(before, ids...)
	}
	return append(opening, ids...), nil
}

// turn returns the ids of an entry without the preamble, question and answer
// apart as in [Encode].
func (a *Assistant) turn(e Entry) []int {
	ids := a.bpe.Encode(strings.TrimPrefix(e.Prompt(), preamble))
	return append(ids, a.bpe.Encode(e.Output)...)
}

// rewind takes the cache back to what it has read of the prompt already, and
// leaves it at least one id to read. The answer before is read again, as the text
// it has become: the tokenizer may cut it otherwise than the model wrote it.
func (c *Conversation) rewind(prompt []int) {
	same := 0
	for same < min(len(c.read), c.cache.Len(), len(prompt)-1) && c.read[same] == prompt[same] {
		same++
	}
	c.cache.Truncate(same)
	c.read = prompt
}
