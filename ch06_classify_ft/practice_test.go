package classify

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func grammarOf(t *testing.T) (choices map[string][]string) {
	require.NoError(t, json.Unmarshal(rules, &choices))
	return choices
}

func TestPractice(t *testing.T) {
	messages := Practice(3000, rand.New(rand.NewPCG(1, 1)))
	require.Equal(t, messages, Practice(3000, rand.New(rand.NewPCG(1, 1))))
	_, spam := count(messages)
	require.InDelta(t, 900, spam, 100)
	seen := map[string]bool{}
	for _, m := range messages {
		require.False(t, seen[m.Text], "twice: %s", m.Text)
		seen[m.Text] = true
		require.NotContains(t, m.Text, "{")
		require.NotContains(t, m.Text, "}")
		require.NotContains(t, m.Text, "#")
		require.Equal(t, strings.TrimSpace(m.Text), m.Text)
	}
}

// A message that could be either would put a ceiling on every classifier.
func TestPracticeNeverContradicts(t *testing.T) {
	label, grammar := map[string]bool{}, grammarOf(t)
	rng := rand.New(rand.NewPCG(2, 1))
	for range 20_000 {
		spam := rng.IntN(2) == 1
		text := expand("{"+Classes[Message{Spam: spam}.Label()]+"}", grammar, rng)
		if known, ok := label[text]; ok {
			require.Equal(t, known, spam, text)
		}
		label[text] = spam
	}
}

func TestGrammarIsClosed(t *testing.T) {
	grammar := grammarOf(t)
	for name, choices := range grammar {
		for _, text := range choices {
			for {
				_, rest, found := strings.Cut(text, "{")
				if !found {
					break
				}
				var slot string
				slot, text, found = strings.Cut(rest, "}")
				require.True(t, found, "%s: unclosed { in %q", name, rest)
				require.Contains(t, grammar, slot, "named by %s", name)
			}
		}
	}
}

// Guessing by one word alone gets about 70 in 100 right ("the", which is ham).
func TestNoSingleWordDecides(t *testing.T) {
	messages, err := Balance(Practice(3000, rand.New(rand.NewPCG(3, 1))), rand.New(rand.NewPCG(4, 1)))
	require.NoError(t, err)
	words := map[string][2]int{}
	for _, m := range messages {
		seen := map[string]bool{}
		for w := range strings.FieldsFuncSeq(strings.ToLower(m.Text), func(r rune) bool { return strings.ContainsRune(" .,!?:", r) }) {
			if !seen[w] {
				seen[w] = true
				n := words[w]
				n[m.Label()]++
				words[w] = n
			}
		}
	}
	for w, n := range words {
		right := len(messages)/2 + max(n[0]-n[1], n[1]-n[0])
		require.Less(t, float64(right)/float64(len(messages)), 0.74, "%q alone decides: %v", w, n)
	}
}
