package main

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas32"

	lora "github.com/llm-from-scratch/llm/branches/lora"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// toyNetwork is appendix A: a product, one weight's gradient, a network of three
// layers, and its training.
func toyNetwork(lab *Lab) {
	lab.is("appendix A[23] product", attention.Scores(f32.View([]float32{1, 2, 3, 4, 5, 6}, 2, 3)))

	// The loss of a yes or no is ours with two classes, whose logits are 0 and z.
	neuron := attention.Linear{W: f32.View([]float32{2.2}, 1, 1), B: []float32{0}}
	x, z := f32.View([]float32{1.1}, 1, 1), f32.New(1, 1)
	neuron.Forward(z, x)
	logits := f32.View([]float32{0, z.Data[0]}, 1, 2)
	loss := pretrain.CrossEntropyBackward(logits, []int{1}, 1)
	lab.is("appendix A[27] loss", float32(loss))
	grad := attention.NewLinear(1, 1, true)
	neuron.Backward(f32.New(1, 1), &grad, f32.View(logits.Data[1:], 1, 1), x)
	lab.all("appendix A[30]", grad.W.Data[0], grad.B[0])

	wide := newNetwork(torchrand.New(seed), 50, 30, 20, 3)
	lab.is("appendix A[37] parameters", wide.params())
	lab.is("appendix A exercise A.3 parameters", newNetwork(torchrand.New(1), 2, 30, 20, 2).params())
	w := turned(wide.layers[0])
	lab.is("appendix A[40] shape of the first layer", shape(w.Rows, w.Cols))
	lab.each("appendix A[39] first layer %d", func(row int) any { return ends(f32.Row(w, row)) })
	input := f32.New(1, 50)
	torchrand.New(seed).Uniform(input.Data, 0, 1)
	out := wide.forward(new(tape), input).v
	lab.is("appendix A[41] output", out.Data)
	attention.Softmax(out.Data)
	lab.is("appendix A[43] softmax", out.Data)
	trainToy(lab)
}

// A network is linear layers with an activation function between them.
type network struct{ layers, grads []attention.Linear }

// newNetwork draws a network of such widths.
func newNetwork(g *torchrand.Generator, widths ...int) *network {
	n := new(network)
	for i, out := range widths[1:] {
		n.layers = append(n.layers, newLinear(g, widths[i], out, true))
		n.grads = append(n.grads, attention.NewLinear(widths[i], out, true))
	}
	return n
}

func (n *network) params() (total int) {
	for _, l := range n.layers {
		total += len(l.W.Data) + len(l.B)
	}
	return total
}

// forward runs the network with ReLU.
func (n *network) forward(t *tape, x blas32.General) tensor {
	y := tensor{v: x}
	for i := range n.layers {
		if y = t.linear(&n.layers[i], &n.grads[i], y); i+1 < len(n.layers) {
			y = t.relu(y)
		}
	}
	return y
}

// learn takes one step of stochastic gradient descent and returns the loss before.
func (n *network) learn(x blas32.General, labels []int, rate float32) float64 {
	t := new(tape)
	y := n.forward(t, x)
	copy(y.d.Data, y.v.Data)
	loss := pretrain.CrossEntropyBackward(y.d, labels, 1)
	t.backward()
	for i, grad := range n.grads {
		f32.Axpy(-rate, grad.W.Data, n.layers[i].W.Data)
		f32.Axpy(-rate, grad.B, n.layers[i].B)
		clear(grad.W.Data)
		clear(grad.B)
	}
	return loss
}

