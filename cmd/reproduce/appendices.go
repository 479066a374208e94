package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// toyNetwork is appendix A: a product, one weight's gradient, a network of three
// layers, and its training.
func toyNetwork(_ context.Context, _ *Lab, s *sheet) error {
	s.is("appendix A[23] product", attention.Scores(f32.View([]float32{1, 2, 3, 4, 5, 6}, 2, 3)))

	// The loss of a yes or no is ours with two classes, whose logits are 0 and z.
	neuron := attention.Linear{W: f32.View([]float32{2.2}, 1, 1), B: []float32{0}}
	x, z := f32.View([]float32{1.1}, 1, 1), f32.New(1, 1)
	neuron.Forward(z, x)
	logits := f32.View([]float32{0, z.Data[0]}, 1, 2)
	loss := pretrain.CrossEntropyBackward(logits, []int{1}, 1)
	s.is("appendix A[27] loss", float32(loss))
	grad := attention.NewLinear(1, 1, true)
	neuron.Backward(f32.New(1, 1), &grad, f32.View(logits.Data[1:], 1, 1), x)
	s.is("appendix A[30] gradient of the weight", grad.W.Data[0])
	s.is("appendix A[30] gradient of the bias", grad.B[0])

	wide := newNetwork(torchrand.New(seed), 50, 3)
	s.is("appendix A[37] parameters", wide.params())
	s.is("appendix A exercise A.3 parameters", newNetwork(torchrand.New(1), 2, 2).params())
	w := turned(wide.layers[0])
	s.is("appendix A[40] shape of the first layer", shape(w.Rows, w.Cols))
	for _, row := range []int{0, 1, 2, 27, 28, 29} {
		s.is(fmt.Sprintf("appendix A[39] first layer %d", row), ends(f32.Row(w, row)))
	}
	input := f32.New(1, 50)
	torchrand.New(seed).Uniform(input.Data, 0, 1)
	out := wide.forward(input)
	s.is("appendix A[41] output", out.Data)
	attention.Softmax(out.Data)
	s.is("appendix A[43] softmax", out.Data)
	trainToy(s)
	return nil
}

// A network is linear layers with ReLU between them.
type network struct {
	layers, grads []attention.Linear
	inputs        []blas32.General // of each layer, as of the last forward pass
}

// newNetwork draws the appendix's network, with 30 and 20 units between.
func newNetwork(g *torchrand.Generator, in, out int) *network {
	n := new(network)
	sizes := []int{in, 30, 20, out}
	for i := range sizes[1:] {
		n.layers = append(n.layers, newLinear(g, sizes[i], sizes[i+1], true))
		n.grads = append(n.grads, attention.NewLinear(sizes[i], sizes[i+1], true))
	}
	return n
}

func (n *network) params() int {
	total := 0
	for _, l := range n.layers {
		total += len(l.W.Data) + len(l.B)
	}
	return total
}

func (n *network) forward(x blas32.General) blas32.General {
	n.inputs = nil
	for i, l := range n.layers {
		n.inputs = append(n.inputs, x)
		y := f32.New(x.Rows, l.W.Cols)
		l.Forward(y, x)
		for j, v := range y.Data {
			if i+1 < len(n.layers) {
				y.Data[j] = gpt.ReLU(v)
			}
		}
		x = y
	}
	return x
}

// learn takes one step of stochastic gradient descent and returns the loss before.
func (n *network) learn(x blas32.General, labels []int, rate float32) float64 {
	dy := n.forward(x)
	loss := pretrain.CrossEntropyBackward(dy, labels, 1)
	for i := len(n.layers) - 1; i >= 0; i-- {
		dx := f32.New(dy.Rows, n.layers[i].W.Rows)
		n.layers[i].Backward(dx, &n.grads[i], dy, n.inputs[i])
		for j, v := range n.inputs[i].Data {
			if i > 0 && v == 0 { // where ReLU was flat
				dx.Data[j] = 0
			}
		}
		dy = dx
	}
	for i, grad := range n.grads {
		f32.Axpy(-rate, grad.W.Data, n.layers[i].W.Data)
		f32.Axpy(-rate, grad.B, n.layers[i].B)
		clear(grad.W.Data)
		clear(grad.B)
	}
	return loss
}

