package instruct

import "github.com/llm-from-scratch/llm/internal/exercise"

var _ = exercise.Unsolved // used, even when all is solved

// Exercise 7.1: Targets that end once.
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

// Exercise 7.2: Learn to answer, not to ask.
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
