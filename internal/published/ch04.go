package published

import (
	"context"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/torchrand"
)

// layers is cells 22 to 57: two rows through a layer, their norm, the bend, and
// what shortcuts do to gradients.
func layers(context.Context, *Lab) ([]Row, error) {
	var s sheet
	g := torchrand.New(seed)
	x, y := f32.New(2, 5), f32.New(2, 6)
	g.Normal(x.Data)
	s.matrix("ch04[22] batch", "-.1115 .1204 -.3696 -.2404 -1.1969/.2093 -.9724 -.7550 .3239 -.1085", x)
	layer := newLinear(g, 5, 6, true)
	layer.Forward(y, x)
	for i, v := range y.Data {
		y.Data[i] = gpt.ReLU(v)
	}
	s.matrix("ch04[22] layer and ReLU", ".2260 .3470 0 .2216 0 0/.2133 .2394 0 .5198 .3297 0", y)
	normalised := f32.New(2, 6)
	for i := range 2 {
		mean, variance := moments(f32.Row(y, i), 1)
		s.number(fmt.Sprintf("ch04[24] mean %d", i), []string{".1324", ".2170"}[i], mean)
		s.number(fmt.Sprintf("ch04[24] mean %d, more digits", i), []string{".132418", ".217048"}[i], mean)
		s.number(fmt.Sprintf("ch04[24] variance %d", i), []string{".0231", ".0398"}[i], variance)
		s.number(fmt.Sprintf("ch04[24] variance %d, more digits", i), []string{".023066", ".039823"}[i], variance)
		for j, v := range f32.Row(y, i) {
			f32.Row(normalised, i)[j] = float32((float64(v) - mean) / math.Sqrt(variance))
		}
	}
	s.matrix("ch04[28] normalised", ".6159 1.4126 -.8719 .5872 -.8719 -.8719/-.0189 .1121 -1.0876 1.5173 .5647 -1.0876", normalised)
	for i := range 2 {
		mean, variance := moments(f32.Row(normalised, i), 1)
		s.number(fmt.Sprintf("ch04[30] mean %d", i), "0.0000", mean)
		s.number(fmt.Sprintf("ch04[30] variance %d", i), "1.0000", variance)
	}

	// LayerNorm of the six outputs, and of the five inputs.
	normed := layerNorm(y)
	s.matrix("ch04 LayerNorm of the layer's output", ".674460 1.546987 -.954852 .643108 -.954852 -.954852/-.020662 .122796 -1.191277 1.661866 .618554 -1.191277", normed)
	for i := range 2 {
		_, variance := moments(f32.Row(normed, i), 0)
		s.number(fmt.Sprintf("ch04[35] variance %d after LayerNorm", i), []string{".9995", ".9997"}[i], variance)
		s.number(fmt.Sprintf("ch04[35] variance %d after LayerNorm, more digits", i), []string{".999480", ".999699"}[i], variance)
	}

	for _, c := range []struct {
		x    float32
		want string
	}{
		{-3, "-.003637"}, {-2, "-.045402"}, {-1, "-.158808"}, {-.75, "-.170039"}, {-.5, "-.154286"},
		{.5, ".345714"}, {1, ".841192"}, {2, "1.954598"}, {3, "2.996363"},
	} {
		s.number(fmt.Sprintf("ch04[38] GELU(%v)", c.x), c.want, float64(gpt.GELU(c.x)))
	}
	s.doubles("ch04[55] mean gradients without shortcuts", "2.0173588e-4 1.2011160e-4 7.1520399e-4 1.3988736e-3 5.0496454e-3", shortcutGradients(false)...)
	s.doubles("ch04[57] mean gradients with shortcuts", ".22169793 .20694107 .32896996 .26657322 1.32585406", shortcutGradients(true)...)
	return s, nil
}

// moments returns the mean of x, and its variance with so many degrees of freedom
// taken away.
func moments(x []float32, lost int) (mean, variance float64) {
	for _, v := range x {
		mean += float64(v)
	}
	mean /= float64(len(x))
	for _, v := range x {
		variance += (float64(v) - mean) * (float64(v) - mean)
	}
	return mean, variance / float64(len(x)-lost)
}

// layerNorm is a new LayerNorm of x.
func layerNorm(x blas32.General) blas32.General {
	norm := gpt.LayerNorm{Weight: make([]float32, x.Cols), Bias: make([]float32, x.Cols)}
	ones(norm.Weight)
	y := f32.New(x.Rows, x.Cols)
	norm.Forward(y, gpt.NewMoments(x.Rows), x)
	return y
}

