package published

import (
	"context"
	"fmt"
	"math"
	"slices"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/torchrand"
)

// untrainedModel is chapter 4's model of 124M weights, as it is drawn.
var untrainedModel = Experiment{
	Name:  "ch04-model",
	About: "the untrained model of 124M weights: its logits with dropout, and what it writes",
	Run: func(context.Context, *Lab) ([]Row, error) {
		g := torchrand.New(seed)
		m := newGPT(gpt124M(1024), g)
		batch := embeddings.Batch{B: 2, T: 4, Inputs: []int{6109, 3626, 6100, 345, 6109, 1110, 6622, 257}}
		logits := newStudent(m, frozen(m), g, batch.B, batch.T).forward(batch)
		var rows []Row
		for i, printed := range []string{
			".3613 .4222 -.0711 .3483 .4661 -.2838", "-.1792 -.5660 -.9485 .0477 .5181 -.3168",
			".7120 .0332 .1085 .1018 -.4327 -.2553", "-1.0076 .3418 -.1190 .7195 .4023 .0532",
			"-.2564 .0900 .0335 .2659 .4454 -.6806", ".1230 .3653 -.2074 .7705 .2710 .2246",
			"1.0558 1.0318 -.2800 .6936 .3205 -.3178", "-.1565 .3926 .3288 1.2630 -.1858 .0388",
		} {
			rows = append(rows, Numbers("ch04[72] logits", printed, ends(f32.Row(logits, i)))...)
		}
		rows = append(rows, Text("ch04[91] greedy after Hello, I am", "[27018 24086 47843 30961 42348 7267]",
			take(m, []int{15496, 11, 314, 716}, 6)))
		return rows, nil
	},
}

// frozen is a gradient that trains nothing, and takes no memory.
func frozen(m *gpt.Model) *gpt.Model { return m.Gradient(func(string) bool { return false }) }

// ends are the first and last three of the values, which is what PyTorch prints.
func ends(x []float32) []float32 { return slices.Concat(x[:3], x[len(x)-3:]) }

// take returns the n likeliest tokens after prompt.
func take(m *gpt.Model, prompt []int, n int) []int {
	var ids []int
	for id := range m.Greedy(prompt) {
		if ids = append(ids, id); len(ids) == n {
			break
		}
	}
	return ids
}

// untrainedLoss is what chapter 5 computes before it trains.
var untrainedLoss = Experiment{
	Name:  "ch05-untrained",
	About: "what the untrained model writes, and its losses: two rows of three tokens, and The Verdict",
	Needs: []string{theVerdict},
	Run: func(_ context.Context, lab *Lab) ([]Row, error) {
		v, err := readVerdict(lab)
		if err != nil {
			return nil, err
		}
		m := newGPT(gpt124M(windowSize), torchrand.New(seed))
		lm := pretrain.NewLanguageModel(m, frozen(m), batchSize, windowSize)
		rows := []Row{Text("ch05[15] greedy after Every effort moves you",
			"[34245 5139 2492 25405 17434 17853 5308 3398 13174 43071]", take(m, start, 10))}
		rows = append(rows, twoRows(lm, m)...)
		train, validation := v.evaluate(lm, torchrand.New(seed), 0)
		return append(rows,
			Number("ch05[71] training loss", "10.98758", train),
			Number("ch05[71] validation loss", "10.98111", validation)), nil
	},
}

// twoRows follows two inputs of three tokens from logits to perplexity.
func twoRows(lm *pretrain.LanguageModel, m *gpt.Model) (rows []Row) {
	b := embeddings.Batch{B: 2, T: 3, Inputs: []int{16833, 3626, 6100, 40, 1107, 588}, Targets: []int{3626, 6100, 345, 1107, 588, 11311}}
	hidden := m.Forward(gpt.NewActivations(m.Config, b.B, b.T), b.Inputs, b.T, nil)
	p := f32.New(hidden.Rows, m.Config.Vocab)
	m.Logits(p, hidden)
	attention.SoftmaxRows(p)
	var likeliest []int
	var chosen, logs []float64
	for i, target := range b.Targets {
		likeliest = append(likeliest, gpt.Argmax(f32.Row(p, i)))
		chosen = append(chosen, float64(f32.Row(p, i)[target]))
		logs = append(logs, math.Log(chosen[i]))
	}
	loss := lm.Loss(b)
	rows = append(rows, Text("ch05[26] likeliest ids", "[16657 339 42826 49906 29669 41751]", likeliest))
	rows = append(rows, Numbers("ch05[32] probability", "7.4541e-05 3.1061e-05 1.1563e-05 1.0337e-05 5.6776e-05 4.7559e-06", chosen)...)
	if first := &rows[1]; !first.Equal() {
		first.Why = nearby(*first, float32(chosen[0]))
	}
	rows = append(rows, Numbers("ch05[34] log probability", "-9.5042 -10.3796 -11.3677 -11.4798 -9.7764 -12.2561", logs)...)
	return append(rows, Number("ch05[47] loss", "10.7940", loss),
		Number("ch05[49] perplexity", "48725.8203", float64(float32(pretrain.Perplexity(float64(float32(loss)))))))
}

// nearby explains a row by rounding, if it takes no more than a few float32s until
// it would be equal: what other orders of the same sums differ by.
func nearby(r Row, ours float32) string {
	const few = 8
	for n := range few {
		ours = math.Nextafter32(ours, ours-float32(r.Off))
		if Number(r.Where, r.Published, float64(ours)).Equal() {
			return fmt.Sprintf("rounding: it would be equal %d float32s further on", n+1)
		}
	}
	return ""
}
