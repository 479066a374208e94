package instruct_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

// spoken joins what is said.
func spoken(t testing.TB, pieces iter.Seq2[string, error]) string {
	t.Helper()
	var whole strings.Builder
	for piece, err := range pieces {
		require.NoError(t, err)
		whole.WriteString(piece)
	}
	return whole.String()
}

// talker has seen no lesson, and has more room than the taught model. Its weights
// are so large that what it says depends on all that it has read.
func talker(context int) (*gpt.Model, *tokens.BPE) {
	bpe := tokenizer()
	m := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: context, Width: 16, Heads: 2, Layers: 2, QKVBias: true})
	m.Init(rand.New(rand.NewPCG(3, 4)))
	for _, p := range m.Params() {
		if len(p.Shape) == 2 {
			for i := range p.Data {
				p.Data[i] *= 20
			}
		}
	}
	return m, bpe
}

const opening = "Below is an instruction that describes a task. Write a response that appropriately completes the request."

// plainAnswer is what a model says after a history, without any cache: it reads
// everything again for every token.
func plainAnswer(m *gpt.Model, bpe *tokens.BPE, history []instruct.Entry, instruction, input string, n int) string {
	ids := bpe.Encode(opening)
	for _, e := range append(slices.Clone(history), instruct.Entry{Instruction: instruction, Input: input}) {
		text := "\n\n### Instruction:\n" + e.Instruction
		if e.Input != "" {
			text += "\n\n### Input:\n" + e.Input
		}
		ids = append(ids, bpe.Encode(text+"\n\n### Response:\n")...)
		ids = append(ids, bpe.Encode(e.Output)...)
	}
	stream, answer := tokens.NewStream(bpe), ""
	for range n {
		id := gpt.Argmax(m.NewCache().Extend(ids))
		if id == bpe.EndOfText() {
			break
		}
		ids = append(ids, id)
		answer += strings.ToValidUTF8(stream.Next(id), "\uFFFD")
	}
	return answer + strings.ToValidUTF8(stream.Flush(), "\uFFFD")
}

// What is said first is said as by Respond, to the id.
func TestConversationBeginsLikeRespond(t *testing.T) {
	a := taughtAssistant()
	for _, e := range lessons {
		assert.Equal(t, e.Output, spoken(t, a.NewConversation().Say(t.Context(), e.Instruction, e.Input, instruct.Options{})))
	}
	bpe := tokenizer()
	for _, e := range append(practice(1), lessons...) {
		rest, ok := strings.CutPrefix(e.Prompt(), opening)
		require.True(t, ok)
		require.Equal(t, bpe.Encode(e.Prompt()), append(bpe.Encode(opening), bpe.Encode(rest)...), "the preamble ends where a token does")
	}
}

// With the cache of the turns before, or everything read afresh: the same, also
// after some turns are forgotten, an answer is cut off, and a reset.
func TestConversationEqualsRecomputation(t *testing.T) {
	m, bpe := talker(160)
	a := instruct.New(m, bpe)
	c := a.NewConversation()
	const n = 10
	differ := 0
	say := func(instruction, input string) {
		t.Helper()
		got := spoken(t, c.Say(t.Context(), instruction, input, instruct.Options{MaxTokens: n}))
		history := c.History()
		last := history[len(history)-1]
		assert.Equal(t, instruct.Entry{Instruction: instruction, Input: input, Output: got}, last)
		assert.Equal(t, plainAnswer(m, bpe, history[:len(history)-1], instruction, input, n), got)
		if alone := all(t, a, instruct.Entry{Instruction: instruction, Input: input}, instruct.Options{MaxTokens: n}); alone != got {
			differ++
		}
	}
	for i := range 8 {
		say(fmt.Sprintf("Count to %d.", i), strings.Repeat("x", i%3))
		assert.Equal(t, i+1, len(c.History())+c.Forgotten())
	}
	assert.Positive(t, c.Forgotten())
	assert.Greater(t, len(c.History()), 1, "more than the last exchange")
	assert.GreaterOrEqual(t, differ, 5, "the history has an effect")

	for piece, err := range c.Say(t.Context(), "Go on.", "", instruct.Options{MaxTokens: n}) {
		require.NoError(t, err)
		require.NotEmpty(t, piece)
		break
	}
	say("And now?", "")
	c.Reset()
	assert.Empty(t, c.History())
	assert.Zero(t, c.Forgotten())
	say("Once more.", "")
	assert.Len(t, c.History(), 1)
}

