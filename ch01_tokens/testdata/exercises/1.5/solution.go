package tokens

import (
	"unicode"
	"unicode/utf8"
)

func SplitDigits(text string) []string {
	var pieces []string
	for piece := range Split(text) {
		if last, _ := utf8.DecodeLastRuneInString(piece); !unicode.IsNumber(last) {
			pieces = append(pieces, piece)
			continue
		}
		begin := 0 // of the digit that is not yet in pieces
		for i := range piece {
			if i > begin && piece[begin:i] != " " {
				pieces = append(pieces, piece[begin:i])
				begin = i
			}
		}
		pieces = append(pieces, piece[begin:])
	}
	return pieces
}
