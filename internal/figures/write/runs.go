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
		file := filepath.Join(docs, "runs", log)
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		train, trainErr := column(rows, "train_loss", "training")
		validation, validationErr := column(rows, "validation_loss", "validation")
		if err := cmp.Or(err, trainErr, validationErr); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		return figures.Lines(title, "step", "loss", train, validation), nil
	}
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
