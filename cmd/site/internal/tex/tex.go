// Package tex turns the small part of TeX that the book writes into MathML,
// which browsers show without a script. GitHub reads the same formulas.
//
// What it does not know is an error, never a guess: a formula that renders
// wrongly is worse than one that stops the build.
package tex

import (
	"fmt"
	"html"
	"strings"
)

// MathML returns the <math> element of one formula; display sets it on a line
// of its own with large operators. Errors name the offending command and, where
// one is near, the command that was probably meant.
func MathML(src string, display bool) (xml string, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case failure:
			err = r.error
		default:
			panic(r)
		}
	}()
	p := &parser{tokens: scan(src)}
	row := p.row()
	if !p.done() {
		p.fail("unexpected %q", p.peek().text)
	}
	mode := ""
	if display {
		mode = ` display="block"`
	}
	return fmt.Sprintf(`<math%s alttext="%s">%s</math>`, mode, html.EscapeString(strings.Join(strings.Fields(src), " ")), join(row)), nil
}

// A kind tells the parser what a node may do in a row.
type kind int

const (
	ordinary kind = iota
	operator      // +, =, an arrow
	opening       // an opening bracket
	closing       // a closing bracket or punctuation
	large         // \sum, \max: scripts go above and below
	function      // \log, \exp: wants a thin space before its argument
)

// A node is a piece of MathML.
type node struct {
	kind kind
	xml  string
}

func join(row []node) string {
	var b strings.Builder
	for _, n := range row {
		b.WriteString(n.xml)
	}
	return b.String()
}

// group wraps a row so that it counts as one element.
func group(row []node) string {
	if len(row) == 1 {
		return row[0].xml
	}
	return "<mrow>" + join(row) + "</mrow>"
}

func mo(s, attrs string) string { return "<mo" + attrs + ">" + html.EscapeString(s) + "</mo>" }

func mi(s string) string {
	return "<mi>" + html.EscapeString(s) + "</mi>"
}

// upright is an identifier that is not slanted; only single letters would be.
func upright(s string) string {
	if len([]rune(s)) == 1 {
		return `<mi mathvariant="normal">` + html.EscapeString(s) + "</mi>"
	}
	return mi(s)
}
