package translate

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/translate/parts"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
)

// Layer is one of the encoder's, or with a Cross one of the decoder's. Each of its
// parts has a norm, in their order.
type Layer struct {
	Self  parts.Attention
	Cross *parts.Attention // to what the encoder wrote; nil in the encoder
	Feed  parts.FeedForward
	Norms []gpt.LayerNorm
}

// LayerActivations is what [Layer.Forward] keeps for [Layer.Backward]; its gradient is
// another value of this type.
type LayerActivations struct {
	Self, Cross parts.AttentionActivations
	bent        blas32.General    // (N,F), inside the network
	between     [2]blas32.General // (N,C), from part to part
	residuals   [3]parts.Residual
}

// newLayerActivations returns room for N rows, and for a look across at M of the memory
// if the layer has one.
func newLayerActivations(c Config, cross bool, N, M int) *LayerActivations {
	a := &LayerActivations{Self: parts.NewAttentionActivations(c.Width, c.Heads, N, N), bent: f32.New(N, c.Hidden)}
	n := 2
	if cross {
		n, a.Cross = 3, parts.NewAttentionActivations(c.Width, c.Heads, N, M)
	}
	for i := range n {
		a.residuals[i] = parts.NewResidual(c.NormFirst, N, c.Width)
	}
	for i := range n - 1 {
		a.between[i] = f32.New(N, c.Width)
	}
	return a
}

func (a *LayerActivations) fit(N int) { layers.Fit(N, &a.bent, &a.between[0], &a.between[1]) }

// Forward sets y (N,C) for the rows of x (N,C), which look at each other as self says,
// and at the memory as cross says. A nil drop forgets nothing.
func (l *Layer) Forward(y blas32.General, a *LayerActivations, x, memory blas32.General, self, cross flash.Pass, drop *attention.Dropout) {
	l.forward(y, a, x, drop, func(y, x blas32.General) {
		l.Self.Forward(y, &a.Self, attention.Source{X: x, Memory: x}, self)
	}, func(y, x blas32.General) {
		l.Cross.Forward(y, &a.Cross, attention.Source{X: x, Memory: memory}, cross)
	})
}

// forward is Forward by any two kinds of attention.
func (l *Layer) forward(y blas32.General, a *LayerActivations, x blas32.General, drop *attention.Dropout, self, cross func(y, x blas32.General)) {
	a.fit(x.Rows)
	last := len(l.Norms) - 1
	a.residuals[0].Forward(a.between[0], &l.Norms[0], x, drop, self)
	if l.Cross != nil {
		a.residuals[1].Forward(a.between[1], &l.Norms[1], a.between[0], drop, cross)
	}
	a.residuals[last].Forward(y, &l.Norms[last], a.between[last-1], drop, func(y, x blas32.General) { l.Feed.Forward(y, a.bent, x) })
}

// Backward undoes Forward, last part first. It sets dx (N,C), and adds to dmemory and
// grad; d takes the gradients of the activations.
func (l *Layer) Backward(dx, dmemory blas32.General, grad *Layer, d, a *LayerActivations, dy, x, memory blas32.General) {
	d.fit(x.Rows)
	last := len(l.Norms) - 1
	a.residuals[last].Backward(d.between[last-1], &l.Norms[last], &grad.Norms[last], &d.residuals[last], dy, a.between[last-1], func(dx, dy, x blas32.General) {
		l.Feed.Backward(dx, &grad.Feed, d.bent, a.bent, dy, x)
	})
	if l.Cross != nil {
		a.residuals[1].Backward(d.between[0], &l.Norms[1], &grad.Norms[1], &d.residuals[1], d.between[1], a.between[0], func(dx, dy, x blas32.General) {
			l.Cross.Backward(attention.Source{X: dx, Memory: dmemory}, grad.Cross, &d.Cross, &a.Cross, dy, attention.Source{X: x, Memory: memory})
		})
	}
	a.residuals[0].Backward(dx, &l.Norms[0], &grad.Norms[0], &d.residuals[0], d.between[0], x, func(dx, dy, x blas32.General) {
		l.Self.Backward(attention.Source{X: dx, Memory: dx}, &grad.Self, &d.Self, &a.Self, dy, attention.Source{X: x, Memory: x})
	})
}

// Stack is layers one upon the other: the encoder, or the decoder.
type Stack struct {
	Layers []Layer
	Norm   *gpt.LayerNorm // after the last; nil for none
}

// StackActivations is what [Stack.Forward] keeps for [Stack.Backward].
type StackActivations struct {
	Layers  []*LayerActivations
	stream  []blas32.General // (N,C): before each layer, after the last, and after the norm
	moments *gpt.Moments
	mask    attention.Mask // of what goes in
}

// newStackActivations returns room for N rows, and M of the memory, or without one.
func newStackActivations(c Config, layers, N, M int) *StackActivations {
	a := &StackActivations{moments: gpt.NewMoments(N)}
	for i := range layers + 2 {
		if i < layers {
			a.Layers = append(a.Layers, newLayerActivations(c, M > 0, N, M))
		}
		a.stream = append(a.stream, f32.New(N, c.Width))
	}
	return a
}

// input is room for n rows of what goes into the first layer.
func (a *StackActivations) input(n int) blas32.General {
	for i := range a.stream {
		layers.Fit(n, &a.stream[i])
	}
	return a.stream[0]
}

// Forward returns what the stack makes of its input. See [Layer.Forward].
func (s *Stack) Forward(a *StackActivations, memory blas32.General, self, cross flash.Pass, drop *attention.Dropout) blas32.General {
	L := len(s.Layers)
	a.mask.Forward(a.stream[0], drop)
	for i := range s.Layers {
		s.Layers[i].Forward(a.stream[i+1], a.Layers[i], a.stream[i], memory, self, cross, drop)
	}
	if s.Norm != nil {
		s.Norm.Forward(a.stream[L+1], a.moments, a.stream[L])
		L++
	}
	return a.stream[L]
}

// Backward undoes Forward. It returns the gradient of the input, and adds to dmemory
// and grad. Of layers d has one, which serves for all.
func (s *Stack) Backward(dmemory blas32.General, grad *Stack, d, a *StackActivations, dy, memory blas32.General) blas32.General {
	d.input(dy.Rows)
	L := len(s.Layers)
	if s.Norm != nil {
		s.Norm.Backward(d.stream[L%2], grad.Norm, a.moments, dy, a.stream[L])
		dy = d.stream[L%2]
	}
	for i := L - 1; i >= 0; i-- {
		s.Layers[i].Backward(d.stream[i%2], dmemory, &grad.Layers[i], d.Layers[0], a.Layers[i], dy, a.stream[i], memory)
		dy = d.stream[i%2]
	}
	return a.mask.Backward(dy, dy)
}
