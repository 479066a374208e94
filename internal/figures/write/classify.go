package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/internal/figures"
)

// choices are what chapter 6 lets one train, for a model of so many layers.
func choices(layers int) []choice {
	return []choice{{"HeadOnly", classify.HeadOnly}, {"LastBlock", classify.LastBlock(layers)}, {"All", classify.All}}
}

type choice struct {
	name   string
	trains func(name string) bool
}

// newHead is GPT-2 with its own head, and three times with the new one.
func newHead() []byte {
	c := gpt.GPT2Small
	s := figures.NewSketch(344, "Another head, and what is trained under it",
		"The head of 50,257 outputs is replaced by one of 2. Of three choices one trains the head alone, one the last block as well, one everything.")
	parts := []string{"wte.", "wpe."}
	for i := range c.Layers {
		parts = append(parts, fmt.Sprintf("h.%d.", i))
	}
	parts = append(parts, "ln_f.", "score.")
	for i, way := range append([]choice{{name: "before"}}, choices(c.Layers)...) {
		x := 4 + 89*float64(i)
		s.Note(x+38, 44, "middle", way.name)
		for j, part := range parts {
			role, label := figures.Plain, strings.TrimSuffix(part, ".")
			if way.trains != nil {
				role = figures.Frozen
				if way.trains(part + "weight") {
					role = figures.Trained
				}
			}
			if part == "score." {
				label = []string{"C × V", "C × 2"}[min(i, 1)]
			}
			s.Box(x, 320-17*float64(j+1), 77, 17, role, label)
		}
		if way.trains != nil {
			s.Note(x+38, 336, "middle", thousands(classify.TrainedParams(c, way.trains)))
		}
	}
	return s.SVG()
}

// changes is how far the weights of each layer move in twenty steps, under each choice.
func changes() []byte {
	const layers, row = 4, 24.0
	s := figures.NewSketch(64+row*(layers+4), "How far the weights moved in 20 steps",
		"Frozen layers do not move. All those that are trained move by about the same.")
	parts := []string{"score.", "ln_f.", "h.3.", "h.2.", "h.1.", "h.0.", "wpe.", "wte."}
	for j, part := range parts {
		s.Note(44, 68+row*float64(j), "end", strings.TrimSuffix(part, "."))
	}
	for i, way := range choices(layers) {
		x := 54 + 100*float64(i)
		s.Note(x, 44, "start", way.name)
		var moved []float64
		for _, part := range parts {
			moved = append(moved, 1000*moves(layers, way.trains)[part])
		}
		bars(s, x, 54, 60./25, figures.Trained, "%.1f", moved)
	}
	return s.SVG()
}

// moves fine-tunes a small model and returns how far the weights of each part went:
// the root of the mean square.
func moves(layers int, trains func(string) bool) map[string]float64 {
	rng := rand.New(rand.NewPCG(5, 6))
	messages, _ := classify.Balance(classify.Practice(500, rng), rng) // of which there are enough of each kind
	bytes, _ := tokens.TrainBPE("", 257)
	model := gpt.New(gpt.Config{Vocab: 257, Context: 64, Width: 16, Heads: 2, Layers: layers, TiedHead: true})
	model.Init(rng)
	c := classify.New(model, rng)
	examples := classify.NewExamples(messages, bytes, 64, bytes.EndOfText())
	var before [][]float32
	for _, p := range c.Params() {
		before = append(before, slices.Clone(p.Data))
	}
	trainer := pretrain.NewTrainer(classify.NewLearner(c, trains, 8, 64), examples.Epoch(8), pretrain.Settings{
		Optimizer: pretrain.DefaultAdamW, Schedule: pretrain.Constant(4e-3, 20), Clip: 1, Seed: 1,
	})
	for range trainer.Steps(context.Background()) {
	}
	sum, count := map[string]float64{}, map[string]float64{}
	for i, p := range c.Params() {
		part := p.Name[:strings.LastIndex(p.Name[:min(4, len(p.Name))], ".")+1]
		if part == "" {
			part, _, _ = strings.Cut(p.Name, ".")
			part += "."
		}
		for k, v := range p.Data {
			sum[part] += math.Pow(float64(v-before[i][k]), 2)
		}
		count[part] += float64(len(p.Data))
	}
	for part := range sum {
		sum[part] = math.Sqrt(sum[part] / count[part])
	}
	return sum
}

