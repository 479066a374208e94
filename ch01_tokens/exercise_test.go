package tokens

import "github.com/llm-from-scratch/llm/internal/exercise"

var _ = exercise.Unsolved // used, even when all is solved

// Exercise 1.1: How much a token holds (5 minutes).
//
// BytesPerToken returns how many bytes of text a token stands for on average: the
// bytes of the text, divided by the number of ids that b makes of it. Of a text
// without a byte it returns 0.
//
// An encoding that was trained on "aaabdaaabac" and learned the three merges of
// this chapter makes 5 ids of those 11 bytes: 2.2. One that has learned nothing has
// a token for every byte, and makes it 1 for any text.
func BytesPerToken(b *BPE, text string) float64 {
	panic(exercise.Unsolved)
}

// Exercise 1.2: Back to text by hand (10 minutes).
//
// Expand returns the text of ids, from nothing but the merges. An id below 256 is a
// byte. Any other is the Token of one of the merges, and stands for the text of its
// Left, followed by the text of its Right. These can be bytes or tokens themselves.
//
// With this chapter's merges, {97, 97, 256}, {256, 97, 257} and {257, 98, 258}, the
// ids 258 100 258 97 99 are "aaabdaaabac".
func Expand(merges []Merge, ids []int) string {
	panic(exercise.Unsolved)
}

// Exercise 1.3: A loop with two mistakes (10 minutes).
//
// MergePairs returns ids with every Left that has Right beside it replaced by
// Token, from left to right, and leaves the ids that it is given as they are.
// Somebody wrote this body for it:
//
//	for i := 0; i < len(ids); i++ {
//		if ids[i] == m.Left && ids[i+1] == m.Right {
//			ids[i] = m.Token
//			ids = append(ids[:i+1], ids[i+2:]...)
//		}
//	}
//	return ids
//
// For 1 2 3 and the merge {1, 2, 9} it returns 9 3, as it should. Find the two
// mistakes, and write it right.
func MergePairs(m Merge, ids []int) []int {
	panic(exercise.Unsolved)
}

// Exercise 1.4: One merge (20 minutes).
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

// Exercise 1.5: Digits apart (20 minutes).
//
// To a tokenizer trained on old books, 1704 may be one token and 1705 two. Some
// models cut numbers into digits, so that all of them are made of the same few
// tokens. SplitDigits returns the pieces of Split, but where a piece is a number,
// each digit is a piece of its own. A space in front stays with the first of them.
// What is a digit is for unicode.IsNumber to say, as in Split: every script has some.
//
// "in 1704, h2o" becomes "in", " 1", "7", "0", "4", ",", " h", "2", "o".
func SplitDigits(text string) []string {
	panic(exercise.Unsolved)
}

// Exercise 1.6: Experiment: half the vocabulary (10 minutes and a run).
//
// The model at the beginning of this chapter has 1,024 tokens. Give it half of them:
//
//	go run ./cmd/llm pretrain -vocab 512 -steps 400 -every 100 -out runs/vocab512
//
// The run says how many tokens its text has, and every hundred steps a validation
// loss, which measures how badly the model guesses the next token of a text that it
// has not read: lower is better. The same run with 1,024 tokens (leave out -vocab)
// has 21350 tokens to validate with, and its last validation loss is 4.641890.
//
// Guess before you run it: more tokens, or fewer? A higher loss, or a lower one? Then
// start it, and after a minute let HalfVocabulary return what it printed: the number
// of tokens to validate with, and the validation loss of step 400.
func HalfVocabulary() (tokens int, loss float64) {
	panic(exercise.Unsolved)
}

// Exercise 1.7: The lowest rank first (30 minutes).
//
// ApplyMerges tries every merge, be it one of 50,000. But a piece of six bytes is
// done after five merges at most. EncodePiece encodes a piece by looking for
// what there is to do: among all neighbours that one of the merges joins, it takes
// the pair whose merge comes first in the list, merges it wherever it stands, from
// left to right, and looks again, until no merge fits. The ids of bytes are their values.
//
// With the merges {99, 100, 256}, {97, 98, 257} and {98, 256, 258}, which make cd, ab
// and bcd, the ids of "abcd" are 257 256, although bcd is the longest token in it.
func EncodePiece(merges []Merge, piece string) []int {
	panic(exercise.Unsolved)
}

// Exercise 1.8: Cut, but not through a character (45 minutes).
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

// Exercise 1.9: Learning from words (an hour).
//
// In a book, " the" is one of the commonest pieces, and LearnMerges counts its pairs
// each time it occurs. LearnFromWords is given each different piece once: words, as
// bytes, in the order in which they first occur, and how often each does. It returns
// the n merges that LearnMerges would find in the whole text, in the same order, with
// the tokens 256, 257 and so on; fewer when no pair occurs twice any more.
//
// The rules are those of LearnMerges: overlapping occurrences count, and between
// equals the pair comes first that occurs first. With the words "abab" and "cd",
// which occur once and twice, a b and c d occur twice each, and the first merge is
// {97, 98, 256}; the second is {99, 100, 257}, and then no pair occurs twice.
func LearnFromWords(words []string, counts []int, n int) []Merge {
	panic(exercise.Unsolved)
}
