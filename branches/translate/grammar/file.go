package grammar

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/llm-from-scratch/llm/internal/plaintext"
)

// ReadPairs reads the layout of Tatoeba's and Anki's files: one pair a line, a text, a
// tab, its translation into the language to; what stands behind another tab is for
// people. Blank lines mean nothing. Lines that hold no pair are skipped, and the error
// tells how many and what is wrong with the first of them. With any other error, such as
// that of a text that is not UTF-8, there are no pairs.
func ReadPairs(r io.Reader, to string) (pairs []Pair, err error) {
	pairs, err = plaintext.Lines(r, func(line string) (Pair, error) { return parsePair(line, to) })
	switch {
	case err != nil:
		err = fmt.Errorf("grammar: %w", err)
	case len(pairs) == 0:
		err = errors.New("grammar: no pairs; lines are a text, a tab, its translation")
	}
	return pairs, err
}

func parsePair(line, to string) (Pair, error) {
	columns := strings.Split(line, "\t")
	if len(columns) < 2 {
		return Pair{}, fmt.Errorf("no tab between text and translation in %.40q", line)
	}
	source, target := strings.TrimSpace(columns[0]), strings.TrimSpace(columns[1])
	if source == "" || target == "" {
		return Pair{}, fmt.Errorf("a text without a translation in %.40q", line)
	}
	return Pair{source, target, "text", to}, nil
}

// Turned is the pair the other way round, into the language to.
func (p Pair) Turned(to string) Pair { return Pair{p.Target, p.Source, p.Kind, to} }
