package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/llm-from-scratch/llm/internal/figures"
)

// losses draws a recorded run, whose log lies in docs/runs.
func losses(log, title string) func(docs string) ([]byte, error) {
	return func(docs string) ([]byte, error) {
		train, trainErr := recorded(docs, log, "train_loss", "training")
		validation, err := recorded(docs, log, "validation_loss", "validation")
		return figures.Lines(title, "step", "loss", train, validation), cmp.Or(trainErr, err)
	}
}

// recorded is a column of a log in docs/runs.
func recorded(docs, log, header, name string) (figures.Series, error) {
	file := filepath.Join(docs, "runs", log)
	data, err := os.ReadFile(file)
	rows, csvErr := csv.NewReader(bytes.NewReader(data)).ReadAll()
	s, columnErr := column(rows, header, name)
	if err := cmp.Or(err, csvErr, columnErr); err != nil {
		return s, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

// column is one column of a log over its first, the step. Empty fields were not
// measured.
func column(rows [][]string, header, name string) (figures.Series, error) {
	s, at := figures.Series{Name: name}, -1
	if len(rows) > 0 {
		at = slices.Index(rows[0], header)
	}
	if at < 0 {
		return s, fmt.Errorf("line 1 has no column %s", header)
	}
	for i, row := range rows[1:] {
		if row[at] == "" {
			continue
		}
		x, errX := strconv.ParseFloat(row[0], 64)
		y, errY := strconv.ParseFloat(row[at], 64)
		if err := cmp.Or(errX, errY); err != nil {
			return s, fmt.Errorf("line %d: %w", i+2, err)
		}
		s.X, s.Y = append(s.X, x), append(s.Y, y)
	}
	return s, nil
}

// A panel is a part of a sketch with axes of its own: x0 to x1 across it, y0 to y1
// from its lower edge to its upper one.
type panel struct {
	figures.Sketch
	left, top, width, height, x0, x1, y0, y1 float64
}

func (p panel) at(x, y float64) (px, py float64) {
	return p.left + (x-p.x0)/(p.x1-p.x0)*p.width, p.top + (p.y1-y)/(p.y1-p.y0)*p.height
}

// curve draws a line through points, and none of it beyond the axes.
func (p panel) curve(role figures.Role, xs, ys []float64) {
	var points []float64
	for i, x := range xs {
		px, py := p.at(min(max(x, p.x0), p.x1), min(max(ys[i], p.y0), p.y1))
		points = append(points, px, py)
		if beyond := x < p.x0 || x > p.x1 || ys[i] < p.y0 || ys[i] > p.y1; beyond {
			if len(points) > 4 {
				p.Line(role, points...)
			}
			points = []float64{px, py}
		}
	}
	p.Line(role, points...)
}

// mark sets a small square on a point, and returns its place.
func (p panel) mark(role figures.Role, x, y float64) (px, py float64) {
	px, py = p.at(x, y)
	p.Dot(px, py, role)
	return px, py
}

// axes draws the two axes, with what stands at their ends.
func (p panel) axes(x0, x1, y0, y1 string) {
	bottom := p.top + p.height
	p.Arrow(p.left, bottom, p.left, p.top)
	p.Arrow(p.left, bottom, p.left+p.width, bottom)
	p.Note(p.left, bottom+14, "start", x0)
	p.Note(p.left+p.width, bottom+14, "end", x1)
	p.Note(p.left-6, bottom+4, "end", y0)
	p.Note(p.left-6, p.top+8, "end", y1)
}

// bars draws values one under the other, 24 apart, each as a bar that is so many pixels
// long for each unit, and its number.
func bars(s figures.Sketch, x, y, unit float64, role figures.Role, format string, values []float64) {
	for i, v := range values {
		s.Box(x, y+24*float64(i), max(unit*v, 1), 20, role)
		s.Note(x+unit*v+4, y+24*float64(i)+14, "start", fmt.Sprintf(format, v))
	}
}

// symptoms are the recorded runs of the page on what goes wrong, side by side.
func symptoms(docs string) ([]byte, error) {
	s := figures.NewSketch(454, "Six runs, and what each looks like",
		"Training and validation loss of a healthy run and of five with one mistake each.")
	for i, run := range [][2]string{
		{"nothingWrong", "healthy"}, {"oneBatch", "one batch only"}, {"frozen", "nothing is trained"},
		{"tooFast", "steps too large"}, {"noShift", "the answer shown"}, {"byHeart", "by heart"},
	} {
		p := panel{s, 22 + 178*float64(i%2), 52 + 136*float64(i/2), 142, 88, 0, 100, 0, 12}
		training, trainErr := recorded(docs, "symptoms.csv", run[0]+" loss", "")
		validation, err := recorded(docs, "symptoms.csv", run[0]+" validation", "")
		if err := cmp.Or(trainErr, err); err != nil {
			return nil, err
		}
		p.x1 = training.X[len(training.X)-1]
		s.Note(p.left, p.top-8, "start", run[1])
		p.axes("", fmt.Sprintf("%.0f", p.x1), "0", "12")
		p.curve(figures.Value, training.X, training.Y)
		p.curve(figures.Key, validation.X, validation.Y)
	}
	s.Text(22, 446, "start", figures.Value, "training loss")
	s.Text(200, 446, "start", figures.Key, "validation loss")
	return s.SVG(), nil
}