// shortcutGradients sends [1, 0, -1] through five layers, each bent by GELU and, if
// asked, added to its input, and returns the mean size of each weight's gradient
// when the output should have been 0.
func shortcutGradients(shortcuts bool) []float32 {
	g := torchrand.New(seed)
	sizes := []int{3, 3, 3, 3, 3, 1}
	var layers, grads []attention.Linear
	for i := range sizes[1:] {
		layers = append(layers, newLinear(g, sizes[i], sizes[i+1], true))
		grads = append(grads, attention.NewLinear(sizes[i], sizes[i+1], true))
	}
	x := f32.View([]float32{1, 0, -1}, 1, 3)
	var inputs, wide []blas32.General
	for _, l := range layers {
		u, y := f32.New(1, l.W.Cols), f32.New(1, l.W.Cols)
		l.Forward(u, x)
		for i, v := range u.Data {
			y.Data[i] = gpt.GELU(v)
		}
		if shortcuts && y.Cols == x.Cols {
			f32.Add(y.Data, x.Data)
		}
		inputs, wide = append(inputs, x), append(wide, u)
		x = y
	}
	dy := f32.View([]float32{2 * x.Data[0]}, 1, 1) // of the squared distance from 0
	for i := len(layers) - 1; i >= 0; i-- {
		du, dx := f32.New(1, dy.Cols), f32.New(1, inputs[i].Cols)
		for j, v := range wide[i].Data {
			du.Data[j] = dy.Data[j] * gpt.GELUSlope(v)
		}
		layers[i].Backward(dx, &grads[i], du, inputs[i])
		if shortcuts && dy.Cols == dx.Cols {
			f32.Add(dx.Data, dy.Data)
		}
		dy = dx
	}
	means := make([]float32, len(grads))
	for i, grad := range grads {
		for _, v := range grad.W.Data {
			means[i] += float32(math.Abs(float64(v)))
		}
		means[i] /= float32(len(grad.W.Data))
	}
	return means
}

// dummyGPT is cell 16: embeddings with dropout, and the head.
func dummyGPT(_ context.Context, lab *Lab) ([]Row, error) {
	var s sheet
	const C = 768
	V := lab.GPT2.Vocab()
	ids := append(lab.GPT2.Encode("Every effort moves you"), lab.GPT2.Encode("Every day holds a")...)
	g := torchrand.New(seed)
	e := embeddings.Embedding{Tokens: f32.New(V, C), Positions: f32.New(1024, C)}
	g.Normal(e.Tokens.Data)
	g.Normal(e.Positions.Data)
	head := f32.New(V, C)
	g.Linear(head.Data, nil, C)

	x, mask := f32.New(len(ids), C), make([]float32, len(ids)*C)
	e.Forward(x, ids, 4, 0)
	g.Dropout(mask, .1)
	f32.Mul(x.Data, x.Data, mask)
	s.text("ch04[16] output", "(2, 4, 50257)", shape(2, x.Rows/2, head.Rows))
	for i, want := range strings.Split(`-1.2034 .3201 -.7130 -1.5548 -.2390 -.4667/-.1192 .4539 -.4432 .2392 1.3469 1.2430/
		.5307 1.6720 -.4695 1.1966 .0111 .5835/.0139 1.6754 -.3388 1.1586 -.0435 -1.0400/
		-1.0908 .1798 -.9484 -1.6047 .2439 -.4530/-.7860 .5581 -.0610 .4835 -.0077 1.6621/
		.3567 1.2698 -.6398 -.0162 -.1296 .3717/-.2407 -.7349 -.5102 2.0057 -.3694 .1814`, "/") {
		// Only what is printed, and with many sums side by side: the exact 1.6754499 of
		// the fourth row is so near to 1.67545 that f32.Gemm, whose sum is one, prints
		// 1.6755, as does PyTorch 1.13 on this kind of processor.
		var logits []float32
		for _, id := range []int{0, 1, 2, V - 3, V - 2, V - 1} {
			logits = append(logits, f32.Dot(f32.Row(x, i), f32.Row(head, id)))
		}
		s.numbers(fmt.Sprintf("ch04[16] logits %d", i), want, logits...)
	}
	return s, nil
}

