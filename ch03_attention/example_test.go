package attention_test

import (
	"fmt"
	"math/rand/v2"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

func ExampleSoftmax() {
	weights := []float32{1, 2, 3}
	attention.Softmax(weights)
	fmt.Printf("%.4f\n", weights)
	// Output: [0.0900 0.2447 0.6652]
}

func ExampleSoftmaxBackward() {
	weights := []float32{1, 2, 3}
	attention.Softmax(weights)
	// The loss likes the last weight: its gradient is 1 there and 0 elsewhere.
	dscores := make([]float32, 3)
	attention.SoftmaxBackward(dscores, weights, []float32{0, 0, 1})
	fmt.Printf("%.4f\n", dscores)
	// Output: [-0.0599 -0.1628 0.2227]
}

func ExampleScores() {
	// Your journey starts with one step, three numbers a word.
	x := f32.View([]float32{
		.43, .15, .89,
		.55, .87, .66,
		.57, .85, .64,
		.22, .58, .33,
		.77, .25, .10,
		.05, .80, .55,
	}, 6, 3)
	scores := attention.Scores(x)
	fmt.Printf("journey: %.4f\n", f32.Row(scores, 1))
	// Output: journey: [0.9544 1.4950 1.4754 0.8434 0.7070 1.0865]
}

func ExampleSimple() {
	x := f32.View([]float32{
		.43, .15, .89,
		.55, .87, .66,
		.57, .85, .64,
		.22, .58, .33,
		.77, .25, .10,
		.05, .80, .55,
	}, 6, 3)
	contexts, weights := attention.Simple(x)
	fmt.Printf("weights of journey: %.4f\n", f32.Row(weights, 1))
	fmt.Printf("context of journey: %.4f\n", f32.Row(contexts, 1))
	// Output:
	// weights of journey: [0.1385 0.2379 0.2333 0.1240 0.1082 0.1581]
	// context of journey: [0.4419 0.6515 0.5683]
}

func ExampleLinear_Forward() {
	l := attention.Linear{
		W: f32.View([]float32{
			1, 10,
			2, 20,
			3, 30,
		}, 3, 2),
		B: []float32{0.5, -0.5},
	}
	x := f32.View([]float32{1, 0, 2}, 1, 3)
	y := f32.New(1, 2)
	l.Forward(y, x)
	fmt.Println(y.Data)
	// Output: [7.5 69.5]
}

func ExampleLinear_Backward() {
	l := attention.NewLinear(3, 2, true)
	copy(l.W.Data, []float32{1, 10, 2, 20, 3, 30})
	x := f32.View([]float32{1, 0, 2}, 1, 3)

	// The loss would fall if the first output fell.
	dy := f32.View([]float32{1, 0}, 1, 2)
	dx := f32.New(1, 3)
	grad := attention.NewLinear(3, 2, true)
	l.Backward(dx, &grad, dy, x)
	fmt.Println("dx", dx.Data)
	fmt.Println("dW", grad.W.Data)
	fmt.Println("db", grad.B)
	// Output:
	// dx [1 2 3]
	// dW [1 0 0 0 2 0]
	// db [1 0]
}

func ExampleLinear_InitUniform() {
	l := attention.NewLinear(100, 3, true)
	l.InitUniform(rand.New(rand.NewPCG(1, 2)))
	within := true
	for _, w := range append(l.W.Data, l.B...) {
		within = within && w >= -0.1 && w <= 0.1
	}
	fmt.Println("all within ±1/√100:", within)
	// Output: all within ±1/√100: true
}

func ExampleMaskFuture() {
	scores := f32.View([]float32{
		1, 2, 3,
		1, 2, 3,
		1, 2, 3,
	}, 3, 3)
	attention.MaskFuture(scores)
	attention.SoftmaxRows(scores)
	for i := range 3 {
		fmt.Printf("%.4f\n", f32.Row(scores, i))
	}
	// Output:
	// [1.0000 0.0000 0.0000]
	// [0.2689 0.7311 0.0000]
	// [0.0900 0.2447 0.6652]
}

func ExampleDropout_Factors() {
	mask := make([]float32, 6)
	attention.NewDropout(0.5, rand.NewPCG(7, 1)).Factors(mask)
	y := []float32{1, 2, 3, 4, 5, 6}
	f32.Mul(y, y, mask)
	fmt.Println(y)
	// Output: [0 0 6 8 0 12]
}

func ExampleWeigh() {
	query := f32.View([]float32{1, 1, 0, 0}, 1, 4)
	keys := f32.View([]float32{
		2, 0, 0, 0,
		0, 0, 5, 5,
		2, 2, 0, 0,
	}, 3, 4)
	values := f32.View([]float32{
		10, 0,
		0, 10,
		20, 0,
	}, 3, 2)
	weights, y := f32.New(1, 3), f32.New(1, 2)
	attention.Weigh(weights, query, keys, false)
	attention.Mix(y, weights, values)
	fmt.Printf("weights %.4f\n", weights.Data)
	fmt.Printf("mixed   %.4f\n", y.Data)
	// Output:
	// weights [0.2447 0.0900 0.6652]
	// mixed   [15.7521 0.9003]
}

func ExampleHead() {
	head := attention.Head{
		Query: attention.NewLinear(3, 2, false), Key: attention.NewLinear(3, 2, false), Value: attention.NewLinear(3, 2, false),
		Causal: true,
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, l := range []attention.Linear{head.Query, head.Key, head.Value} {
		l.InitUniform(rng)
	}
	x := f32.View([]float32{.43, .15, .89, .55, .87, .66, .57, .85, .64}, 3, 3)
	y, a := f32.New(3, 2), head.NewActivations(3)
	head.Forward(y, a, x)
	for i, word := range []string{"Your", "journey", "starts"} {
		fmt.Printf("%-8s looks %.2f  gets %.2f\n", word, f32.Row(a.Weights, i), f32.Row(y, i))
	}
	// Output:
	// Your     looks [1.00 0.00 0.00]  gets [-0.23 -0.50]
	// journey  looks [0.48 0.52 0.00]  gets [-0.16 -0.44]
	// starts   looks [0.32 0.34 0.34]  gets [-0.13 -0.43]
}

func ExampleMultiHead() {
	const B, T, C = 2, 6, 8
	layer := attention.MultiHead{Heads: 4, Causal: true, QKV: attention.NewLinear(C, 3*C, true), Proj: attention.NewLinear(C, C, true)}
	rng := rand.New(rand.NewPCG(1, 2))
	layer.QKV.InitUniform(rng)
	layer.Proj.InitUniform(rng)

	x, y := f32.New(B*T, C), f32.New(B*T, C)
	a := layer.NewActivations(B, T)
	layer.Forward(y, a, x, nil)
	fmt.Println("in and out:", y.Rows, "rows of", y.Cols)
	for i := range 3 {
		fmt.Printf("position %d looks %.2f\n", i, a.Pairs.Weights[i*T:][:T])
	}
	// Output:
	// in and out: 12 rows of 8
	// position 0 looks [1.00 0.00 0.00 0.00 0.00 0.00]
	// position 1 looks [0.50 0.50 0.00 0.00 0.00 0.00]
	// position 2 looks [0.33 0.33 0.33 0.00 0.00 0.00]
}

func ExampleCross() {
	const T, S, C = 2, 5, 4 // two words look at a memory of five
	layer := attention.Cross{
		Heads: 2, Query: attention.NewLinear(C, C, true),
		KeyValue: attention.NewLinear(C, 2*C, true), Proj: attention.NewLinear(C, C, true),
	}
	x, memory, y := f32.New(T, C), f32.New(S, C), f32.New(T, C)
	a := layer.NewActivations(1, T, S)
	layer.Forward(y, a, attention.Source{X: x, Memory: memory}, nil)
	for t := range T {
		fmt.Printf("word %d looks %.1f\n", t, a.Pairs.Weights[t*S:][:S])
	}
	// Output:
	// word 0 looks [0.2 0.2 0.2 0.2 0.2]
	// word 1 looks [0.2 0.2 0.2 0.2 0.2]
}
