package plaintext

import (
	"fmt"
	"io"
	"iter"
	"strings"
)

// Skipped is the error of a reader that left out some of a collection and read the
// rest: how many it left out, and why, of the first few.
type Skipped struct {
	Count int
	First []error
}

// few are as many as a person reads.
const few = 3

// Lines returns what parse makes of all lines of the text in r that are not blank.
// Those for which it returns an error are skipped, and the error of Lines is a
// [Skipped] that names them by their numbers. With any other error, that of
// [NewReader], there are none.
func Lines[T any](r io.Reader, parse func(line string) (T, error)) ([]T, error) {
	lines, err := ReadLines(r)
	if err != nil {
		return nil, err
	}
	return Collect("line", func(yield func(int, string) bool) {
		for i, line := range lines {
			if strings.TrimSpace(line) != "" && !yield(i, line) {
				return
			}
		}
	}, parse)
}

// Collect returns what parse makes of all parts of a collection. Its error is a
// [Skipped] that names those for which parse returned one by what they are and
// their numbers, from 1.
func Collect[Part, T any](what string, parts iter.Seq2[int, Part], parse func(Part) (T, error)) ([]T, error) {
	var list []T
	var s Skipped
	for i, part := range parts {
		item, err := parse(part)
		if err == nil {
			list = append(list, item)
			continue
		}
		if s.Count++; s.Count <= few {
			s.First = append(s.First, fmt.Errorf("%s %d: %w", what, i+1, err))
		}
	}
	if s.Count == 0 {
		return list, nil
	}
	return list, &s
}

// Error tells the reasons in the order of the text.
func (s *Skipped) Error() string { return fmt.Sprintf("%d skipped: %s", s.Count, s.Reasons()) }

// Reasons are those of the first few, and how many more there are.
func (s *Skipped) Reasons() string {
	var text []string
	for _, reason := range s.First {
		text = append(text, reason.Error())
	}
	if more := s.Count - len(s.First); more > 0 {
		text = append(text, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(text, "; ")
}
