// Package weave makes the book's pages from its prose and its source.
//
// The prose is docs/*.md in the order of docs/book.txt. A paragraph that holds
// only a link into a Go file becomes the code it names; formulas become MathML,
// pictures are set into the page. Whatever the prose names has to exist: what
// does not is a Problem with file, line and, where one is near, a suggestion.
//
// What authors write, for GitHub to render as well:
//
//	[`Head`](../ch03_attention/head.go#Head)             a declaration with its comment
//	[Example: …](../ch03_attention/example_test.go#ExampleHead)   its code and what it prints
//	[package](../ch03_attention/doc.go#package)          the comment over the package clause
//	[`Head`](head.go#Head), [`NewHead`](head.go#NewHead) small neighbours of one file, in one listing
//	[`check`](head.go#check "What is refused")           folded under a line that says what it does
//	![What it shows](figures/a.svg "What to see in it")  a picture with its caption; the site numbers it
//	> **By the way.** It is so.                          an aside, in the margin where there is one
//	### query, queries                                   in docs/glossary.md, a term, linked where a page first uses it
//
// Each stands alone in its paragraph, and has prose before it: three listings in
// a row are small neighbours that want one box, or ideas that want a sentence.
// The messages of panics are best shown with the function that panics.
package weave

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/scanner"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/yuin/goldmark/ast"

	"github.com/llm-from-scratch/llm/cmd/site/internal/layout"
	"github.com/llm-from-scratch/llm/cmd/site/internal/source"
	"github.com/llm-from-scratch/llm/internal/exercise"
)

// A Problem is something on a page that a reader would stumble over.
type Problem struct {
	File string
	Line int
	Text string
}

func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text) }

func byPlace(x, y Problem) int {
	return cmp.Or(strings.Compare(x.File, y.File), x.Line-y.Line, strings.Compare(x.Text, y.Text))
}

// A Book is the woven site.
type Book struct {
	// Files are the site's files by path, among them pages of the source files that
	// some page links to. Each is made when it is first asked for.
	Files map[string]func() []byte
	// Problems are sorted by place.
	Problems []Problem
	// Live, set before a page is asked for, adds to it the script that reloads it
	// when it has changed, and the problems.
	Live bool

	root      string
	tree      *source.Tree
	pages     []*page
	byFile    map[string]*page
	anchors   map[anchorKey]place // where each symbol is shown
	shown     map[string]map[int][]string
	exercises []exercise.Exercise
	terms     []*term           // of the glossary
	forms     map[string][]form // of them all, by their first two letters
}

type anchorKey struct{ file, symbol string }

// A place is a spot on a page.
type place struct {
	page   *page
	anchor string
}

// A page is one Markdown file.
type page struct {
	file    string // docs/ch03_attention.md
	name    string // ch03_attention, also the name of its .html
	chapter int    // place among the pages that tell a package, see chapterOf; 0 for others
	number  string // 3, + for a branch, A for an appendix, or nothing
	branch  string // directory of the package that a branch tells
	title   string
	source  []byte
	root    ast.Node
	heads   []head
	ids     map[string]bool
	blocks  int // of prose, each with an id
	listed  map[ast.Node]*listed
}

// A head is one heading of a page.
type head struct {
	level    int
	id, text string
}

// A listed paragraph is replaced by code: by an exercise or by declarations of one file.
type listed struct {
	link  *ast.Link // the first, for its place
	task  *exercise.Exercise
	parts []part
	fold  string // the line under which they are folded
	id    string
}

// A part is one of the declarations that share a listing.
type part struct {
	source.Listing
	id string
}

// Weave reads the book below root. It always returns a book, as whole as its
// sources allow, so that an author sees the page with the problem on it.
func Weave(root string) *Book { return weave(source.Load(root)) }

// Reweave is the book as its files are now. What has not changed since b was woven is
// not parsed and coloured again, and a source file that no longer parses is shown as it
// was.
func (b *Book) Reweave() *Book { return weave(b.tree.Reload()) }

