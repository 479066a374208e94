package published

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

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
	if first := &rows[1]; !first.Equal() && math.Abs(first.Off) < 1e-9 {
		first.Why = "in float64 it is 7.454047e-05, near the border 7.45405e-05: PyTorch 1.13 on x86 prints 7.4540e-05 too, ours without assembly kernels 7.4541e-05"
	}
	rows = append(rows, Numbers("ch05[34] log probability", "-9.5042 -10.3796 -11.3677 -11.4798 -9.7764 -12.2561", logs)...)
	return append(rows, Number("ch05[47] loss", "10.7940", loss),
		Number("ch05[49] perplexity", "48725.8203", float64(float32(pretrain.Perplexity(float64(float32(loss)))))))
}

// verdictTraining is chapter 5's training run, and appendixTraining that of
// appendix D, with a schedule and clipping.
var verdictTraining = Experiment{
	Name:  "ch05-training",
	About: "ten epochs of The Verdict: the log of the losses and what the model writes",
	Needs: []string{theVerdict},
	Long:  true,
	Run: func(ctx context.Context, lab *Lab) ([]Row, error) {
		c := course{epochs: 10, most: 5, schedule: pretrain.Constant(4e-4, 90), clip: unclipped}
		rows, samples, err := c.rows(ctx, lab, "ch05[77]", map[int]string{0: "9.781/9.933", 85: ".391/6.452"})
		if err != nil {
			return rows, err
		}
		for _, s := range []struct {
			epoch int
			text  string
		}{
			{1, "Every effort moves you,,,,,,,,,,,,."},
			{9, `?"  "Yes--quite insensible to the irony. She wanted him vindicated--and by me!"  He laughed again`},
			{10, `know," was one of the axioms he laid down across the Sevres and silver of an exquisitely appointed luncheon-table,`},
		} {
			rows = append(rows, contains(fmt.Sprintf("ch05[77] text after epoch %d", s.epoch), s.text, samples[s.epoch-1]))
		}
		return rows, nil
	},
}

var appendixTraining = Experiment{
	Name:  "appendix-d-training",
	About: "fifteen epochs with warm-up, cosine decay and clipped gradients",
	Needs: []string{theVerdict},
	Long:  true,
	Run: func(ctx context.Context, lab *Lab) ([]Row, error) {
		const warmup = 27
		c := course{epochs: 15, most: 1,
			schedule: pretrain.Schedule{Initial: 1e-5, Peak: 1e-3, Min: 1e-5, Warmup: warmup, Total: 135},
			clip: func(step int) float64 {
				if step > warmup { // the notebook's own rule; the step at the peak is not clipped
					return 1
				}
				return 0
			},
		}
		rows, _, err := c.rows(ctx, lab, "appendix D", map[int]string{
			0: "10.934/10.939", 5: "9.151/9.461", 10: "7.949/8.184", 15: "6.362/6.876", 20: "5.851/6.607", 25: "5.750/6.634",
			30: "4.617/6.714", 35: "4.277/6.640", 40: "3.194/6.324", 45: "2.488/6.263", 50: "2.627/6.264", 55: "2.193/6.201",
			60: ".818/6.340", 65: ".735/6.329", 70: ".789/6.390", 75: ".293/6.508", 80: ".224/6.647", 85: ".234/6.746",
			90: ".139/6.827", 95: ".093/6.828", 100: ".057/6.884", 105: ".071/6.917", 110: ".039/6.937", 115: ".032/6.937",
		})
		return rows, err
	},
}

// rows runs the course and compares its log with the lines that are known.
func (c course) rows(ctx context.Context, lab *Lab, where string, known map[int]string) (rows []Row, samples []string, err error) {
	v, err := readVerdict(lab)
	if err != nil {
		return nil, nil, err
	}
	log, samples, err := c.run(ctx, lab, v, false)
	for _, l := range log {
		if line, ok := known[l.step]; ok {
			rows = append(rows, l.rows(where, line)...)
		}
	}
	return rows, samples, err
}

// contains is the row of a text of which a part was published.
func contains(where, published, ours string) Row {
	if strings.Contains(ours, published) {
		ours = published
	}
	return Row{Where: where, Published: published, Ours: ours}
}