// counting counts the ids that a decoder's caches read.
type counting struct {
	gpt.Decoder
	read int
}

func (c *counting) NewCache() gpt.Cache { return countingCache{c.Decoder.NewCache(), c} }

type countingCache struct {
	gpt.Cache
	*counting
}

func (c countingCache) Extend(ids []int) []float32 {
	c.read += len(ids)
	return c.Cache.Extend(ids)
}

// A turn reads what is new: of the answer before the last id, what is said, and the
// answer but for its last id. Where the answer before is cut otherwise as text than it
// was written, it is read again from there.
func TestConversationReadsOnlyWhatIsNew(t *testing.T) {
	m, bpe := talker(300)
	endless := gpt.New(m.Config) // writes the same id again and again, and so it is cut
	for name, m := range map[string]*gpt.Model{"cut as written": endless, "cut otherwise": m} {
		d := &counting{Decoder: m}
		c := instruct.New(m, bpe).With(d).NewConversation()
		least, most := len(bpe.Encode(opening)), len(bpe.Encode(opening))
		for i := range 5 {
			d.read = 0
			said := instruct.Entry{Instruction: fmt.Sprintf("Count to %d.", i)}
			answer := spoken(t, c.Say(t.Context(), said.Instruction, "", instruct.Options{MaxTokens: 5}))
			now := len(bpe.Encode(strings.TrimPrefix(said.Prompt(), opening)))
			assert.GreaterOrEqual(t, d.read, least+now+4, "%s, turn %d", name, i)
			assert.LessOrEqual(t, d.read, most+now+4, "%s, turn %d", name, i)
			least, most = 1, 1
			if m != endless {
				most = len(bpe.Encode(answer))
			}
		}
		assert.Zero(t, c.Forgotten())
	}
}

// The prompt and the room for the answer never exceed the context, and no more is
// forgotten than has to be.
func TestConversationForgetsTheOldestFirst(t *testing.T) {
	m, bpe := talker(120)
	endless := gpt.New(m.Config) // all logits are equal, and id 0 is the first of equals
	a := instruct.New(endless, bpe)
	size := func(e instruct.Entry) int {
		return len(bpe.Encode(strings.TrimPrefix(e.Prompt(), opening))) + len(bpe.Encode(e.Output))
	}
	for _, room := range []int{1, 5, 30, 70, 119, 1 << 62} {
		c := a.NewConversation()
		var said []instruct.Entry
		for i := range 12 {
			e := instruct.Entry{Instruction: strings.Repeat("go ", 1+i*5%7)}
			for piece, err := range c.Say(t.Context(), e.Instruction, "", instruct.Options{MaxTokens: room}) {
				require.NoError(t, err)
				if e.Output += piece; len(e.Output) == min(room, 3) {
					break
				}
			}
			said = append(said, e)
			kept := c.History()
			require.Equal(t, said[len(said)-len(kept):], kept)
			require.Equal(t, len(said), len(kept)+c.Forgotten())

			now := len(bpe.Encode(opening)) + size(instruct.Entry{Instruction: e.Instruction})
			for _, h := range kept[:len(kept)-1] {
				now += size(h)
			}
			if len(kept) > 1 {
				require.LessOrEqual(t, now, 120-room)
			}
		}
		if room >= 70 {
			require.Len(t, c.History(), 1, "no room for any other")
		} else {
			require.Greater(t, len(c.History()), 1)
		}
	}
}

