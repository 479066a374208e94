package instruct

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Tables for the practice questions. Each is one string, split at its spaces
// or commas, so that a table stays readable and a word is quick to add.
const (
	opposites = "hot cold day night light dark big small long short high low fast slow near far " +
		"hard soft strong weak thick thin wet dry full empty left right up down first last more less " +
		"rich poor good bad true false early late deep shallow narrow wide rough smooth loud quiet " +
		"clean dirty above below before after inside outside east west north south summer winter " +
		"love hate push pull friend enemy buy sell always never rise fall land sea"
	plurals = "ray rays colour colours glass glasses lens lenses prism prisms body bodies eye eyes " +
		"ring rings line lines star stars book books box boxes day days city cities child children " +
		"man men woman women foot feet tooth teeth mouse mice goose geese leaf leaves knife knives " +
		"wolf wolves half halves life lives bird birds tree trees hand hands horse horses ox oxen " +
		"baby babies brush brushes dish dishes watch watches key keys window windows"
	pasts = "see saw go went make made look looked pass passed fall fell take took give gave find found " +
		"come came know knew think thought write wrote run ran sing sang stand stood bend bent send sent " +
		"break broke speak spoke begin began draw drew grow grew fly flew keep kept leave left hold held " +
		"shine shone move moved turn turned try tried stop stopped bring brought catch caught eat ate " +
		"drink drank sleep slept walk walked"
	words = "light air water glass red blue green white black gold paper fire stone star sun moon line ring " +
		"eye hand head book house door tree bird fish king ship road hill rain snow wind bread milk"
)

// things lists what belongs to what, for the questions about kinds.
var things = []struct{ kind, members string }{
	{"a colour", "red,yellow,green,blue,violet,indigo,white,black"},
	{"a metal", "gold,silver,iron,copper,tin,lead"},
	{"an animal", "a dog,a cat,a horse,a cow,a sheep,a wolf,a lion,a mouse"},
	{"a fruit", "an apple,a pear,a plum,a cherry,a grape,a lemon"},
	{"a number", "two,three,five,seven,ten,twelve"},
	{"a part of the body", "the eye,the hand,the foot,the head,the arm,the nose"},
}

// A task is one kind of question: ways to word it, and pairs of the material
// asked about and the right answer. A wording has %s where the material goes;
// one without %s leaves it to the entry's Input.
type task struct {
	kind     string
	wordings []string
	pairs    [][2]string
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
			for _, w := range t.wordings {
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

// tasks lists the kinds of questions. The last four draw their material.
func tasks(rng *rand.Rand) []task {
	return []task{
		{"opposite", []string{"What is the opposite of %s?", "Give the opposite of %s.", "Name the opposite.", "Which word means the reverse of %s?"}, append(pairs(opposites), swapped(pairs(opposites))...)},
		{"plural", []string{"What is the plural of %s?", "Give the plural of %s.", "Write the plural.", "There is one %s. There are two ..."}, pairs(plurals)},
		{"past", []string{"What is the past tense of %s?", "Give the past tense of %s.", "Write the past tense.", "Today I %s. Yesterday I ..."}, pairs(pasts)},
		{"capitals", []string{"Write %s in capital letters.", "Put %s in capitals.", "Use capital letters."}, capitals()},
		{"category", []string{"What kind of thing is %s?", "Say what %s is.", "Name the kind of thing."}, categories()},
		{"yes or no", []string{"Is %s?", "Yes or no: is %s?"}, claims()},
		{"first word", []string{"What is the first word?", "Repeat only the first word."}, draw(120, rng, firstWord)},
		{"last word", []string{"What is the last word?", "Repeat only the last word."}, draw(120, rng, lastWord)},
		{"reverse", []string{"Reverse the two words.", "Write the words in reverse order."}, draw(120, rng, reversed)},
		{"larger", []string{"Which number is larger?", "Which is more, %s?"}, draw(120, rng, larger)},
	}
}

// pairs cuts a table of words that belong together two by two.
func pairs(table string) [][2]string {
	f := strings.Fields(table)
	out := make([][2]string, len(f)/2)
	for i := range out {
		out[i] = [2]string{f[2*i], f[2*i+1]}
	}
	return out
}

// swapped turns every pair around.
func swapped(in [][2]string) [][2]string {
	out := make([][2]string, len(in))
	for i, p := range in {
		out[i] = [2]string{p[1], p[0]}
	}
	return out
}

// capitals pairs each word with itself in capital letters.
func capitals() [][2]string {
	var out [][2]string
	for _, w := range strings.Fields(words) {
		out = append(out, [2]string{w, strings.ToUpper(w)})
	}
	return out
}

// categories pairs each thing with its kind.
func categories() [][2]string {
	var out [][2]string
	for _, t := range things {
		for _, m := range strings.Split(t.members, ",") {
			out = append(out, [2]string{m, t.kind})
		}
	}
	return out
}

// claims makes of each thing a true claim and a false one: answering always
// yes, or always no, is right half the time.
func claims() [][2]string {
	var out [][2]string
	for i, t := range things {
		for j, m := range strings.Split(t.members, ",") {
			wrong := things[(i+1+j%(len(things)-1))%len(things)]
			out = append(out, [2]string{m + " " + t.kind, "yes"}, [2]string{m + " " + wrong.kind, "no"})
		}
	}
	return out
}

// draw collects n pairs.
func draw(n int, rng *rand.Rand, pair func(*rand.Rand) [2]string) [][2]string {
	out := make([][2]string, n)
	for i := range out {
		out[i] = pair(rng)
	}
	return out
}

// pick returns n different words joined by spaces.
func pick(n int, rng *rand.Rand) []string {
	w := strings.Fields(words)
	rng.Shuffle(len(w), func(i, j int) { w[i], w[j] = w[j], w[i] })
	return w[:n]
}

func firstWord(rng *rand.Rand) [2]string {
	w := pick(3, rng)
	return [2]string{strings.Join(w, " "), w[0]}
}

func lastWord(rng *rand.Rand) [2]string {
	w := pick(3, rng)
	return [2]string{strings.Join(w, " "), w[2]}
}

func reversed(rng *rand.Rand) [2]string {
	w := pick(2, rng)
	return [2]string{w[0] + " " + w[1], w[1] + " " + w[0]}
}

func larger(rng *rand.Rand) [2]string {
	a := 1 + rng.IntN(30)
	b := 1 + (a+rng.IntN(29))%30 // never a itself
	return [2]string{fmt.Sprint(a, " or ", b), fmt.Sprint(max(a, b))}
}
