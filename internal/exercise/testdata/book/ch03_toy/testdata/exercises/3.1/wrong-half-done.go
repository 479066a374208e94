package toy

import "github.com/llm-from-scratch/llm/internal/exercise"

func Weights(scores []float32) []float32 {
	if len(scores) == 0 {
		return nil
	}
	panic(exercise.Unsolved)
}