func weave(tree *source.Tree, broken []error) *Book {
	b := &Book{
		root: tree.Root, tree: tree, Files: map[string]func() []byte{},
		byFile: map[string]*page{}, anchors: map[anchorKey]place{}, shown: map[string]map[int][]string{},
	}
	missing := false
	for _, err := range broken {
		p := sourceProblem(err)
		b.Problems = append(b.Problems, p)
		missing = missing || tree.Files[p.File] == nil
	}
	causes := slices.Clip(b.Problems)
	var err error
	if b.exercises, err = exercise.List(tree.Root); err != nil {
		b.Problems = append(b.Problems, Problem{orderFile, 1, "the exercises cannot be read: " + err.Error()})
	}
	b.readPages()
	for _, p := range b.pages {
		b.findListings(p)
	}
	b.readGlossary()
	b.render()
	b.unusedTerms()
	if missing { // what follows from it is no news
		b.Problems = causes
	}
	slices.SortFunc(b.Problems, byPlace)
	b.Problems = slices.Compact(b.Problems)
	return b
}

// read is a file of the repository. A symbolic link that leads out of it is an error.
func (b *Book) read(file string) ([]byte, error) {
	f, err := os.OpenInRoot(b.root, filepath.FromSlash(file))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// sourceProblem says where a Go file does not parse.
func sourceProblem(err error) Problem {
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return Problem{list[0].Pos.Filename, list[0].Pos.Line, list[0].Msg}
	}
	return Problem{"go.mod", 1, "the source cannot be read: " + err.Error()}
}

func (b *Book) problem(p *page, n ast.Node, format string, args ...any) {
	b.Problems = append(b.Problems, Problem{p.file, p.line(n), fmt.Sprintf(format, args...)})
}

// The pages that are not chapters stand before and after the ones of book.txt.
const (
	orderFile  = "docs/book.txt"
	frontFile  = "docs/index.md"
	legendFile = "docs/legend.md"

	chapterPrefix  = "ch"        // of the pages that are numbered; others have no number
	appendixPrefix = "appendix_" // of the pages that are lettered
	branchPrefix   = "branch_"   // of the pages that tell branches/NAME, or branches/NAME/PART as branch_NAME_PART
	branches       = 100         // branches come after all chapters
)

// readPages parses the front page, the pages of book.txt and the legend.
func (b *Book) readPages() {
	order, err := b.read(orderFile)
	if err != nil {
		b.Problems = append(b.Problems, Problem{orderFile, 1, "the list of pages cannot be read: " + err.Error()})
	}
	b.readPage(frontFile, Problem{File: orderFile, Line: 1}, page{})
	chapter, branch, appendix := 0, branches, 'A'
	for i, line := range strings.Split(string(order), "\n") {
		name := strings.TrimSpace(line)
		if name == "" || strings.HasPrefix(name, "#") {
			continue
		}
		var p page
		if dir, ok := strings.CutPrefix(strings.TrimSuffix(name, ".md"), branchPrefix); ok {
			branch++
			p = page{chapter: branch, number: "+", branch: "branches/" + strings.ReplaceAll(dir, "_", "/")}
		} else if strings.HasPrefix(name, appendixPrefix) {
			p.number = string(appendix)
			appendix++
		} else if strings.HasPrefix(name, chapterPrefix) {
			chapter++
			p = page{chapter: chapter, number: strconv.Itoa(chapter)}
		}
		b.readPage(path.Join("docs", name), Problem{File: orderFile, Line: i + 1}, p)
	}
	b.readPage(legendFile, Problem{File: orderFile, Line: 1}, page{})
}

// readPage adds a page, of which the order says what kind it is. If it cannot, that
// is a problem of the place that wants it.
func (b *Book) readPage(file string, wanted Problem, kind page) {
	data, err := b.read(file)
	if err != nil {
		wanted.Text = "page " + file + " cannot be read: " + err.Error()
		if errors.Is(err, fs.ErrNotExist) {
			wanted.Text = "page " + file + " does not exist"
		}
		b.Problems = append(b.Problems, wanted)
		return
	}
	p := &kind
	p.file, p.name, p.ids, p.listed = file, strings.TrimSuffix(path.Base(file), ".md"), map[string]bool{}, map[ast.Node]*listed{}
	p.source = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	p.parse()
	if len(p.heads) == 0 || p.heads[0].level != 1 {
		b.Problems = append(b.Problems, Problem{file, 1, "a page begins with one heading of the form # Title"})
	}
	b.pages = append(b.pages, p)
	b.byFile[file] = p
}

