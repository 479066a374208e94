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
	y, a := f32.New(3, 2), attention.NewHeadActivations(3, 2)
	head.Forward(y, a, x)
	for i, word := range []string{"Your", "journey", "starts"} {
		fmt.Printf("%-8s looks %.2f  gets %.2f\n", word, f32.Row(a.Weights, i), f32.Row(y, i))
	}
	// Output:
	// Your     looks [1.00 0.00 0.00]  gets [-0.23 -0.50]
	// journey  looks [0.48 0.52 0.00]  gets [-0.16 -0.44]
	// starts   looks [0.32 0.34 0.34]  gets [-0.13 -0.43]
}

func ExampleOnlineSoftmax() {
	// The scores 1, 2 and 3 with the values 10, 20 and 40: first two, then one.
	softmax := attention.NewOnlineSoftmax()
	first := []float32{1, 2}
	softmax.Add(first)
	mixed := first[0]*10 + first[1]*20
	fmt.Printf("two scores: max %.0f, sum %.4f, weights %.4f, mixed %.4f\n", softmax.Max, softmax.Sum, first, mixed)

	second := []float32{3}
	factor := softmax.Add(second)
	mixed = mixed*factor + second[0]*40
	fmt.Printf("all three:  max %.0f, sum %.4f, weights %.4f, mixed %.4f, factor %.4f\n", softmax.Max, softmax.Sum, second, mixed, factor)
	fmt.Printf("divided by the sum: %.4f\n", mixed/softmax.Sum)

	weights := []float32{1, 2, 3}
	attention.Softmax(weights)
	fmt.Printf("all at once:        %.4f\n", weights[0]*10+weights[1]*20+weights[2]*40)
	// Output:
	// two scores: max 2, sum 1.3679, weights [0.3679 1.0000], mixed 23.6788
	// all three:  max 3, sum 1.5032, weights [1.0000], mixed 48.7109, factor 0.3679
	// divided by the sum: 32.4045
	// all at once:        32.4045
}

func ExampleOnlineSoftmax_LogSum() {
	softmax := attention.NewOnlineSoftmax()
	softmax.Add([]float32{1, 2})
	softmax.Add([]float32{3})
	fmt.Printf("log sum: %.4f\n", softmax.LogSum())
	for _, score := range []float32{1, 2, 3} {
		fmt.Printf("weight:  %.4f\n", f32.Exp(score-softmax.LogSum()))
	}
	// Output:
	// log sum: 3.4076
	// weight:  0.0900
	// weight:  0.2447
	// weight:  0.6652
}

func ExampleHeadsActivations() {
	// GPT-2's smallest model, on four sequences of 1,024 tokens.
	const B, T, layers = 4, 1024, 12
	heads := attention.Heads{Count: 12, Causal: true}
	a := attention.NewHeadsActivations(heads, B, T)
	fmt.Println("all weights:            ", 4*layers*B*heads.Count*T*T, "bytes")
	fmt.Println("one sum for each query: ", 4*layers*len(a.LogSum), "bytes")
	// Output:
	// all weights:             2415919104 bytes
	// one sum for each query:  2359296 bytes
}

func ExampleMultiHead() {
	const B, T, C = 2, 6, 8
	heads := attention.Heads{Count: 4, Causal: true}
	layer := attention.MultiHead{Heads: heads, QKV: attention.NewLinear(C, 3*C, true), Proj: attention.NewLinear(C, C, true)}
	rng := rand.New(rand.NewPCG(1, 2))
	layer.QKV.InitUniform(rng)
	layer.Proj.InitUniform(rng)

	x, y := f32.New(B*T, C), f32.New(B*T, C)
	a := attention.NewActivations(heads, B, T, C)
	layer.Forward(y, a, x, T, nil)
	fmt.Println("in and out:", y.Rows, "rows of", y.Cols)
	for i := range 3 {
		fmt.Printf("position %d: the sum of %.2f equal terms\n", i, f32.Exp(a.Heads.LogSum[i]-a.Heads.LogSum[0]))
	}
	// Output:
	// in and out: 12 rows of 8
	// position 0: the sum of 1.00 equal terms
	// position 1: the sum of 2.00 equal terms
	// position 2: the sum of 3.00 equal terms
}

func ExampleCross() {
	const T, S, C = 2, 5, 4 // two words look at a memory of five
	heads := attention.Heads{Count: 2}
	layer := attention.Cross{
		Heads: heads, Query: attention.NewLinear(C, C, true),
		KeyValue: attention.NewLinear(C, 2*C, true), Proj: attention.NewLinear(C, C, true),
	}
	x, memory, y := f32.New(T, C), f32.New(S, C), f32.New(T, C)
	a := attention.NewCrossActivations(heads, 1, T, S, C)
	layer.Forward(y, a, x, memory, T, S, nil)
	for t := range T {
		fmt.Printf("word %d: the sum of %.2f equal terms\n", t, f32.Exp(a.Heads.LogSum[t]))
	}
	// Output:
	// word 0: the sum of 5.00 equal terms
	// word 1: the sum of 5.00 equal terms
}
