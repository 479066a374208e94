// Package plaintext reads the texts that people bring with them: written on any
// system, but UTF-8.
package plaintext

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// String returns data as text, as [NewReader] would read it.
func String(name string, data []byte) (string, error) {
	var text strings.Builder
	text.Grow(len(data))
	if _, err := io.Copy(&text, NewReader(name, bytes.NewReader(data))); err != nil {
		return "", err
	}
	return text.String(), nil
}

// LineEnds makes the line ends of other systems ours.
var LineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// Printable replaces what could disturb a terminal, bytes that are no text and control
// characters, by a question mark in a box.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, LineEnds.Replace(text))
}

// ReadLines returns the lines of the text in r, of any length, without their ends.
func ReadLines(r io.Reader) ([]string, error) {
	text, err := io.ReadAll(NewReader("", r))
	lines := strings.Split(string(text), "\n")
	if last := len(lines) - 1; lines[last] == "" {
		lines = lines[:last]
	}
	return lines, err
}

// NewReader returns a reader of the text in r. A byte-order mark at its start is
// left out, and all line ends, "\r\n" and "\r" too, are "\n". What is not UTF-8,
// or holds a zero byte, ends in an error that says on which line, what it seems
// to be and what to do. The error begins with name, the file's, if there is one.
// Whatever the size of the text, the reader needs 64 KB.
func NewReader(name string, r io.Reader) io.Reader {
	return &reader{name: name, in: r, line: 1, block: make([]byte, 1<<16)}
}

type reader struct {
	name  string
	in    io.Reader
	block []byte
	text  []byte // checked, and not yet read: a part of block
	held  []byte // the start of a character or a line end: the part behind it
	head  []byte // the first bytes as they came, to tell what they are if not UTF-8
	begun bool   // past the byte-order mark
	line  int
	err   error
}

func (r *reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(r.text) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.fill()
	}
	n := copy(p, r.text)
	r.text = r.text[n:]
	return n, nil
}

// fill reads and checks a block. What stands before an error is read first.
func (r *reader) fill() {
	held := copy(r.block, r.held)
	n, err := r.in.Read(r.block[held:])
	block := r.block[:held+n]
	r.head = append(r.head, block[held:][:min(n, headSize-len(r.head))]...)
	r.held = nil
	if err == nil {
		whole := len(block) - Unfinished(block)
		block, r.held = block[:whole], block[whole:]
	}
	if !r.begun && len(block) > 0 {
		r.begun = true
		block = bytes.TrimPrefix(block, []byte("\ufeff"))
	}
	r.text = lineEnds(block)
	if r.err = r.check(); r.err == nil {
		r.err = err
	}
}

// Unfinished returns how many bytes at the end of block are to be seen together
// with what follows: the start of a character, or a "\r".
func Unfinished(block []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(block); n++ {
		if tail := block[len(block)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) && tail[0] != '\r' {
				return 0
			}
			return n
		}
	}
	return 0
}

// lineEnds makes all line ends "\n", in place.
func lineEnds(text []byte) []byte {
	if bytes.IndexByte(text, '\r') < 0 {
		return text
	}
	kept, before := text[:0], byte(0)
	for _, c := range text {
		switch {
		case c == '\r':
			kept = append(kept, '\n')
		case c != '\n' || before != '\r':
			kept = append(kept, c)
		}
		before = c
	}
	return kept
}

// check counts the lines of text, and ends it before a byte that is refused.
func (r *reader) check() error {
	at := refused(r.text)
	r.line += bytes.Count(r.text[:at], []byte("\n"))
	if at == len(r.text) {
		return nil
	}
	bad := r.text[at]
	r.text = r.text[:at]
	what := fmt.Sprintf("line %d: ", r.line)
	if r.name != "" {
		what = r.name + ": " + what
	}
	more := make([]byte, headSize-len(r.head))
	n, _ := io.ReadFull(r.in, more)
	if encoding := wide(append(r.head, more[:n]...)); encoding != "" {
		return fmt.Errorf("%sthis is %s, not UTF-8; save it as UTF-8, or convert it with: iconv -f %s -t UTF-8", what, encoding, encoding)
	}
	if bad == 0 {
		return fmt.Errorf("%sa zero byte; this is not text", what)
	}
	return fmt.Errorf("%sthe byte %#02x is not UTF-8; save the text as UTF-8, or convert it, "+
		"if it is from Windows with: iconv -f WINDOWS-1252 -t UTF-8", what, bad)
}

// refused is the place of the first byte of text that is zero or not UTF-8, else
// the end of text.
func refused(text []byte) int {
	if utf8.Valid(text) && bytes.IndexByte(text, 0) < 0 {
		return len(text)
	}
	at := 0
	for at < len(text) {
		c, n := utf8.DecodeRune(text[at:])
		if c == 0 || c == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return at
}

// headSize is enough of a text to see what is wrong with it.
const headSize = 4

// wide names the encoding of a text whose characters are two or four bytes each, by
// its byte-order mark, or if it begins with two letters of English by where their
// zero bytes are (RFC 4627, section 3); "" for others.
func wide(head []byte) string {
	var zeros []byte // 0 for 0, and 1 for others
	for _, c := range head {
		zeros = append(zeros, min(c, 1))
	}
	for _, known := range []struct{ mark, zeros, name string }{ // UTF-32's mark begins with UTF-16's
		{"\xff\xfe\x00\x00", "\x01\x00\x00\x00", "UTF-32LE"}, {"\x00\x00\xfe\xff", "\x00\x00\x00\x01", "UTF-32BE"},
		{"\xff\xfe", "\x01\x00\x01\x00", "UTF-16LE"}, {"\xfe\xff", "\x00\x01\x00\x01", "UTF-16BE"},
	} {
		if bytes.HasPrefix(head, []byte(known.mark)) || string(zeros) == known.zeros {
			return known.name
		}
	}
	return ""
}
