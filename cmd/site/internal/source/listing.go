package source

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"regexp"
	"strings"

	"github.com/llm-from-scratch/llm/cmd/site/internal/spell"
)

// A Listing is some lines of a file, ready to show.
type Listing struct {
	File   string
	Symbol string
	Names  []string // all that are declared there
	Lines  []Line
	Output string // of an example
}

// A Line is one line of source with its number, counted from 1.
type Line struct {
	Number int
	Text   string
}

// First and Last are the numbers of the first and last line shown.
func (l Listing) First() int { return l.Lines[0].Number }

// Last is the number of the last line shown.
func (l Listing) Last() int { return l.Lines[len(l.Lines)-1].Number }

// Code is the text of the lines, without the tabs that all of them begin with.
func (l Listing) Code() string {
	var b strings.Builder
	for _, line := range l.Lines {
		b.WriteString(line.Text[min(l.Shared(), indent(line.Text)):] + "\n")
	}
	return b.String()
}

// Shared is how many tabs all lines begin with.
func (l Listing) Shared() int {
	shared := -1
	for _, line := range l.Lines {
		if tabs := indent(line.Text); strings.TrimSpace(line.Text) != "" && (shared < 0 || tabs < shared) {
			shared = tabs
		}
	}
	return max(shared, 0)
}

// Comment is where the rest of a long comment over the declaration stands, after the
// line in which its first sentence ends: from is its first line and to the one behind it.
// Up to three lines are not long, and one line is no rest.
func (l Listing) Comment() (from, to int) {
	for to < len(l.Lines) && strings.HasPrefix(l.Lines[to].Text, "//") {
		if to++; from == 0 && sentenceEnd.MatchString(l.Lines[to-1].Text) {
			from = to
		}
	}
	for from > 0 && from < to && announced.MatchString(l.Lines[from-1].Text+"\n"+l.Lines[from].Text) {
		from++ // the formula that the sentence announces
	}
	if from == 0 || to <= 3 || to-from < 2 {
		return 0, 0
	}
	return from, to
}

var announced = regexp.MustCompile(`(:\n//|\n//\t.*|^//\t.*\n//)$`)

var sentenceEnd = regexp.MustCompile(`[a-z0-9)][.!?]( |$)`)

// Listing finds what symbol names in file: a function, a type, a constant, a
// method as Type.Method, "package" for the comment over the package clause, or an
// example with its output.
func (t *Tree) Listing(file, symbol string) (Listing, error) {
	f := t.Files[file]
	if f == nil {
		return Listing{}, fmt.Errorf("no Go file %s%s", file, spell.Suggest(file, maps.Keys(t.Files)))
	}
	if symbol == "package" {
		return f.packageComment()
	}
	d := f.find(symbol)
	if d == nil {
		return Listing{}, fmt.Errorf("%s declares no %s%s", file, symbol, t.elsewhere(f, symbol))
	}
	if fn, ok := d.(*ast.FuncDecl); ok && f.Test && strings.HasPrefix(symbol, "Example") {
		return f.example(fn)
	}
	from, to := f.extent(d)
	l := Listing{File: f.Path, Symbol: symbol, Lines: f.lines(from, to)}
	for name := range declares(d) {
		l.Names = append(l.Names, name)
	}
	return l, nil
}

// elsewhere helps with a symbol that the file does not declare: it is in
// another file of the package, or misspelt.
func (t *Tree) elsewhere(f *File, name string) string {
	for _, other := range t.Files {
		if other.Dir == f.Dir && other.find(name) != nil {
			return "; it is in " + other.Path
		}
	}
	return spell.Suggest(name, maps.Keys(t.packages[f.Dir].Names))
}

// find is the declaration of a name: a function, a method, or the group that
// declares a type, constant or variable.
func (f *File) find(name string) ast.Decl {
	for _, d := range f.ast.Decls {
		for declared := range declares(d) {
			if declared == name {
				return d
			}
		}
	}
	return nil
}

// extent is the first and last line of a declaration with its doc comment.
func (f *File) extent(d ast.Decl) (from, to int) {
	var doc *ast.CommentGroup
	switch d := d.(type) {
	case *ast.FuncDecl:
		doc = d.Doc
	case *ast.GenDecl:
		doc = d.Doc
	}
	from = f.line(d.Pos())
	if doc != nil {
		from = f.line(doc.Pos())
	}
	return from, f.line(d.End())
}

// lines are the lines from..to without the blank ones at either end.
func (f *File) lines(from, to int) []Line {
	blank := func(n int) bool { return strings.TrimSpace(f.Lines[n-1]) == "" }
	for from <= to && blank(from) {
		from++
	}
	for to >= from && blank(to) {
		to--
	}
	var list []Line
	for n := from; n <= to; n++ {
		list = append(list, Line{n, f.Lines[n-1]})
	}
	return list
}

// packageComment is the comment over the package clause, and the clause.
func (f *File) packageComment() (Listing, error) {
	if f.ast.Doc == nil {
		return Listing{}, fmt.Errorf("%s has no comment over its package clause", f.Path)
	}
	return Listing{File: f.Path, Symbol: "package", Lines: f.lines(f.line(f.ast.Doc.Pos()), f.line(f.ast.Package))}, nil
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, "\t")) }

// Demands are the lines that some page has to show: all but the package clause,
// imports and blank lines.
func (f *File) Demands() []int {
	skip := map[int]bool{f.line(f.ast.Package): true}
	for _, d := range f.ast.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			for n := f.line(g.Pos()); n <= f.line(g.End()); n++ {
				skip[n] = true
			}
		}
	}
	var lines []int
	for i, text := range f.Lines {
		if n := i + 1; !skip[n] && strings.TrimSpace(text) != "" && !strings.HasPrefix(text, "//go:build ") {
			lines = append(lines, n)
		}
	}
	return lines
}
