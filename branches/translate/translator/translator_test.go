package translator_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/translate"
	"github.com/llm-from-scratch/llm/branches/translate/grammar"
	"github.com/llm-from-scratch/llm/branches/translate/translator"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// A few pairs, learned by heart, are translated both ways, the longest first or last.
func TestLearnedByHeart(t *testing.T) {
	learn := []grammar.Pair{
		{Source: "three books", Target: "三本书", Direction: "zh"}, {Source: "三本书", Target: "three books", Direction: "en"},
		{Source: "a cat", Target: "一只猫", Direction: "zh"}, {Source: "一只猫", Target: "a cat", Direction: "en"},
		{Source: "one two three four", Target: "一二三四", Direction: "zh"}, {Source: "two", Target: "二", Direction: "zh"},
	}
	c, rng := translate.Config{Width: 16, Hidden: 32, Heads: 2, Encoder: 1, Decoder: 1, NormFirst: true, FinalNorm: true}, rand.New(rand.NewPCG(1, 1))
	tr := translator.New(c, append(learn, learn...), 100, rng)
	pairs := translator.Pairs{Learn: func(*rand.Rand) []grammar.Pair { return learn }}
	trainer := pretrain.NewTrainer(translate.NewLearner(tr.Model, 100, 0), pairs.Epoch(tr, 30), pretrain.Settings{
		Optimizer: pretrain.AdamW{Beta1: .9, Beta2: .98, Epsilon: 1e-9}, Schedule: pretrain.Constant(1e-2, 400), Clip: 1,
	})
	for range trainer.Steps(t.Context()) {
	}
	dir := filepath.Join(t.TempDir(), "translator")
	require.NoError(t, tr.Save(dir))
	again, err := translator.Load(dir)
	require.NoError(t, err)
	require.Equal(t, tr, again)
	for _, width := range []int{1, 3} {
		require.Equal(t, []string{"一二三四", "", "三本书", "二", "一只猫"}, tr.Translate([]string{"one two three four", " ", "three books", "two", "a cat"}, "zh", width))
		require.Equal(t, []string{"three books", "a cat"}, again.Translate([]string{"三本书", "一只猫"}, "en", width))
	}

	var done int
	v, err := tr.Judge(t.Context(), []grammar.Pair{{Source: "two", Target: "二", Direction: "zh"}, {Source: "two", Target: "三", Direction: "zh"}}, 1, func(n int) { done += n })
	require.NoError(t, err)
	require.Equal(t, []int{2, 2, 1}, []int{done, v.Pairs, v.Exact})
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = tr.Judge(cancelled, learn[:1], 1, nil)
	require.ErrorIs(t, err, context.Canceled)
	looks := tr.Look("three books", "三本书", "zh")
	require.Equal(t, []string{"<to zh>", " three", " books", "<end>"}, looks.From)
	require.Len(t, looks.Weights, 4)

	for file, text := range map[string]string{
		"vocabulary.json": `["<pad>"]`, "config.json": `{"vocab_size":3,"d_model":0}`, "model.safetensors": "",
	} {
		path := filepath.Join(dir, file)
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		_, err = translator.Load(dir)
		require.ErrorContains(t, err, file)
		require.NoError(t, os.WriteFile(path, data, 0o644))
	}
	_, err = translator.Load(filepath.Join(dir, "nowhere"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// Nothing that is held out is learned, in either direction.
func TestHeldOut(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	p := translator.Invented(20, 0, rng)
	require.Len(t, p.Held, 8)
	texts := map[string]bool{}
	for _, part := range p.Held {
		require.Len(t, part, 20)
		for _, pair := range part {
			require.Equal(t, []string{part[0].Kind, part[0].Direction}, []string{pair.Kind, pair.Direction})
			texts[pair.Source] = true
		}
	}
	for _, pair := range p.Learn(rng) {
		require.False(t, texts[pair.Source], pair.Source)
	}
	for _, part := range translator.Pairs(translator.Invented(5, 15, rng)).Held {
		require.Equal(t, grammar.Number, part[0].Kind)
	}

	var all []grammar.Pair
	for word := range 40 {
		for _, target := range []string{"x", "y"} {
			all = append(all, grammar.Pair{Source: fmt.Sprint("this is ", word), Target: target, Kind: "text", Direction: "de"})
		}
	}
	p, err := translator.BothWays(all, "en")
	require.NoError(t, err)
	learn := p.Learn(rng)
	require.Equal(t, 2*len(all), len(learn)+len(p.Held[0])+len(p.Held[1]))
	require.Equal(t, p.Held[0][0].Turned("en"), p.Held[1][0])
	for _, pair := range learn {
		require.NotEqual(t, p.Held[0][0].Source, pair.Source)
	}
	p, err = translator.BothWays(append(all, grammar.Pair{Source: "jazz yoga", Target: "quiz", Direction: "de"}), "en")
	require.NoError(t, err)
	words := translator.New(translate.Default, p.Words(rng), 100, rng).Vocabulary
	require.Equal(t, []string{"<to de>", "<to en>"}, words.Pieces()[4:6])
	require.Empty(t, words.Missing("a jazzy quiz"), "of letters that words have which occur once, and so are spelled")
	_, err = translator.BothWays(all[:1], "en")
	require.ErrorContains(t, err, "1 pairs are too few")
}
