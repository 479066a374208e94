package weave

import (
	"cmp"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// The glossary has a heading of the third level for each term, with all its forms, such
// as "### query, key and value vectors": its definition follows, with a link to the page
// that builds the thing. Every page links a term where it first uses it.
const (
	glossaryFile = "docs/glossary.md"
	glossaryLink = "glossary.md#" // as pages have it
)

// A term is one entry of the glossary.
type term struct {
	id, forms  string
	definition string
	used       bool // on another page
}

// linkTerms links the terms of the glossary, if the book has one, where each page first
// uses them, and reports those that no page uses or that name no page.
func (b *Book) linkTerms() {
	glossary := b.byFile[glossaryFile]
	if glossary == nil {
		return
	}
	byForm, byID, forms := map[string]*term{}, map[string]*term{}, []string{}
	b.terms = nil
	for n := glossary.root.FirstChild(); n != nil; n = n.NextSibling() {
		h, ok := n.(*ast.Heading)
		if !ok || h.Level != 3 {
			continue
		}
		t := &term{id: id(h, ""), forms: plain(h, glossary.source), definition: b.definition(glossary, h)}
		b.terms, byID[t.id] = append(b.terms, t), t
		for form := range strings.SplitSeq(t.forms, ", ") {
			if byForm[form] != nil {
				b.problem(glossary, h, "the glossary has %s twice", form)
			}
			byForm[form] = t
			forms = append(forms, regexp.QuoteMeta(form))
		}
	}
	slices.SortFunc(forms, func(x, y string) int { return cmp.Compare(len(y), len(x)) }) // attention head before head
	for i, form := range forms {                                                         // a sentence may begin with it
		forms[i] = fmt.Sprintf("[%s%s]%s", strings.ToUpper(form[:1]), form[:1], form[1:])
	}
	find := regexp.MustCompile(`\b(` + strings.Join(forms, "|") + `)(?:s|es)?\b`)
	w := wording{find, byForm, byID}
	for _, p := range b.pages {
		if p != glossary && len(forms) > 0 {
			w.link(p)
		}
	}
	for n := glossary.root.FirstChild(); n != nil; n = n.NextSibling() {
		if t := byID[id(n, "")]; n.Kind() == ast.KindHeading && t != nil && !t.used {
			b.problem(glossary, n, "no page uses the term %s", t.forms)
		}
	}
}

// definition is the text under a term. It has to lead to another page of the book.
func (b *Book) definition(glossary *page, heading ast.Node) string {
	var words []string
	leads := false
	for n := heading.NextSibling(); n != nil && n.Kind() != ast.KindHeading; n = n.NextSibling() {
		words = append(words, plain(n, glossary.source))
		_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if l, ok := n.(*ast.Link); ok && entering {
				file, _, _ := strings.Cut(string(l.Destination), "#")
				to := b.byFile["docs/"+file]
				leads = leads || to != nil && to != glossary
			}
			return ast.WalkContinue, nil
		})
	}
	if !leads {
		b.problem(glossary, heading, "the term %s names no page that builds it", plain(heading, glossary.source))
	}
	return strings.Join(words, " ")
}

// The wording of a glossary finds its terms in texts.
type wording struct {
	find         *regexp.Regexp
	byForm, byID map[string]*term
}

// terms yields those of a text, and where they are. A word with a hyphen is another word.
func (w wording) terms(text string) iter.Seq2[*term, [2]int] {
	return func(yield func(*term, [2]int) bool) {
		for _, m := range w.find.FindAllStringSubmatchIndex(text, -1) {
			form := text[m[2]:m[3]]
			t := cmp.Or(w.byForm[form], w.byForm[strings.ToLower(form[:1])+form[1:]])
			if strings.HasSuffix(text[:m[0]], "-") || strings.HasPrefix(text[m[1]:], "-") {
				continue
			}
			if !yield(t, [2]int{m[0], m[1]}) {
				return
			}
		}
	}
}

// link links each term at its first use in the prose of a page, unless an author has
// linked it before.
func (w wording) link(p *page) {
	done := map[*term]bool{}
	var run []*ast.Text // with nothing between but line ends
	flush := func() {
		w.linkRun(p, run, done)
		run = nil
	}
	_ = ast.Walk(p.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if _, listing := p.listed[n]; listing || !entering {
			return ast.WalkSkipChildren, nil
		}
		t, text := n.(*ast.Text)
		if len(run) > 0 && (!text || t.PreviousSibling() != run[len(run)-1]) {
			flush()
		}
		switch n := n.(type) {
		case *ast.Text:
			run = append(run, n)
		case *ast.Link:
			id, _ := strings.CutPrefix(string(n.Destination), glossaryLink)
			if t := w.byID[id]; t != nil {
				done[t], t.used = true, true
			}
			return ast.WalkSkipChildren, nil
		case *ast.Heading, *ast.CodeSpan: // has a link of its own
			for t := range w.terms(plain(n, p.source)) {
				t.used = true
			}
			return ast.WalkSkipChildren, nil
		case *ast.Emphasis: // a term, or a title or an example, which may hold one by chance
			text := plain(n, p.source)
			for _, at := range w.terms(text) {
				if at == [2]int{0, len(text)} {
					return ast.WalkContinue, nil
				}
			}
			return ast.WalkSkipChildren, nil
		case *ast.Image:
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	flush()
}

// A found term is some bytes of a run of text that become a link.
type found struct {
	from, to int
	link     *ast.Link
}

// linkRun links the terms of a run that are not done yet.
func (w wording) linkRun(p *page, run []*ast.Text, done map[*term]bool) {
	var words strings.Builder
	for _, t := range run {
		words.Write(t.Segment.Value(p.source))
		if t.SoftLineBreak() {
			words.WriteByte(' ')
		}
	}
	var list []found
	for t, at := range w.terms(words.String()) {
		if !done[t] {
			done[t], t.used = true, true
			link := ast.NewLink()
			link.Destination = []byte(glossaryLink + t.id)
			list = append(list, found{at[0], at[1], link})
		}
	}
	start := 0
	for _, t := range run {
		length := t.Segment.Len()
		if len(list) > 0 && length > 0 {
			cutText(t, start, list)
		}
		if start += length; t.SoftLineBreak() {
			start++
		}
	}
}

// cutText puts the pieces of a text that begins at byte start of its run in its place,
// those that were found into their links.
func cutText(t *ast.Text, start int, list []found) {
	parent := t.Parent()
	for at, end := start, start+t.Segment.Len(); at < end; {
		into, to := parent, end
		for _, f := range list {
			if f.from > at {
				to = min(to, f.from)
			} else if at < f.to {
				into, to = f.link, min(to, f.to)
			}
		}
		segment := text.NewSegment(t.Segment.Start+at-start, t.Segment.Start+to-start)
		piece := ast.NewTextSegment(segment)
		piece.SetSoftLineBreak(to == end && t.SoftLineBreak())
		piece.SetHardLineBreak(to == end && t.HardLineBreak())
		switch {
		case into == parent:
			parent.InsertBefore(parent, t, piece)
		case into.Parent() == nil:
			parent.InsertBefore(parent, t, into)
			fallthrough
		default:
			into.AppendChild(into, piece)
		}
		at = to
	}
	parent.RemoveChild(parent, t)
}
