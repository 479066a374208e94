package instruct_test

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/allocs"
)

// lessons are what the tiny model of these tests learns by heart. One answer
// has characters of more than one byte, and so of more than one token.
var lessons = []instruct.Entry{
	{Instruction: "Name the opposite.", Input: "hot", Output: "cold", Kind: "opposite"},
	{Instruction: "Name the opposite.", Input: "day", Output: "night", Kind: "opposite"},
	{Instruction: "What is the plural of foot?", Output: "feet", Kind: "plural"},
	{Instruction: "Say light in Chinese.", Output: "光，光线"},
}

// practice returns the practice entries as the program llm makes them.
func practice(seed uint64) []instruct.Entry { return instruct.Practice(rand.New(rand.NewPCG(seed, 7))) }

// tokenizer learns its tokens from the lessons.
var tokenizer = sync.OnceValue(func() *tokens.BPE { return tokensOf(lessons) })

// tokensOf is a tokenizer that has learned from entries.
func tokensOf(entries []instruct.Entry) *tokens.BPE {
	var text strings.Builder
	for _, e := range entries {
		text.WriteString(e.Text() + "\n")
	}
	bpe, err := tokens.TrainBPE(text.String(), 600)
	if err != nil {
		panic(err)
	}
	return bpe
}

// byHeart are settings for a tiny model that knows nothing yet.
var byHeart = instruct.Settings{
	Settings: pretrain.Settings{
		Optimizer: pretrain.DefaultAdamW, Schedule: pretrain.Schedule{Peak: 5e-3}, Clip: 1, Seed: 1,
	},
	Epochs: 150, Batch: 4, MaskPrompt: true,
}

// taught trains the tiny model, once for all tests.
var taught = sync.OnceValues(func() (*gpt.Model, *tokens.BPE) { return train(lessons, 64) })

// train returns a tiny model that knows entries by heart.
func train(entries []instruct.Entry, most int) (*gpt.Model, *tokens.BPE) {
	bpe := tokensOf(entries)
	m := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: most, Width: 32, Heads: 2, Layers: 2, QKVBias: true, TiedHead: true})
	m.Init(rand.New(rand.NewPCG(1, 2)))
	u, err := instruct.NewTuner(m, bpe, entries, nil, byHeart)
	if err != nil {
		panic(err)
	}
	for range u.Steps(context.Background()) {
	}
	return m, bpe
}

// saved writes the tiny model to a directory that can be removed.
func saved() (dir string, remove func()) {
	dir, err := os.MkdirTemp("", "assistant")
	if err != nil {
		panic(err)
	}
	m, bpe := taught()
	if err := pretrain.SaveModel(dir, m, bpe); err != nil {
		panic(err)
	}
	return dir, func() { os.RemoveAll(dir) }
}

func taughtAssistant() *instruct.Assistant { return instruct.New(taught()) }

// wild draws from all tokens as if they were equally likely.
var wild = instruct.Options{Sampler: pretrain.Sampler{Temperature: 1e6}}

// all joins a response.
func all(t testing.TB, a *instruct.Assistant, e instruct.Entry, options ...instruct.Options) string {
	t.Helper()
	o := append(options, instruct.Options{})[0]
	var whole strings.Builder
	for piece, err := range a.Respond(t.Context(), e.Instruction, e.Input, o) {
		require.NoError(t, err)
		require.True(t, utf8.ValidString(piece), "half a character: %q", piece)
		require.NotEmpty(t, piece)
		whole.WriteString(piece)
	}
	return whole.String()
}

// From entries to answers, the whole chapter on a small scale.
func TestTheTinyModelLearnsItsLessons(t *testing.T) {
	a := taughtAssistant()
	for _, e := range lessons {
		assert.Equal(t, e.Output, all(t, a, e))
	}
}

// Streamed with the cache, or picked from the logits of whole texts: the same.
func TestRespondIsGreedyContinuation(t *testing.T) {
	m, bpe := taught()
	for _, e := range lessons {
		var want []int
		for id := range m.Greedy(bpe.Encode(e.Prompt())) {
			if id == bpe.EndOfText() || len(want) == 64 {
				break
			}
			want = append(want, id)
		}
		assert.Equal(t, bpe.Decode(want), all(t, instruct.New(m, bpe), e))
	}
}

