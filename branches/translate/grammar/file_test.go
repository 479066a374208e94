package grammar_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/llm-from-scratch/llm/branches/translate/grammar"
)

func TestReadPairs(t *testing.T) {
	want := []grammar.Pair{{"Hi.", "嗨。", "text", "zh"}, {"I know.", "我知道。", "text", "zh"}}
	for name, text := range map[string]string{
		"plain":               "Hi.\t嗨。\nI know.\t我知道。\n",
		"no end":              "Hi.\t嗨。\nI know.\t我知道。",
		"Anki's licences":     "Hi.\t嗨。\tCC-BY 2.0 (France) Attribution: tatoeba.org #538123\nI know.\t我知道。\tmore\tand more\n",
		"mark, ends, blanks":  "\ufeffHi.\t嗨。\r\n\r\n \t \r\nI know.\t我知道。\r\n",
		"spaces round a text": " Hi. \t 嗨。\nI know.\t我知道。 \t\n",
	} {
		pairs, err := grammar.ReadPairs(strings.NewReader(text), "zh")
		assert.NoError(t, err, name)
		assert.Equal(t, want, pairs, name)
	}
	assert.Equal(t, grammar.Pair{"嗨。", "Hi.", "text", "en"}, want[0].Turned("en"))
}

func TestReadPairsErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "grammar: no pairs; lines are a text, a tab, its translation"},
		{"\n\n", "grammar: no pairs; lines are a text, a tab, its translation"},
		{"Hi.\t嗨。\n\nno tab\nI know.\t \n", `grammar: 2 skipped: line 3: no tab between text and translation in "no tab"; line 4: a text without a translation in "I know.\t "`},
		{"Hi.\t嗨。\n\xff\xfe\n", "line 2: "},
	} {
		pairs, err := grammar.ReadPairs(strings.NewReader(c.text), "zh")
		assert.ErrorContains(t, err, c.want)
		assert.Equal(t, strings.Contains(c.want, "skipped"), len(pairs) == 1, "what the rest holds")
	}
}
