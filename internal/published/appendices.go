package published

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/torchrand"
)

// toyNetwork is appendix A: a product, one weight's gradient, a network of three
// layers, and its training.
func toyNetwork(context.Context, *Lab) ([]Row, error) {
	var s sheet
	m := f32.View([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	s.matrix("appendix A[23] product", "14 32/32 77", attention.Scores(m))

	// The loss of a yes or no is ours with two classes, whose logits are 0 and z.
	neuron := attention.Linear{W: f32.View([]float32{2.2}, 1, 1), B: []float32{0}}
	x, z := f32.View([]float32{1.1}, 1, 1), f32.New(1, 1)
	neuron.Forward(z, x)
	logits := f32.View([]float32{0, z.Data[0]}, 1, 2)
	loss := pretrain.CrossEntropyBackward(logits, []int{1}, 1)
	s.number("appendix A[27] loss", ".0852", loss)
	s.doubles("appendix A[27] loss, more digits", ".08518786", float32(loss))
	grad := attention.NewLinear(1, 1, true)
	neuron.Backward(f32.New(1, 1), &grad, f32.View(logits.Data[1:], 1, 1), x)
	for _, c := range []struct {
		of   string
		want []string
		ours float32
	}{{"weight", []string{"-.0898", "-.08982628"}, grad.W.Data[0]}, {"bias", []string{"-.0817", "-.08166026"}, grad.B[0]}} {
		s.number("appendix A[30] gradient of the "+c.of, c.want[0], float64(c.ours))
		s.doubles("appendix A[30] gradient of the "+c.of+", more digits", c.want[1], c.ours)
	}

	g := torchrand.New(seed)
	wide := newNetwork(g, 50, 3)
	s.text("appendix A[37] parameters", 2213, wide.params())
	s.text("appendix A exercise A.3 parameters", 752, newNetwork(torchrand.New(1), 2, 2).params())
	w := turned(wide.layers[0])
	s.text("appendix A[40] shape of the first layer", "(30, 50)", shape(w.Rows, w.Cols))
	for i, want := range []string{
		"-.0577 .0047 -.0702 .0222 .1260 .0865", ".0502 .0307 .0333 .0951 .1134 -.0297", ".1077 -.1108 .0122 .0108 -.1049 -.1063",
		"-.0787 .1259 .0803 .1218 .1303 -.1351", ".1359 .0175 -.0673 .0674 .0676 .1058", ".0790 .1343 -.0293 .0344 -.0971 -.0509",
	} {
		row := []int{0, 1, 2, 27, 28, 29}[i]
		s.numbers(fmt.Sprintf("appendix A[39] first layer %d", row), want, ends(f32.Row(w, row))...)
	}
	input := f32.New(1, 50)
	torchrand.New(seed).Uniform(input.Data, 0, 1)
	out := wide.forward(input)
	s.numbers("appendix A[41] output", "-.1262 .1080 -.1792", out.Data...)
	attention.Softmax(out.Data)
	s.numbers("appendix A[43] softmax", ".3113 .3934 .2952", out.Data...)
	trainToy(&s)
	return s, nil
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
	s.text("appendix A[52] batches", "[3 1] [0 2] [4]", fmt.Sprint(order[:2], order[2:4], order[4:]))
	order = g.Loader(5, true)
	s.text("appendix A[54] batches, the rest dropped", "[0 2] [3 1]", fmt.Sprint(order[:2], order[2:4]))

	g = torchrand.New(seed)
	n := newNetwork(g, 2, 2)
	want := []string{"0.75", "0.65", "0.44", "0.13", "0.03", "0.00"}
	for epoch := range 3 {
		order := g.Loader(5, true)
		for b := range 2 {
			x, y := f32.New(2, 2), make([]int, 2)
			for row, i := range order[2*b : 2*b+2] {
				copy(f32.Row(x, row), f32.Row(points, i))
				y[row] = labels[i]
			}
			s.number(fmt.Sprintf("appendix A[57] loss of epoch %d, batch %d", epoch+1, b+1), want[2*epoch+b], n.learn(x, y, .5))
		}
	}
	out := n.forward(points)
	s.matrix("appendix A[58] outputs", "2.8569 -4.1618/2.5382 -3.7548/2.0944 -3.1820/-1.4814 1.4816/-1.7176 1.7342", out)
	var predictions []int
	for i := range out.Rows {
		predictions = append(predictions, gpt.Argmax(f32.Row(out, i)))
	}
	s.text("appendix A[59] predictions", labels, predictions)
	s.number("appendix A[63] training accuracy", "1.0", accuracy(predictions, labels))
	attention.SoftmaxRows(out)
	s.matrix("appendix A[59] probabilities", ".9991 .0009/.9982 .0018/.9949 .0051/.0491 .9509/.0307 .9693", out)
	out = n.forward(f32.View([]float32{-.8, 2.8, 2.6, -1.6}, 2, 2))
	s.number("appendix A[64] test accuracy", "1.0", accuracy([]int{gpt.Argmax(f32.Row(out, 0)), gpt.Argmax(f32.Row(out, 1))}, []int{0, 1}))
}

// accuracy is the share of predictions that are right.
func accuracy(predictions, labels []int) float64 {
	right := 0
	for i, p := range predictions {
		if p == labels[i] {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}

// schedules is what of appendix D needs no model.
func schedules(context.Context, *Lab) ([]Row, error) {
	var s sheet
	const total = 9 * 15
	const warm = total / 5
	s.text("appendix D[12] steps", 135, total)
	s.text("appendix D[12] warmup", 27, warm)
	for _, c := range []struct {
		where    string
		schedule warmup
		steps    []int
		want     []string
	}{
		{"appendix D.2", warmUp(1e-4, 1e-2, 1e-5, warm, total),
			[]int{0, 1, 26, 27, 28, 80, 81, 100, 134},
			[]string{".0001", ".000466667", ".009633333", ".01", ".009997887", ".005150278", ".005005", ".002382742", "1.2113e-05"}},
		{"appendix D.4", warmUp(1e-5, 1e-3, 1e-5, warm, total),
			[]int{1, 26, 28, 81, 134},
			[]string{"4.66667e-05", "9.633333e-04", "9.997906e-04", "5.05e-04", "1.02094e-05"}},
	} {
		for i, step := range c.steps {
			s.number(fmt.Sprintf("%s rate of step %d", c.where, step), c.want[i], c.schedule.Rate(step))
		}
	}
	grads := []gpt.Param{{Name: "g", Shape: []int{2, 2}, Data: []float32{1, 2, 2, 4}}}
	norm := pretrain.GradNorm(grads)
	s.number("appendix D[22] norm", "5.0", norm)
	f32.Scale(float32(pretrain.ClipScale(norm, 1)), grads[0].Data)
	s.numbers("appendix D[22] clipped", ".2000 .4000 .4000 .8000", grads[0].Data...)
	return s, nil
}

// lora counts the parameters of appendix E, and shows that its changes begin as
// none: a small classifier answers as before.
func lora(context.Context, *Lab) ([]Row, error) {
	var s sheet
	medium := gpt.GPT2Medium
	medium.TiedHead = false
	s.text("appendix E[37] parameters", 124441346, classify.TrainedParams(gpt.GPT2Small, classify.All))
	s.text("appendix E[37] trainable once all are frozen", 0, classify.TrainedParams(gpt.GPT2Small, func(string) bool { return false }))
	s.text("appendix E[38] trainable with LoRA", 2666528, classify.LoRAParams(gpt.GPT2Small, 16, 2))
	const r = 16
	var largest float32
	for _, c := range []struct {
		of, name string
		in, out  int
	}{{"attention", "24576", 768, 768}, {"the feed-forward layer", "61440", 768, 4 * 768}, {"the head", "12320", 768, 2}} {
		l := classify.NewLowRank(c.in, c.out, r, r, rand.New(rand.NewPCG(1, 1)))
		s.text("appendix E[38] of a matrix of "+c.of, c.name, len(l.A.Data)+len(l.B.Data))
		largest = max(largest, f32.Max(l.A.Data))
	}
	s.number("appendix E bound of A", ".25", float64(largest)) // 1/√r
	s.text("ch07 exercise 7.4 parameters", 406286336, medium.ParamCount())
	s.text("ch07 exercise 7.4 trainable with LoRA", 7898384, classify.LoRAParams(medium, 16, medium.Vocab))

	config := gpt.Config{Vocab: 50, Context: 8, Width: 16, Heads: 2, Layers: 2, TiedHead: true}
	rng := rand.New(rand.NewPCG(1, 1))
	model := gpt.New(config)
	model.Init(rng)
	c := classify.New(model, rng)
	ids, rows := []int{1, 2, 3, 4, 5, 6, 7, 8}, []int{3, 7}
	a := c.NewActivations(nil, 2, 4)
	before := slices.Clone(c.Forward(a, ids, 4, rows, nil).Data)
	classify.NewLoRA(c, 16, 16, 2, 4, rng).Merge()
	s.text("appendix E[42] LoRA changes nothing at first", before, c.Forward(a, ids, 4, rows, nil).Data)
	return s, nil
}
