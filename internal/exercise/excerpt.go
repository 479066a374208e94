package exercise

import (
	"bytes"
	"fmt"

	"github.com/llm-from-scratch/llm/internal/plaintext"
)

// keep is how many bytes of a text are kept at each of its ends.
const keep = 2 << 10

// An excerpt is the beginning and the end of a text of any length, in bounded
// memory. What an attempt prints is not trusted: control characters are shown
// as a question mark in a box, so that none reaches a terminal.
type excerpt struct {
	head, tail []byte
	left       int // lines that ended between the two
}

func (e *excerpt) add(text string) {
	n := min(len(text), keep-len(e.head))
	e.head = append(e.head, text[:n]...)
	e.tail = append(e.tail, text[n:]...)
	if len(e.tail) > 4*keep { // seldom, so that all moves together take linear time
		cut := len(e.tail) - 2*keep
		e.left += bytes.Count(e.tail[:cut], []byte("\n"))
		e.tail = append(e.tail[:0], e.tail[cut:]...)
	}
}

// Write implements io.Writer.
func (e *excerpt) Write(p []byte) (int, error) {
	e.add(string(p))
	return len(p), nil
}

// String is the text, or its first and last lines and how many are left out.
func (e *excerpt) String() string {
	text := string(e.head)
	if len(e.tail) <= keep {
		text += string(e.tail)
	} else {
		cut := len(e.tail) - keep
		cut += 1 + max(-1, bytes.IndexByte(e.tail[cut:], '\n'))
		head := e.head[:1+bytes.LastIndexByte(e.head, '\n')]
		if len(head) == 0 {
			head = append(e.head[:keep:keep], '\n')
		}
		left := e.left + bytes.Count(e.head[min(len(head), keep):], []byte("\n")) + bytes.Count(e.tail[:cut], []byte("\n"))
		text = fmt.Sprintf("%s… %d lines left out …\n%s", head, left, e.tail[cut:])
	}
	return plaintext.Printable(text)
}
