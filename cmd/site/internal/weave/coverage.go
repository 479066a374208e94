package weave

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// unshown are declarations of chapters that no page has to show, by file and
// symbol, each with the reason.
var unshown = map[[2]string]string{}

// unnamed are exported names that the prose of their chapter need not mention,
// as "ch03_attention.Name", each with the reason.
var unnamed = map[string]string{}

// Coverage reports what the book leaves out: lines of the chapters' code that
// are not shown exactly once, and exported names that the prose never mentions.
func (b *Book) Coverage() []Problem { return append(b.Lines(), b.Names()...) }

// Lines reports the lines of the chapters' code outside tests that no page
// shows, or more than one listing shows. Neighbouring lines are one report.
func (b *Book) Lines() []Problem {
	var problems []Problem
	for _, file := range slices.Sorted(maps.Keys(b.tree.Files)) {
		f := b.tree.Files[file]
		if f.Test || b.chapterOf(f.Dir) == 0 {
			continue
		}
		excused := map[int]bool{}
		for key := range unshown {
			if l, err := b.tree.Listing(file, key[1]); key[0] == file && err == nil {
				for _, line := range l.Lines {
					excused[line.Number] = true
				}
			}
		}
		var run Problem
		last := 0
		flush := func() {
			if run.Text != "" {
				if last > run.Line {
					run.Text = fmt.Sprintf("lines %d-%d %s", run.Line, last, run.Text)
				}
				problems = append(problems, run)
			}
			run = Problem{}
		}
		demands := f.Demands()
		for i, n := range demands {
			text := ""
			switch shown := b.shown[file][n]; {
			case excused[n] && len(shown) == 0, len(shown) == 1:
			case len(shown) == 0:
				text = "shown on no page: " + strings.TrimSpace(f.Lines[n-1])
			default:
				text = "shown more than once: " + strings.Join(shown, ", ")
			}
			kind, _, _ := strings.Cut(text, ":")
			before, _, _ := strings.Cut(run.Text, ":")
			if kind != before || i > 0 && n > demands[i-1]+2 {
				flush()
				if text != "" {
					run = Problem{file, n, text}
				}
			}
			last = n
		}
		flush()
	}
	return problems
}

// Walls reports where more than three listings follow each other without prose.
func (b *Book) Walls() []Problem {
	var problems []Problem
	for _, p := range b.pages {
		var first ast.Node
		run := 0
		flush := func() {
			if run > 3 {
				problems = append(problems, Problem{p.file, p.line(first), fmt.Sprintf("%d listings without prose between: let neighbours share one (see package weave), or say what they do", run)})
			}
			run = 0
		}
		for n := p.root.FirstChild(); n != nil; n = n.NextSibling() {
			if l := p.listed[n]; l == nil || l.task != nil {
				flush()
			} else if run++; run == 1 {
				first = n
			}
		}
		flush()
	}
	return problems
}

var word = regexp.MustCompile(`[A-Za-z_]\w*(\.[A-Za-z_]\w*)*`)

// Names reports the exported names that the prose of their chapter's page does
// not mention in code font.
func (b *Book) Names() []Problem {
	var problems []Problem
	mentioned := map[int]map[string]bool{}
	for _, p := range b.pages {
		if p.chapter > 0 {
			mentioned[p.chapter] = p.mentions()
		}
	}
	for _, file := range slices.Sorted(maps.Keys(b.tree.Files)) {
		f := b.tree.Files[file]
		said := mentioned[b.chapterOf(f.Dir)]
		if f.Test || said == nil {
			continue
		}
		for _, e := range f.Exported() {
			_, excused := unnamed[f.Dir+"."+e.Name]
			short := e.Name[strings.LastIndexByte(e.Name, '.')+1:]
			if !excused && !said[e.Name] && !said[short] {
				problems = append(problems, Problem{file, e.Line, "the chapter's prose never mentions " + e.Name})
			}
		}
	}
	return problems
}

// mentions are the names in code font outside listing paragraphs: of a dotted
// name the whole and each piece of it.
func (p *page) mentions() map[string]bool {
	said := map[string]bool{}
	_ = ast.Walk(p.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if _, ok := p.listed[n]; ok {
			return ast.WalkSkipChildren, nil
		}
		if n.Kind() != ast.KindCodeSpan || !entering {
			return ast.WalkContinue, nil
		}
		for _, w := range word.FindAllString(plain(n, p.source), -1) {
			pieces := strings.Split(w, ".")
			for i := range pieces {
				said[strings.Join(pieces[i:], ".")] = true
				said[pieces[i]] = true
			}
		}
		return ast.WalkSkipChildren, nil
	})
	return said
}
