package embeddings_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// As ids, an apple is nearer to a girl than a boy is. As vectors, whose first
// number we chose to mean "person" and whose second "fruit", it is the boy.
func Example_whyVectors() {
	words := []string{"boy", "apple", "girl"}
	vectors := [][]float32{{0.9, 0.1}, {0.0, 1.0}, {0.8, 0.1}}
	const girl = 2
	for id, word := range words[:girl] {
		product := f32.Dot(vectors[id], vectors[girl])
		fmt.Printf("%-5s ids %d apart, dot product %.2f\n", word, girl-id, product)
	}
	// Output:
	// boy   ids 2 apart, dot product 0.73
	// apple ids 1 apart, dot product 0.10
}

// One window holds as many questions as it has ids: what comes after the first,
// what after the first two, and so on.
func ExampleWindows_At() {
	piece := map[int]string{
		290: " and", 4920: " established", 2241: " himself", 287: " in", 257: " a",
	}
	text := []int{290, 4920, 2241, 287, 257}

	windows, _ := embeddings.NewWindows(text, 4, 1) // five ids are enough
	input, target := windows.At(0)
	for t := range input {
		for _, id := range input[:t+1] {
			fmt.Print(piece[id])
		}
		fmt.Printf(" ->%s\n", piece[target[t]])
	}
	fmt.Println(input)
	fmt.Println(target)
	// Output:
	//  and -> established
	//  and established -> himself
	//  and established himself -> in
	//  and established himself in -> a
	// [290 4920 2241 287]
	// [4920 2241 287 257]
}

func ExampleNewWindows() {
	text := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	for _, stride := range []int{4, 2} {
		windows, err := embeddings.NewWindows(text, 4, stride)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("stride", stride)
		for i := range windows.Len() {
			input, target := windows.At(i)
			fmt.Println(input, "->", target)
		}
	}
	// Output:
	// stride 4
	// [0 1 2 3] -> [1 2 3 4]
	// [4 5 6 7] -> [5 6 7 8]
	// stride 2
	// [0 1 2 3] -> [1 2 3 4]
	// [2 3 4 5] -> [3 4 5 6]
	// [4 5 6 7] -> [5 6 7 8]
}

// The counts for a text of 5,145 ids, as long as the short story "The Verdict".
func ExampleWindows_Len() {
	text := make([]int, 5145)
	for _, stride := range []int{1, 4} {
		windows, err := embeddings.NewWindows(text, 4, stride)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("stride", stride, "gives", windows.Len(), "windows")
	}
	// Output:
	// stride 1 gives 5141 windows
	// stride 4 gives 1286 windows
}

func ExampleNewWindows_tooShort() {
	_, err := embeddings.NewWindows([]int{5, 6, 7}, 4, 1)
	fmt.Println(err)
	// Output:
	// embeddings: a text of 3 ids is too short for windows of 4: it takes at least 5, the last one as a target
}

// The text is the numbers from 0 to 1000, so that each batch shows where in the
// text it was cut.
func ExampleWindows_Batches() {
	text := make([]int, 1001)
	for i := range text {
		text[i] = i
	}
	windows, _ := embeddings.NewWindows(text, 4, 4)

	var batches int
	for b := range windows.Batches(2, nil) {
		if batches++; batches == 1 || batches == 125 {
			fmt.Println("batch", batches)
			fmt.Println("inputs ", b.Inputs)
			fmt.Println("targets", b.Targets)
		}
	}
	fmt.Println(windows.Len(), "windows,", batches, "batches")
	// Output:
	// batch 1
	// inputs  [0 1 2 3 4 5 6 7]
	// targets [1 2 3 4 5 6 7 8]
	// batch 125
	// inputs  [992 993 994 995 996 997 998 999]
	// targets [993 994 995 996 997 998 999 1000]
	// 250 windows, 125 batches
}

