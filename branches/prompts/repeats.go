package prompts

import (
	"iter"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas32"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Repeats are sequences of T ids in which a few different ids, drawn anew for each
// sequence, come again and again in the same order. How many they are is drawn too, so
// that nobody learns to look a fixed number of positions back.
type Repeats struct {
	Vocab             int // ids to draw from
	Shortest, Longest int // how many are repeated
	T                 int
}

// Draw fills ids with a sequence, and returns after how many ids it begins again.
func (r Repeats) Draw(ids []int, rng *rand.Rand) (period int) {
	period = r.Shortest + rng.IntN(r.Longest-r.Shortest+1)
	block := rng.Perm(r.Vocab)[:period]
	for t := range ids {
		ids[t] = block[t%period]
	}
	return period
}

// Epoch is n batches of B sequences, each position with the next as its target.
func (r Repeats) Epoch(n, B int) pretrain.Epoch {
	return func(rng *rand.Rand) iter.Seq[embeddings.Batch] {
		return func(yield func(embeddings.Batch) bool) {
			b := embeddings.Batch{B: B, T: r.T, Inputs: make([]int, B*r.T), Targets: make([]int, B*r.T)}
			ids := make([]int, r.T+1)
			for range n {
				for i := range B {
					r.Draw(ids, rng)
					copy(b.Inputs[i*r.T:], ids[:r.T])
					copy(b.Targets[i*r.T:], ids[1:])
				}
				if !yield(b) {
					return
				}
			}
		}
	}
}

// Progress is how well a model repeats.
type Progress struct {
	Right             []float64 // share of right next ids, in the first course of the ids, in the second, ...
	Loss              float64   // mean over what can be known: all from the second id of the second course on
	Copying, Previous []float64 // (L·H), see the functions of these names
}

// Examine lets a model read n sequences of the rng's.
func (r Repeats) Examine(m *gpt.Model, n int, rng *rand.Rand) Progress {
	ids, pass, logits := make([]int, r.T+1), m.NewPass(gpt.Frozen, 1, r.T), f32.New(r.T, m.Config.Vocab)
	heads := m.Config.Layers * m.Config.Heads
	p := Progress{Copying: make([]float64, heads), Previous: make([]float64, heads)}
	var all []float64
	known := 0
	for range n {
		period := r.Draw(ids, rng)
		m.Logits(logits, pass.Forward(ids[:r.T], r.T, nil))
		for t, id := range ids[1:] {
			course := (t + 1) / period
			if course == len(all) {
				p.Right, all = append(p.Right, 0), append(all, 0)
			}
			all[course]++
			if gpt.Argmax(f32.Row(logits, t)) == id {
				p.Right[course]++
			}
		}
		known += r.T - period
		p.Loss += pretrain.CrossEntropy(f32.Rows(logits, period, r.T), ids[period+1:]) * float64(r.T-period)
		for h, w := range Weights(m, ids[:r.T]) {
			p.Copying[h] += Copying(w, period) / float64(n)
			p.Previous[h] += Previous(w) / float64(n)
		}
	}
	p.Loss /= float64(known)
	for i := range all {
		p.Right[i] /= all[i]
	}
	return p
}

// Weights are the attention weights (T,T) of all heads, (L·H) of them, while m reads T
// ids.
func Weights(m *gpt.Model, ids []int) (weights []blas32.General) {
	T, C := len(ids), m.Config.Width
	x, normed, y := f32.New(T, C), f32.New(T, C), f32.New(T, C)
	m.Embed(x, ids, 0)
	block, moments := gpt.NewBlockActivations(m.Config, 1, T), gpt.NewMoments(T)
	for l := range m.Blocks {
		b := &m.Blocks[l]
		b.Norm1.Forward(normed, moments, x)
		a := b.Attention.NewActivations(1, T)
		b.Attention.Forward(y, a, normed, nil)
		for h := range m.Config.Heads {
			weights = append(weights, f32.View(a.Pairs.Weights[h*T*T:], T, T))
		}
		b.Layer().Forward(x, block, x, T, nil)
	}
	return weights
}

// Copying is how much of its attention a head (T,T) gives, on average over the positions
// at which the current id has come before, to what came after it then: period-1 positions
// back, and any whole number of periods before that.
func Copying(w blas32.General, period int) float64 {
	sum := 0.0
	for t := period; t < w.Rows; t++ {
		for s := t - period + 1; s >= 0; s -= period {
			sum += float64(f32.Row(w, t)[s])
		}
	}
	return sum / float64(w.Rows-period)
}

// Previous is how much of its attention a head gives on average to the position before.
func Previous(w blas32.General) float64 {
	sum := 0.0
	for t := 1; t < w.Rows; t++ {
		sum += float64(f32.Row(w, t)[t-1])
	}
	return sum / float64(w.Rows-1)
}
