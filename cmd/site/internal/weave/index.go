package weave

import (
	"encoding/json"
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// What the page's search looks in are two scripts that set a variable each: a page
// that lies in the file system may load a script, and may not fetch. The names are
// apart, because the little window over a name needs only those.
const (
	indexFile = "assets/index.js"
	namesFile = "assets/names.js"
)

// An indexedPage is a page with its texts in order. A text is its kind, its id and
// itself; the kind is the level of a heading, and otherwise one of the below.
type indexedPage struct {
	Href, Over, Title string
	Texts             [][]any
}

const (
	prose = 0
	task  = 9
)

// index is the text of all pages.
func (b *Book) index() []byte {
	var pages []indexedPage
	for _, p := range b.pages {
		indexed := indexedPage{p.name + ".html", p.eyebrow(), p.title, nil}
		if p.file != glossaryFile { // its terms are among the names
			indexed.Texts = p.texts()
		}
		pages = append(pages, indexed)
	}
	return variable("bookIndex", pages)
}

// declared are the names that code and prose lead to, under the address of each: with
// their signatures and the first sentences of their comments; and the glossary's terms
// with their definitions.
func (b *Book) declared() []byte {
	all := map[string][][3]string{}
	for _, pkg := range b.tree.Packages() {
		for name, n := range pkg.Names {
			href := ""
			if at := b.where(n); at != nil {
				href = address(nil, at.page, at.anchor, "")
			} else if file := "src/" + n.File + ".html"; n.Exported(name) && b.Files[file] != nil {
				href = fmt.Sprintf("%s#L%d", file, n.Line)
			}
			if href != "" && !n.Test {
				all[href] = append(all[href], [3]string{name, n.Signature, n.Doc})
			}
		}
	}
	for _, t := range b.terms {
		href := address(nil, b.byFile[glossaryFile], t.id, "")
		all[href] = [][3]string{{t.forms, "", t.definition}}
	}
	for _, list := range all {
		slices.SortFunc(list, func(x, y [3]string) int { return strings.Compare(x[0], y[0]) })
	}
	return variable("bookNames", all)
}

// variable is a script that does nothing but set a variable.
func variable(name string, value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic("weave: " + err.Error()) // all of it is text
	}
	return slices.Concat([]byte("var "+name+" = "), data, []byte(";\n"))
}

// texts are what a page says, in order.
func (p *page) texts() (list [][]any) {
	last := "" // id of what stands before
	add := func(kind int, id, text string) {
		if text = strings.Join(strings.Fields(text), " "); text != "" {
			list, last = append(list, []any{kind, id, text}), id
		}
	}
	_ = ast.Walk(p.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if l, ok := p.listed[n]; ok {
			if l != nil && l.task != nil {
				add(task, l.id, "Exercise "+l.task.Number+" · "+l.task.Title+": "+l.task.Task)
			} else if l != nil {
				add(prose, l.id, l.fold)
			}
			return ast.WalkSkipChildren, nil
		}
		at := id(n, last)
		switch n := n.(type) {
		case *ast.Heading:
			add(n.Level, at, plain(n, p.source))
		case *ast.Paragraph, *ast.TextBlock:
			add(prose, at, plain(n, p.source)+" "+titles(n))
		case *extast.TableHeader, *extast.TableRow:
			var cells []string
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				cells = append(cells, plain(c, p.source))
			}
			add(prose, at, strings.Join(cells, " · "))
		case *ast.FencedCodeBlock:
			if string(n.Language(p.source)) != "math" {
				add(prose, at, string(n.Lines().Value(p.source)))
			}
		default:
			return ast.WalkContinue, nil
		}
		return ast.WalkSkipChildren, nil
	})
	return list
}

// titles are the captions of the pictures of a paragraph.
func titles(n ast.Node) string {
	image, ok := n.FirstChild().(*ast.Image)
	if !ok {
		return ""
	}
	return string(image.Title)
}

// identify gives every block of prose an id, for search and for the place where one
// stopped.
func (p *page) identify(n ast.Node) {
	switch n.Kind() {
	case ast.KindParagraph, ast.KindListItem, extast.KindTable:
		p.blocks++
		n.SetAttributeString("id", []byte(p.newID(fmt.Sprint("p", p.blocks))))
	}
}

// id is that of the nearest block around n that has one, or else other.
func id(n ast.Node, other string) string {
	for ; n != nil; n = n.Parent() {
		if at, ok := n.AttributeString("id"); ok {
			return string(at.([]byte))
		}
	}
	return other
}

// attribute is that id as the tag of the block has it.
func (w *weaver) attribute(n ast.Node) string {
	if at, ok := n.AttributeString("id"); ok {
		return ` id="` + html.EscapeString(w.prefix+string(at.([]byte))) + `"`
	}
	return ""
}
