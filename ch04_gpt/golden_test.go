package gpt_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/golden"
)

// tolerance for PyTorch's values, relative to a tensor's largest magnitude.
const tolerance = 1e-5

// matrix returns a golden tensor as a matrix whose rows are the last dimension.
func matrix(t *testing.T, g golden.Tensors, name string) blas32.General {
	shape := g.Shape(t, name)
	cols := shape[len(shape)-1]
	data := slices.Clone(g.F32(t, name))
	return f32.View(data, len(data)/cols, cols)
}

// linear returns rows [lo,hi) of a golden weight (out, in), and of its bias, as
// one of our layers.
func linear(t *testing.T, g golden.Tensors, weight, bias string, lo, hi int) attention.Linear {
	return attention.Linear{W: transpose(f32.Rows(matrix(t, g, weight), lo, hi)), B: slices.Clone(g.F32(t, bias)[lo:hi])}
}

func transpose(m blas32.General) blas32.General {
	identity, w := f32.New(m.Cols, m.Cols), f32.New(m.Cols, m.Rows)
	for i := range m.Cols {
		identity.Data[i*m.Cols+i] = 1
	}
	f32.Gemm(blas.NoTrans, blas.Trans, 1, identity, m, 0, w)
	return w
}

func TestGoldenGELU(t *testing.T) {
	g := golden.Load(t, "layers/gelu_tanh.safetensors")
	x, dy := g.F32(t, "x"), g.F32(t, "dy")
	y, dx := make([]float32, len(x)), make([]float32, len(x))
	for i, v := range x {
		y[i], dx[i] = gpt.GELU(v), dy[i]*gpt.GELUSlope(v)
	}
	golden.Close(t, "y", y, g.F32(t, "y"), tolerance)
	golden.Close(t, "dx", dx, g.F32(t, "dx"), tolerance)
}

func TestGoldenLayerNorm(t *testing.T) {
	g := golden.Load(t, "layers/layernorm.safetensors")
	x, dy := matrix(t, g, "x"), matrix(t, g, "dy")
	norm := gpt.LayerNorm{Weight: g.F32(t, "g"), Bias: g.F32(t, "b")}
	grad := gpt.LayerNorm{Weight: make([]float32, x.Cols), Bias: make([]float32, x.Cols)}
	y, dx, m := f32.New(x.Rows, x.Cols), f32.New(x.Rows, x.Cols), gpt.NewMoments(x.Rows)
	norm.Forward(y, m, x)
	norm.Backward(dx, &grad, m, dy, x)
	golden.Close(t, "y", y.Data, g.F32(t, "y"), tolerance)
	golden.Close(t, "dx", dx.Data, g.F32(t, "dx"), tolerance)
	golden.Close(t, "dg", grad.Weight, g.F32(t, "dg"), tolerance)
	golden.Close(t, "db", grad.Bias, g.F32(t, "db"), tolerance)
}

// A sublayer of the original Transformer runs forward and returns its backward pass,
// which takes the gradient of the output and returns that of the input.
type sublayer func(x blas32.General) (y blas32.General, back func(dy blas32.General) (dx blas32.General))

// postNorm is the original Transformer's way with a sublayer: norm(x + f(x)).
func postNorm(t *testing.T, g golden.Tensors, name string, f sublayer) sublayer {
	return func(x blas32.General) (blas32.General, func(blas32.General) blas32.General) {
		norm := gpt.LayerNorm{Weight: g.F32(t, name+".weight"), Bias: g.F32(t, name+".bias")}
		y, back := f(x)
		f32.Add(y.Data, x.Data)
		out, m := f32.New(x.Rows, x.Cols), gpt.NewMoments(x.Rows)
		norm.Forward(out, m, y)
		return out, func(dout blas32.General) blas32.General {
			grad := gpt.LayerNorm{Weight: make([]float32, x.Cols), Bias: make([]float32, x.Cols)}
			dsum := f32.New(x.Rows, x.Cols)
			norm.Backward(dsum, &grad, m, dout, y)
			golden.Close(t, "d"+name+".weight", grad.Weight, g.F32(t, "d"+name+".weight"), tolerance)
			golden.Close(t, "d"+name+".bias", grad.Bias, g.F32(t, "d"+name+".bias"), tolerance)
			dx := back(dsum)
			f32.Add(dx.Data, dsum.Data)
			return dx
		}
	}
}

