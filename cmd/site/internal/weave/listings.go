package weave

import (
	"fmt"
	"maps"
	"path"
	"strings"

	"github.com/yuin/goldmark/ast"

	"github.com/llm-from-scratch/llm/cmd/site/internal/source"
	"github.com/llm-from-scratch/llm/cmd/site/internal/spell"
	"github.com/llm-from-scratch/llm/internal/exercise"
)

// findListings finds the paragraphs of a page that hold only links into a Go
// file, and what they will show.
func (b *Book) findListings(p *page) {
	_ = ast.Walk(p.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if links := onlyLinks(n, p.source); entering && len(links) > 0 {
			for _, link := range links {
				if _, symbol, ok := sourceLink(p, string(link.Destination)); !ok || symbol == "" {
					return ast.WalkContinue, nil
				}
			}
			p.listed[n] = b.list(p, links)
		}
		return ast.WalkContinue, nil
	})
}

// onlyLinks are the links that are all of a paragraph but for commas, or none.
func onlyLinks(n ast.Node, src []byte) (links []*ast.Link) {
	if n.Kind() != ast.KindParagraph && n.Kind() != ast.KindTextBlock {
		return nil
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Link:
			links = append(links, c)
		case *ast.Text:
			if strings.Trim(string(c.Segment.Value(src)), " ,\t") != "" {
				return nil
			}
		default:
			return nil
		}
	}
	return links
}

// sourceLink splits a link into a Go file and the symbol after the #.
func sourceLink(p *page, dest string) (file, symbol string, ok bool) {
	file, symbol, _ = strings.Cut(dest, "#")
	if !strings.HasSuffix(file, ".go") || strings.Contains(file, "://") {
		return "", "", false
	}
	return path.Join(path.Dir(p.file), file), symbol, true
}

// list looks up what one paragraph shows, and remembers where it is shown.
func (b *Book) list(p *page, links []*ast.Link) *listed {
	l := &listed{link: links[0], fold: strings.TrimSpace(string(links[0].Title))}
	if links[0].Title != nil && l.fold == "" {
		b.problem(p, links[0], "a listing folds under a line: put it between the quotation marks")
	}
	for i, link := range links {
		if i > 0 && link.Title != nil {
			b.problem(p, link, "the line under which listings fold stands in the first link of their paragraph")
		}
		file, symbol, _ := sourceLink(p, string(link.Destination))
		if path.Base(file) == exercise.StubFile {
			return b.task(p, link, file, symbol)
		}
		listing, err := b.tree.Listing(file, symbol)
		if err == nil && len(l.parts) > 0 && (file != l.parts[0].File || listing.Output != "") {
			err = fmt.Errorf("declarations of one file share a listing; %s of %s needs a paragraph of its own", symbol, file)
		}
		if err != nil {
			b.problem(p, link, "%v", err)
			return nil
		}
		part := part{listing, p.newID("code-" + symbol)}
		l.parts = append(l.parts, part)
		b.show(p, link, part)
	}
	l.id = l.parts[0].id
	return l
}

// task is an exercise in place of a paragraph.
func (b *Book) task(p *page, link *ast.Link, file, symbol string) *listed {
	others := map[string]bool{}
	for i, e := range b.exercises {
		if e.Chapter != path.Dir(file) {
			continue
		}
		if e.Func == symbol {
			id := p.newID("exercise-" + e.Number)
			b.anchors[anchorKey{file, symbol}] = place{p, id}
			return &listed{link: link, task: &b.exercises[i], id: id}
		}
		others[e.Func] = true
	}
	b.problem(p, link, "no exercise %s in %s%s", symbol, file, spell.Suggest(symbol, maps.Keys(others)))
	return nil
}

// newID is want, or want-2 and so on where the page has it already.
func (p *page) newID(want string) string {
	id := want
	for n := 2; p.ids[id]; n++ {
		id = fmt.Sprintf("%s-%d", want, n)
	}
	p.ids[id] = true
	return id
}

// show counts the lines of a listing as shown, and makes the names it declares
// lead to it.
func (b *Book) show(p *page, link *ast.Link, l part) {
	if b.shown[l.File] == nil {
		b.shown[l.File] = map[int][]string{}
	}
	at := fmt.Sprintf("%s:%d", p.file, p.line(link))
	for _, line := range l.Lines {
		b.shown[l.File][line.Number] = append(b.shown[l.File][line.Number], at)
	}
	for _, symbol := range append([]string{l.Symbol}, l.Names...) {
		if _, ok := b.anchors[anchorKey{l.File, symbol}]; !ok {
			b.anchors[anchorKey{l.File, symbol}] = place{p, l.id}
		}
	}
	b.before(p, link, b.tree.Files[l.File])
}

// before reports a listing that comes from a later chapter or imports one.
func (b *Book) before(p *page, link *ast.Link, f *source.File) {
	if p.chapter == 0 {
		return
	}
	if b.chapterOf(f.Dir) > p.chapter {
		b.problem(p, link, "%s belongs to %s, which comes later", f.Path, f.Dir)
	}
	for _, i := range f.Imports() {
		if dir, ok := strings.CutPrefix(i, b.tree.Module+"/"); ok && b.chapterOf(dir) > p.chapter {
			b.problem(p, link, "%s imports %s, which comes later", f.Path, dir)
		}
	}
}

// chapterOf is 3 for ch03_attention and its subdirectories, more than for any
// chapter for a branch and what is below it, in the order of their pages, and 0 elsewhere.
func (b *Book) chapterOf(dir string) int {
	if strings.HasPrefix(dir, "branches/") {
		at, nearest := 2*branches, "" // no page yet
		for _, p := range b.pages {
			if p.branch != "" && strings.HasPrefix(dir+"/", p.branch+"/") && len(p.branch) > len(nearest) {
				at, nearest = p.chapter, p.branch
			}
		}
		return at
	}
	n := 0
	if strings.HasPrefix(dir, "ch") {
		_, _ = fmt.Sscanf(dir, "ch%02d_", &n)
	}
	return n
}
