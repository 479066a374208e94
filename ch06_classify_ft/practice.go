package classify

import (
	_ "embed"
	"encoding/json"
	"math/rand/v2"
	"strings"
)

// Practice invents n different messages, three in ten of them spam, by expanding a grammar; one in
// four has no capitals. The same rng gives the same messages.
func Practice(n int, rng *rand.Rand) []Message {
	var grammar map[string][]string
	if json.Unmarshal(rules, &grammar) != nil {
		panic("classify: practice.json is broken")
	}
	messages := make([]Message, 0, n)
	seen := make(map[string]bool, n)
	for len(messages) < n {
		m := Message{Spam: rng.IntN(10) < 3}
		m.Text = expand("{"+Classes[m.Label()]+"}", grammar, rng)
		if rng.IntN(4) == 0 { // typed in a hurry
			m.Text = strings.ToLower(m.Text)
		}
		if !seen[m.Text] {
			seen[m.Text] = true
			messages = append(messages, m)
		}
	}
	return messages
}

// expand replaces each {name} by one of the grammar's choices for that name, drawn at random,
// until none is left, and then each # by a random digit.
func expand(text string, grammar map[string][]string, rng *rand.Rand) string {
	for {
		before, rest, found := strings.Cut(text, "{")
		if !found {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		choices := grammar[name]
		text = before + choices[rng.IntN(len(choices))] + after
	}
	digits := []byte(text)
	for i, c := range digits {
		if c == '#' {
			digits[i] = byte('0' + rng.IntN(10))
		}
	}
	return string(digits)
}

// The rules list what each {name} can become. No single word decides: friends, too, write of money
// and prizes and ask for a call, and some spam poses as a friend. Telephone numbers and sites come
// from ranges kept free for fiction.
//
//go:embed practice.json
var rules []byte
