package plaintext

import (
	"fmt"
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

// Add counts one more, left out for a reason that says where it is.
func (s *Skipped) Add(reason error) {
	if s.Count++; s.Count <= few {
		s.First = append(s.First, reason)
	}
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
