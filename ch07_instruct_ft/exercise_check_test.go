package instruct

import (
	"testing"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

func TestMain(m *testing.M) { exercise.Main(m) }

func TestExercise1_ShiftedTargets(t *testing.T) {
	exercise.Check(t, ShiftedTargets, func(x *exercise.X) {
		ShiftedTargets := exercise.Watch(x, ShiftedTargets)
		ids := []int{5, 6}
		x.Equal("ShiftedTargets of 5 6, end 99, T 5", ShiftedTargets(ids, 99, 5), []int{6, 99, -100, -100, -100})
		x.Equal("the ids afterwards", ids, []int{5, 6})
		x.Equal("ShiftedTargets of 0 1 2 3 4, end 50256, T 5", ShiftedTargets([]int{0, 1, 2, 3, 4}, 50256, 5), []int{1, 2, 3, 4, 50256})
		x.Equal("ShiftedTargets of 0 1 2 3 4, end 99, T 3", ShiftedTargets([]int{0, 1, 2, 3, 4}, 99, 3), []int{1, 2, 3})
		x.Equal("ShiftedTargets of 7, end 99, T 3", ShiftedTargets([]int{7}, 99, 3), []int{99, -100, -100})
		x.Equal("ShiftedTargets of 4 99 4, end 99, T 5: the end may also stand inside", ShiftedTargets([]int{4, 99, 4}, 99, 5), []int{99, 4, 99, -100, -100})
	})
}

func TestExercise2_MaskedTargets(t *testing.T) {
	exercise.Check(t, MaskedTargets, func(x *exercise.X) {
		MaskedTargets := exercise.Watch(x, MaskedTargets)
		targets := []int{2, 3, 4, 5, 99}
		x.Equal("MaskedTargets of 2 3 4 5 99, asked 3", MaskedTargets(targets, 3), []int{-100, -100, 4, 5, 99})
		x.Equal("the targets afterwards", targets, []int{2, 3, 4, 5, 99})
		x.Equal("MaskedTargets of 8 9 99 -100, asked 2", MaskedTargets([]int{8, 9, 99, -100}, 2), []int{-100, 9, 99, -100})
		x.Equal("MaskedTargets of 8 99, asked 1: nothing to hide", MaskedTargets([]int{8, 99}, 1), []int{8, 99})
		x.Equal("MaskedTargets of 8 99, asked 0: no prompt", MaskedTargets([]int{8, 99}, 0), []int{8, 99})
		x.Equal("MaskedTargets of 8 9, asked 7: a row cut off inside its prompt", MaskedTargets([]int{8, 9}, 7), []int{-100, -100})
	})
}
