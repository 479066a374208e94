package instruct

import "github.com/llm-from-scratch/llm/internal/exercise"

var _ = exercise.Unsolved // used, even when all is solved

// Exercise 7.1: Another agreement (5 minutes).
//
// Microsoft's Phi-3 needs no preamble. ShortPrompt lays an entry out as that model reads it, up to
// where it is to answer: a line with the mark <|user|>, the instruction on the next, the
// input on a line of its own if there is one, and a line with the mark <|assistant|>. Every line
// ends with "\n", the last one too. The output is not part of it.
//
// For the instruction "Name the plural." and the input "lens" it is
// "<|user|>\nName the plural.\nlens\n<|assistant|>\n".
func ShortPrompt(e Entry) string {
	panic(exercise.Unsolved)
}

// Exercise 7.2: Targets that end once (10 minutes).
//
// ShiftedTargets returns the T targets of a row that holds ids and is padded to
// T places. The target of each place is the id one step later; after the last
// id comes end; and every place after that has nothing to learn, which is
// written -100 (pretrain.Ignore). A row with more than T ids is cut off: it
// keeps its first T targets. The ids stay as they are.
//
// ShiftedTargets([]int{5, 6}, 99, 5) is 6 99 -100 -100 -100.
func ShiftedTargets(ids []int, end, T int) []int {
	panic(exercise.Unsolved)
}

// Exercise 7.3: Learn to answer, not to ask (10 minutes).
//
// MaskedTargets returns a copy of a row's targets in which those that are part
// of the prompt are -100 (pretrain.Ignore). The first asked ids of the row are
// the prompt, and the target of a place is the id one step later. What is -100
// already stays so, and so do the targets that were given.
//
// For the ids 1 2 3 4 5, of which the first 3 are the prompt, the targets are
// 2 3 4 5 99, and MaskedTargets([]int{2, 3, 4, 5, 99}, 3) is -100 -100 4 5 99:
// the last place of the prompt is where the answer begins.
func MaskedTargets(targets []int, asked int) []int {
	panic(exercise.Unsolved)
}

// Exercise 7.4: What must go (15 minutes).
//
// A conversation is about to ask its next question. WhatMustGo returns how many of the exchanges
// before must be forgotten, the oldest first, so that the preamble, the exchanges that are left, the
// question, and room for an answer are no more tokens than the context. The exchanges come as
// their numbers of tokens, the oldest first. Where it is too much even without any of
// them, it returns -1.
//
// With a preamble of 20, exchanges of 40 50 30, a question of 10, room for 30 and a context of
// 128 it is 2: all are 180, without the first 140, without the second as well 90.
func WhatMustGo(preamble int, exchanges []int, question, room, context int) int {
	panic(exercise.Unsolved)
}

// Exercise 7.5: Experiment: an assistant from nothing (10 minutes and a run).
//
// Is the pretraining of chapter 5 of any use, to answer practice instructions? Train a model for one
// step only, which leaves it as good as random, and teach that one:
//
//	go run ./cmd/llm pretrain -steps 1 -out runs/blank
//	go run ./cmd/llm instruct train -model runs/blank -out runs/fromblank
//	go run ./cmd/llm instruct eval -model runs/fromblank
//
// The last command says how many percent of 62 exact answers are right. From Newton's model,
// the same training comes to 91.9. Guess first, for all answers and for each kind of question: what
// can be learned from 528 entries alone? Then start it, and after a minute or two let FromNothing
// return the number of percent.
func FromNothing() (percent float64) {
	panic(exercise.Unsolved)
}

// Exercise 7.6: Half right (20 minutes).
//
// An answer that is not equal to the wanted one may still have most of its words. SharedWords
// returns how much two answers share, from 0 to 1: twice the number of words they share, divided by
// the number of words of both together. Words stand between spaces or line ends; capital letters and
// the marks .,;:!?"'() at the ends of a word do not count, and a mark alone is no word. The order
// does not matter, and a word is shared as often as it stands in both. Two answers without
// any word are the same: 1.
//
// For "The sky is blue." and "the blue sky" it is 2·3/(4+3) = 0.857….
func SharedWords(answer, wanted string) float64 {
	panic(exercise.Unsolved)
}

// Exercise 7.7: The least surprising answer (30 minutes).
//
// Ask a model that has not learned to answer which of several answers it would expect:
// this needs no generation. Choose returns the index of the answer that surprises it least after the
// prompt, the first of equals. An answer is followed by end, and is as surprising as the
// mean of -log p over its ids and that end, each after the prompt and what of the answer
// stands before it. The prompt itself does not count.
//
// The function logits returns what comes after a text, one number for each token. There is
// at least one answer, and one may be empty: then only its end counts. All that is given stays
// as it is.
//
// Say that after every text the ids 0, 1 and the end 2 have the probabilities 0.6, 0.1 and 0.3. Then
// of the answers 1 and 0 0 the second is chosen: its mean is 0.742, that of the first 1.753.
func Choose(logits func(text []int) []float32, prompt []int, answers [][]int, end int) int {
	panic(exercise.Unsolved)
}

// Exercise 7.8: Fewer places (an evening).
//
// A batch is as wide as its longest row, and every place of padding is computed for nothing. Entries
// of similar lengths should be together. FewestPlaces deals entries out, given their lengths: it
// returns batches of their indices, with each entry in one batch, no more than size in any, and as few
// batches as that allows. Among all ways of doing so, it finds one with the fewest places in all,
// where a batch has its longest length times its entries. The order of the batches and
// within them does not matter. To try all ways would take for ever: it must be quick with hundreds
// of entries, too.
//
// For the lengths 5 2 9 2 and a size of 2 the batches are 0 2 and 1 3, with 18 + 4 = 22 places. For
// 10 10 1 they are 0 1 and 2: the batch that is not full should be chosen with care.
func FewestPlaces(lengths []int, size int) [][]int {
	panic(exercise.Unsolved)
}