// render makes every file of the site.
func (b *Book) render() {
	for i, p := range b.pages {
		body := b.linkTerms(p, b.body(p, ""), "")
		b.Files[p.name+".html"] = b.page(p.name+".html", layout.Page{
			Title: p.title, Eyebrow: p.eyebrow(), Front: p.file == frontFile, Body: body, Contents: b.contents(p, ""), Previous: b.link(i - 1), Next: b.link(i + 1),
		})
	}
	b.Files["all.html"] = sync.OnceValue(func() []byte {
		var all strings.Builder
		again := b.again()
		for _, p := range b.pages {
			eyebrow := ""
			if text := p.eyebrow(); text != "" {
				eyebrow = "<p class=\"eyebrow\">" + text + "</p>\n"
			}
			fmt.Fprintf(&all, "<article id=\"%s\">\n%s%s</article>\n", p.name, eyebrow, again.linkTerms(p, again.body(p, p.name+"--"), p.name+"--"))
		}
		return b.page("all.html", layout.Page{Title: "The whole book", Body: all.String(), Contents: b.contents(nil, "all")})()
	})
	// The server answers any unknown address with this one, so it leads back from the top.
	b.Files["404.html"] = b.page("404.html", layout.Page{Title: "Not here", Up: "/", Body: "<h1>This page does not exist</h1>\n<p><a href=\"/index.html\">The contents</a> list those that do.</p>\n", Contents: b.contents(nil, "")})
	b.Files[indexFile], b.Files[namesFile] = sync.OnceValue(b.index), sync.OnceValue(b.declared)
	for name, data := range layout.Assets() {
		b.Files[name] = func() []byte { return data }
	}
}

// eyebrow is what stands over the title.
func (p *page) eyebrow() string {
	switch {
	case p.branch != "":
		return "Branch"
	case p.chapter > 0:
		return "Chapter " + p.number
	case p.number != "":
		return "Appendix " + p.number
	}
	return ""
}

// again is a copy for rendering pages a second time, while others read b: the
// problems are known already, and so is what the pages link to.
func (b *Book) again() *Book {
	c := *b
	c.Problems, c.Files = nil, maps.Clone(b.Files)
	return &c
}

// page completes a layout with what all pages share.
func (b *Book) page(file string, l layout.Page) func() []byte {
	return sync.OnceValue(func() []byte {
		l.Book, l.Live = "Build a large language model in Go", b.Live
		if l.Up == "" {
			l.Up = strings.Repeat("../", strings.Count(file, "/"))
		}
		if b.Live {
			for _, p := range b.Problems {
				l.Problems = append(l.Problems, p.String())
			}
		}
		return l.Render()
	})
}

// link is the page at place i of the reading order, or nil.
func (b *Book) link(i int) *layout.Link {
	if i < 0 || i >= len(b.pages) {
		return nil
	}
	return &layout.Link{Href: b.pages[i].name + ".html", Text: b.pages[i].title}
}

// contents lists the pages, and under each its sections, as the current page
// links to them. The prefix is that of its ids when all share one file.
func (b *Book) contents(current *page, prefix string) []layout.Entry {
	var list []layout.Entry
	for _, p := range b.pages {
		e := layout.Entry{Link: layout.Link{Href: address(nil, p, "", prefix), Text: p.title}, Number: p.number, Current: p == current}
		if p.file == frontFile && prefix == "" {
			e.Text = "Front page"
		}
		for _, h := range p.heads {
			if h.level == 2 {
				e.Sections = append(e.Sections, layout.Link{Href: address(nil, p, h.id, prefix), Text: h.text})
			}
		}
		list = append(list, e)
	}
	return list
}
