package attention_test

import (
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
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

// linear returns the golden weight, transposed to ours, and bias as a layer.
func linear(t *testing.T, g golden.Tensors, weight, bias string) attention.Linear {
	shape := g.Shape(t, weight)
	return attention.Linear{W: transposed(g.F32(t, weight), shape[0], shape[1]), B: slices.Clone(g.F32(t, bias))}
}

// beside returns layers of one input as one layer, their outputs side by side.
func beside(layers ...attention.Linear) attention.Linear {
	in, out := layers[0].W.Rows, 0
	for _, l := range layers {
		out += l.W.Cols
	}
	all, at := attention.NewLinear(in, out, true), 0
	for _, l := range layers {
		for i := range in {
			copy(f32.Row(all.W, i)[at:], f32.Row(l.W, i))
		}
		copy(all.B[at:], l.B)
		at += l.W.Cols
	}
	return all
}

// columns returns a gradient's columns [lo,hi) as PyTorch has them, (out, in).
func columns(w blas32.General, lo, hi int) []float32 {
	var data []float32
	for j := lo; j < hi; j++ {
		for i := range w.Rows {
			data = append(data, w.Data[i*w.Stride+j])
		}
	}
	return data
}

func TestGoldenLinear(t *testing.T) {
	g := golden.Load(t, "layers/linear.safetensors")
	l, x, dy := linear(t, g, "w", "b"), matrix(t, g, "x"), matrix(t, g, "dy")
	y, dx := f32.New(x.Rows, l.W.Cols), f32.New(x.Rows, x.Cols)
	grad := attention.NewLinear(l.W.Rows, l.W.Cols, true)
	l.Forward(y, x)
	l.Backward(dx, &grad, dy, x)
	golden.Close(t, "y", y.Data, g.F32(t, "y"), tolerance)
	golden.Close(t, "dx", dx.Data, g.F32(t, "dx"), tolerance)
	golden.Close(t, "dw", columns(grad.W, 0, grad.W.Cols), g.F32(t, "dw"), tolerance)
	golden.Close(t, "db", grad.B, g.F32(t, "db"), tolerance)
}

func TestGoldenSoftmax(t *testing.T) {
	g := golden.Load(t, "layers/softmax.safetensors")
	y, dx := matrix(t, g, "x"), matrix(t, g, "dy")
	attention.SoftmaxRows(y)
	golden.Close(t, "y", y.Data, g.F32(t, "y"), tolerance)
	for i := range y.Rows {
		attention.SoftmaxBackward(f32.Row(dx, i), f32.Row(y, i), f32.Row(dx, i))
	}
	golden.Close(t, "dx", dx.Data, g.F32(t, "dx"), tolerance)
}

// closeKeyBias compares the gradients of key biases. They are zero: a bias adds
// one number to all the scores of a query, which the softmax takes away again.
// What both sides compute is rounding, so the scale is that of the query bias.
func closeKeyBias(t *testing.T, got, want, queryBias []float32) {
	t.Helper()
	golden.Close(t, "dbk", append(slices.Clone(got), queryBias...), append(slices.Clone(want), queryBias...), tolerance)
}

func TestGoldenSelfAttention(t *testing.T) {
	for name, causal := range map[string]bool{"causal": true, "full": false} {
		t.Run(name, func(t *testing.T) {
			g := golden.Load(t, "layers/attention_"+name+".safetensors")
			x, dy := matrix(t, g, "x"), matrix(t, g, "dy")
			T, C := g.Shape(t, "x")[1], x.Cols
			m := attention.MultiHead{
				Heads: 3, Causal: causal,
				QKV:  beside(linear(t, g, "wq", "bq"), linear(t, g, "wk", "bk"), linear(t, g, "wv", "bv")),
				Proj: linear(t, g, "wo", "bo"),
			}
			grad := attention.MultiHead{QKV: attention.NewLinear(C, 3*C, true), Proj: attention.NewLinear(C, C, true)}
			a, d := m.NewActivations(x.Rows/T, T), m.NewActivations(x.Rows/T, T)
			y, dx := f32.New(x.Rows, C), f32.New(x.Rows, C)
			m.Forward(y, a, x, nil)
			m.Backward(dx, &grad, d, a, dy, x)

			golden.Close(t, "y", y.Data, g.F32(t, "y"), tolerance)
			golden.Close(t, "dx", dx.Data, g.F32(t, "dx"), tolerance)
			for k, part := range []string{"q", "k", "v"} {
				golden.Close(t, "dw"+part, columns(grad.QKV.W, k*C, (k+1)*C), g.F32(t, "dw"+part), tolerance)
			}
			golden.Close(t, "dbq", grad.QKV.B[:C], g.F32(t, "dbq"), tolerance)
			closeKeyBias(t, grad.QKV.B[C:2*C], g.F32(t, "dbk"), g.F32(t, "dbq"))
			golden.Close(t, "dbv", grad.QKV.B[2*C:], g.F32(t, "dbv"), tolerance)
			golden.Close(t, "dwo", columns(grad.Proj.W, 0, C), g.F32(t, "dwo"), tolerance)
			golden.Close(t, "dbo", grad.Proj.B, g.F32(t, "dbo"), tolerance)
		})
	}
}

func TestGoldenCrossAttention(t *testing.T) {
	g := golden.Load(t, "layers/attention_cross.safetensors")
	x, memory, dy := matrix(t, g, "x"), matrix(t, g, "memory"), matrix(t, g, "dy")
	T, S, C := g.Shape(t, "x")[1], g.Shape(t, "memory")[1], x.Cols
	c := attention.Cross{
		Heads: 3,
		Query: linear(t, g, "wq", "bq"), KeyValue: beside(linear(t, g, "wk", "bk"), linear(t, g, "wv", "bv")),
		Proj: linear(t, g, "wo", "bo"),
	}
	grad := attention.Cross{
		Query: attention.NewLinear(C, C, true), KeyValue: attention.NewLinear(C, 2*C, true), Proj: attention.NewLinear(C, C, true),
	}
	a, d := c.NewActivations(x.Rows/T, T, S), c.NewActivations(x.Rows/T, T, S)
	y, dx, dmemory := f32.New(x.Rows, C), f32.New(x.Rows, C), f32.New(memory.Rows, C)
	c.Forward(y, a, attention.Source{X: x, Memory: memory}, nil)
	c.Backward(attention.Source{X: dx, Memory: dmemory}, &grad, d, a, dy, attention.Source{X: x, Memory: memory})

	golden.Close(t, "y", y.Data, g.F32(t, "y"), tolerance)
	golden.Close(t, "dx", dx.Data, g.F32(t, "dx"), tolerance)
	golden.Close(t, "dmemory", dmemory.Data, g.F32(t, "dmemory"), tolerance)
	golden.Close(t, "dwq", columns(grad.Query.W, 0, C), g.F32(t, "dwq"), tolerance)
	golden.Close(t, "dwk", columns(grad.KeyValue.W, 0, C), g.F32(t, "dwk"), tolerance)
	golden.Close(t, "dwv", columns(grad.KeyValue.W, C, 2*C), g.F32(t, "dwv"), tolerance)
	golden.Close(t, "dbq", grad.Query.B, g.F32(t, "dbq"), tolerance)
	closeKeyBias(t, grad.KeyValue.B[:C], g.F32(t, "dbk"), g.F32(t, "dbq"))
	golden.Close(t, "dbv", grad.KeyValue.B[C:], g.F32(t, "dbv"), tolerance)
	golden.Close(t, "dwo", columns(grad.Proj.W, 0, C), g.F32(t, "dwo"), tolerance)
	golden.Close(t, "dbo", grad.Proj.B, g.F32(t, "dbo"), tolerance)
}
