package published

import (
	"testing"

	"github.com/stretchr/testify/require"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
	"github.com/llm-from-scratch/llm/internal/torchrand"
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
	s.g = torchrand.New(2)
	require.InDelta(t, lm.Learn(batch, 1, nil), s.Learn(batch, 1, nil), 1e-6)
	for i, want := range lm.Grads() {
		require.InDeltaSlice(t, want.Data, s.Grads()[i].Data, 1e-6, want.Name)
	}
	require.Equal(t, torchrand.New(2).Uint32(), s.g.Uint32(), "without dropout nothing is drawn")
}

// With dropout the gradients are those of the loss, the factors held fast.
func TestStudentsGradients(t *testing.T) {
	c := small
	c.Dropout = .25
	m := newGPT(c, torchrand.New(1))
	s := newStudent(m, m.Gradient(nil), torchrand.New(2), batch.B, batch.T)
	s.Learn(batch, 1, nil)
	loss := func() float64 {
		s.g = torchrand.New(2)
		return pretrain.CrossEntropy(s.forward(batch), batch.Targets)
	}
	for i, p := range s.Params() {
		gradcheck.Check(t, p.Name, p.Data, s.Grads()[i].Data, loss, 5e-4)
	}
}
