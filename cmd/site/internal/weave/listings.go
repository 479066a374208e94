package weave

import (
	"fmt"
	"path"
	"strings"

	"github.com/yuin/goldmark/ast"

	"github.com/llm-from-scratch/llm/cmd/site/internal/source"
	"github.com/llm-from-scratch/llm/internal/exercise"
)

// findListings finds the paragraphs of a page that hold only a link into a Go
// file, and what they will show.
func (b *Book) findListings(p *page) {
	_ = ast.Walk(p.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if link := onlyLink(n, p.source); link != nil && entering {
			if file, symbol, ok := sourceLink(p, string(link.Destination)); ok && symbol != "" {
				p.listed[n] = b.list(p, link, file, symbol)
			}
		}
		return ast.WalkContinue, nil
	})
}

// onlyLink is the link that is all of a paragraph, or nil.
func onlyLink(n ast.Node, src []byte) *ast.Link {
	if n.Kind() != ast.KindParagraph && n.Kind() != ast.KindTextBlock {
		return nil
	}
	var link *ast.Link
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Link:
			if link != nil {
				return nil
			}
			link = c
		case *ast.Text:
			if strings.TrimSpace(string(c.Segment.Value(src))) != "" {
				return nil
			}
		default:
			return nil
		}
	}
	return link
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
func (b *Book) list(p *page, link *ast.Link, file, symbol string) *listed {
	l := &listed{link: link}
	if path.Base(file) == exercise.StubFile {
		for i, e := range b.exercises {
			if e.Chapter == path.Dir(file) && e.Func == symbol {
				l.task, l.id = &b.exercises[i], "exercise-"+e.Number
				p.ids[l.id] = true
				b.anchors[anchorKey{file, symbol}] = place{p, l.id}
				return l
			}
		}
		b.problem(p, link, "no exercise %s in %s%s", symbol, file, source.Suggest(symbol, b.exerciseNames(path.Dir(file))))
		return nil
	}
	var err error
	if l.listing, err = b.tree.Listing(file, symbol); err != nil {
		b.problem(p, link, "%v", err)
		return nil
	}
	l.id = "code-" + symbol
	for n := 2; p.ids[l.id]; n++ {
		l.id = fmt.Sprintf("code-%s-%d", symbol, n)
	}
	p.ids[l.id] = true
	b.show(p, l)
	return l
}

func (b *Book) exerciseNames(chapter string) []string {
	var names []string
	for _, e := range b.exercises {
		if e.Chapter == chapter {
			names = append(names, e.Func)
		}
	}
	return names
}

// show counts the lines of a listing as shown, and makes the names it declares
// lead to it.
func (b *Book) show(p *page, l *listed) {
	file := l.listing.File
	if b.shown[file] == nil {
		b.shown[file] = map[int][]string{}
	}
	for _, line := range l.listing.Lines {
		at := fmt.Sprintf("%s:%d", p.file, p.line(l.link))
		b.shown[file][line.Number] = append(b.shown[file][line.Number], at)
	}
	put := func(symbol string) {
		if _, ok := b.anchors[anchorKey{file, symbol}]; !ok {
			b.anchors[anchorKey{file, symbol}] = place{p, l.id}
		}
	}
	put(l.listing.Symbol)
	name, _, _ := strings.Cut(l.listing.Symbol, ":")
	put(name)
	for _, other := range b.tree.Group(file, name) {
		put(other)
	}
	b.before(p, l)
}

// before reports a listing that comes from a later chapter or imports one.
func (b *Book) before(p *page, l *listed) {
	if p.chapter == 0 {
		return
	}
	f := b.tree.Files[l.listing.File]
	if b.chapterOf(f.Dir) > p.chapter {
		b.problem(p, l.link, "%s belongs to %s, which comes later", f.Path, f.Dir)
	}
	for _, i := range f.Imports() {
		if dir, ok := strings.CutPrefix(i, b.tree.Module+"/"); ok && b.chapterOf(dir) > p.chapter {
			b.problem(p, l.link, "%s imports %s, which comes later", f.Path, dir)
		}
	}
}

// chapterOf is 3 for ch03_attention and its subdirectories, more than for any
// chapter for a branch, in the order of their pages, and 0 elsewhere.
func (b *Book) chapterOf(dir string) int {
	if strings.HasPrefix(dir, "branches/") {
		for _, p := range b.pages {
			if p.branch == dir {
				return p.chapter
			}
		}
		return 2 * branches // no page yet
	}
	n := 0
	if strings.HasPrefix(dir, "ch") {
		_, _ = fmt.Sscanf(dir, "ch%02d_", &n)
	}
	return n
}