// trainToy is cells 46 to 62.
func trainToy(s *sheet) {
	points := f32.View([]float32{-1.2, 3.1, -.9, 2.9, -.5, 2.6, 2.3, -1.1, 2.7, -1.5}, 5, 2)
	labels := []int{0, 0, 0, 1, 1}
	g := torchrand.New(seed)
	order := g.Loader(5, true)
	s.is("appendix A[52] batches", fmt.Sprint(order[:2], order[2:4], order[4:]))
	order = g.Loader(5, true)
	s.is("appendix A[54] batches, the rest dropped", fmt.Sprint(order[:2], order[2:4]))

	g = torchrand.New(seed)
	n := newNetwork(g, 2, 2)
	for epoch := range 3 {
		order := g.Loader(5, true)
		for b := range 2 {
			x, y := f32.New(2, 2), make([]int, 2)
			for row, i := range order[2*b : 2*b+2] {
				copy(f32.Row(x, row), f32.Row(points, i))
				y[row] = labels[i]
			}
			s.is(fmt.Sprintf("appendix A[57] loss of epoch %d, batch %d", epoch+1, b+1), n.learn(x, y, .5))
		}
	}
	out := n.forward(points)
	s.is("appendix A[58] outputs", out)
	s.is("appendix A[59] predictions", answers(out))
	s.is("appendix A[63] training accuracy", accuracy(out, labels))
	attention.SoftmaxRows(out)
	s.is("appendix A[59] probabilities", out)
	s.is("appendix A[64] test accuracy", accuracy(n.forward(f32.View([]float32{-.8, 2.8, 2.6, -1.6}, 2, 2)), []int{0, 1}))
}

// answers are the likeliest classes.
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
func schedules(_ context.Context, _ *Lab, s *sheet) error {
	total := appendixCourse.schedule.Total
	s.is("appendix D[12] steps", total)
	s.is("appendix D[12] warmup", total/5)
	for _, step := range []int{0, 1, 26, 27, 28, 80, 81, 100, 134} {
		s.is(fmt.Sprintf("appendix D.2 rate of step %d", step), warmUp(1e-4, 1e-2).Rate(step))
	}
	for _, step := range []int{1, 26, 28, 81, 134} {
		s.is(fmt.Sprintf("appendix D.4 rate of step %d", step), appendixCourse.schedule.Rate(step))
	}
	grads := []gpt.Param{{Name: "g", Shape: []int{2, 2}, Data: []float32{1, 2, 2, 4}}}
	norm := pretrain.GradNorm(grads)
	s.is("appendix D[22] norm", norm)
	f32.Scale(float32(pretrain.ClipScale(norm, 1)), grads[0].Data)
	s.is("appendix D[22] clipped", grads[0].Data)
	return nil
}

// lora counts the parameters of appendix E, and shows that its changes begin as
// none: a small classifier answers as before.
func lora(_ context.Context, _ *Lab, s *sheet) error {
	medium := gpt.GPT2Medium
	medium.TiedHead = false
	s.is("appendix E[37] parameters", classify.TrainedParams(gpt.GPT2Small, classify.All))
	s.is("appendix E[37] trainable once all are frozen", classify.TrainedParams(gpt.GPT2Small, func(string) bool { return false }))
	s.is("appendix E[38] trainable with LoRA", classify.LoRAParams(gpt.GPT2Small, 16, 2))
	const r = 16
	var largest float32
	for _, c := range []struct {
		of      string
		in, out int
	}{{"attention", 768, 768}, {"the feed-forward layer", 768, 4 * 768}, {"the head", 768, 2}} {
		l := classify.NewLowRank(c.in, c.out, r, r, rand.New(rand.NewPCG(1, 1)))
		s.is("appendix E[38] of a matrix of "+c.of, len(l.A.Data)+len(l.B.Data))
		largest = max(largest, f32.Max(l.A.Data))
	}
	s.is("appendix E bound of A", largest) // 1/√r
	s.is("ch07 exercise 7.4 parameters", medium.ParamCount())
	s.is("ch07 exercise 7.4 trainable with LoRA", classify.LoRAParams(medium, 16, medium.Vocab))

	rng := rand.New(rand.NewPCG(1, 1))
	model := gpt.New(gpt.Config{Vocab: 50, Context: 8, Width: 16, Heads: 2, Layers: 2, TiedHead: true})
	model.Init(rng)
	c := classify.New(model, rng)
	ids, rows := []int{1, 2, 3, 4, 5, 6, 7, 8}, []int{3, 7}
	a := c.NewActivations(nil, 2, 4)
	before := fmt.Sprint(c.Forward(a, ids, 4, rows, nil).Data)
	classify.NewLoRA(c, 16, 16, 2, 4, rng).Merge()
	s.rows = append(s.rows, text("appendix E[42] LoRA changes nothing at first", before, c.Forward(a, ids, 4, rows, nil).Data))
	return nil
}