func TestRespondFromManyGoroutines(t *testing.T) {
	a := taughtAssistant()
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			e := lessons[i%len(lessons)]
			var got strings.Builder
			for piece, err := range a.Respond(t.Context(), e.Instruction, e.Input, instruct.Options{}) {
				assert.NoError(t, err)
				got.WriteString(piece)
			}
			assert.Equal(t, e.Output, got.String())
		})
	}
	wg.Wait()
}

func TestRespondStopsWhenCancelled(t *testing.T) {
	a := taughtAssistant()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	pieces, failures := 0, []error(nil)
	for piece, err := range a.Respond(ctx, "Tell a story.", "", wild) {
		if err != nil {
			assert.Empty(t, piece)
			failures = append(failures, err)
			continue
		}
		pieces++
		cancel()
	}
	assert.Equal(t, 1, pieces)
	assert.Equal(t, []error{context.Canceled}, failures)

	for _, err := range a.Respond(ctx, "Tell a story.", "", instruct.Options{}) {
		assert.ErrorIs(t, err, context.Canceled, "cancelled before it began")
	}
}

func TestRespondCanBeLeftAndRunAgain(t *testing.T) {
	answer := taughtAssistant().Respond(t.Context(), lessons[3].Instruction, "", instruct.Options{})
	for piece, err := range answer {
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(lessons[3].Output, piece))
		break
	}
	var again strings.Builder
	for piece := range answer {
		again.WriteString(piece)
	}
	assert.Equal(t, lessons[3].Output, again.String())
}

func TestRespondOptions(t *testing.T) {
	a := taughtAssistant()
	_, bpe := taught()
	ask := instruct.Entry{Instruction: "Tell a story."}
	draw := func(seed uint64) instruct.Options {
		return instruct.Options{Sampler: wild.Sampler, MaxTokens: 12, Seed: seed}
	}
	one := all(t, a, ask, draw(1))
	assert.Equal(t, one, all(t, a, ask, draw(1)), "a seed fixes the response")
	assert.NotEqual(t, one, all(t, a, ask, draw(2)))
	for _, only := range []pretrain.Sampler{{TopK: 1}, {TopP: 1e-9}, {MinP: 1}} {
		only.Temperature = 1
		assert.Equal(t, all(t, a, lessons[0]), all(t, a, lessons[0], instruct.Options{Sampler: only}), "the likeliest only")
	}
	assert.Equal(t, bpe.Decode(bpe.Encode("night")[:1]), all(t, a, lessons[1], instruct.Options{MaxTokens: 1}))
	penalty := instruct.Options{Sampler: pretrain.Sampler{RepetitionPenalty: 100}}
	assert.NotEqual(t, lessons[3].Output, all(t, a, lessons[3], penalty), "one character comes twice")
}

// A stop text ends the response wherever the pieces are cut, and is left out.
func TestRespondStops(t *testing.T) {
	a := taughtAssistant()
	for _, e := range lessons {
		for from := range e.Output {
			for to := range e.Output + " " {
				if from >= to {
					continue
				}
				stop := e.Output[from:to]
				assert.Equal(t, e.Output[:strings.Index(e.Output, stop)], all(t, a, e, instruct.Options{Stop: []string{stop}}), "%q", stop)
				assert.Equal(t, e.Output[:strings.Index(e.Output, stop)], all(t, a, e, instruct.Options{Stop: []string{"zebra", "x", stop}}), "%q", stop)
			}
		}
		assert.Equal(t, e.Output, all(t, a, e, instruct.Options{Stop: []string{e.Output + " and more"}}), "what was kept back comes in the end")
	}
}

// The penalty knows the prompt: with a large one no token of it is said again.
func TestRespondPenalizesThePrompt(t *testing.T) {
	m, bpe := taught()
	a := instruct.New(m, bpe)
	o := instruct.Options{Sampler: pretrain.Sampler{RepetitionPenalty: 1e6}, MaxTokens: 1}
	for _, e := range lessons {
		answer := bpe.Encode(all(t, a, e, o))
		for _, id := range answer {
			assert.NotContains(t, bpe.Encode(e.Prompt()), id)
		}
	}
}

