package tex

import (
	"errors"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/llm-from-scratch/llm/cmd/site/internal/spell"
)

type parser struct {
	tokens scanned
	next   int
}

func (p *parser) done() bool { return p.next >= len(p.tokens.list) }

func (p *parser) peek() token {
	if p.done() {
		return token{}
	}
	return p.tokens.list[p.next]
}

func (p *parser) take() token {
	t := p.peek()
	p.next++
	return t
}

func (p *parser) expect(text string) error {
	if t := p.peek(); t.text != text {
		return fmt.Errorf("want %q, found %s", text, describe(t))
	}
	p.next++
	return nil
}

func describe(t token) string {
	if t.text == "" {
		return "the end of the formula"
	}
	return fmt.Sprintf("%q", t.text)
}

// ends are the tokens that end a row and do not belong to it.
var ends = map[string]bool{"}": true, "&": true, `\\`: true, `\right`: true, `\end`: true}

// row reads elements with their scripts up to a token that ends it.
func (p *parser) row() ([]node, error) {
	var row []node
	for !p.done() && !ends[p.peek().text] {
		t := p.peek()
		n, err := p.element()
		if err != nil {
			return nil, err
		}
		if n, err = p.scripts(n); err != nil {
			return nil, err
		}
		value := len(row) > 0 && (row[len(row)-1].kind == ordinary || row[len(row)-1].kind == closing) // stands before n
		if n.kind == function {
			n.xml = p.spaced(n.xml, value)
		}
		if (t.text == "-" || t.text == "+") && !value {
			n.xml = strings.Replace(n.xml, "<mo>", `<mo form="prefix">`, 1) // a sign, not a difference
		}
		row = append(row, n)
	}
	return row, nil
}

// spaced puts the thin spaces around a function's name: before it where a value
// stands, after it unless a bracket or an operator follows.
func (p *parser) spaced(xml string, value bool) string {
	if value {
		xml = space("0.167") + xml
	}
	if t := p.peek().text; t == "" || ends[t] || t == `\left` || t == `\,` || strings.Contains("([)],=+-", t) {
		return xml
	}
	return xml + space("0.167")
}

func space(em string) string { return `<mspace width="` + em + `em"></mspace>` }

// scripts reads _ and ^ and primes after n.
func (p *parser) scripts(n node) (node, error) {
	scripts := map[string]string{}
	for {
		t := p.peek().text
		switch t {
		case "'":
			p.next++
			scripts["^"] += mo("′", "")
			continue
		case "_", "^":
		default:
			return withScripts(n, scripts["_"], scripts["^"]), nil
		}
		p.next++
		if scripts[t] != "" {
			return n, fmt.Errorf("two %s in a row: use braces", t)
		}
		arg, err := p.script()
		if err != nil {
			return n, err
		}
		scripts[t] = arg
	}
}

func withScripts(n node, sub, super string) node {
	tags := [3]string{"msub", "msup", "msubsup"}
	if n.kind == large {
		tags = [3]string{"munder", "mover", "munderover"}
	}
	tag := tags[2]
	switch {
	case sub == "" && super == "":
		return n
	case super == "":
		tag = tags[0]
	case sub == "":
		tag = tags[1]
	}
	n.xml = "<" + tag + ">" + n.xml + sub + super + "</" + tag + ">"
	return n
}

// script reads what stands behind _ or ^: a braced group or one element.
func (p *parser) script() (string, error) {
	switch t := p.peek(); {
	case t.text == "{":
		return p.group()
	case t.text == "" || ends[t.text]:
		return "", fmt.Errorf("an argument is missing before %s", describe(t))
	case len(t.text) > 1 && isDigit(rune(t.text[0])):
		return "", fmt.Errorf("put %s into braces: a script without is one digit", t.text)
	}
	n, err := p.element()
	return n.xml, err
}

// group reads a braced row, which counts as one element.
func (p *parser) group() (string, error) {
	if err := p.expect("{"); err != nil {
		return "", err
	}
	row, err := p.row()
	if err != nil {
		return "", err
	}
	return group(row), p.expect("}")
}

// raw reads a braced argument as it is written.
func (p *parser) raw() (string, error) {
	if err := p.expect("{"); err != nil {
		return "", err
	}
	from := p.tokens.list[p.next-1].to
	for depth := 1; !p.done(); {
		t := p.take()
		switch t.text {
		case "{":
			depth++
		case "}":
			depth--
		}
		if depth == 0 {
			return string(p.tokens.src[from:t.from]), nil
		}
	}
	return "", errors.New("a closing brace is missing")
}