// trainToy is cells 46 to 62.
func trainToy(lab *Lab) {
	points := f32.View([]float32{-1.2, 3.1, -.9, 2.9, -.5, 2.6, 2.3, -1.1, 2.7, -1.5}, 5, 2)
	labels := []int{0, 0, 0, 1, 1}
	g := torchrand.New(seed)
	order := g.Loader(5, true)
	lab.is("appendix A[52] batches", fmt.Sprint(order[:2], order[2:4], order[4:]))
	order = g.Loader(5, true)
	lab.is("appendix A[54] batches, the rest dropped", fmt.Sprint(order[:2], order[2:4]))

	g = torchrand.New(seed)
	n := newNetwork(g, 2, 30, 20, 2)
	for epoch := range 3 {
		order := g.Loader(5, true)
		for b := range 2 {
			i, j := order[2*b], order[2*b+1]
			x := f32.View(append(append([]float32{}, f32.Row(points, i)...), f32.Row(points, j)...), 2, 2)
			lab.is(fmt.Sprintf("appendix A[57] loss of epoch %d, batch %d", epoch+1, b+1), n.learn(x, []int{labels[i], labels[j]}, .5))
		}
	}
	outputs := func(x blas32.General) blas32.General { return n.forward(new(tape), x).v }
	out := outputs(points)
	lab.is("appendix A[58] outputs", out)
	lab.is("appendix A[59] predictions", answers(out))
	lab.is("appendix A[63] training accuracy", accuracy(out, labels))
	attention.SoftmaxRows(out)
	lab.is("appendix A[59] probabilities", out)
	lab.is("appendix A[64] test accuracy", accuracy(outputs(f32.View([]float32{-.8, 2.8, 2.6, -1.6}, 2, 2)), []int{0, 1}))
}

// answers are the likeliest classes, or tokens.
func answers(logits blas32.General) (list []int) {
	for i := range logits.Rows {
		list = append(list, gpt.Argmax(f32.Row(logits, i)))
	}
	return list
}

// accuracy is the share of answers that are right.
func accuracy(logits blas32.General, labels []int) float64 {
	right := 0
	for i, answer := range answers(logits) {
		if answer == labels[i] {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}

// schedules is what of appendix D needs no model.
func schedules(lab *Lab) {
	run := warmUp(1e-5, 1e-3)
	lab.all("appendix D[12]", run.Total, run.Total/5)
	lab.each("appendix D.2 rate of step %d", func(step int) any { return warmUp(1e-4, 1e-2).Rate(step) })
	lab.each("appendix D.4 rate of step %d", func(step int) any { return run.Rate(step) })
	grads := []gpt.Param{{Name: "g", Shape: []int{2, 2}, Data: []float32{1, 2, 2, 4}}}
	norm := pretrain.GradNorm(grads)
	lab.is("appendix D[22] norm", norm)
	f32.Scale(float32(pretrain.ClipScale(norm, 1)), grads[0].Data)
	lab.is("appendix D[22] clipped", grads[0].Data)
}

// lowRank counts the parameters of appendix E, and shows that its changes begin as
// none: a small classifier answers as before.
func lowRank(lab *Lab) {
	medium := gpt.GPT2Medium
	medium.TiedHead = false
	lab.is("appendix E[37] parameters", classify.TrainedParams(gpt.GPT2Small, classify.All))
	lab.is("appendix E[37] trainable once all are frozen", classify.TrainedParams(gpt.GPT2Small, func(string) bool { return false }))
	lab.is("appendix E[38] trainable with LoRA", lora.ParamCount(gpt.GPT2Small, 16, 2))
	const r = 16
	var largest float32
	for _, c := range []struct {
		of      string
		in, out int
	}{{"attention", 768, 768}, {"the feed-forward layer", 768, 4 * 768}, {"the head", 768, 2}} {
		l := classify.NewLowRank(c.in, c.out, r, r, rand.New(rand.NewPCG(1, 1)))
		lab.is("appendix E[38] of a matrix of "+c.of, len(l.A.Data)+len(l.B.Data))
		largest = max(largest, f32.Max(l.A.Data))
	}
	lab.is("appendix E bound of A", largest) // 1/√r
	lab.all("ch07 exercise 7.4", medium.ParamCount(), lora.ParamCount(medium, 16, medium.Vocab))

	rng := rand.New(rand.NewPCG(1, 1))
	model := gpt.New(gpt.Config{Vocab: 50, Context: 8, Width: 16, Heads: 2, Layers: 2, TiedHead: true})
	model.Init(rng)
	c := classify.New(model, rng)
	ids, rows := []int{1, 2, 3, 4, 5, 6, 7, 8}, []int{3, 7}
	pass := c.NewPass(gpt.Frozen, 2, 4)
	before := fmt.Sprint(pass.Forward(ids, 4, rows, nil).Data)
	lora.New(classify.NewLearner(c, lora.Changes, 2, 4), 16, 16, rng).Merge()
	lab.rows = append(lab.rows, text("appendix E[42] LoRA changes nothing at first", before, pass.Forward(ids, 4, rows, nil).Data))
}
