package tex

import (
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/llm-from-scratch/llm/cmd/site/internal/spell"
)

// A parser goes through the tokens of a formula. What it cannot read it throws as
// a failure, which MathML catches: so each function is what it reads.
type parser struct {
	tokens  scanned
	next    int
	command string // the innermost one whose arguments are being read
}

type failure struct{ error }

func (p *parser) fail(format string, args ...any) {
	err := fmt.Errorf(format, args...)
	if p.command != "" && !strings.HasPrefix(err.Error(), `\`) {
		err = fmt.Errorf(`\%s: %w`, p.command, err)
	}
	panic(failure{err})
}

func (p *parser) done() bool { return p.next >= len(p.tokens.list) }

// peek is the next token, an empty one at the end.
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

func (p *parser) expect(text string) {
	if t := p.take(); t.text != text {
		p.fail("want %q, found %s", text, describe(t))
	}
}

func describe(t token) string {
	if t.text == "" {
		return "the end of the formula"
	}
	return fmt.Sprintf("%q", t.text)
}

// ends are the tokens that end a row and do not belong to it.
var ends = map[string]bool{"": true, "}": true, "&": true, `\\`: true, `\right`: true, `\end`: true}

// row reads elements with their scripts up to a token that ends it.
func (p *parser) row() []node {
	var row []node
	for !ends[p.peek().text] {
		t := p.peek()
		n := p.scripts(p.element())
		value := len(row) > 0 && (row[len(row)-1].kind == ordinary || row[len(row)-1].kind == closing) // stands before n
		if n.kind == function {
			n.xml = p.spaced(n.xml, value)
		}
		if (t.text == "-" || t.text == "+") && !value {
			n.xml = strings.Replace(n.xml, "<mo>", `<mo form="prefix">`, 1) // a sign, not a difference
		}
		row = append(row, n)
	}
	return row
}

// spaced puts the thin spaces around a function's name: before it where a value
// stands, after it unless a bracket or an operator follows.
func (p *parser) spaced(xml string, value bool) string {
	if value {
		xml = space("0.167") + xml
	}
	if t := p.peek().text; ends[t] || t == `\left` || t == `\,` || strings.Contains("([)],=+-", t) {
		return xml
	}
	return xml + space("0.167")
}

func space(em string) string { return `<mspace width="` + em + `em"></mspace>` }

// scripts reads _ and ^ and primes after n.
func (p *parser) scripts(n node) node {
	scripts := map[string]string{}
	for {
		switch t := p.peek().text; t {
		case "'":
			p.next++
			scripts["^"] += mo("′", "")
		case "_", "^":
			p.next++
			if scripts[t] != "" {
				p.fail("two %s in a row: use braces", t)
			}
			scripts[t] = p.script()
		default:
			return withScripts(n, scripts["_"], scripts["^"])
		}
	}
}

func withScripts(n node, sub, super string) node {
	below, above, both := "msub", "msup", "msubsup"
	if n.kind == large {
		below, above, both = "munder", "mover", "munderover"
	}
	tag := both
	switch {
	case sub == "" && super == "":
		return n
	case super == "":
		tag = below
	case sub == "":
		tag = above
	}
	n.xml = "<" + tag + ">" + n.xml + sub + super + "</" + tag + ">"
	return n
}

// script reads what stands behind _ or ^: a braced group or one element.
func (p *parser) script() string {
	switch t := p.peek(); {
	case ends[t.text]:
		p.fail("an argument is missing before %s", describe(t))
	case len(t.text) > 1 && isDigit(rune(t.text[0])):
		p.fail("put %s into braces: a script without is one digit", t.text)
	}
	return p.element().xml
}

// group reads a braced row, which counts as one element.
func (p *parser) group() string {
	p.expect("{")
	row := p.row()
	p.expect("}")
	return group(row)
}

// raw reads a braced argument, without braces in it, as it is written.
func (p *parser) raw() string {
	p.expect("{")
	from := p.tokens.list[p.next-1].to
	for !p.done() {
		if t := p.take(); t.text == "}" {
			return p.tokens.src[from:t.from]
		}
	}
	p.fail("a closing brace is missing")
	return ""
}

// element reads one element without its scripts.
func (p *parser) element() node {
	t := p.peek()
	if t.text == "{" {
		return node{ordinary, p.group()}
	}
	p.next++
	r := []rune(t.text)[0]
	switch sign, ok := signs[t.text]; {
	case ok:
		return sign
	case t.command():
		return p.read(t.text[1:])
	case isDigit(r):
		return node{ordinary, "<mn>" + t.text + "</mn>"}
	case unicode.IsLetter(r):
		return node{ordinary, mi(t.text)}
	}
	p.fail("unexpected %q", t.text)
	return node{}
}

// read reads a command, with its arguments.
func (p *parser) read(name string) node {
	if n, ok := symbols[name]; ok {
		return n
	}
	if arguments, ok := structures[name]; ok {
		defer func(outer string) { p.command = outer }(p.command)
		p.command = name
		return arguments(p)
	}
	p.fail(`unknown command \%s%s`, name, spell.Suggest(`\`+name, commands))
	return node{}
}

// commands yields all that are known.
func commands(yield func(string) bool) {
	for _, name := range slices.Concat(slices.Collect(maps.Keys(structures)), slices.Collect(maps.Keys(symbols))) {
		if !yield(`\` + name) {
			return
		}
	}
}

func (p *parser) frac() node {
	return node{ordinary, "<mfrac>" + p.group() + p.group() + "</mfrac>"}
}

func (p *parser) sqrt() node { return node{ordinary, "<msqrt>" + p.group() + "</msqrt>"} }

func (p *parser) hat() node {
	return node{ordinary, `<mover accent="true">` + p.group() + mo("^", "") + "</mover>"}
}

func (p *parser) text() node {
	return node{ordinary, "<mtext>" + html.EscapeString(strings.ReplaceAll(p.raw(), " ", "\u00a0")) + "</mtext>"}
}

func (p *parser) upright() node { return node{ordinary, upright(p.raw())} }

// letters reads letters in another alphabet, that of the command.
func (p *parser) letters() node {
	var b strings.Builder
	for _, r := range p.raw() {
		c, ok := letter(p.command, r)
		if !ok {
			p.fail(`\%s has no letter %q`, p.command, r)
		}
		b.WriteRune(c)
	}
	return node{ordinary, mi(b.String())}
}

// fence reads one bracket after \left or \right.
func (p *parser) fence(form string) string {
	switch t := p.take(); t.text {
	case "(", ")", "[", "]", "|":
		return mo(t.text, ` stretchy="true" fence="true" form="`+form+`"`)
	default:
		p.fail("want a bracket, found %s", describe(t))
		return ""
	}
}

// fenced reads \left( ... \right): brackets as high as what they hold.
func (p *parser) fenced() node {
	bracket := p.peek().text
	xml := "<mrow>" + p.fence("prefix") + join(p.row())
	if p.take().text != `\right` {
		p.fail(`\left%s has no \right`, bracket)
	}
	return node{ordinary, xml + p.fence("postfix") + "</mrow>"}
}

func (p *parser) environment() node {
	name := p.raw()
	attributes, ok := environments[name]
	if !ok {
		p.fail("unknown environment %q", name)
	}
	xml := "<mtable" + attributes + "><mtr><mtd>"
	for {
		xml += join(p.row())
		switch t := p.take(); t.text {
		case "&":
			xml += "</mtd><mtd>"
		case `\\`:
			if p.peek().text != `\end` {
				xml += "</mtd></mtr><mtr><mtd>"
			}
		case `\end`:
			if end := p.raw(); end != name {
				p.fail(`\begin{%s} ends with \end{%s}`, name, end)
			}
			return node{ordinary, xml + "</mtd></mtr></mtable>"}
		default:
			p.fail(`\begin{%s}: unexpected %s`, name, describe(t))
		}
	}
}