// element reads one element without its scripts.
func (p *parser) element() (node, error) {
	t := p.take()
	r := []rune(t.text)[0]
	switch {
	case t.command():
		return p.command(t.text[1:])
	case t.text == "{":
		p.next--
		xml, err := p.group()
		return node{ordinary, xml}, err
	case isDigit(r):
		return node{ordinary, "<mn>" + t.text + "</mn>"}, nil
	case unicode.IsLetter(r):
		return node{ordinary, mi(t.text)}, nil
	}
	switch t.text {
	case "(", "[":
		return node{opening, mo(t.text, still)}, nil
	case ")", "]":
		return node{closing, mo(t.text, still)}, nil
	case ",", ".":
		return node{closing, mo(t.text, "")}, nil
	case "|":
		return node{ordinary, mo("|", still+` lspace="0" rspace="0"`)}, nil
	case "-":
		return node{operator, mo("−", "")}, nil
	case "+", "=", "<", ">", ":":
		return node{operator, mo(t.text, "")}, nil
	}
	return node{}, fmt.Errorf("unexpected %q", t.text)
}

// command reads what follows a command.
func (p *parser) command(name string) (node, error) {
	if n, ok := symbols[name]; ok {
		return n, nil
	}
	if read, ok := structures[name]; ok {
		n, err := read(p)
		if err != nil && !strings.HasPrefix(err.Error(), `\`) {
			err = fmt.Errorf(`\%s: %w`, name, err)
		}
		return n, err
	}
	known := slices.AppendSeq(slices.Collect(maps.Keys(structures)), maps.Keys(symbols))
	if near := spell.Nearest(name, slices.Values(known), 2); near != "" {
		return node{}, fmt.Errorf(`unknown command \%s; is \%s meant?`, name, near)
	}
	return node{}, fmt.Errorf(`unknown command \%s`, name)
}

func (p *parser) frac() (node, error) {
	a, err := p.group()
	if err != nil {
		return node{}, err
	}
	b, err := p.group()
	return node{ordinary, "<mfrac>" + a + b + "</mfrac>"}, err
}

func (p *parser) sqrt() (node, error) {
	a, err := p.group()
	return node{ordinary, "<msqrt>" + a + "</msqrt>"}, err
}

func (p *parser) hat() (node, error) {
	a, err := p.group()
	return node{ordinary, `<mover accent="true">` + a + mo("^", "") + "</mover>"}, err
}

func (p *parser) text() (node, error) {
	s, err := p.raw()
	return node{ordinary, "<mtext>" + html.EscapeString(strings.ReplaceAll(s, " ", "\u00a0")) + "</mtext>"}, err
}

func (p *parser) upright() (node, error) {
	s, err := p.raw()
	return node{ordinary, upright(s)}, err
}

// letters reads letters in another alphabet.
func (p *parser) letters(command string) (node, error) {
	s, err := p.raw()
	var b strings.Builder
	for _, r := range s {
		c, ok := letter(command, r)
		if !ok {
			return node{}, fmt.Errorf(`\%s has no letter %q`, command, r)
		}
		b.WriteRune(c)
	}
	return node{ordinary, mi(b.String())}, err
}

// fence reads one bracket after \left or \right; "." is an empty one.
func (p *parser) fence() (string, error) {
	switch t := p.take(); t.text {
	case "(", ")", "[", "]", "|":
		return t.text, nil
	case ".":
		return "", nil
	default:
		return "", fmt.Errorf("want a bracket, found %s", describe(t))
	}
}

// fenced reads \left( ... \right): brackets as high as what they hold.
func (p *parser) fenced() (node, error) {
	left, err := p.fence()
	if err != nil {
		return node{}, err
	}
	row, err := p.row()
	if err != nil {
		return node{}, err
	}
	if p.take().text != `\right` {
		return node{}, fmt.Errorf(`\left%s has no \right`, left)
	}
	right, err := p.fence()
	return node{ordinary, bracketed(left, join(row), right)}, err
}

func (p *parser) environment() (node, error) {
	name, err := p.raw()
	if err != nil {
		return node{}, err
	}
	attributes, ok := environments[name]
	if !ok {
		return node{}, fmt.Errorf(`unknown environment %q`, name)
	}
	var b strings.Builder
	b.WriteString("<mtable" + attributes + "><mtr><mtd>")
	for {
		row, err := p.row()
		if err != nil {
			return node{}, err
		}
		b.WriteString(join(row))
		switch t := p.take(); t.text {
		case "&":
			b.WriteString("</mtd><mtd>")
		case `\\`:
			if p.peek().text != `\end` {
				b.WriteString("</mtd></mtr><mtr><mtd>")
			}
		case `\end`:
			if end, err := p.raw(); err != nil || end != name {
				return node{}, fmt.Errorf(`\begin{%s} ends with \end{%s}`, name, end)
			}
			b.WriteString("</mtd></mtr></mtable>")
			return node{ordinary, b.String()}, nil
		default:
			return node{}, fmt.Errorf(`\begin{%s}: unexpected %s`, name, describe(t))
		}
	}
}

func bracketed(left, xml, right string) string {
	if left != "" {
		left = mo(left, ` stretchy="true" fence="true" form="prefix"`)
	}
	if right != "" {
		right = mo(right, ` stretchy="true" fence="true" form="postfix"`)
	}
	return "<mrow>" + left + xml + right + "</mrow>"
}