// What can decode can answer, but only a network has a loss.
func TestAssistantOfAnyDecoder(t *testing.T) {
	m, bpe := taught()
	a := instruct.New(struct{ gpt.Decoder }{m}, bpe)
	for _, e := range lessons {
		assert.Equal(t, e.Output, all(t, a, e))
	}
	c := a.NewConversation()
	assert.Equal(t, lessons[0].Output, spoken(t, c.Say(t.Context(), lessons[0].Instruction, lessons[0].Input, instruct.Options{})))
	assert.PanicsWithValue(t, "instruct: only an assistant whose model is a gpt.Network can be scored", func() {
		for range a.Scores(t.Context(), lessons, instruct.Options{}) {
		}
	})
}

func TestAllocationOfAToken(t *testing.T) {
	m, bpe := taught()
	endless := instruct.New(gpt.New(m.Config), bpe) // id 0 for ever: a byte, and so a piece
	bytes := func(n int) int {
		return allocs.Bytes(func() {
			s := pretrain.Sampler{Temperature: 1, TopK: 1, RepetitionPenalty: 1.2}
			for range endless.Respond(t.Context(), "Go.", "", instruct.Options{Sampler: s, MaxTokens: n}) {
			}
		})
	}
	few, many := bytes(3), bytes(23)
	assert.Less(t, (many-few)/20, allocs.Step)
}

// An answer that never ends stops where the context is full; a prompt that
// fills it leaves nothing to say.
func TestRespondAndTheContext(t *testing.T) {
	m, bpe := taught()
	a := instruct.New(m, bpe)
	endless := gpt.New(m.Config) // all logits are equal, and id 0 is the first of equals
	n := len(bpe.Encode(instruct.Entry{Instruction: "Go."}.Prompt()))
	var written strings.Builder
	for piece, err := range instruct.New(endless, bpe).Respond(t.Context(), "Go.", "", instruct.Options{}) {
		require.NoError(t, err)
		written.WriteString(piece)
	}
	assert.Equal(t, strings.Repeat("\x00", m.Config.Context-n+1), written.String())

	for _, err := range a.Respond(t.Context(), strings.Repeat("x ", 100), "", instruct.Options{}) {
		assert.ErrorContains(t, err, "the prompt has 2")
		assert.ErrorContains(t, err, "at most 64")
	}
}

// What a stranger writes is text: it cannot end the prompt.
func TestRespondTakesSpecialTokensForText(t *testing.T) {
	a := taughtAssistant()
	for _, err := range a.Respond(t.Context(), "<|endoftext|>", "", instruct.Options{MaxTokens: 1}) {
		require.NoError(t, err)
	}
}

func TestLoad(t *testing.T) {
	m, bpe := taught()
	dir := filepath.Join(t.TempDir(), "model")
	require.NoError(t, pretrain.SaveModel(dir, m, bpe))
	fromDir, err := instruct.Load(dir)
	require.NoError(t, err)
	embedded, err := instruct.LoadFS(os.DirFS(dir))
	require.NoError(t, err)
	for _, e := range lessons {
		assert.Equal(t, e.Output, all(t, fromDir, e))
		assert.Equal(t, e.Output, all(t, embedded, e))
	}
}

func TestLoadErrors(t *testing.T) {
	m, bpe := taught()
	good := t.TempDir()
	require.NoError(t, pretrain.SaveModel(good, m, bpe))
	files := func() fstest.MapFS {
		all := fstest.MapFS{}
		for _, name := range []string{"config.json", "model.safetensors", "vocab.json", "merges.txt"} {
			data, err := os.ReadFile(filepath.Join(good, name))
			require.NoError(t, err)
			all[name] = &fstest.MapFile{Data: data}
		}
		return all
	}
	_, err := instruct.LoadFS(files())
	require.NoError(t, err)

	for _, name := range []string{"config.json", "model.safetensors", "vocab.json", "merges.txt"} {
		broken := files()
		delete(broken, name)
		_, err := instruct.LoadFS(broken)
		assert.ErrorIs(t, err, fs.ErrNotExist, name)
		assert.ErrorContains(t, err, name)
	}

	truncated := files()
	w := truncated["model.safetensors"]
	w.Data = w.Data[:len(w.Data)/2]
	_, err = instruct.LoadFS(truncated)
	assert.ErrorContains(t, err, "model.safetensors")

	other, err := tokens.TrainBPE("a b a b a b", 300)
	require.NoError(t, err)
	elsewhere := t.TempDir()
	require.NoError(t, pretrain.SaveModel(elsewhere, gpt.New(gpt.Config{Vocab: other.Vocab(), Context: 8, Width: 4, Heads: 1, Layers: 1}), other))
	foreign := files()
	for _, name := range []string{"vocab.json", "merges.txt"} {
		data, err := os.ReadFile(filepath.Join(elsewhere, name))
		require.NoError(t, err)
		foreign[name] = &fstest.MapFile{Data: data}
	}
	_, err = instruct.LoadFS(foreign)
	assert.ErrorContains(t, err, "tokenizer")

	_, err = instruct.Load(filepath.Join(good, "missing"))
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "missing")
	assert.Panics(t, func() { instruct.New(m, other) })
}

