package prompts

import "github.com/llm-from-scratch/llm/internal/exercise"

var _ = exercise.Unsolved // used, even when all is solved

// Exercise prompts.1: Back from one line (15 minutes).
//
// Line writes a text in one line: a line end as \n, in two characters, and a backslash as two
// of them. ReadLine is the way back, for these two. Whatever follows a backslash otherwise
// cannot have been written by Line: it stays as it is, and so does a backslash at the end.
//
// `Hi!\nLabel: ham` is two lines again, and `C:\\new` is C:\new, in one.
func ReadLine(line string) string {
	panic(exercise.Unsolved)
}

// Exercise prompts.2: The ids of an answer (25 minutes).
//
// EndIDs returns the ids that an answer has behind a context, given a tokenizer. Blanks at the
// context's end belong to the answer. The two are encoded in one, and the answer's ids are those
// by which the whole is longer than the context, if it begins with the context's ids. If it
// does not, one token spans the border, and the answer is encoded alone, with its blanks.
//
// A tokenizer that has tokens for "L", ":", " ", "ham" and " ham" makes two ids of "L:", and of
// "L: ham" these two and that of " ham", which is the result for "L: " and "ham".
func EndIDs(encode func(text string) []int, context, answer string) []int {
	panic(exercise.Unsolved)
}

// Exercise prompts.3: What it would have said anyway (15 minutes).
//
// CalibratedAnswer gets the probabilities of some answers behind an input, and for each of
// some inputs that say nothing the probabilities of the same answers there. It takes the mean
// of the latter for each answer, divides by it, and returns the index of the answer that
// then is likeliest, the first of equals.
//
// With 0.3 0.7, and 0.2 0.8 and 0.1 0.9 for two inputs that say nothing, the means are 0.15
// and 0.85. 0.3/0.15 is more than 0.7/0.85: the answer is 0.
func CalibratedAnswer(p []float64, nothing [][]float64) int {
	panic(exercise.Unsolved)
}

// Exercise prompts.4: What is left to read (20 minutes).
//
// A program asks a model one prompt after another. Its cache holds the prompt before, and can
// be cut back to any length: so of each prompt it reads only what comes after the ids that
// both begin with, but always the last id, since without reading it there are no logits.
// IDsToRead returns how many ids it reads in all. No prompt is empty.
//
// Of 1 2 3, 1 2 4 5 and 1 2 4 it reads 3, then 4 5, then 4 again: 6.
func IDsToRead(prompts [][]int) int {
	panic(exercise.Unsolved)
}

// Exercise prompts.5: A copying head by hand (25 minutes).
//
// CopyNext foretells the next id as a copying head does, only with more care. It looks for the
// earlier places at which the last id stands. Of these it takes those before which most ids are
// the same, one after another backwards, as before the last one; of equals the latest.
// What came after that place is the result. If the last id is new, it is -1.
//
// Of 1 2 3 9 2 4 1 2 the last id, 2, has come twice before. Before the first of them stands 1, as
// before the last: what came after it was 3.
func CopyNext(ids []int) int {
	panic(exercise.Unsolved)
}
