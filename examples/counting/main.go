// Command counting is a language model without a single weight: it counts which
// word came after which in a book, by default in Newton's Opticks.
//
//	go run ./examples/counting the rays of
//	go run ./examples/counting -book mybook.txt once upon a
package main

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/llm-from-scratch/llm/internal/corpus"
)

func main() {
	book := flag.String("book", "", "text `file` to count in (default Newton's Opticks, which comes with Go)")
	flag.Parse()
	text, err := corpus.Read(*book)
	if err != nil {
		fmt.Fprintln(os.Stderr, "counting:", err)
		os.Exit(1)
	}
	prompt := words(strings.Join(flag.Args(), " "))
	if len(prompt) == 0 {
		prompt = []string{"the", "rays", "of"}
	}
	next := count(words(text.Text), len(prompt))
	for _, word := range likely(next[strings.Join(prompt, " ")], 5) {
		fmt.Println(word)
	}
	fmt.Println(strings.Join(continued(next, prompt, 20, rand.New(rand.NewPCG(1, 0))), " "))
}

// words cuts a text wherever something else than a letter stands, and takes no
// notice of capitals.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
}

// count says of every n words in a row how often which word came next.
func count(words []string, n int) map[string]map[string]int {
	next := map[string]map[string]int{}
	for i := n; i < len(words); i++ {
		context := strings.Join(words[i-n:i], " ")
		if next[context] == nil {
			next[context] = map[string]int{}
		}
		next[context][words[i]]++
	}
	return next
}

// likely lists the most words that came next most often, each with its share of
// all, in percent: its probability, if the book is all we know.
func likely(counts map[string]int, most int) []string {
	all := 0
	for _, n := range counts {
		all += n
	}
	var list []string
	for _, word := range sorted(counts)[:min(most, len(counts))] {
		list = append(list, fmt.Sprintf("%-8s %4.1f%%", word, 100*float64(counts[word])/float64(all)))
	}
	return list
}

// sorted are the words of counts, the most frequent first.
func sorted(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	})
}

// continued draws n words after the prompt, each with its probability after as
// many words as were counted. It ends early after words that nothing followed.
func continued(next map[string]map[string]int, prompt []string, n int, rng *rand.Rand) []string {
	text := slices.Clone(prompt)
	for range n {
		counts := next[strings.Join(text[len(text)-len(prompt):], " ")]
		if len(counts) == 0 {
			break
		}
		text = append(text, draw(counts, rng))
	}
	return text
}

// draw takes one of all the words that were counted, blindfolded.
func draw(counts map[string]int, rng *rand.Rand) string {
	var all []string
	for _, word := range sorted(counts) {
		all = append(all, slices.Repeat([]string{word}, counts[word])...)
	}
	return all[rng.IntN(len(all))]
}
