package main

import (
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// tables has what is printed, a file for each experiment. A line says where it is
// and what is there, with " = " between; lines that begin with a tab are the rows of
// a matrix. In quotation marks it is as in Go. What a ~ means, numbers says.
//
//go:embed tables
var tables embed.FS

// A sheet is an experiment's rows, and what of its table is not in them yet.
type sheet struct {
	rows   []Row
	places []string            // of the table, in order
	values map[string][]string // by place, of which some come again
}

// newSheet reads the table of an experiment. Where there is none, nothing is equal.
func newSheet(name string) (*sheet, error) {
	table, _ := tables.ReadFile("tables/" + name + ".txt")
	return parseSheet(string(table))
}

func parseSheet(table string) (*sheet, error) {
	s := &sheet{values: map[string][]string{}}
	for line := range strings.Lines(table) {
		line = strings.TrimRight(line, "\n")
		if row, ok := strings.CutPrefix(line, "\t"); ok && len(s.places) > 0 {
			list := s.values[s.places[len(s.places)-1]]
			list[len(list)-1] += "/" + row
			continue
		}
		where, value, ok := strings.Cut(line+" ", " = ")
		if value = strings.TrimSuffix(value, " "); strings.HasPrefix(value, `"`) {
			var err error
			value, err = strconv.Unquote(value)
			ok = err == nil
		}
		if where = strings.TrimSuffix(where, " "); !ok {
			return nil, fmt.Errorf("the table's line %q has no place or no value", line)
		}
		s.places = append(s.places, where)
		s.values[where] = append(s.values[where], value)
	}
	return s, nil
}

// knows reports whether something is printed at a place.
func (s *sheet) knows(where string) bool { return len(s.values[where]) > 0 }

// take removes what is printed at a place from the table.
func (s *sheet) take(where string) string {
	list := s.values[where]
	if len(list) == 0 {
		return "none"
	}
	s.values[where] = list[1:]
	return list[0]
}

// is adds the rows of what is printed at a place: those of a matrix, of a list of
// numbers, of one number, or the one of anything else, as fmt prints it. If it is
// printed with more digits too, so are rows of these.
func (s *sheet) is(where string, ours any) {
	s.rows = append(s.rows, compareWith(s.take(where), where, ours)...)
	if more := where + ", more digits"; s.knows(more) {
		s.is(more, ours)
	}
}

func compareWith(printed, where string, ours any) (rows []Row) {
	switch x := ours.(type) {
	case blas32.General:
		lines := strings.Split(printed, "/")
		more, lines := lines[0], lines[1:]
		if len(lines) != x.Rows {
			rows = append(rows, text(where+" rows", fmt.Sprint(len(lines)), x.Rows))
		}
		for i := range min(len(lines), x.Rows) {
			rows = append(rows, numbers(fmt.Sprintf("%s %d", where, i), more+lines[i], doubles(f32.Row(x, i)))...)
		}
		return rows
	case []float32:
		return numbers(where, printed, doubles(x))
	case []float64:
		return numbers(where, printed, x)
	case float32:
		return compareWith(printed, where, float64(x))
	case float64:
		if strings.HasPrefix(printed, "~") {
			return numbers(where, printed, []float64{x})
		}
		return []Row{number(where, printed, x)}
	}
	return []Row{text(where, printed, ours)}
}

// all is is for what is printed in a cell, in the table's order and under its names.
func (s *sheet) all(cell string, ours ...any) {
	for _, x := range ours {
		at := slices.IndexFunc(s.places, func(where string) bool { return strings.HasPrefix(where, cell+" ") && s.knows(where) })
		if at < 0 {
			s.is(cell, x)
		} else {
			s.is(s.places[at], x)
		}
	}
}

// each is is for all places left that pattern, which has one %d, stands for: of gets
// the number there.
func (s *sheet) each(pattern string, of func(i int) any) {
	for _, where := range s.places {
		var i int
		if n, _ := fmt.Sscanf(where, pattern, &i); n == 1 && where == fmt.Sprintf(pattern, i) && s.knows(where) {
			s.is(where, of(i))
		}
	}
}

// has is is for what contains the printed text.
func (s *sheet) has(where, ours string) {
	if list := s.values[where]; len(list) > 0 && strings.Contains(ours, list[0]) {
		ours = list[0]
	}
	s.is(where, ours)
}

// why explains the latest rows, if they differ, or leaves that open.
func (s *sheet) why(latest int, reason func(Row) string) {
	for i := range s.rows[len(s.rows)-latest:] {
		if r := &s.rows[len(s.rows)-latest+i]; !r.Equal {
			r.Why = reason(*r)
		}
	}
}

// result is all rows of an experiment. What is printed and was not asked for is
// among them.
func (s *sheet) result(experiment string) []Row {
	for _, where := range s.places {
		if s.knows(where) {
			s.rows = append(s.rows, text(where, s.take(where), "none"))
		}
	}
	for i := range s.rows {
		s.rows[i].Experiment = experiment
	}
	return s.rows
}

func doubles(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// shape is how PyTorch prints the size of a tensor.
func shape(sizes ...int) string {
	return strings.NewReplacer(" ", ", ", "[", "(", "]", ")").Replace(fmt.Sprint(sizes))
}
