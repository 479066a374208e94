package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/llm-from-scratch/llm/branches/translate/grammar"
	"github.com/llm-from-scratch/llm/branches/translate/translator"
	"github.com/llm-from-scratch/llm/internal/figures"
)

// regrouping is a number whose digits English takes by three and Chinese by four.
func regrouping() []byte {
	n, digits := int64(12_300_005), "12300005"
	const x, y, cell = 4.0, 90.0, (figures.Width - 8) / 8
	s := figures.NewSketch(162, "One number, grouped in two ways",
		"Eight digits: groups of three above, with their English words, and groups of four below, with their Chinese.")
	s.Vector(x, y, cell, figures.Data, strings.Split(digits, "")...)
	group := func(from, to int, role figures.Role, y, tip, text float64, words ...string) {
		left, right := x+cell*float64(from)+3, x+cell*float64(to)-3
		s.Line(role, left, y+tip, left, y, right, y, right, y+tip)
		s.Note((left+right)/2, text, "middle", words...)
	}
	english := func(from, to int, words string) {
		last := strings.LastIndexByte(words, ' ')
		group(from, to, figures.Query, y-10, 6, y-32, words[:last], words[last+1:])
	}
	english(0, 2, grammar.English(n/1e6*1e6))
	english(2, 5, grammar.English(n%1e6/1000*1000))
	english(5, 8, strings.TrimPrefix(grammar.English(n), grammar.English(n/1000*1000)+" "))
	high := grammar.Chinese(n / 1e4 * 1e4)
	group(0, 4, figures.Value, y+32, -6, y+52, high)
	group(4, 8, figures.Value, y+32, -6, y+52, strings.TrimPrefix(grammar.Chinese(n), high))
	return s.SVG()
}

// looks is how a trained translator looked at one of the recorded texts: a column for
// each piece of the translation, a row for each of the text.
func looks(number int) func(docs string) ([]byte, error) {
	return func(docs string) ([]byte, error) {
		data, err := os.ReadFile(filepath.Join(docs, "runs", "translate-looks.json"))
		if err != nil {
			return nil, err
		}
		var l translator.Looks
		if err := json.Unmarshal([]byte(strings.Split(string(data), "\n")[number]), &l); err != nil {
			return nil, err
		}
		values := make([][]float64, len(l.From))
		for _, row := range l.Weights {
			for j, w := range row {
				values[j] = append(values[j], float64(w))
			}
		}
		for _, names := range [][]string{l.From, l.Into} {
			for i, name := range names {
				names[i] = strings.Trim(name, " <>")
			}
		}
		return figures.Heat("How a translation looks at its text", l.From, l.Into, values), nil
	}
}
