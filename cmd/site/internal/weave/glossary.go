package weave

import (
	"cmp"
	"fmt"
	"iter"
	"regexp"
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

// readGlossary finds the terms, if the book has a glossary, and how to find them.
func (b *Book) readGlossary() {
	glossary := b.byFile[glossaryFile]
	if glossary == nil {
		return
	}
	b.byForm = map[string]*term{}
	var forms []string
	for _, n := range children(glossary.root) {
		if h, ok := n.(*ast.Heading); !ok || h.Level != 3 {
			continue
		}
		t := &term{id: id(n, ""), forms: plain(n, glossary.source), definition: b.definition(glossary, n), heading: n}
		b.terms = append(b.terms, t)
		for form := range strings.SplitSeq(t.forms, ", ") {
			if b.byForm[form] != nil {
				b.problem(glossary, n, "the glossary has %s twice", form)
			}
			b.byForm[form] = t
			forms = append(forms, form)
		}
	}
	slices.SortFunc(forms, func(x, y string) int { return len(y) - len(x) }) // attention head before head
	for i, form := range forms {
		first := strings.ToUpper(form[:1]) + form[:1] // a sentence may begin with it
		forms[i] = "[" + first + "]" + strings.ReplaceAll(regexp.QuoteMeta(form[1:]), " ", `\s`)
	}
	b.form = regexp.MustCompile(`\b(` + cmp.Or(strings.Join(forms, "|"), `\z.`) + `)(?:s|es)?\b`)
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

var tagName = regexp.MustCompile(`^<(/?)(\w+)`)

// linkTerms links each term at its first use in the prose of a page, of which html is
// the body, unless an author has linked it before.
func (b *Book) linkTerms(p *page, html, prefix string) string {
	if b.form == nil || p.file == glossaryFile {
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
			// In italics stands a term, or a title or an example that holds one by chance.
			if done[t] || around > 0 || tag == "<em>" && at[1]-at[0] < len(text) {
				continue
			}
			done[t] = true
			fmt.Fprintf(&out, `%s<a href="%s" class="term">%s</a>`, text[written:at[0]], b.termHref(t, prefix), text[at[0]:at[1]])
			written = at[1]
		}
		out.WriteString(text[written:])
		tag = html[:strings.IndexByte(html, '>')+1]
		out.WriteString(tag)
		html = html[len(tag):]
		for _, t := range b.terms {
			if strings.HasSuffix(tag, ` class="term">`) && strings.HasPrefix(tag, `<a href="`+b.termHref(t, prefix)+`"`) {
				t.used, done[t] = true, true
			}
		}
		if m := tagName.FindStringSubmatch(tag); m != nil && noProse[m[2]] {
			around += 1 - 2*len(m[1]) // a closing tag has a slash
		}
	}
	return out.String()
}

// termsIn yields the terms of a text, and where they are. A word with a hyphen is another word.
func (b *Book) termsIn(text string) iter.Seq2[*term, [2]int] {
	return func(yield func(*term, [2]int) bool) {
		for _, m := range b.form.FindAllStringSubmatchIndex(text, -1) {
			form := strings.Join(strings.Fields(text[m[2]:m[3]]), " ")
			t := cmp.Or(b.byForm[form], b.byForm[strings.ToLower(form[:1])+form[1:]])
			if !strings.HasSuffix(text[:m[0]], "-") && !strings.HasPrefix(text[m[1]:], "-") && !yield(t, [2]int{m[0], m[1]}) {
				return
			}
		}
	}
}

func (b *Book) termHref(t *term, prefix string) string {
	return address(nil, b.byFile[glossaryFile], t.id, prefix)
}
