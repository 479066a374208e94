package layers_test

import (
	"fmt"

	"github.com/llm-from-scratch/llm/branches/layers"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

func ExampleNormalize() {
	x, weight, y := []float32{1, 2, 2, 4}, []float32{1, 1, 1, 10}, make([]float32, 4)
	rstd := layers.Normalize(y, x, weight, 0)
	fmt.Printf("1/rstd %.2f\n", 1/rstd)
	fmt.Printf("y      %.2f\n", y)
	// Output:
	// 1/rstd 2.50
	// y      [0.40 0.80 0.80 16.00]
}

func ExampleSiLU() {
	for _, x := range []float32{-10, -1, 0, 1, 10} {
		fmt.Printf("%3.0f  SiLU %7.4f  slope %7.4f\n", x, layers.SiLU(x), layers.SiLUSlope(x))
	}
	// Output:
	// -10  SiLU -0.0005  slope -0.0004
	//  -1  SiLU -0.2689  slope  0.0723
	//   0  SiLU  0.0000  slope  0.5000
	//   1  SiLU  0.7311  slope  0.9277
	//  10  SiLU  9.9995  slope  1.0004
}

func ExampleRotary_Frequencies() {
	fmt.Printf("%.4f\n", layers.Rotary{Theta: 10000}.Frequencies(8))
	// Output:
	// [1.0000 0.1000 0.0100 0.0010]
}

// A query and a key of one pair, the same numbers at different positions.
func ExampleRotate() {
	score := func(i, j int) float32 {
		q, k := []float32{1, 0}, []float32{1, 0.5}
		turns := layers.NewTurns(1, 1)
		for _, x := range []struct {
			vector []float32
			at     int
		}{{q, i}, {k, j}} {
			turns.Set([]float32{0.5}, x.at)
			layers.Rotate(x.vector, turns.Cos.Data, turns.Sin.Data)
		}
		return f32.Dot(q, k)
	}
	fmt.Printf("positions  0 and  0: %.4f\n", score(0, 0))
	fmt.Printf("positions  3 and  1: %.4f\n", score(3, 1))
	fmt.Printf("positions 40 and 38: %.4f\n", score(40, 38))
	fmt.Printf("positions  1 and  3: %.4f\n", score(1, 3))
	// Output:
	// positions  0 and  0: 1.0000
	// positions  3 and  1: 0.9610
	// positions 40 and 38: 0.9610
	// positions  1 and  3: 0.1196
}

// Llama 3.1 was pretrained on texts of 8,192 tokens and stretched to 131,072.
func ExampleScaling() {
	plain := layers.Rotary{Theta: 500000}
	stretched := plain
	stretched.Scaling = layers.Scaling{Factor: 8, Low: 1, High: 4, Context: 8192}
	before, after := plain.Frequencies(128), stretched.Frequencies(128)
	fmt.Println("pair  a turn takes  now")
	for _, pair := range []int{0, 28, 30, 32, 34, 36} {
		fmt.Printf("%4d %13.0f %5.0f\n", pair, 6.2832/before[pair], 6.2832/after[pair])
	}
	// Output:
	// pair  a turn takes  now
	//    0             6     6
	//   28          1957  1957
	//   30          2948  4580
	//   32          4443 11972
	//   34          6695 35198
	//   36         10089 80713
}

// Two heads of queries, one of keys and values, two positions.
func ExampleGrouped_Forward() {
	x := attention.Views{
		Q: f32.View([]float32{1, 0, 0, 1, 1, 0, 0, 1}, 2, 4), // the first head asks for 1 0, the second for 0 1
		K: f32.View([]float32{1, 0, 0, 1}, 2, 2),
		V: f32.View([]float32{10, 0, 20, 0}, 2, 2),
	}
	y := f32.New(2, 4)
	layers.Grouped{Heads: 2, KVHeads: 1, T: 2, S: 2}.Forward(y, x)
	fmt.Printf("first position:  %5.2f\n", y.Data[:4])
	fmt.Printf("second position: %5.2f\n", y.Data[4:])
	// Output:
	// first position:  [10.00  0.00 10.00  0.00]
	// second position: [13.30  0.00 16.70  0.00]
}
