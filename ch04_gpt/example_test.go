package gpt_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/footprint"
)

func ExampleConfig_ParamCount() {
	for _, name := range []string{"gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"} {
		c, _ := gpt.Named(name)
		fmt.Printf("%-12s %2d layers × %4d wide: %13d parameters, %4d MiB\n",
			name, c.Layers, c.Width, c.ParamCount(), c.WeightBytes()>>20)
	}
	// Output:
	// gpt2         12 layers ×  768 wide:     124439808 parameters,  474 MiB
	// gpt2-medium  24 layers × 1024 wide:     354823168 parameters, 1353 MiB
	// gpt2-large   36 layers × 1280 wide:     774030080 parameters, 2952 MiB
	// gpt2-xl      48 layers × 1600 wide:    1557611200 parameters, 5941 MiB
}

func ExampleConfig_ForwardFLOPs() {
	c := gpt.GPT2Small
	forward := float64(c.ForwardFLOPs(4, 256))
	fmt.Printf("forward:  %.3g FLOPs\n", forward)
	fmt.Printf("training: %.3g FLOPs and %.1f GiB\n", 3*forward, float64(footprint.Of(c, 4, 256, true, nil).Total())/(1<<30))
	// Output:
	// forward:  2.63e+11 FLOPs
	// training: 7.88e+11 FLOPs and 2.7 GiB
}

// In millions of bytes, if all is trained and if the last block is.
func Example_memory() {
	c := gpt.GPT2Small
	all := footprint.Of(c, 4, 256, true, nil)
	last := footprint.Of(c, 4, 256, true, func(name string) bool { return strings.HasPrefix(name, "h.11.") })
	fmt.Println("MB           all   last")
	for _, part := range []struct {
		name      string
		all, last int
	}{
		{"weights", all.Weights, last.Weights},
		{"gradients", all.Gradients, last.Gradients},
		{"averages", all.Averages, last.Averages},
		{"activations", all.Activations, last.Activations},
		{"logits", all.Logits, last.Logits},
		{"total", all.Total(), last.Total()},
	} {
		fmt.Printf("%-11s %4d %6d\n", part.name, part.all/1e6, part.last/1e6)
	}
	// Output:
	// MB           all   last
	// weights      497    497
	// gradients    497     28
	// averages     995     56
	// activations  746    122
	// logits       205    205
	// total       2943    911
}

func ExampleConfig_Validate() {
	c := gpt.GPT2Small
	c.Heads, c.Width = 12, 770
	fmt.Println(c.Validate())
	// Output: gpt: width 770 is not divisible by 12 heads (are heads and layers swapped?)
}

func ExampleLayerNorm_Forward() {
	norm := gpt.LayerNorm{Weight: []float32{1, 1, 1}, Bias: []float32{0, 0, 0}}
	x := f32.View([]float32{
		1, 2, 3,
		100, 200, 300,
	}, 2, 3)
	y := f32.New(2, 3)
	norm.Forward(y, gpt.NewMoments(2), x)
	for i := range 2 {
		fmt.Printf("%.4f\n", f32.Row(y, i))
	}
	// Output:
	// [-1.2247 0.0000 1.2247]
	// [-1.2247 0.0000 1.2247]
}

func ExampleLayerNorm_Backward() {
	norm := gpt.LayerNorm{Weight: []float32{1, 1, 1}, Bias: []float32{0, 0, 0}}
	grad := gpt.LayerNorm{Weight: make([]float32, 3), Bias: make([]float32, 3)}
	x, y, m := f32.View([]float32{1, 2, 3}, 1, 3), f32.New(1, 3), gpt.NewMoments(1)
	norm.Forward(y, m, x)

	// The loss rises with the last output only.
	dx := f32.New(1, 3)
	norm.Backward(dx, &grad, m, f32.View([]float32{0, 0, 1}, 1, 3), x)
	fmt.Printf("dx      %.4f\n", dx.Data)
	fmt.Printf("dweight %.4f\n", grad.Weight)
	fmt.Printf("dbias   %.4f\n", grad.Bias)
	// Output:
	// dx      [0.2041 -0.4082 0.2041]
	// dweight [0.0000 0.0000 1.2247]
	// dbias   [0.0000 0.0000 1.0000]
}

func ExampleGELU() {
	for _, x := range []float32{-3, -1, -0.75, 0, 1, 3} {
		fmt.Printf("x %5.2f   relu %5.2f   gelu %7.4f   slope %7.4f\n", x, gpt.ReLU(x), gpt.GELU(x), gpt.GELUSlope(x))
	}
	// Output:
	// x -3.00   relu  0.00   gelu -0.0036   slope -0.0116
	// x -1.00   relu  0.00   gelu -0.1588   slope -0.0830
	// x -0.75   relu  0.00   gelu -0.1700   slope  0.0011
	// x  0.00   relu  0.00   gelu  0.0000   slope  0.5000
	// x  1.00   relu  1.00   gelu  0.8412   slope  1.0830
	// x  3.00   relu  3.00   gelu  2.9964   slope  1.0116
}

func ExampleMLP() {
	const N, C = 2, 4
	mlp := gpt.MLP{Fc: attention.NewLinear(C, 4*C, true), Proj: attention.NewLinear(4*C, C, true)}
	rng := rand.New(rand.NewPCG(1, 2))
	mlp.Fc.InitUniform(rng)
	mlp.Proj.InitUniform(rng)
	x, y := f32.View([]float32{1, 2, 3, 4, 1, 2, 3, 4}, N, C), f32.New(N, C)
	mlp.Forward(y, gpt.NewMLPActivations(N, C), x)
	fmt.Printf("%.3f\n%.3f\n", f32.Row(y, 0), f32.Row(y, 1))
	// Output:
	// [-1.566 -0.059 0.338 0.556]
	// [-1.566 -0.059 0.338 0.556]
}

