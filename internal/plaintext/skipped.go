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

// Lines calls use with all lines of the text in r that are not blank. Those for which
// use returns an error are skipped, and the error of Lines is a [Skipped] that names
// them by their numbers. With any other error, that of [NewReader], use is not called.
func Lines(r io.Reader, use func(line string) error) error {
	text, err := io.ReadAll(NewReader("", r))
	if err != nil {
		return err
	}
	return Skip("line", strings.SplitSeq(string(text), "\n"), func(line string) error {
		if strings.TrimSpace(line) == "" {
			return nil
		}
		return use(line)
	})
}

// Skip calls use with all parts of a collection. Its error is a [Skipped] that names
// those for which use returned one by what they are and their numbers, from 1.
func Skip[Part any](what string, parts iter.Seq[Part], use func(Part) error) error {
	var s Skipped
	n := 0
	for part := range parts {
		n++
		err := use(part)
		if err == nil {
			continue
		}
		if s.Count++; s.Count <= few {
			s.First = append(s.First, fmt.Errorf("%s %d: %w", what, n, err))
		}
	}
	if s.Count == 0 {
		return nil
	}
	return &s
}

// Error tells the reasons in the order of the text.
func (s *Skipped) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%d skipped", s.Count)
	for i, reason := range s.First {
		fmt.Fprintf(&text, "%c %v", ":;"[min(i, 1)], reason)
	}
	if more := s.Count - len(s.First); more > 0 {
		fmt.Fprintf(&text, "; and %d more", more)
	}
	return text.String()
}
