package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Which word comes next in the Opticks?
func Example_next() {
	book, err := read("")
	if err != nil {
		fmt.Println(err)
	}
	next := count(words(book), 3)
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
	book, err := read("")
	if err != nil {
		fmt.Println(err)
	}
	next := count(words(book), 2)
	rng := rand.New(rand.NewPCG(1, 0))
	fmt.Println(strings.Join(continued(next, []string{"the", "rays"}, 24, rng), " "))
	// Output:
	// the rays and the beating of the white central round spot of light and this may suffice for an indeterminate number of successions and yet the
}

// How many contexts of a length have been seen before? The last tenth of the book
// asks the other nine.
func Example_unseen() {
	book, err := read("")
	if err != nil {
		fmt.Println(err)
	}
	all := words(book)
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