func TestScores(t *testing.T) {
	a := taughtAssistant()
	asked := append([]instruct.Entry{{Instruction: "Name the opposite.", Input: "hot", Output: " cold\n", Kind: "opposite"},
		{Instruction: "Name the opposite.", Input: "hot", Output: "warm", Kind: "opposite"}}, lessons...)
	var tally instruct.Tally
	var scores []instruct.Score
	for s, err := range a.Scores(t.Context(), asked, instruct.Options{}) {
		require.NoError(t, err)
		scores = append(scores, s)
		tally.Add(s)
	}
	require.Len(t, scores, len(asked))
	assert.True(t, scores[0].Right, "spaces aside")
	assert.False(t, scores[1].Right)
	assert.Equal(t, "cold", scores[1].Response)
	assert.Greater(t, scores[1].Loss, 1.0)
	assert.Less(t, scores[2].Loss, 0.1)
	assert.Equal(t, 6, tally.Entries)
	assert.Equal(t, 5, tally.Exact, "the answer in Chinese has no kind")
	assert.Equal(t, 4, tally.Right)
	sum := 0.0
	for _, s := range scores {
		sum += s.Loss
	}
	assert.InDelta(t, sum/6, tally.Loss, 1e-12)
}

func TestScoresStop(t *testing.T) {
	a := taughtAssistant()
	for _, long := range []instruct.Entry{
		{Instruction: strings.Repeat("x ", 100), Output: "x"},
		{Instruction: "Count.", Output: strings.Repeat("x ", 100)}, // only the answer does not fit
	} {
		n := 0
		for s, err := range a.Scores(t.Context(), []instruct.Entry{lessons[0], long, lessons[1]}, instruct.Options{}) {
			if n++; n == 2 {
				assert.ErrorContains(t, err, "the model reads at most 64")
				assert.Equal(t, long, s.Entry)
			}
		}
		assert.Equal(t, 2, n)
	}

	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	for _, err := range a.Scores(ctx, lessons, instruct.Options{}) {
		assert.ErrorIs(t, err, context.Canceled)
	}
}

// An option out of its range is an error of the answer, whoever asks.
func TestOptionsOutOfRange(t *testing.T) {
	a := taughtAssistant()
	nan := float32(math.NaN())
	of := func(s pretrain.Sampler) instruct.Options { return instruct.Options{Sampler: s} }
	for want, o := range map[string]instruct.Options{
		"temperature cannot be -1":        of(pretrain.Sampler{Temperature: -1}),
		"temperature cannot be NaN":       of(pretrain.Sampler{Temperature: nan}),
		"top-p cannot be 2":               of(pretrain.Sampler{TopP: 2}),
		"top-k cannot be -1":              of(pretrain.Sampler{TopK: -1}),
		"min-p cannot be NaN":             of(pretrain.Sampler{MinP: nan}),
		"repetition-penalty cannot be -3": of(pretrain.Sampler{RepetitionPenalty: -3}),
		"max-tokens cannot be -1":         {MaxTokens: -1},
		"a stop string cannot be empty":   {Stop: []string{"a", ""}},
	} {
		for name, answer := range map[string]iter.Seq2[string, error]{
			"Respond": a.Respond(t.Context(), "Name the opposite.", "hot", o),
			"Say":     a.NewConversation().Say(t.Context(), "Name the opposite.", "hot", o),
		} {
			n := 0
			for piece, err := range answer {
				assert.Empty(t, piece)
				assert.ErrorContains(t, err, want, name)
				n++
			}
			assert.Equal(t, 1, n, name)
		}
	}
}
