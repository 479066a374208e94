package main

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

var (
	small = gpt.Config{Vocab: 19, Context: 8, Width: 12, Heads: 3, Layers: 2}
	batch = embeddings.Batch{B: 2, T: 6,
		Inputs:  []int{1, 2, 3, 4, 5, 6, 3, 18, 0, 7, 7, 2},
		Targets: []int{2, 3, 4, 5, 6, 7, 18, 0, 7, 7, 2, 9}}
)

// Without dropout a student learns what chapter 5's model learns.
func TestStudentIsTheChaptersModel(t *testing.T) {
	m := newGPT(small, torchrand.New(1))
	s := newStudent(m, m.Gradient(nil), nil, 3, 7)
	lm := pretrain.NewLanguageModel(m, nil, batch.B, batch.T)
	s.g, s.drop = torchrand.New(2), 0
	require.InDelta(t, lm.Learn(batch, 1, nil), s.Learn(batch, 1, nil), 1e-6)
	for i, want := range lm.Grads() {
		require.InDeltaSlice(t, want.Data, s.Grads()[i].Data, 1e-6, want.Name)
	}
	require.Equal(t, torchrand.New(2).Uint32(), s.g.Uint32(), "without dropout nothing is drawn")
}

// With dropout the gradients are those of the loss, the factors held fast.
func TestStudentsGradients(t *testing.T) {
	m := newGPT(small, torchrand.New(1))
	s := newStudent(m, m.Gradient(nil), torchrand.New(2), batch.B, batch.T)
	s.drop = .25
	s.Learn(batch, 1, nil)
	loss := func() float64 {
		s.g = torchrand.New(2)
		return pretrain.CrossEntropy(s.forward(batch), batch.Targets)
	}
	for i, p := range s.Params() {
		gradcheck.Check(t, p.Name, p.Data, s.Grads()[i].Data, loss, 5e-4)
	}
}

// What PyTorch is off by explains as much, from that line on.
func TestExplain(t *testing.T) {
	const peer = "$ command\nstep 0: 3 4\nstep 5: 2.5 3.01\n"
	rows := []Row{number("x", "3.000", 3.002), number("x", "4.000", 4), number("x", "2.500", 2.508), number("x", "3.000", 3.012)}
	explain(rows, peer)
	require.False(t, rows[0].Equal)
	require.Empty(t, rows[0].Why, "PyTorch is not off yet")
	require.True(t, rows[1].Equal)
	require.Equal(t, "rounding: PyTorch 1.13 on x86 is off by 0, and until here by up to 0.01", rows[2].Why)
	require.Empty(t, rows[3].Why, "too much")
	for line := range strings.Lines(appendixPyTorch) {
		require.Regexp(t, `^\$|^step \d+: \d+\.\d+ \d+\.\d+\n$`, line)
	}
}

func TestNearby(t *testing.T) {
	ours := math.Nextafter32(math.Nextafter32(.25, 0), 0)
	r := number("x", "0.250000000", float64(ours))
	require.Equal(t, "rounding: it would be equal 2 float32s further on", nearby(r))
	require.Empty(t, nearby(number("x", "0.260000000", .25)))
}

// The optimizer takes the steps that its formula says, in float64.
func TestOptimizer(t *testing.T) {
	g, noise := gpt.Param{Name: "x", Shape: []int{100}, Data: make([]float32, 100)}, torchrand.New(1)
	p := gpt.Param{Name: "x", Shape: []int{100}, Data: make([]float32, 100)}
	noise.Normal(p.Data)
	var weights, m, v [100]float64
	for i, w := range p.Data {
		weights[i] = float64(w)
	}
	o := newOptimizer([]gpt.Param{p}, []gpt.Param{g})
	const rate, scale = 1e-2, .5
	for step := range 50 {
		noise.Normal(g.Data)
		for i, gi := range g.Data {
			d := scale * float64(gi)
			m[i] = beta1*m[i] + (1-beta1)*d
			v[i] = beta2*v[i] + (1-beta2)*d*d
			t := float64(step + 1)
			weights[i] = weights[i]*(1-rate*decay) - rate*m[i]/(1-math.Pow(beta1, t))/(math.Sqrt(v[i]/(1-math.Pow(beta2, t)))+epsilon)
		}
		o.Step(rate, scale)
		require.Zero(t, f32.Max(g.Data))
	}
	var off, expected float64 // along the way that the weights have gone: noise cancels, a bias does not
	for i, w := range p.Data {
		off += (float64(w) - weights[i]) * math.Copysign(1, weights[i])
		expected += math.Abs(weights[i])
	}
	require.InDelta(t, 0, off/expected, 1e-6)
	require.InDelta(t, 1, share(beta2), 2e-5)
	require.Greater(t, math.Abs(share(beta2)-1), 1e-5)
}