// Two epochs from one generator see the windows in two orders. The same seed
// gives the same two again.
func ExampleWindows_Batches_shuffled() {
	text := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	windows, _ := embeddings.NewWindows(text, 2, 2)
	for range 2 {
		rng := rand.New(rand.NewPCG(123, 0))
		for epoch := range 2 {
			fmt.Print("epoch ", epoch, ":")
			for b := range windows.Batches(2, rng) {
				fmt.Print(" ", b.Inputs)
			}
			fmt.Println()
		}
	}
	// Output:
	// epoch 0: [6 7 10 11] [4 5 2 3] [8 9 0 1]
	// epoch 1: [6 7 0 1] [4 5 2 3] [8 9 10 11]
	// epoch 0: [6 7 10 11] [4 5 2 3] [8 9 0 1]
	// epoch 1: [6 7 0 1] [4 5 2 3] [8 9 10 11]
}

// Two sequences of three ids, tables of two numbers a row. Id 1 is looked up
// three times; it meets position 0, then 2, then 0 again.
func ExampleEmbedding_Forward() {
	e := embeddings.Embedding{
		Tokens: f32.View([]float32{
			1, 2, // id 0
			3, 4, // id 1
			5, 6, // id 2
		}, 3, 2),
		Positions: f32.View([]float32{
			0.1, 0.1, // position 0
			0.2, 0.2, // position 1
			0.3, 0.3, // position 2
		}, 3, 2),
	}
	ids := []int{1, 2, 1 /* and */, 1, 0, 0}
	x := f32.New(len(ids), 2)
	e.Forward(x, ids, 3, 0)
	for i, id := range ids {
		fmt.Printf("id %d at position %d: %.1f\n", id, i%3, f32.Row(x, i))
	}
	// Output:
	// id 1 at position 0: [3.1 4.1]
	// id 2 at position 1: [5.2 6.2]
	// id 1 at position 2: [3.3 4.3]
	// id 1 at position 0: [3.1 4.1]
	// id 0 at position 1: [1.2 2.2]
	// id 0 at position 2: [1.3 2.3]
}

