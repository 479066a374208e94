package bleu_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/translate/bleu"
)

var tokenizations = map[string]bleu.Tokenization{"13a": bleu.Tok13a, "zh": bleu.TokZh}

// testdata/sacrebleu.json has what sacreBLEU 2.6.0 makes of sentences full of marks, in
// several scripts, and of translations that were spoiled by chance.
func TestSacreBLEU(t *testing.T) {
	var want struct {
		Tokens []struct {
			Tok, Text string
			Words     []string
		}
		Scores []struct {
			Tok                      string
			Translations, References []string
			BLEU, BP                 float64
			Line                     string
		}
		Western string `json:"signature 13a"`
		Chinese string `json:"signature zh"`
	}
	data, err := os.ReadFile("testdata/sacrebleu.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &want))
	require.Len(t, want.Scores, 30)
	for _, c := range want.Tokens {
		assert.Equal(t, strings.Join(c.Words, "\n"), strings.Join(tokenizations[c.Tok].Cut(c.Text), "\n"), "%s of %q", c.Tok, c.Text)
	}
	for _, c := range want.Scores {
		got := tokenizations[c.Tok].Corpus(c.Translations, c.References)
		assert.InDelta(t, c.BLEU, got.Score(), 1e-10, "%v", c)
		assert.InDelta(t, c.BP, got.Brevity(), 1e-12, "%v", c)
		assert.Equal(t, c.Line, got.String())
	}
	version := strings.NewReplacer("2.6.0", "llmbook")
	assert.Equal(t, version.Replace(want.Western), bleu.Tok13a.Signature())
	assert.Equal(t, version.Replace(want.Chinese), bleu.TokZh.Signature())
}

func TestEachTranslationHasAReference(t *testing.T) {
	require.PanicsWithValue(t, "bleu: each translation needs a reference", func() { bleu.Tok13a.Corpus([]string{"a"}, nil) })
}