// crossAttention is torch's MultiheadAttention of that name over memory, or over
// x itself where memory has no data. The memory's gradient is added to dmemory.
func crossAttention(t *testing.T, g golden.Tensors, name string, T int, causal bool, memory, dmemory blas32.General, S int) sublayer {
	return func(x blas32.General) (blas32.General, func(blas32.General) blas32.General) {
		C := x.Cols
		self := memory.Data == nil
		if self {
			memory, S = x, T
		}
		layer := attention.Cross{
			Heads: 3, Causal: causal,
			Query:    linear(t, g, name+".in_proj_weight", name+".in_proj_bias", 0, C),
			KeyValue: linear(t, g, name+".in_proj_weight", name+".in_proj_bias", C, 3*C),
			Proj:     linear(t, g, name+".out_proj.weight", name+".out_proj.bias", 0, C),
		}
		source := attention.Source{X: x, Memory: memory}
		a := layer.NewActivations(x.Rows/T, T, S)
		y := f32.New(x.Rows, C)
		layer.Forward(y, a, source, nil)
		return y, func(dy blas32.General) blas32.General {
			grad := attention.Cross{
				Query: attention.NewLinear(C, C, true), KeyValue: attention.NewLinear(C, 2*C, true), Proj: attention.NewLinear(C, C, true),
			}
			d := layer.NewActivations(x.Rows/T, T, S)
			dx, dm := f32.New(x.Rows, C), f32.New(memory.Rows, C)
			layer.Backward(attention.Source{X: dx, Memory: dm}, &grad, d, a, dy, source)
			if self {
				f32.Add(dx.Data, dm.Data)
			} else {
				f32.Add(dmemory.Data, dm.Data)
			}
			in := append(slices.Clone(transpose(grad.Query.W).Data), transpose(grad.KeyValue.W).Data...)
			golden.Close(t, "d"+name+".in_proj_weight", in, g.F32(t, "d"+name+".in_proj_weight"), tolerance)
			golden.Close(t, "d"+name+".in_proj_bias", append(slices.Clone(grad.Query.B), grad.KeyValue.B...), g.F32(t, "d"+name+".in_proj_bias"), tolerance)
			golden.Close(t, "d"+name+".out_proj.weight", transpose(grad.Proj.W).Data, g.F32(t, "d"+name+".out_proj.weight"), tolerance)
			golden.Close(t, "d"+name+".out_proj.bias", grad.Proj.B, g.F32(t, "d"+name+".out_proj.bias"), tolerance)
			return dx
		}
	}
}

// feedForward is two linear layers with a ReLU between them.
func feedForward(t *testing.T, g golden.Tensors) sublayer {
	return func(x blas32.General) (blas32.General, func(blas32.General) blas32.General) {
		wide := g.Shape(t, "linear1.weight")[0]
		one := linear(t, g, "linear1.weight", "linear1.bias", 0, wide)
		two := linear(t, g, "linear2.weight", "linear2.bias", 0, x.Cols)
		hidden, y := f32.New(x.Rows, wide), f32.New(x.Rows, x.Cols)
		one.Forward(hidden, x)
		for i, v := range hidden.Data {
			hidden.Data[i] = gpt.ReLU(v)
		}
		two.Forward(y, hidden)
		return y, func(dy blas32.General) blas32.General {
			gradOne, gradTwo := attention.NewLinear(x.Cols, wide, true), attention.NewLinear(wide, x.Cols, true)
			dx, dhidden := f32.New(x.Rows, x.Cols), f32.New(x.Rows, wide)
			two.Backward(dhidden, &gradTwo, dy, hidden)
			for i, v := range hidden.Data {
				if v == 0 {
					dhidden.Data[i] = 0
				}
			}
			one.Backward(dx, &gradOne, dhidden, x)
			golden.Close(t, "dlinear1.weight", transpose(gradOne.W).Data, g.F32(t, "dlinear1.weight"), tolerance)
			golden.Close(t, "dlinear1.bias", gradOne.B, g.F32(t, "dlinear1.bias"), tolerance)
			golden.Close(t, "dlinear2.weight", transpose(gradTwo.W).Data, g.F32(t, "dlinear2.weight"), tolerance)
			golden.Close(t, "dlinear2.bias", gradTwo.B, g.F32(t, "dlinear2.bias"), tolerance)
			return dx
		}
	}
}

