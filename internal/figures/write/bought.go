package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	arch "github.com/llm-from-scratch/llm/branches/steps"
	"github.com/llm-from-scratch/llm/internal/figures"
)

// A bought is what the record says of one station.
type bought struct {
	losses []float64 // the last of each seed
	cpu    float64   // time of a run, in seconds
}

// readBought reads the runs of all stations, and the time they took.
func readBought(docs string) (map[string]bought, error) {
	all := map[string]bought{}
	table, err := os.ReadFile(filepath.Join(docs, "runs", "steps.csv"))
	rows, csvErr := csv.NewReader(bytes.NewReader(table)).ReadAll()
	times, timesErr := os.ReadFile(filepath.Join(docs, "runs", "steps-time.txt"))
	if err := cmp.Or(err, csvErr, timesErr); err != nil {
		return nil, err
	}
	last := rows[len(rows)-1][3]
	for _, row := range rows[1:] {
		if loss, err := strconv.ParseFloat(row[5], 64); err == nil && row[3] == last {
			b := all[row[0]]
			b.losses = append(b.losses, loss)
			all[row[0]] = b
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^(\w+) \d: .*\((\S+) of processor time\)`).FindAllStringSubmatch(string(times), -1) {
		b := all[m[1]]
		d, err := time.ParseDuration(m[2])
		if err != nil {
			return nil, err
		}
		b.cpu += d.Seconds() / float64(len(b.losses))
		all[m[1]] = b
	}
	return all, nil
}

// stepsBought draws the validation losses of all runs, and the CPU time of a run.
func stepsBought(docs string) ([]byte, error) {
	all, err := readBought(docs)
	if err != nil {
		return nil, err
	}
	var losses []float64
	slowest := 0.0
	for _, b := range all {
		losses, slowest = append(losses, b.losses...), max(slowest, b.cpu)
	}
	s := figures.NewSketch(236, "Five steps, three seeds each",
		"For each architecture a dot for the validation loss of each seed and a line at their mean, and a bar for the CPU time of a run.")
	p := panel{Sketch: s, left: 62, top: 56, width: 178, height: 158, x0: slices.Min(losses) - .01, x1: slices.Max(losses) + .01, y0: 6}
	const bars, most = 258.0, 54.0
	s.Note(p.left, 44, "start", "validation loss")
	s.Note(bars, 44, "start", "CPU s a run")
	for i, name := range arch.Names {
		b, mean := all[name], 0.0
		_, y := p.at(0, float64(i)+.5)
		s.Note(4, y+4, "start", name)
		for _, loss := range b.losses {
			x, _ := p.at(loss, 0)
			s.Dot(x, y, figures.Probability)
			mean += loss / float64(len(b.losses))
		}
		x, _ := p.at(mean, 0)
		s.Line(figures.Gradient, x, y-9, x, y+9)
		s.Box(bars, y-8, most*b.cpu/slowest, 16, figures.Plain)
		s.Note(bars+most*b.cpu/slowest+4, y+4, "start", fmt.Sprintf("%.0f", b.cpu))
	}
	for _, loss := range []float64{slices.Min(losses), slices.Max(losses)} {
		x, _ := p.at(loss, 0)
		s.Note(x, 228, "middle", fmt.Sprintf("%.2f", loss))
	}
	return s.SVG(), nil
}
