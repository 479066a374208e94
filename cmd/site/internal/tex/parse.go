package tex

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode"
)

type parser struct {
	tokens  scanned
	next    int
	display bool
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

// row reads elements with their scripts until stop, a closing brace, \right,
// \end, & or \\, none of which it takes.
func (p *parser) row(stop func(token) bool) ([]node, error) {
	var row []node
	for !p.done() {
		t := p.peek()
		if stop(t) || t.text == "}" || t.text == "&" || t.text == `\\` || t.text == `\right` || t.text == `\end` {
			break
		}
		n, err := p.element()
		if err != nil {
			return nil, err
		}
		if n, err = p.scripts(n); err != nil {
			return nil, err
		}
		if n.kind == function {
			n.xml = p.spaced(n.xml, row)
		}
		if sign(t) && (len(row) == 0 || row[len(row)-1].kind != ordinary && row[len(row)-1].kind != closing) {
			n.xml = strings.Replace(n.xml, "<mo>", `<mo form="prefix">`, 1) // a sign, not a difference
		}
		row = append(row, n)
	}
	return row, nil
}

func sign(t token) bool { return t.text == "-" || t.text == "+" || t.text == `\pm` }

// spaced puts the thin spaces around a function's name: before it unless it
// opens the row, after it unless a bracket follows.
func (p *parser) spaced(xml string, before []node) string {
	if len(before) > 0 {
		if k := before[len(before)-1].kind; k == ordinary || k == closing {
			xml = space("0.167") + xml
		}
	}
	switch t := p.peek(); t.text {
	case "", "(", "[", "}", ")", "]", ",", "&", `\left`, `\\`, `\right`, `\end`, "=", "+", "-", `\bigl`, `\Bigl`, `\big`, `\Big`, `\,`:
		return xml
	}
	return xml + space("0.167")
}

func space(em string) string { return `<mspace width="` + em + `em"></mspace>` }

// scripts reads _ and ^ and primes after n.
func (p *parser) scripts(n node) (node, error) {
	var sub, super string
	if p.peek().text == `\limits` || p.peek().text == `\nolimits` {
		if p.take().text == `\limits` {
			n.kind = large
		} else {
			n.kind = ordinary
		}
	}
	for !p.done() {
		t := p.peek()
		var into *string
		switch t.text {
		case "_":
			into = &sub
		case "^":
			into = &super
		case "'":
			p.next++
			super += mo("′", "")
			continue
		default:
			return withScripts(n, sub, super), nil
		}
		p.next++
		if *into != "" {
			return n, fmt.Errorf("two %s in a row: use braces", t.text)
		}
		arg, err := p.argument()
		if err != nil {
			return n, err
		}
		*into = group(arg)
	}
	return withScripts(n, sub, super), nil
}

func withScripts(n node, sub, super string) node {
	tag := map[bool][3]string{false: {"msub", "msup", "msubsup"}, true: {"munder", "mover", "munderover"}}[n.kind == large]
	switch {
	case sub == "" && super == "":
	case super == "":
		n.xml = "<" + tag[0] + ">" + n.xml + sub + "</" + tag[0] + ">"
	case sub == "":
		n.xml = "<" + tag[1] + ">" + n.xml + super + "</" + tag[1] + ">"
	default:
		n.xml = "<" + tag[2] + ">" + n.xml + sub + super + "</" + tag[2] + ">"
	}
	return n
}

// argument reads what a command applies to: a braced group or one element.
func (p *parser) argument() ([]node, error) {
	if p.done() {
		return nil, fmt.Errorf("an argument is missing at the end of the formula")
	}
	if p.peek().text != "{" {
		if t := p.peek().text; t == "}" || t == "&" || t == `\\` {
			return nil, fmt.Errorf("an argument is missing before %q", t)
		}
		p.firstDigit()
		n, err := p.element()
		return []node{n}, err
	}
	p.next++
	row, err := p.row(func(token) bool { return false })
	if err != nil {
		return nil, err
	}
	return row, p.expect("}")
}

// firstDigit splits a number of several digits: without braces an argument is
// one character, so \frac12 is a half.
func (p *parser) firstDigit() {
	t := p.peek()
	if t.to-t.from < 2 || !isDigit([]rune(t.text)[0]) {
		return
	}
	first := token{t.text[:1], t.from, t.from + 1}
	rest := token{t.text[1:], t.from + 1, t.to}
	p.tokens.list = slices.Replace(p.tokens.list, p.next, p.next+1, first, rest)
}

// raw reads a braced argument as it is written.
func (p *parser) raw() (string, error) {
	if p.peek().text != "{" {
		if t := p.peek(); t.text != "" && !t.command() {
			p.next++
			return t.text, nil
		}
		return "", fmt.Errorf(`want "{", found %s`, describe(p.peek()))
	}
	from, depth := p.take().to, 1
	for !p.done() {
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
	return "", fmt.Errorf("a closing brace is missing")
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
		row, err := p.argument()
		return node{ordinary, group(row)}, err
	case isDigit(r):
		return node{ordinary, "<mn>" + t.text + "</mn>"}, nil
	case t.text == "_" || t.text == "^":
		return node{ordinary, ""}, p.back()
	case unicode.IsLetter(r):
		return node{ordinary, mi(t.text)}, nil
	}
	switch t.text {
	case "(", "[":
		return node{opening, mo(t.text, ` stretchy="false"`)}, nil
	case ")", "]":
		return node{closing, mo(t.text, ` stretchy="false"`)}, nil
	case ",", ";", ".", "!":
		return node{closing, mo(t.text, "")}, nil
	case "|":
		return node{ordinary, mo("|", ` stretchy="false" lspace="0" rspace="0"`)}, nil
	case "-":
		return node{operator, mo("−", "")}, nil
	case "*":
		return node{operator, mo("∗", "")}, nil
	case "~":
		return node{ordinary, space("0.25")}, nil
	case "/":
		return node{operator, mo("/", ` lspace="0" rspace="0"`)}, nil
	case "+", "=", "<", ">", ":", "?":
		return node{operator, mo(t.text, "")}, nil
	}
	if r > 127 {
		return node{operator, mo(t.text, "")}, nil
	}
	return node{}, fmt.Errorf("unexpected %q", t.text)
}

// back lets a script without a base, as in {}^2 or at a row's start, apply to nothing.
func (p *parser) back() error {
	p.next--
	return nil
}

// command reads what follows a command.
func (p *parser) command(name string) (node, error) {
	if s, ok := letters[name]; ok {
		return node{ordinary, mi(s)}, nil
	}
	if s, ok := capitals[name]; ok {
		return node{ordinary, upright(s)}, nil
	}
	if s, ok := operators[name]; ok {
		return node{operator, mo(s, "")}, nil
	}
	if s, ok := larges[name]; ok {
		return p.large(s), nil
	}
	if s, ok := spaces[name]; ok {
		return node{operator, space(s)}, nil
	}
	if s, ok := fences[name]; ok {
		return node{ordinary, mo(s, ` stretchy="false"`)}, nil
	}
	if functions[name] {
		return node{function, mi(name)}, nil
	}
	if s, ok := accents[name]; ok {
		return p.over(func(base string) string {
			return `<mover accent="true">` + base + mo(s, "") + "</mover>"
		})
	}
	return p.structure(name)
}

func (p *parser) large(s string) node {
	if isLetter(rune(s[0])) {
		return node{large, mo(s, ` movablelimits="true" form="prefix" lspace="0.1em" rspace="0.167em"`)}
	}
	return node{large, mo(s, ` movablelimits="true"`)}
}

// over reads one argument and wraps it.
func (p *parser) over(wrap func(string) string) (node, error) {
	arg, err := p.argument()
	return node{ordinary, wrap(group(arg))}, err
}

// two reads two arguments and wraps them.
func (p *parser) two(wrap func(a, b string) string) (node, error) {
	a, err := p.argument()
	if err != nil {
		return node{}, err
	}
	b, err := p.argument()
	return node{ordinary, wrap(group(a), group(b))}, err
}

// structure reads the commands that have a shape of their own.
func (p *parser) structure(name string) (node, error) {
	switch name {
	case "frac", "dfrac", "tfrac":
		return p.two(func(a, b string) string { return "<mfrac>" + a + b + "</mfrac>" })
	case "binom":
		return p.two(func(a, b string) string {
			return "<mrow>" + mo("(", "") + `<mfrac linethickness="0">` + a + b + "</mfrac>" + mo(")", "") + "</mrow>"
		})
	case "underset":
		n, err := p.two(func(a, b string) string { return "<munder>" + b + a + "</munder>" })
		return node{large, n.xml}, err
	case "overset":
		n, err := p.two(func(a, b string) string { return "<mover>" + b + a + "</mover>" })
		return node{operator, n.xml}, err
	case "sqrt":
		return p.sqrt()
	case "underbrace":
		n, err := p.over(func(a string) string { return "<munder>" + a + mo("⏟", ` stretchy="true"`) + "</munder>" })
		return node{large, n.xml}, err
	case "overbrace":
		n, err := p.over(func(a string) string { return "<mover>" + a + mo("⏞", ` stretchy="true"`) + "</mover>" })
		return node{large, n.xml}, err
	case "boxed":
		return p.over(func(a string) string { return `<menclose notation="box">` + a + "</menclose>" })
	case "text", "mathrm", "operatorname", "operatorname*", "mathit", "mathbf", "boldsymbol", "mathbb", "mathcal", "mathsf", "mathtt":
		return p.styled(name)
	case "int":
		return node{ordinary, mo("∫", "")}, nil
	case "displaystyle":
		return node{}, nil
	case "left":
		return p.fenced()
	case "big", "Big", "bigl", "Bigl", "bigr", "Bigr":
		s, err := p.fence()
		size := map[byte]string{'b': "1.2em", 'B': "1.8em"}[name[0]]
		k := map[byte]kind{'l': opening, 'r': closing}[name[len(name)-1]]
		return node{k, mo(s, ` stretchy="true" symmetric="true" minsize="`+size+`" maxsize="`+size+`"`)}, err
	case "begin":
		return p.environment()
	}
	if near := nearest(name); near != "" {
		return node{}, fmt.Errorf(`unknown command \%s; is \%s meant?`, name, near)
	}
	return node{}, fmt.Errorf(`unknown command \%s`, name)
}

func (p *parser) sqrt() (node, error) {
	if p.peek().text != "[" {
		return p.over(func(a string) string { return "<msqrt>" + a + "</msqrt>" })
	}
	p.next++
	degree, err := p.row(func(t token) bool { return t.text == "]" })
	if err == nil {
		err = p.expect("]")
	}
	if err != nil {
		return node{}, err
	}
	return p.over(func(a string) string { return "<mroot>" + a + group(degree) + "</mroot>" })
}

// styled reads letters in another alphabet.
func (p *parser) styled(name string) (node, error) {
	if name == "mathbf" || name == "boldsymbol" {
		if t := p.peek(); t.command() { // \mathbf\theta
			p.next++
			return p.bold(t.text[1:])
		}
	}
	s, err := p.raw()
	if err != nil {
		return node{}, fmt.Errorf(`\%s: %w`, name, err)
	}
	switch name {
	case "text":
		return node{ordinary, "<mtext>" + html.EscapeString(strings.ReplaceAll(strings.ReplaceAll(s, " ", "\u00a0"), `\_`, "_")) + "</mtext>"}, nil
	case "mathrm", "mathit":
		return node{ordinary, upright(strings.ReplaceAll(s, `\_`, "_"))}, nil
	case "operatorname":
		return node{function, upright(plain(s))}, nil
	case "operatorname*":
		return p.large(plain(s)), nil
	}
	if strings.HasPrefix(s, `\`) {
		return p.bold(strings.TrimSpace(s[1:]))
	}
	var b strings.Builder
	for _, r := range s {
		c, ok := alphabet(name, r)
		if !ok {
			return node{}, fmt.Errorf(`\%s has no letter %q`, name, r)
		}
		b.WriteString(c)
	}
	return node{ordinary, mi(b.String())}, nil
}

// plain drops the spacing commands that people put into operator names.
func plain(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, `\,`, " ")) }

// bold is a Greek letter in bold.
func (p *parser) bold(name string) (node, error) {
	s := letters[name] + capitals[name]
	for _, r := range s {
		if c, ok := alphabet("boldsymbol", r); ok {
			return node{ordinary, mi(c)}, nil
		}
	}
	return node{}, fmt.Errorf(`no bold form of \%s is known`, name)
}

// fence reads one bracket after \left, \right or \big; "." is an empty one.
func (p *parser) fence() (string, error) {
	t := p.take()
	switch t.text {
	case "(", ")", "[", "]", "|", "/":
		return t.text, nil
	case ".":
		return "", nil
	case "<":
		return "⟨", nil
	case ">":
		return "⟩", nil
	}
	if s, ok := fences[strings.TrimPrefix(t.text, `\`)]; ok && t.command() {
		return s, nil
	}
	return "", fmt.Errorf("want a bracket, found %s", describe(t))
}

// fenced reads \left( ... \right): brackets as high as what they hold.
func (p *parser) fenced() (node, error) {
	left, err := p.fence()
	if err != nil {
		return node{}, fmt.Errorf(`\left: %w`, err)
	}
	row, err := p.row(func(token) bool { return false })
	if err != nil {
		return node{}, err
	}
	if p.peek().text != `\right` {
		return node{}, fmt.Errorf(`\left%s has no \right`, left)
	}
	p.next++
	right, err := p.fence()
	if err != nil {
		return node{}, fmt.Errorf(`\right: %w`, err)
	}
	bracket := func(s, form string) string {
		if s == "" {
			return ""
		}
		return mo(s, ` stretchy="true" fence="true" form="`+form+`"`)
	}
	return node{ordinary, "<mrow>" + bracket(left, "prefix") + join(row) + bracket(right, "postfix") + "</mrow>"}, nil
}

// environments give the brackets and the class of each matrix-like environment;
// the page's style sheet aligns the columns by the class.
var environments = map[string]struct{ left, right, class string }{
	"matrix": {"", "", "matrix"}, "pmatrix": {"(", ")", "matrix"}, "bmatrix": {"[", "]", "matrix"}, "vmatrix": {"|", "|", "matrix"},
	"cases": {"{", "", "cases"}, "aligned": {"", "", "aligned"}, "align": {"", "", "aligned"}, "align*": {"", "", "aligned"}, "gathered": {"", "", "matrix"},
}

func (p *parser) environment() (node, error) {
	name, err := p.raw()
	if err != nil {
		return node{}, fmt.Errorf(`\begin: %w`, err)
	}
	env, ok := environments[name]
	if !ok {
		return node{}, fmt.Errorf(`unknown environment %q`, name)
	}
	var b strings.Builder
	style := ""
	if env.class == "aligned" {
		style = ` displaystyle="true"`
	}
	fmt.Fprintf(&b, `<mtable class="%s"%s><mtr><mtd>`, env.class, style)
	for {
		row, err := p.row(func(token) bool { return false })
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
			return node{ordinary, bracketed(env.left, b.String(), env.right)}, nil
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