// Twelve layers one after another, each a linear layer and a GELU, without and
// with shortcuts: how long is the gradient that arrives at the first one?
func ExampleBlock_shortcuts() {
	const layers, C = 12, 16
	rng := rand.New(rand.NewPCG(1, 2))
	var stack [layers]attention.Linear
	for i := range stack {
		stack[i] = attention.NewLinear(C, C, true)
		stack[i].InitUniform(rng)
	}
	for _, shortcut := range []bool{false, true} {
		x, inner := [layers + 1]blas32.General{f32.New(1, C)}, [layers]blas32.General{}
		x[0].Data[0] = 1
		for i, l := range stack {
			x[i+1], inner[i] = f32.New(1, C), f32.New(1, C)
			l.Forward(inner[i], x[i])
			for j, v := range inner[i].Data {
				x[i+1].Data[j] = gpt.GELU(v)
			}
			if shortcut {
				f32.Add(x[i+1].Data, x[i].Data)
			}
		}
		dy := f32.New(1, C) // the loss is the sum of the outputs
		for j := range dy.Data {
			dy.Data[j] = 1
		}
		for i := layers - 1; i >= 0; i-- {
			dx, dinner, grad := f32.New(1, C), f32.New(1, C), attention.NewLinear(C, C, true)
			for j, v := range inner[i].Data {
				dinner.Data[j] = dy.Data[j] * gpt.GELUSlope(v)
			}
			stack[i].Backward(dx, &grad, dinner, x[i])
			if shortcut {
				f32.Add(dx.Data, dy.Data)
			}
			dy = dx
		}
		fmt.Printf("shortcuts %-5v  gradient at the input %.0e\n", shortcut, math.Sqrt(f32.SquaredNorm(dy.Data)))
	}
	// Output:
	// shortcuts false  gradient at the input 1e-06
	// shortcuts true   gradient at the input 1e+01
}

func ExampleModel_Params() {
	m := gpt.New(gpt.Config{Vocab: 100, Context: 8, Width: 4, Heads: 2, Layers: 1, QKVBias: true, TiedHead: true})
	for _, p := range m.Params() {
		fmt.Println(p.Name, p.Shape)
	}
	// Output:
	// wte.weight [100 4]
	// wpe.weight [8 4]
	// h.0.ln_1.weight [4]
	// h.0.ln_1.bias [4]
	// h.0.attn.c_attn.weight [4 12]
	// h.0.attn.c_attn.bias [12]
	// h.0.attn.c_proj.weight [4 4]
	// h.0.attn.c_proj.bias [4]
	// h.0.ln_2.weight [4]
	// h.0.ln_2.bias [4]
	// h.0.mlp.c_fc.weight [4 16]
	// h.0.mlp.c_fc.bias [16]
	// h.0.mlp.c_proj.weight [16 4]
	// h.0.mlp.c_proj.bias [4]
	// ln_f.weight [4]
	// ln_f.bias [4]
}

func ExampleModel_Gradient() {
	m := gpt.New(gpt.Config{Vocab: 100, Context: 8, Width: 4, Heads: 2, Layers: 1, QKVBias: true, TiedHead: true})
	grad := m.Gradient(func(name string) bool { return name == "ln_f.weight" || name == "ln_f.bias" })
	for _, p := range grad.Params() {
		if p.Data != nil {
			fmt.Println(p.Name, p.Data)
		}
	}
	// Output:
	// ln_f.weight [0 0 0 0]
	// ln_f.bias [0 0 0 0]
}

func ExampleModel_NewPass() {
	c := gpt.Config{Vocab: 100, Context: 8, Width: 16, Heads: 4, Layers: 2, QKVBias: true, TiedHead: true}
	m := gpt.New(c)
	m.Init(rand.New(rand.NewPCG(1, 2)))

	ids := []int{5, 17, 3, 99, 17, 17, 0, 1} // two sequences of four
	hidden := m.NewPass(nil, 2, 4).Forward(ids, 4, nil)
	logits := f32.New(len(ids), c.Vocab)
	m.Logits(logits, hidden)
	fmt.Println("hidden:", hidden.Rows, "×", hidden.Cols)
	fmt.Println("logits:", logits.Rows, "×", logits.Cols)
	// Output:
	// hidden: 8 × 16
	// logits: 8 × 100
}

func ExampleKVCache_Extend() {
	c := gpt.Config{Vocab: 100, Context: 8, Width: 16, Heads: 4, Layers: 2, QKVBias: true, TiedHead: true}
	m := gpt.New(c)
	m.Init(rand.New(rand.NewPCG(1, 2)))

	whole := gpt.Argmax(m.NewCache().Extend([]int{5, 17, 3}))
	cache := m.NewCache()
	cache.Extend([]int{5, 17})
	inSteps := gpt.Argmax(cache.Extend([]int{3}))
	fmt.Println("the same next token:", whole == inSteps, "after", cache.Len(), "ids")
	// Output: the same next token: true after 3 ids
}

func ExampleModel_Greedy() {
	c := gpt.Config{Vocab: 100, Context: 8, Width: 16, Heads: 4, Layers: 2, QKVBias: true, TiedHead: true}
	m := gpt.New(c)
	m.Init(rand.New(rand.NewPCG(1, 2)))
	n := 0
	for id := range m.Greedy([]int{5, 17, 3}) {
		fmt.Print(id, " ")
		if n++; n == 10 {
			break
		}
	}
	// Output:
	// 42 42 42 42 82 82 82 82 82 82
}
