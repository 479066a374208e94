package prompts

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
)

// Balanced draws n examples, as many of each answer as possible, in an order that rng
// decides too: a model leans to what it has seen often, and to what it has seen last.
func Balanced(pool []Example, n int, rng *rand.Rand) []Example {
	var answers []string
	groups := map[string][]Example{}
	for _, i := range rng.Perm(len(pool)) {
		e := pool[i]
		if groups[e.Answer] == nil {
			answers = append(answers, e.Answer)
		}
		groups[e.Answer] = append(groups[e.Answer], e)
	}
	var chosen []Example
	for i := 0; len(chosen) < min(n, len(pool)); i++ {
		if group := groups[answers[i%len(answers)]]; i/len(answers) < len(group) {
			chosen = append(chosen, group[i/len(answers)])
		}
	}
	rng.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
	return chosen
}

// Nearest are the n examples that have most words in common with the input, the nearest
// last, next to the input. Each input has others, so that prompts no longer begin alike.
func Nearest(pool []Example, input string, n int) []Example {
	want := words(input)
	type near struct {
		Example
		share float64
	}
	list := make([]near, len(pool))
	for i, e := range pool {
		have, both := words(e.Input), 0
		for word := range have {
			if want[word] {
				both++
			}
		}
		list[i] = near{e, float64(both) / float64(max(1, len(have)+len(want)-both))}
	}
	slices.SortStableFunc(list, func(a, b near) int { return cmp.Compare(a.share, b.share) })
	var chosen []Example
	for _, e := range list[max(0, len(list)-n):] {
		chosen = append(chosen, e.Example)
	}
	return chosen
}

// words is the set of a text's words.
func words(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		set[word] = true
	}
	return set
}
