package published

import (
	"math"
	"math/rand/v2"
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

// A nudge moves each weight by one float32, some up and some down.
func TestNudge(t *testing.T) {
	m, before := newGPT(small, torchrand.New(1)), newGPT(small, torchrand.New(1))
	nudge(m, rand.New(rand.NewPCG(1, 1)))
	up, down := 0, 0
	for i, p := range m.Params() {
		for j, v := range p.Data {
			switch was := before.Params()[i].Data[j]; v {
			case math.Nextafter32(was, 9):
				up++
			case math.Nextafter32(was, -9):
				down++
			default:
				require.Zero(t, was, p.Name)
			}
		}
	}
	require.InDelta(t, up, down, float64(up+down)/10)
}

// What a nudged run differs by explains ten times as much, from that line on.
func TestExplain(t *testing.T) {
	log := []logged{{0, 3, 4}, {5, 2, 3}, {10, 1, 2}}
	nudged := []logged{{0, 3, 4}, {5, 2, 3.01}, {10, 1.001, 2}}
	known := map[int]string{0: "3.001/4.000", 10: "1.099/2.101"}
	rows := append(log[0].rows("x", known[0]), log[2].rows("x", known[10])...)
	explain(rows, log, nudged, known)
	require.Empty(t, rows[0].Why, "nothing has moved yet")
	require.True(t, rows[1].Equal())
	require.Contains(t, rows[2].Why, "moves this by 0.00100, and no line so far by more than 0.01000")
	require.Empty(t, rows[3].Why, "too much")
}

func TestNearby(t *testing.T) {
	ours := math.Nextafter32(math.Nextafter32(.25, 0), 0)
	r := Number("x", "0.250000000", float64(ours))
	require.Equal(t, "rounding: it would be equal 2 float32s further on", nearby(r, ours))
	require.Empty(t, nearby(Number("x", "0.260000000", .25), .25))
}
