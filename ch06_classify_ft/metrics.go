package classify

import (
	"fmt"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Confusion counts answers: Confusion[actual][predicted], where 0 is ham and 1 is spam. Right
// answers are on the diagonal.
type Confusion [2][2]int

// Total is the number of messages counted.
func (c Confusion) Total() int { return c[0][0] + c[0][1] + c[1][0] + c[1][1] }

// Accuracy is the share of right answers, NaN when nothing was counted.
func (c Confusion) Accuracy() float64 {
	return float64(c[0][0]+c[1][1]) / float64(c.Total())
}

// String returns the counts as a small table.
func (c Confusion) String() string {
	return "        answered ham   spam\n" +
		fmt.Sprintf("is ham  %12d %6d\n", c[0][0], c[0][1]) +
		fmt.Sprintf("is spam %12d %6d\n", c[1][0], c[1][1])
}

// Evaluate lets the classifier answer for every example, in batches of size, and counts.
func Evaluate(c *Classifier, x Examples, size int) Confusion {
	var counts Confusion
	pass := c.NewPass(gpt.Frozen, size, x.Longest())
	var rows, labels []int
	for b := range x.Batches(size, nil) {
		rows, labels = labelled(b, rows[:0], labels[:0])
		logits := pass.Forward(b.Inputs, b.T, rows, nil)
		for i, actual := range labels {
			counts[actual][predicted(f32.Row(logits, i))]++
		}
	}
	return counts
}

// predicted is the class with the higher score, ham when they are equal.
func predicted(scores []float32) int {
	if scores[1] > scores[0] {
		return 1
	}
	return 0
}
