package instruct

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// Practice returns the chapter's practice entries in an order drawn from rng. The
// same rng gives the same entries. All have exact answers and no two ask the same question in the
// same words, so whatever part is held out, none of it was trained on: but
// most of its words were, in a question worded otherwise.
func Practice(rng *rand.Rand) []Entry {
	var entries []Entry
	asked := make(map[Entry]bool)
	for _, t := range tasks(rng) {
		for _, p := range t.Pairs {
			for _, w := range t.Wordings {
				e := t.entry(w, p)
				if !asked[e] {
					asked[e] = true
					entries = append(entries, e)
				}
			}
		}
	}
	rng.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	return entries
}

// A task is one kind of question: ways to word it, and pairs of the material asked
// about and the right answer. A wording has %s where the material goes; one without
// %s leaves it to the entry's Input.
type task struct {
	Kind     string
	Wordings []string
	Pairs    [][2]string
}

// entry asks about a pair in the given wording.
func (t task) entry(wording string, pair [2]string) Entry {
	e := Entry{Instruction: wording, Output: pair[1], Kind: t.Kind}
	if strings.Contains(wording, "%s") {
		e.Instruction = fmt.Sprintf(wording, pair[0])
	} else {
		e.Input = pair[0]
	}
	return e
}

//go:embed practice.json
var tables []byte

// tasks lists the kinds of questions: those of practice.json, and two that draw
// their material.
func tasks(rng *rand.Rand) (list []task) {
	if json.Unmarshal(tables, &list) != nil {
		panic("instruct: practice.json is broken")
	}
	return append(list,
		task{"first word", []string{"Which word is first?", "Repeat the first word."}, draw(60, 0, rng)},
		task{"last word", []string{"Which word is last?", "Repeat the last word."}, draw(60, 1, rng)})
}

// words is what the lists are drawn from.
const words = "red blue green white black one two three ten sun"

// draw pairs n lists of two words with the word at the given place in them.
func draw(n, place int, rng *rand.Rand) [][2]string {
	out := make([][2]string, n)
	for i := range out {
		w := strings.Fields(words)
		rng.Shuffle(len(w), func(i, j int) { w[i], w[j] = w[j], w[i] })
		out[i] = [2]string{w[0] + " " + w[1], w[place]}
	}
	return out
}