// The product of a (2, 3) matrix with its own transpose, which is (3, 2).
func Example_matrixProduct() {
	a := [2][3]float32{{1, 2, 3}, {4, 5, 6}}
	b := [3][2]float32{{1, 4}, {2, 5}, {3, 6}}
	var c [2][2]float32
	for i := range 2 { // each row of a
		for j := range 2 { // with each column of b
			for k := range 3 { // their dot product
				c[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	fmt.Println(c)
	// Output:
	// [[14 32] [32 77]]
}

// The same by the function that the book uses, which is told to read its second
// matrix transposed.
func Example_gemm() {
	a := f32.View([]float32{
		1, 2, 3,
		4, 5, 6,
	}, 2, 3)
	c := f32.New(2, 2)
	f32.Gemm(blas.NoTrans, blas.Trans, 1, a, a, 0, c)
	fmt.Println(f32.Row(c, 0), f32.Row(c, 1))
	// Output:
	// [14 32] [32 77]
}

// A lookup and its gradient as products with a matrix of zeros and ones.
func ExampleOneHot() {
	ids := []int{2, 0, 2}
	table := f32.View([]float32{
		1, 2, // id 0
		3, 4, // id 1
		5, 6, // id 2
		7, 8, // id 3
	}, 4, 2)
	h := embeddings.OneHot(ids, 4)
	for i := range ids {
		fmt.Println(f32.Row(h, i))
	}

	x := f32.New(3, 2)
	f32.Gemm(blas.NoTrans, blas.NoTrans, 1, h, table, 0, x)
	fmt.Println("forward: ", x.Data)

	dx := f32.View([]float32{1, 1, 10, 10, 100, 100}, 3, 2)
	grad := f32.New(4, 2)
	f32.Gemm(blas.Trans, blas.NoTrans, 1, h, dx, 0, grad)
	fmt.Println("backward:", grad.Data)
	// Output:
	// [0 0 1 0]
	// [1 0 0 0]
	// [0 0 1 0]
	// forward:  [5 6 1 2 5 6]
	// backward: [10 10 0 0 101 101 0 0]
}

// A loss of three weights, its gradient by the rules of differentiation, and
// the check that needs no rules: nudge each weight a little and look.
func Example_gradient() {
	loss := func(w [3]float64) float64 { return w[0]*w[1] + w[2]*w[2] }
	w := [3]float64{2, 3, 1}
	gradient := [3]float64{w[1], w[0], 2 * w[2]}

	fmt.Println("loss", loss(w))
	const nudge = 0.001
	for i := range w {
		up, down := w, w
		up[i] += nudge
		down[i] -= nudge
		slope := (loss(up) - loss(down)) / (2 * nudge)
		fmt.Printf("weight %d: gradient %v, by nudging %.4f\n", i, gradient[i], slope)
	}

	for i := range w {
		w[i] -= 0.01 * gradient[i]
	}
	fmt.Printf("loss after one small step against the gradient %.3f\n", loss(w))
	// Output:
	// loss 7
	// weight 0: gradient 3, by nudging 3.0000
	// weight 1: gradient 2, by nudging 2.0000
	// weight 2: gradient 2, by nudging 2.0000
	// loss after one small step against the gradient 6.831
}

// The slopes of three functions that the next chapters use, by nudging, and beside
// each what the rule says.
func Example_slopes() {
	for _, f := range []struct {
		name  string
		at    float64
		of    func(float64) float64
		slope float64
	}{
		{"exp", 2, math.Exp, math.Exp(2)},
		{"log", 2, math.Log, 1 / 2.0},
		{"tanh", 0.5, math.Tanh, 1 - math.Tanh(0.5)*math.Tanh(0.5)},
	} {
		const h = 0.001
		nudged := (f.of(f.at+h) - f.of(f.at-h)) / (2 * h)
		fmt.Printf("%-4s at %.1f is %.4f, its slope %.4f, by the rule %.4f\n", f.name, f.at, f.of(f.at), nudged, f.slope)
	}
	// Output:
	// exp  at 2.0 is 7.3891, its slope 7.3891, by the rule 7.3891
	// log  at 2.0 is 0.6931, its slope 0.5000, by the rule 0.5000
	// tanh at 0.5 is 0.4621, its slope 0.7864, by the rule 0.7864
}

// The sentence is "the cat the", its vectors have one number each, and the loss
// is 2·x[0] + 3·x[1] + 5·x[2]: so the gradient that arrives is 2, 3, 5. The id
// of "the" was used twice and collects both parts.
func ExampleEmbedding_Backward() {
	const the, cat = 0, 1
	ids := []int{the, cat, the}
	e := embeddings.Embedding{
		Tokens:    f32.View([]float32{0.5, -1, 4}, 3, 1), // the, cat, another
		Positions: f32.New(3, 1),
	}
	loss := func() float32 {
		x := f32.New(3, 1)
		e.Forward(x, ids, 3, 0)
		return 2*x.Data[0] + 3*x.Data[1] + 5*x.Data[2]
	}

	grad := embeddings.Embedding{Tokens: f32.New(3, 1), Positions: f32.New(3, 1)}
	dx := f32.View([]float32{2, 3, 5}, 3, 1)
	e.Backward(&grad, dx, ids, 3)
	fmt.Println("tokens   ", grad.Tokens.Data)
	fmt.Println("positions", grad.Positions.Data)

	before := loss()
	e.Tokens.Data[the] += 0.25
	fmt.Println("nudging \"the\" by 0.25 moves the loss by", loss()-before)
	// Output:
	// tokens    [7 3 0]
	// positions [2 3 5]
	// nudging "the" by 0.25 moves the loss by 1.75
}

// The bill for one sequence of 1,024 ids in GPT-2's smallest model.
func Example_cost() {
	const V, C, T = 50257, 768, 1024
	fmt.Println("token table:   ", 4*V*C, "bytes")
	fmt.Println("position table:", 4*T*C, "bytes")
	fmt.Println("forward moves: ", 4*3*T*C, "bytes") // reads two rows, writes one
	fmt.Println("as a lookup:   ", T*C, "additions")
	fmt.Println("as a product:  ", 2*T*V*C, "multiplications and additions")
	// Output:
	// token table:    154389504 bytes
	// position table: 3145728 bytes
	// forward moves:  9437184 bytes
	// as a lookup:    786432 additions
	// as a product:   79047426048 multiplications and additions
}