// sizes counts the parameters of cells 74 to 80 and of the exercises, and what the
// bonus notebooks count.
func sizes(context.Context, *Lab) ([]Row, error) {
	var s sheet
	block := published(gpt.GPT2Small)
	block.Vocab, block.Layers = 1, 1
	count := map[string]int{}
	for _, p := range gpt.New(block).Params() {
		for _, part := range []string{"h.0.attn", "h.0.mlp", "h.0.mlp.c_fc", "h.0.mlp.c_proj", "h.0.attn.c_attn", "h.0.attn.c_proj"} {
			if strings.HasPrefix(p.Name, part+".") {
				count[part] += len(p.Data)
			}
		}
	}
	s.text("ch03 exercise 3.3 parameters", 2360064, count["h.0.attn"])
	s.text("ch04 exercise 4.1 feed-forward", 4722432, count["h.0.mlp"])
	s.text("ch04 exercise 4.1 its first layer", 2362368, count["h.0.mlp.c_fc"])
	s.text("ch04 exercise 4.1 its second layer", 2360064, count["h.0.mlp.c_proj"])
	s.text("ch04 exercise 4.1 attention", 2360064, count["h.0.attn"])
	s.text("ch04 exercise 4.1 its queries, keys and values", 3*589824, count["h.0.attn.c_attn"])
	s.text("ch04 exercise 4.1 its projection", 590592, count["h.0.attn.c_proj"])

	for _, c := range []struct {
		where       string
		config      gpt.Config
		untied      int
		tied        int
		mb, forward string
	}{
		{"ch04[74-80] small", gpt.GPT2Small, 163009536, 124412160, "621.83", "5.1e11"},
		{"ch04 exercise 4.2 medium", gpt.GPT2Medium, 406212608, 354749440, "1549.58", "1.4e12"},
		{"ch04 exercise 4.2 large", gpt.GPT2Large, 838220800, 773891840, "3197.56", "3.2e12"},
		{"ch04 exercise 4.2 XL", gpt.GPT2XL, 1637792000, 1557380800, "6247.68", "6.4e12"},
	} {
		config := published(c.config)
		s.text(c.where+" parameters", c.untied, config.ParamCount())
		s.number(c.where+" MB", c.mb, float64(config.WeightBytes())/(1<<20))
		// What the notebook counts with leaves products out that have no weights:
		// those of queries, keys and values, next to nothing where T is 1.
		s.number(c.where+" FLOPs forward", c.forward, float64(config.ForwardFLOPs(2*1024, 1)))
		config.TiedHead = true
		s.text(c.where+" parameters, head tied", c.tied, config.ParamCount())
	}
	for _, c := range []struct {
		where, want            string
		layers, full, tokens   int // full layers see all of the tokens
		width, window, inBytes int // of what is kept for a token, and in the other layers for so many tokens
	}{
		{"ch04/04 attention", "17.18", 32, 32, 32768, 2 * 4096, 0, 2},
		{"ch04/04 in groups of four", "4.29", 32, 32, 32768, 2 * 4096 / 4, 0, 2},
		{"ch04/05 attention", "3.25", 48, 48, 8192, 2 * 24 * 86, 0, 2}, // 2048/24 rounded up
		{"ch04/05 latent", "0.81", 48, 48, 8192, 1024, 0, 2},
		{"ch04/06 with windows", "3.14", 32, 5, 32768, 2 * 4096, 1024, 2},
		{"ch04/06 with windows, in groups of four", "0.78", 32, 5, 32768, 2 * 4096 / 4, 1024, 2},
	} {
		positions := c.full*c.tokens + (c.layers-c.full)*c.window
		s.number(c.where+": GB of keys and values", c.want, float64(positions*c.width*c.inBytes)/1e9)
	}
	small := gpt.GPT2Small
	s.text("ch05[134] vocabulary", 50257, small.Vocab)
	s.text("ch05[134] context", 1024, small.Context)
	s.text("ch05[134] width", 768, small.Width)
	s.text("ch05[134] heads", 12, small.Heads)
	s.text("ch05[134] layers", 12, small.Layers)
	return s, nil
}

// published is a configuration of GPT-2 as the published chapter 4 has it: without
// biases for queries, keys and values, and with a head of its own.
func published(c gpt.Config) gpt.Config {
	c.QKVBias, c.TiedHead = false, false
	return c
}
