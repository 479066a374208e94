package weave

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// Coverage reports what the book leaves out: lines of the chapters' code that are
// not shown exactly once, and exported names that the prose never mentions.
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
		var text string // of the last problem, which goes up to line to
		var to int
		for _, n := range f.Demands() {
			before := text
			text = misshown(f.Lines[n-1], b.shown[file][n])
			kind, _, _ := strings.Cut(text, ":")
			switch {
			case text == "":
			case strings.HasPrefix(before, kind) && n <= to+2:
				last := &problems[len(problems)-1]
				text = before
				last.Text = fmt.Sprintf("lines %d-%d %s", last.Line, n, text)
			default:
				problems = append(problems, Problem{file, n, text})
			}
			to = n
		}
	}
	return problems
}

// misshown says how a line is shown other than once, in the listings at places.
func misshown(line string, places []string) string {
	switch len(places) {
	case 0:
		return "shown on no page: " + strings.TrimSpace(line)
	case 1:
		return ""
	}
	return "shown more than once: " + strings.Join(places, ", ")
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
	for dir, pkg := range b.tree.Packages() {
		said := mentioned[b.chapterOf(dir)]
		for name, n := range pkg.Names {
			if said != nil && n.Exported(name) && !said[name] && !said[name[strings.LastIndexByte(name, '.')+1:]] {
				problems = append(problems, Problem{n.File, n.Line, "the chapter's prose never mentions " + name})
			}
		}
	}
	slices.SortFunc(problems, byPlace)
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
