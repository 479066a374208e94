package parts_test

import (
	"fmt"
	"math"

	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/translate/parts"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
)

func ExamplePositions() {
	p := parts.Positions(4, 6)
	for t := range p.Rows {
		fmt.Printf("position %d: %6.3f\n", t, f32.Row(p, t))
	}
	// Output:
	// position 0: [ 0.000  1.000  0.000  1.000  0.000  1.000]
	// position 1: [ 0.841  0.540  0.046  0.999  0.002  1.000]
	// position 2: [ 0.909 -0.416  0.093  0.996  0.004  1.000]
	// position 3: [ 0.141 -0.990  0.139  0.990  0.006  1.000]
}

// One word of a translation looks at a source of two words, and at the padding behind
// them. The matrices leave everything as it is.
func ExampleAttention_Forward() {
	leave := func(times int) layers.Linear {
		l := layers.Linear{W: f32.New(2*times, 2), B: make([]float32, 2*times)}
		for i := range 2 * times {
			f32.Row(l.W, i)[i%2] = 1
		}
		return l
	}
	t := parts.Attention{In: leave(3), Out: leave(1)}
	a := &parts.AttentionActivations{Q: f32.New(1, 2), KV: f32.New(3, 4), Mixed: f32.New(1, 2)}
	y := f32.New(1, 2)
	x := attention.Source{
		X:      f32.View([]float32{2, 0}, 1, 2),
		Memory: f32.View([]float32{1, 0, 0, 1, 9, 9}, 3, 2), // the last is padding
	}
	t.Forward(y, a, x, flash.Pass{Heads: 1, T: 1, S: 3, Lengths: []int{2}})
	fmt.Printf("weights %.2f, sum %.2f\n", a.Weights(0, 0).Data, y.Data)
	// Output:
	// weights [0.80 0.20], sum [0.80 0.20]
}

// Four ids, of which the second is right.
func ExampleSmoothed() {
	p := []float64{0.1, 0.7, 0.1, 0.1}
	logits := f32.New(1, 4)
	for i, p := range p {
		logits.Data[i] = float32(math.Log(p))
	}
	fmt.Printf("sure:     %.4f\n", parts.Smoothed(logits, []int{1}, 0, 0, false, 1))
	fmt.Printf("smoothed: %.4f\n", parts.Smoothed(logits, []int{1}, 0, 0.1, true, 1))
	fmt.Printf("gradient: %.3f\n", logits.Data)
	// Output:
	// sure:     0.3567
	// smoothed: 0.5026
	// gradient: [0.075 -0.225 0.075 0.075]
}
