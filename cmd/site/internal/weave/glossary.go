package weave

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// The glossary has a heading of the third level for each term, with all its forms, such
// as "### optimiser, optimizer": its definition follows, with a link to the page that
// builds the thing. Every page links a term where it first uses it.
const (
	glossaryFile = "docs/glossary.md"
	glossaryLink = "glossary.md#" // as pages have it
)

// A term is one entry of the glossary.
type term struct {
	id, forms, definition string
	heading               ast.Node
	used                  bool // on another page
}

// A form is one way to write a term.
type form struct {
	text string
	*term
}

// readGlossary finds the terms, if the book has a glossary.
func (b *Book) readGlossary() {
	glossary := b.byFile[glossaryFile]
	if glossary == nil {
		return
	}
	b.forms = map[string][]form{}
	for _, n := range children(glossary.root) {
		if h, ok := n.(*ast.Heading); !ok || h.Level != 3 {
			continue
		}
		t := &term{id: id(n, ""), forms: plain(n, glossary.source), definition: b.definition(glossary, n), heading: n}
		b.terms = append(b.terms, t)
		for text := range strings.SplitSeq(t.forms, ", ") {
			start := strings.ToLower(text[:min(2, len(text))])
			if slices.ContainsFunc(b.forms[start], func(f form) bool { return f.text == text }) {
				b.problem(glossary, n, "the glossary has %s twice", text)
			}
			b.forms[start] = append(b.forms[start], form{text, t})
		}
	}
	for _, list := range b.forms {
		slices.SortFunc(list, func(x, y form) int { return len(y.text) - len(x.text) }) // attention head before attention
	}
}

// definition is the text under a term. It has to lead to another page of the book.
func (b *Book) definition(glossary *page, heading ast.Node) string {
	var words []string
	leads := false
	for n := heading.NextSibling(); n != nil && n.Kind() != ast.KindHeading; n = n.NextSibling() {
		words = append(words, plain(n, glossary.source))
		for _, c := range children(n) {
			if l, ok := c.(*ast.Link); ok {
				file, _, _ := strings.Cut(string(l.Destination), "#")
				to := b.byFile["docs/"+file]
				leads = leads || to != nil && to != glossary
			}
		}
	}
	if !leads {
		b.problem(glossary, heading, "the term %s names no page that builds it", plain(heading, glossary.source))
	}
	return strings.Join(words, " ")
}

func children(n ast.Node) (list []ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		list = append(list, c)
	}
	return list
}

// unusedTerms reports the terms that no page uses.
func (b *Book) unusedTerms() {
	for _, t := range b.terms {
		if !t.used {
			b.problem(b.byFile[glossaryFile], t.heading, "no page uses the term %s", t.forms)
		}
	}
}

// noProse are the elements in which a term is used and needs no link.
var noProse = map[string]bool{"a": true, "code": true, "pre": true, "svg": true, "math": true, "figcaption": true, "summary": true,
	"h1": true, "h2": true, "h3": true, "h4": true}

// linkTerms links each term at its first use in the prose of a page, of which html is
// the body, unless an author has linked it before.
func (b *Book) linkTerms(p *page, html, prefix string) string {
	if b.forms == nil || p.file == glossaryFile {
		return html
	}
	var out strings.Builder
	done := map[*term]bool{}
	around, tag := 0, "" // how many elements without prose, and the last tag
	for html != "" {
		text, _, _ := strings.Cut(html, "<")
		html = html[len(text):]
		written := 0
		for t, at := range b.termsIn(text) {
			t.used = true
			// In italics stands a term, or a title or an example that holds one by chance. A package has a name.
			if done[t] || around > 0 || tag == "<em>" && at[1]-at[0] < len(text) || strings.HasSuffix(text[:at[0]], "ackage ") {
				continue
			}
			done[t] = true
			fmt.Fprintf(&out, `%s<a href="%s" class="term">%s</a>`, text[written:at[0]], b.termHref(t, prefix), text[at[0]:at[1]])
			written = at[1]
		}
		out.WriteString(text[written:])
		if html == "" {
			break
		}
		tag = html[:strings.IndexByte(html, '>')+1]
		out.WriteString(tag)
		html = html[len(tag):]
		if strings.HasSuffix(tag, ` class="term">`) {
			for _, t := range b.terms {
				if strings.HasPrefix(tag, `<a href="`+b.termHref(t, prefix)+`"`) {
					t.used, done[t] = true, true
				}
			}
		}
		name, closing := strings.CutPrefix(tag[1:], "/")
		if name, _, _ = strings.Cut(strings.TrimSuffix(name, ">"), " "); noProse[name] && closing {
			around--
		} else if noProse[name] {
			around++
		}
	}
	return out.String()
}

// termsIn yields the terms of a text, and where they are.
func (b *Book) termsIn(text string) iter.Seq2[*term, [2]int] {
	return func(yield func(*term, [2]int) bool) {
		for i := 0; i+1 < len(text); i++ {
			if i > 0 && inWord(text[i-1]) || !inWord(text[i]) {
				continue
			}
			for _, f := range b.forms[strings.ToLower(text[i:i+2])] {
				if n := f.begins(text[i:]); n > 0 {
					if !yield(f.term, [2]int{i, i + n}) {
						return
					}
					i += n - 1
					break
				}
			}
		}
	}
}

// begins is how many bytes at the beginning of a text are the form, or its plural, or 0.
// A sentence may begin with it, and a line may end in it.
func (f form) begins(text string) int {
	n := len(f.text)
	if len(text) < n || strings.ToLower(text[:1])+strings.ReplaceAll(text[1:n], "\n", " ") != f.text && text[:n] != f.text {
		return 0
	}
	for _, plural := range []string{"es", "s", ""} {
		if rest, ok := strings.CutPrefix(text[n:], plural); ok && (rest == "" || !inWord(rest[0])) {
			return n + len(plural)
		}
	}
	return 0
}

// inWord reports whether a byte goes on with a word: a word with a hyphen is another word.
func inWord(c byte) bool {
	return c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

func (b *Book) termHref(t *term, prefix string) string {
	return address(nil, b.byFile[glossaryFile], t.id, prefix)
}
