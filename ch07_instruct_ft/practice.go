package instruct

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Tables for the practice questions. Each is one string, split at its spaces,
// so that a table stays readable and a word is quick to add. They are short on
// purpose: a small model that trains for minutes meets each word often enough.
const (
	opposites = "hot cold day night light dark great small long short thick thin " +
		"up down first last more less before after in out old new"
	plurals = "ray rays star stars eye eyes book books hand hands day days " +
		"lens lenses box boxes body bodies man men foot feet tooth teeth"
	pasts = "see saw go went make made take took give gave find found " +
		"come came run ran send sent shine shone stand stood keep kept"
	words = "red blue green white black one two three ten sun"
)

// things lists what belongs to what, for the questions about kinds.
var things = []struct{ kind, members string }{
	{"a colour", "red, blue, yellow, green"},
	{"a metal", "gold, silver, iron, tin"},
	{"an animal", "a dog, a cat, a cow, a lion"},
	{"a number", "two, three, seven, ten"},
}

// A task is one kind of question: ways to word it, with bars between them, and pairs of
// the material asked about and the right answer. A wording has %s where the material
// goes; one without %s leaves it to the entry's Input.
type task struct {
	kind, wordings string
	pairs          [][2]string
}

// Practice returns the chapter's practice entries in an order that seed
// decides. All have exact answers and no two ask the same question in the
// same words, so whatever part is held out, none of it was trained on: but
// most of its words were, in a question worded otherwise.
func Practice(seed uint64) []Entry {
	rng := rand.New(rand.NewPCG(seed, 7))
	var entries []Entry
	asked := make(map[Entry]bool)
	for _, t := range tasks(rng) {
		for _, p := range t.pairs {
			for w := range strings.SplitSeq(t.wordings, "|") {
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

// entry asks about a pair in the given wording.
func (t task) entry(wording string, pair [2]string) Entry {
	e := Entry{Instruction: wording, Output: pair[1], Kind: t.kind}
	if strings.Contains(wording, "%s") {
		e.Instruction = fmt.Sprintf(wording, pair[0])
	} else {
		e.Input = pair[0]
	}
	return e
}

// tasks lists the kinds of questions. The last two draw their material.
func tasks(rng *rand.Rand) []task {
	opposite, reversed := pairs(opposites)
	plural, _ := pairs(plurals)
	past, _ := pairs(pasts)
	category, claim := kinds()
	return []task{
		{"opposite", "What is the opposite of %s?|Give the opposite of %s.|Name the reverse of %s.|" +
			"What is the contrary of %s?|Not %s but ...", append(opposite, reversed...)},
		{"plural", "What is the plural of %s?|Give the plural of %s.|One %s, two ...|Make %s plural.|" +
			"A single %s, many ...", plural},
		{"past tense", "What is the past tense of %s?|Give the past tense of %s.|Today I %s. Yesterday I ...|" +
			"Put %s in the past.|Now I %s. Before, I ...", past},
		{"category", "What is %s?|Say what %s is.|What kind of thing is %s?|Name the kind of %s.|" +
			"Of what kind is %s?", category},
		{"yes or no", "Is %s?|Yes or no: is %s?|Tell me: is %s?|Answer me: is %s?", claim},
		{"first word", "Which word is first?|Repeat the first word.", draw(60, 0, rng)},
		{"last word", "Which word is last?|Repeat the last word.", draw(60, 1, rng)},
	}
}

// pairs cuts a table of words that belong together two by two, and turns each pair
// around.
func pairs(table string) (forth, back [][2]string) {
	for f := strings.Fields(table); len(f) > 0; f = f[2:] {
		forth = append(forth, [2]string{f[0], f[1]})
		back = append(back, [2]string{f[1], f[0]})
	}
	return forth, back
}

// kinds pairs each thing with its kind. Of each it makes a true claim, too, and a
// false one: answering always yes, or always no, is right half the time.
func kinds() (category, claim [][2]string) {
	for i, t := range things {
		for j, m := range strings.Split(t.members, ", ") {
			wrong := things[(i+1+j%(len(things)-1))%len(things)]
			category = append(category, [2]string{m, t.kind})
			claim = append(claim, [2]string{m + " " + t.kind, "yes"}, [2]string{m + " " + wrong.kind, "no"})
		}
	}
	return category, claim
}

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