// The layers of "Attention Is All You Need", built from this book's pieces.
func TestGoldenEncoderLayer(t *testing.T) {
	g := golden.Load(t, "layers/encoder_layer.safetensors")
	T := g.Shape(t, "x")[1]
	none := blas32.General{}
	checkStack(t, g, matrix(t, g, "x"),
		postNorm(t, g, "norm1", crossAttention(t, g, "self_attn", T, false, none, none, 0)),
		postNorm(t, g, "norm2", feedForward(t, g)))
}

func TestGoldenDecoderLayer(t *testing.T) {
	g := golden.Load(t, "layers/decoder_layer.safetensors")
	T, S := g.Shape(t, "x")[1], g.Shape(t, "memory")[1]
	memory := matrix(t, g, "memory")
	dmemory, none := f32.New(memory.Rows, memory.Cols), blas32.General{}
	checkStack(t, g, matrix(t, g, "x"),
		postNorm(t, g, "norm1", crossAttention(t, g, "self_attn", T, true, none, none, 0)),
		postNorm(t, g, "norm2", crossAttention(t, g, "multihead_attn", T, false, memory, dmemory, S)),
		postNorm(t, g, "norm3", feedForward(t, g)))
	golden.Close(t, "dmemory", dmemory.Data, g.F32(t, "dmemory"), tolerance)
}

// checkStack runs layers one after another, forward and back.
func checkStack(t *testing.T, g golden.Tensors, x blas32.General, layers ...sublayer) {
	var backs []func(blas32.General) blas32.General
	for _, layer := range layers {
		y, back := layer(x)
		x, backs = y, append(backs, back)
	}
	golden.Close(t, "y", x.Data, g.F32(t, "y"), tolerance)
	dx := matrix(t, g, "dy")
	for _, back := range slices.Backward(backs) {
		dx = back(dx)
	}
	golden.Close(t, "dx", dx.Data, g.F32(t, "dx"), tolerance)
}

// tiny returns the golden GPT-2 of three layers.
func tiny(t *testing.T) *gpt.Model {
	g := golden.Load(t, "gpt2-tiny/model.safetensors")
	var c struct {
		Vocab   int `json:"vocab_size"`
		Context int `json:"n_positions"`
		Width   int `json:"n_embd"`
		Layers  int `json:"n_layer"`
		Heads   int `json:"n_head"`
	}
	golden.JSON(t, "gpt2-tiny/config.json", &c)
	m := gpt.New(gpt.Config{Vocab: c.Vocab, Context: c.Context, Width: c.Width, Layers: c.Layers, Heads: c.Heads, QKVBias: true, TiedHead: true})
	for _, p := range m.Params() {
		require.Equal(t, g.Shape(t, p.Name), p.Shape, p.Name)
		copy(p.Data, g.F32(t, p.Name))
	}
	return m
}

// The loss, its gradients and training are compared in chapter 5, which defines
// them; the logits and the greedy text belong here.
func TestGoldenLogits(t *testing.T) {
	m, g := tiny(t), golden.Load(t, "gpt2-tiny/batch.safetensors")
	B, T := g.Shape(t, "ids")[0], g.Shape(t, "ids")[1]
	hidden := m.NewPass(gpt.Frozen, B, T).Forward(g.Ints(t, "ids"), T, nil)
	logits := f32.New(B*T, m.Config.Vocab)
	m.Logits(logits, hidden)
	golden.Close(t, "logits", logits.Data, g.F32(t, "logits"), tolerance)
}

// The golden text is longer than the context, so it also checks the cut.
func TestGoldenGreedy(t *testing.T) {
	var want struct {
		Greedy struct{ Prompt, IDs []int }
	}
	golden.JSON(t, "gpt2-tiny/training.json", &want)
	require.Greater(t, len(want.Greedy.IDs), tiny(t).Config.Context)
	got := slices.Clone(want.Greedy.Prompt)
	for id := range tiny(t).Greedy(want.Greedy.Prompt) {
		if got = append(got, id); len(got) == len(want.Greedy.IDs) {
			break
		}
	}
	require.Equal(t, want.Greedy.IDs, got)
}
