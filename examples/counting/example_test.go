package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/llm-from-scratch/llm/internal/corpus"
)

// Which word comes next in the Opticks?
func Example_next() {
	book, err := corpus.Read("")
	if err != nil {
		fmt.Println(err)
	}
	next := count(words(book.Text), 3)
	for _, word := range likely(next["the rays of"], 4) {
		fmt.Println(word)
	}
	// Output:
	// light    67.7%
	// one       7.7%
	// the       6.2%
	// every     4.6%
}

// With the word after, and the one after that, it writes.
func Example_write() {
	book, err := corpus.Read("")
	if err != nil {
		fmt.Println(err)
	}
	next := count(words(book.Text), 2)
	rng := rand.New(rand.NewPCG(1, 0))
	fmt.Println(strings.Join(continued(next, []string{"the", "rays"}, 24, rng), " "))
	// Output:
	// the rays and the aristotelians gave the name of occult qualities not to be between half and contracted and reduced to physical points so in the
}

// How many contexts of a length have been seen before? The last tenth of the book
// asks the other nine.
func Example_unseen() {
	book, err := corpus.Read("")
	if err != nil {
		fmt.Println(err)
	}
	all := words(book.Text)
	cut := len(all) * 9 / 10
	for _, n := range []int{1, 2, 3, 4, 8} {
		next, known := count(all[:cut], n), 0
		for i := cut + n; i < len(all); i++ {
			if next[strings.Join(all[i-n:i], " ")] != nil {
				known++
			}
		}
		fmt.Printf("%d words: %4.1f%% seen before\n", n, 100*float64(known)/float64(len(all)-cut-n))
	}
	// Output:
	// 1 words: 92.9% seen before
	// 2 words: 56.3% seen before
	// 3 words: 19.9% seen before
	// 4 words:  5.9% seen before
	// 8 words:  0.1% seen before
}
