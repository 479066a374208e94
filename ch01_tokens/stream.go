package tokens

import "unicode/utf8"

// A Stream decodes ids one at a time, as a model writes them. A token may hold
// a part of a character; the Stream keeps such bytes back until the rest comes,
// so that what is printed is never half a character. One goroutine at a time
// may use it.
type Stream struct {
	tokens interface{ Bytes(id int) []byte }
	held   []byte // the start of a character, at most 3 bytes between calls
}

// NewStream returns a Stream for the ids of a tokenizer, such as a [BPE].
func NewStream(tokens interface{ Bytes(id int) []byte }) *Stream { return &Stream{tokens: tokens} }

// Next returns the text that id completes, often "" in the middle of a
// character. Bytes that can be no part of a character are passed on as they
// are: joined, all that Next and [Stream.Flush] return is what [BPE.Decode]
// returns for all ids.
func (s *Stream) Next(id int) string {
	s.held = append(s.held, s.tokens.Bytes(id)...)
	n := len(s.held) - unfinished(s.held)
	text := string(s.held[:n])
	s.held = append(s.held[:0], s.held[n:]...)
	return text
}

// Flush returns the bytes that are still kept back. The stream can then be used
// for another text.
func (s *Stream) Flush() string {
	text := string(s.held)
	s.held = s.held[:0]
	return text
}

// unfinished returns the length of the started but unfinished character at the
// end of text, 0 to 3.
func unfinished(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}
