package tokens

import "github.com/llm-from-scratch/llm/internal/exercise"

// Exercise 1.1: One merge.
//
// NextMerge does one step of learning byte-pair encoding. It finds the pair of
// neighbours that occurs most often in ids; between equals, the pair whose first
// occurrence comes first. It returns ids with every occurrence of that pair,
// from left to right, replaced by token. Overlapping occurrences count, but a
// token can be merged only once. When no pair occurs twice, the result equals
// ids. The argument itself stays as it is.
//
// The bytes of "aaabdaaabac" are 97 97 97 98 100 97 97 97 98 97 99. With token
// 256 they become 256 97 98 100 256 97 98 97 99, then with 257 and 258
// 258 100 258 97 99.
func NextMerge(ids []int, token int) []int {
	panic(exercise.Unsolved)
}

// Exercise 1.2: Cut, but not through a character.
//
// A model reads only so many ids. Truncate returns the longest beginning of
// ids that is at most n long and whose text does not stop in the middle of a
// character. It does not matter what else is in the text: a byte that cannot
// be part of a character at all is no reason to cut. n may be greater than
// len(ids).
//
// GPT-2's ids of "Hi 👋!" are 17250, 50169, 233 and 0, for "Hi", a space with
// the first three bytes of the hand, its fourth byte, and "!". With n = 2 only
// 17250 is left, with n = 3 all but the 0.
func Truncate(b *BPE, ids []int, n int) []int {
	panic(exercise.Unsolved)
}
