package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/llm-from-scratch/llm/internal/figures"
)

// losses draws a recorded run, whose log lies in docs/runs.
func losses(log, title string) func(docs string) ([]byte, error) {
	return func(docs string) ([]byte, error) {
		file := filepath.Join(docs, "runs", log)
		svg, err := drawLosses(file, title)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		return svg, nil
	}
}

func drawLosses(name, title string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, err
	}
	train, err := column(rows, "train_loss", "training")
	if err != nil {
		return nil, err
	}
	validation, err := column(rows, "validation_loss", "validation")
	if err != nil {
		return nil, err
	}
	return figures.Lines(title, "step", "loss", train, validation), nil
}

// column is one column of a log over its first, the step. Empty fields were not
// measured.
func column(rows [][]string, header, name string) (figures.Series, error) {
	s := figures.Series{Name: name}
	if len(rows) == 0 {
		return s, errors.New("it is empty")
	}
	at := -1
	for i, h := range rows[0] {
		if h == header {
			at = i
		}
	}
	if at < 0 {
		return s, fmt.Errorf("line 1 has no column %s", header)
	}
	for i, row := range rows[1:] {
		if row[at] == "" {
			continue
		}
		x, err := strconv.ParseFloat(row[0], 64)
		if err != nil {
			return s, fmt.Errorf("line %d: %w", i+2, err)
		}
		y, err := strconv.ParseFloat(row[at], 64)
		if err != nil {
			return s, fmt.Errorf("line %d: %w", i+2, err)
		}
		s.X, s.Y = append(s.X, x), append(s.Y, y)
	}
	return s, nil
}