// Without MaxTokens a quarter of the context is kept free.
func TestConversationLeavesAQuarter(t *testing.T) {
	m, bpe := talker(160)
	a := instruct.New(m, bpe)
	quarter, free := a.NewConversation(), a.NewConversation()
	for i := range 6 {
		for _, err := range quarter.Say(t.Context(), fmt.Sprint("Go ", i), "", instruct.Options{}) {
			require.NoError(t, err)
			break
		}
		for _, err := range free.Say(t.Context(), fmt.Sprint("Go ", i), "", instruct.Options{MaxTokens: 40}) {
			require.NoError(t, err)
			break
		}
		assert.Equal(t, free.History(), quarter.History())
	}
	assert.Positive(t, quarter.Forgotten())
}

func TestConversationCutOff(t *testing.T) {
	a := taughtAssistant()
	c := a.NewConversation()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for piece, err := range c.Say(cancelled, lessons[3].Instruction, "", instruct.Options{}) {
		assert.Empty(t, piece)
		assert.ErrorIs(t, err, context.Canceled)
	}
	assert.Empty(t, c.History(), "nothing was answered")

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var failures []error
	for _, err := range c.Say(ctx, lessons[3].Instruction, "", instruct.Options{}) {
		if err != nil {
			failures = append(failures, err)
		}
		cancel()
	}
	assert.Equal(t, []error{context.Canceled}, failures)
	require.Len(t, c.History(), 1)
	assert.Equal(t, "光", c.History()[0].Output, "what was seen of the answer")

	c.Reset()
	long := strings.Repeat("x ", 100)
	for _, err := range c.Say(t.Context(), long, "", instruct.Options{}) {
		assert.ErrorContains(t, err, "at most 64")
	}
	assert.Empty(t, c.History())

	// Saying it is a matter of the loop, and of each loop.
	answer := c.Say(t.Context(), lessons[0].Instruction, lessons[0].Input, instruct.Options{Stop: []string{"ld"}})
	assert.Empty(t, c.History())
	assert.Equal(t, "co", spoken(t, answer))
	assert.Equal(t, "co", c.History()[0].Output, "without the stop text")
	c.Reset()
	assert.Equal(t, "co", spoken(t, answer))
	assert.Len(t, c.History(), 1)

	kept := c.History()
	kept[0].Output = "changed by the caller"
	assert.Equal(t, "co", c.History()[0].Output)
}

// A panic in the caller's loop leaves a conversation that can go on.
func TestConversationAfterAPanic(t *testing.T) {
	m, bpe := talker(160)
	c := instruct.New(m, bpe).NewConversation()
	spoken(t, c.Say(t.Context(), "Begin.", "", instruct.Options{MaxTokens: 5}))
	assert.Panics(t, func() {
		for range c.Say(t.Context(), "And?", "", instruct.Options{MaxTokens: 5}) {
			panic("at the caller's")
		}
	})
	history := c.History()
	assert.Equal(t, plainAnswer(m, bpe, history, "Go on.", "", 5), spoken(t, c.Say(t.Context(), "Go on.", "", instruct.Options{MaxTokens: 5})))
}

// Many conversations share one assistant.
func TestConcurrentConversations(t *testing.T) {
	m, bpe := talker(160)
	a := instruct.New(m, bpe)
	talk := func() (answers []string) {
		c := a.NewConversation()
		for i := range 4 {
			var answer strings.Builder
			for piece, err := range c.Say(t.Context(), fmt.Sprintf("Count to %d.", i), "", instruct.Options{MaxTokens: 8}) {
				assert.NoError(t, err)
				answer.WriteString(piece)
			}
			answers = append(answers, answer.String())
		}
		return answers
	}
	want := talk()
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() { assert.Equal(t, want, talk()) })
	}
	wg.Wait()
}
