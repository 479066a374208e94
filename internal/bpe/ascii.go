package bpe

import "unicode/utf8"

// ASCII remembers what a function says of the characters of one byte, which
// English nearly all are: to look them up is faster than to ask Unicode's tables.
type ASCII[T any] struct {
	known [utf8.RuneSelf]T
	of    func(rune) T
}

// RememberASCII returns what of says, remembered.
func RememberASCII[T any](of func(rune) T) *ASCII[T] {
	a := &ASCII[T]{of: of}
	for c := range a.known {
		a.known[c] = of(rune(c))
	}
	return a
}

// Of returns what the function says of c.
func (a *ASCII[T]) Of(c rune) T {
	if c < utf8.RuneSelf {
		return a.known[c]
	}
	return a.of(c)
}