// adapter is a matrix of GPT-2 and the two whose product changes it, to one scale.
func adapter() []byte {
	const in, out, r, side = 768, 768, 16, 120.0
	l := classify.NewLowRank(in, out, r, r, rand.New(rand.NewPCG(1, 6)))
	thin := side * r / in
	s := figures.NewSketch(222, "W + AB: one matrix, and its low-rank change",
		"W stays. A is tall and thin, B is wide and flat; their product has the size of W.")
	s.Box(4, 54, side, side, figures.Frozen, "W₀", "frozen")
	s.Note(4+side/2, 46, "middle", fmt.Sprintf("(%d,%d)", in, out))
	s.Note(4+side/2, 54+side+16, "middle", thousands(in*out)+" weights")
	s.Op(144, 54+side/2, "+")
	s.Box(180, 54, thin, side, figures.Trained)
	s.Note(180, 46, "middle", fmt.Sprintf("A (%d,%d)", in, r))
	s.Op(206, 54+side/2, "·")
	s.Box(228, 54+side/2-thin/2, side, thin, figures.Trained)
	s.Note(228+side/2, 46+side/2, "middle", fmt.Sprintf("B (%d,%d)", r, out))
	s.Text(180, 54+side+16, "start", figures.Trained, thousands(len(l.A.Data)+len(l.B.Data))+" weights learn,")
	s.Text(180, 54+side+34, "start", figures.Trained, fmt.Sprintf("%.1f%% as many", 100*float64(len(l.A.Data)+len(l.B.Data))/(in*out)))
	return s.SVG()
}

// confusion is the table of the recorded evaluation on real messages.
func confusion(docs string) ([]byte, error) {
	file := filepath.Join(docs, "runs", "sms.txt")
	log, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var c classify.Confusion
	for actual, row := range regexp.MustCompile(`(?m)^is \w+ +(\d+) +(\d+)$`).FindAllStringSubmatch(string(log), len(c)) {
		for answered := range c {
			if _, err := fmt.Sscan(row[answered+1], &c[actual][answered]); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	s := figures.NewSketch(240, fmt.Sprintf("%d messages, %.2f%% sorted right", c.Total(), 100*c.Accuracy()),
		"Of the ham most was answered ham, of the spam most was answered spam.")
	for i, class := range classify.Classes {
		s.Note(136+100*float64(i), 50, "middle", "answered "+class)
		s.Note(76, 104+84*float64(i), "end", "is "+class)
		for j, n := range c[i] {
			role := figures.Trained
			if i != j {
				role = figures.Gradient
			}
			s.Box(86+100*float64(j), 58+84*float64(i), 100, 84, role, fmt.Sprint(n), fmt.Sprintf("%.1f%%", 100*float64(n)/float64(c[i][0]+c[i][1])))
		}
	}
	return s.SVG(), nil
}

// padded is a batch of the chapter's: letters, padding, and where the head reads.
func padded() []byte {
	letters := tokens.NewRunes("abcdefghijklmnopqrstuvwxyz ")
	pad := letters.Vocab()
	messages := []classify.Message{{Text: "see you"}, {Spam: true, Text: "win"}, {Text: "ok"}}
	s := figures.NewSketch(172, "Three messages in one batch",
		"Each row has one position whose target is a label: its last letter. After it comes padding.")
	const cell = 30.0
	for b := range classify.NewExamples(messages, letters, 7, pad).Batches(3, nil) {
		for i, id := range b.Inputs {
			x, y := 4+cell*float64(i%b.T), 40+42*float64(i/b.T)
			role, letter := figures.Data, ""
			if id == pad {
				role = figures.Frozen
			} else {
				letter = letters.Decode([]int{id})
			}
			if label := b.Targets[i]; label != pretrain.Ignore {
				role = figures.Trained
				s.Arrow(x+cell/2, y+22, x+cell/2, y+34, 240, y+34)
				s.Text(246, y+38, "start", role, "label: "+classify.Classes[label])
			}
			s.Vector(x, y, cell, role, letter)
		}
	}
	return s.SVG()
}

// overfitting is the first run on real messages, from what it printed.
func overfitting(docs string) ([]byte, error) {
	file := filepath.Join(docs, "runs", "sms.txt")
	log, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	run, _, _ := strings.Cut(string(log), "\n\n")
	training, validation := figures.Series{Name: "training"}, figures.Series{Name: "validation"}
	for _, row := range regexp.MustCompile(`(?m)^step +(\d+) +(?:training loss ([\d.]+))? +validation loss ([\d.]+)$`).FindAllStringSubmatch(run, -1) {
		step, _ := strconv.ParseFloat(row[1], 64)
		loss, err := strconv.ParseFloat(row[2], 64)
		if err == nil { // there is none before the first step
			training.X, training.Y = append(training.X, step), append(training.Y, loss)
		}
		watched, _ := strconv.ParseFloat(row[3], 64)
		validation.X, validation.Y = append(validation.X, step), append(validation.Y, watched)
	}
	return figures.Lines("The filter learns, then learns by heart", "step", "loss", training, validation), nil
}
