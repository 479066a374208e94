package pretrain

import (
	"iter"
	"slices"
	"strings"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
)

const emptyStop = "pretrain: a stop string is empty"

// A Stopper ends a text where one of some stop strings appears in it. The text
// comes in pieces, and a stop string may begin in one and end in another: what
// could still become one is kept back until that is decided. One goroutine at a
// time may use it.
type Stopper struct {
	stops []string
	held  string // a beginning of a stop string
}

// NewStopper returns a Stopper for stops, of which there may be none. None of
// them is empty.
func NewStopper(stops ...string) *Stopper {
	for _, stop := range stops {
		if stop == "" {
			panic(emptyStop)
		}
	}
	return &Stopper{stops: slices.Clone(stops)}
}

// Next returns what is certain to be text once piece has come. If it says stop,
// the text has ended: what was returned so far is all that stands before the stop
// string. That is the one that is complete first, or the longest of those.
func (s *Stopper) Next(piece string) (text string, stop bool) {
	s.held += piece
	for end := 1; end <= len(s.held) && len(s.stops) > 0; end++ {
		longest := 0
		for _, stop := range s.stops {
			if strings.HasSuffix(s.held[:end], stop) {
				longest = max(longest, len(stop))
			}
		}
		if longest > 0 {
			text, s.held = s.held[:end-longest], ""
			return text, true
		}
	}
	at := s.undecided()
	text, s.held = s.held[:at], s.held[at:]
	return text, false
}

// undecided is where the text kept back must begin: the first place from which
// it goes on as a stop string does.
func (s *Stopper) undecided() int {
	for at := range len(s.held) {
		for _, stop := range s.stops {
			if strings.HasPrefix(stop, s.held[at:]) {
				return at
			}
		}
	}
	return len(s.held)
}

// Flush returns what is still kept back, for a text that has ended without a
// stop string. The Stopper can then be used for another.
func (s *Stopper) Flush() string {
	text := s.held
	s.held = ""
	return text
}

// Text yields the text of ids in pieces, as it comes. It ends where the ids do,
// at the end-of-text id, or before a stop string. A piece is never empty and never
// ends inside a character; bytes that are part of no character become U+FFFD.
func Text(t *tokens.BPE, ids iter.Seq[int], stops ...string) iter.Seq[string] {
	return func(yield func(string) bool) {
		stream, stopper := tokens.NewStream(t), NewStopper(stops...)
		show := func(piece string) (more bool) {
			text, stop := stopper.Next(strings.ToValidUTF8(piece, "\uFFFD"))
			return (text == "" || yield(text)) && !stop
		}
		for id := range ids {
			if id == t.EndOfText() {
				break
			}
			if !show(stream.Next(id)) {
				return
			}
		}
		if !show(stream.Flush()) {
			return
		}
		if rest := stopper.Flush(); rest != "" {
			yield(rest)
		}
	}
}
