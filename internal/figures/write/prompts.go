package main

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-from-scratch/llm/internal/figures"
)

// copier is a recorded run of examples/copying.
type copier struct {
	steps, loss              []float64
	right, copying, previous [][]float64            // by step
	heads                    map[string][][]float64 // shares of attention, by the head's line
}

var copierLine = regexp.MustCompile(`^step +(\d+)  loss (\S+)  right \[(.*)\]  copying \[(.*)\]  previous \[(.*)\]$`)

// copiers are the two runs in docs/runs/copying.txt, of two layers and of one.
func copiers(docs string) (runs [2]copier, err error) {
	data, err := os.ReadFile(filepath.Join(docs, "runs", "copying.txt"))
	numbers := func(text string) (list []float64) {
		for field := range strings.FieldsSeq(text) {
			v, bad := strconv.ParseFloat(field, 64)
			if bad != nil {
				err = bad
			}
			list = append(list, v)
		}
		return list
	}
	at, head := -1, ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		switch m := copierLine.FindStringSubmatch(line); {
		case strings.HasPrefix(line, "$ "):
			at++
			runs[at].heads = map[string][][]float64{}
		case m != nil:
			r := &runs[at]
			r.steps, r.loss = append(r.steps, numbers(m[1])...), append(r.loss, numbers(m[2])...)
			r.right, r.copying, r.previous = append(r.right, numbers(m[3])), append(r.copying, numbers(m[4])), append(r.previous, numbers(m[5]))
		case strings.HasPrefix(line, "layer "):
			head, _, _ = strings.Cut(line, ":")
		case len(line) > 1 && line[0] != ' ':
			var row []float64
			for _, percent := range numbers(line[1:]) {
				row = append(row, percent/100)
			}
			runs[at].heads[head] = append(runs[at].heads[head], row)
		}
	}
	return runs, err
}

// series is one number of each step.
func (c copier) series(name string, value func(step int) float64) figures.Series {
	s := figures.Series{Name: name, X: c.steps}
	for i := range c.steps {
		s.Y = append(s.Y, value(i))
	}
	return s
}

// appears is the moment at which the copying head does.
func appears(docs string) ([]byte, error) {
	runs, err := copiers(docs)
	if err != nil {
		return nil, err
	}
	two, one := runs[0], runs[1]
	last := func(list []float64) float64 { return list[len(list)-1] }
	return figures.Lines("The moment at which copying begins", "step", "",
		two.series("loss, as a share of the first", func(i int) float64 { return two.loss[i] / two.loss[0] }),
		two.series("copying, layer 2", func(i int) float64 { return last(two.copying[i]) }),
		two.series("previous, layer 1", func(i int) float64 { return two.previous[i][1] }),
		one.series("loss of one layer", func(i int) float64 { return one.loss[i] / one.loss[0] })), nil
}

// courses are the shares of ids that are right by how often they have come.
func courses(docs string) ([]byte, error) {
	runs, err := copiers(docs)
	if err != nil {
		return nil, err
	}
	var all []figures.Series
	for _, c := range []struct {
		name string
		run  copier
		step float64
	}{{"untrained", runs[0], 0}, {"after 380 steps", runs[0], 380}, {"after 800", runs[0], 800}, {"one layer, 800", runs[1], 800}} {
		s := figures.Series{Name: c.name}
		for i, step := range c.run.steps {
			if step == c.step {
				s.Y = c.run.right[i][:6]
			}
		}
		for i := range s.Y {
			s.X = append(s.X, float64(i+1))
		}
		all = append(all, s)
	}
	return figures.Lines("Right, by how often the ids have come", "time that the ids come", "share right", all...), nil
}

// copyingHeads are where two heads of the trained model look.
func copyingHeads(docs string) ([]byte, error) {
	runs, err := copiers(docs)
	if err != nil {
		return nil, err
	}
	const cell, left = 16.0, 24.0
	s := figures.NewSketch(764, "Eight ids that come again, in two heads",
		"In the first head each row looks at the column before its own; in the second at the one that came after the same letter.")
	for i, head := range []string{"layer 1, head 2", "layer 2, head 2"} {
		values := runs[0].heads[head]
		top := 66 + 362*float64(i)
		s.Note(left, top-22, "start", head)
		for t := range values {
			letter := string(rune('a' + t%8))
			s.Note(left+cell*(float64(t)+0.5), top-5, "middle", letter)
			s.Note(left-6, top+cell*(float64(t)+0.5)+4, "end", letter)
		}
		s.Heat(left, top, cell, cell, values)
	}
	s.Scale(left, 754-6)
	return s.SVG(), nil
}

var promptLine = regexp.MustCompile(`(?m)^ *(\d+) examples, draw \d+: +(\S+)% right, .* calibrated +(\S+)%,`)

// promptRuns are the shares of messages sorted right in docs/runs/prompts.txt, of each
// draw, by the number of examples: as they are, and calibrated.
func promptRuns(docs string) (raw, calibrated map[int][]float64, err error) {
	data, err := os.ReadFile(filepath.Join(docs, "runs", "prompts.txt"))
	raw, calibrated = map[int][]float64{}, map[int][]float64{}
	for _, m := range promptLine.FindAllStringSubmatch(string(data), -1) {
		k, errK := strconv.Atoi(m[1])
		a, errA := strconv.ParseFloat(m[2], 64)
		b, errB := strconv.ParseFloat(m[3], 64)
		if err := cmp.Or(errK, errA, errB); err != nil {
			return nil, nil, err
		}
		raw[k], calibrated[k] = append(raw[k], a), append(calibrated[k], b)
	}
	return raw, calibrated, err
}

// shots are the draws of examples, and what the filter of chapter 6 does.
func shots(docs string) ([]byte, error) {
	raw, calibrated, err := promptRuns(docs)
	if err != nil {
		return nil, err
	}
	s := figures.NewSketch(330, "SMS sorted right by a prompt, in percent",
		"For each number of examples a dot for every draw: as the model answers, and calibrated. Calibrated ones are higher and closer together.")
	p := panel{s, 40, 40, 296, 210, -0.5, 5.5, 20, 100}
	p.axes("", "", "20", "100")
	for i, k := range slices.Sorted(maps.Keys(raw)) {
		x, _ := p.at(float64(i), 0)
		s.Note(x, p.top+p.height+14, "middle", strconv.Itoa(k))
		for _, part := range []struct {
			role   figures.Role
			shares []float64
			aside  float64
		}{{figures.Key, raw[k], -0.12}, {figures.Value, calibrated[k], 0.12}} {
			for _, share := range part.shares {
				p.mark(part.role, float64(i)+part.aside, share)
			}
		}
	}
	p.curve(figures.Trained, []float64{p.x0, p.x1}, []float64{fineTuned, fineTuned})
	s.Note(p.left+p.width/2, p.top+p.height+32, "middle", "examples in the prompt")
	s.Text(40, 304, "start", figures.Key, "as the model answers")
	s.Text(200, 304, "start", figures.Value, "calibrated")
	s.Text(40, 322, "start", figures.Trained, "chapter 6's filter, trained: 96.3")
	return s.SVG(), nil
}

// fineTuned is what docs/runs/sms.txt says of the filter of which all layers were trained.
const fineTuned = 96.33
