package gaps_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/bert"
	"github.com/llm-from-scratch/llm/branches/bert/gaps"
	"github.com/llm-from-scratch/llm/branches/wordpiece"
)

func model(masked bool) (*bert.Model, *wordpiece.Tokenizer) {
	pieces := strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] the of light rays colours")
	m := bert.New(bert.Config{Vocab: 12, Context: 8, Width: 4, Hidden: 4, Layers: 1, Heads: 1, Types: 2, Epsilon: 1e-12, Masked: masked})
	return m, wordpiece.New(pieces, wordpiece.Uncased)
}

// A model of zeros knows nothing of the text, but how frequent words are may stand in
// the bias of its head.
func ExampleFill() {
	m, t := model(true)
	m.Words.Bias[t.ID("rays")], m.Words.Bias[t.ID("colours")] = 3, 2
	guesses, err := gaps.Fill(m, t, "the [MASK] of light", 3)
	if err != nil {
		panic(err)
	}
	fmt.Println(gaps.Line(guesses[0]))
	// Output:
	// rays 56.6%, colours 20.8%, [PAD] 2.8%
}

// What cannot be filled in, and ids that no piece has.
func TestFill(t *testing.T) {
	m, tok := model(true)
	m.Words.Bias[11] = 100 // the model has rooms for more pieces than there are
	guesses, err := gaps.Fill(m, tok, "[MASK] of [MASK]", 100)
	require.NoError(t, err)
	require.Len(t, guesses, 2)
	require.Len(t, guesses[0], tok.Vocab())
	_, err = gaps.Fill(m, tok, "the rays of the light of the [MASK]", 1)
	require.ErrorIs(t, err, gaps.ErrGap)
	m, tok = model(false)
	_, err = gaps.Fill(m, tok, "the [MASK]", 1)
	require.ErrorIs(t, err, gaps.ErrHead)
}
