package prompts

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A Template is a text with named places for data, "Message: {message}\nLabel: ".
type Template struct{ pieces []piece }

// A piece is text that the author wrote, and the name of the data behind it, "" at the
// end.
type piece struct{ text, name string }

var place = regexp.MustCompile(`\{([a-z]+)\}`)

// Parse reads a template. Data takes one line, so that its end cannot be forged: what
// stands behind a place must begin with a line end.
func Parse(text string) (Template, error) {
	var t Template
	from := 0
	for _, at := range place.FindAllStringSubmatchIndex(text, -1) {
		if rest := text[at[1]:]; rest != "" && rest[0] != '\n' {
			return t, fmt.Errorf("prompts: behind %s stands %.20q; the line must end there, since that is what ends the data", text[at[0]:at[1]], rest)
		}
		t.pieces = append(t.pieces, piece{text[from:at[0]], text[at[2]:at[3]]})
		from = at[1]
	}
	t.pieces = append(t.pieces, piece{text: text[from:]})
	return t, nil
}

// Names are those of the data, in their order.
func (t Template) Names() (names []string) {
	for _, p := range t.pieces[:max(0, len(t.pieces)-1)] {
		names = append(names, p.name)
	}
	return names
}

// Fill puts data in its places, each text as [Line] writes it. Data that is missing, or
// that has no place, is an error.
func (t Template) Fill(data map[string]string) (string, error) {
	names := t.Names()
	for _, name := range slices.Sorted(maps.Keys(data)) {
		if !slices.Contains(names, name) {
			return "", fmt.Errorf("prompts: the template has no place {%s}", name)
		}
	}
	var filled strings.Builder
	for _, p := range t.pieces {
		text, ok := data[p.name]
		if p.name != "" && !ok {
			return "", fmt.Errorf("prompts: nothing was given for {%s}", p.name)
		}
		filled.WriteString(p.text + Line(text))
	}
	return filled.String(), nil
}

// oneLine writes what ends a line as Go does within quotation marks, and doubles the
// backslash, so that no two texts become the same.
var oneLine = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\v", `\v`, "\f", `\f`,
	"\u0085", `\u0085`, "\u2028", `\u2028`, "\u2029", `\u2029`)

// Line writes a text of any number of lines in one. What is on a line of its own in a
// prompt was written by the prompt's author, and what has been typed by others is not.
func Line(text string) string { return oneLine.Replace(text) }
