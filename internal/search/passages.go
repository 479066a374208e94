// Package search finds passages of files by what they mean: it cuts files into
// passages, keeps their vectors on disk, and ranks them by those of a question.
package search

import (
	"strings"
	"unicode/utf8"
)

// A Passage is a piece of a file that is about one thing.
type Passage struct {
	File string `json:"file"`
	Line int    `json:"line"` // its first, from 1
	Text string `json:"text"`
}

// A passage ends at an empty line once it has as many bytes as enough, and anywhere
// between lines, or sentences of one line, before it has much more than most. The model
// reads some 256 pieces of words, which is about as much.
const (
	enough = 200
	most   = 900
)

// Cut returns the passages of a text.
func Cut(file, text string) []Passage {
	var list []Passage
	var now Passage
	end := func() {
		if now.Text = strings.TrimSpace(now.Text); now.Text != "" {
			list = append(list, now)
		}
		now = Passage{File: file}
	}
	end()
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" && len(now.Text) >= enough {
			end()
		}
		for piece := range sentences(line) {
			if len(now.Text) >= enough && len(now.Text)+len(piece) > most {
				end()
			}
			if now.Text == "" {
				now.Line = number
			}
			now.Text += piece
		}
		if now.Text != "" {
			now.Text += "\n"
		}
	}
	end()
	return list
}

// sentences yields a line whole or, where it is longer than a passage, in pieces that end
// behind sentences as far as there are any.
func sentences(line string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for len(line) > most {
			at := strings.LastIndex(line[:most], ". ") + 1
			if at == 0 {
				at = strings.LastIndexByte(line[:most], ' ') + 1
			}
			for at == 0 || !utf8.RuneStart(line[at]) {
				if at == 0 {
					at = most + 1
				}
				at--
			}
			if !yield(line[:at]) {
				return
			}
			line = strings.TrimLeft(line[at:], " ")
		}
		if line != "" {
			yield(line)
		}
	}
}
