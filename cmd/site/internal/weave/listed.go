package weave

import (
	"bytes"
	"fmt"
	"go/doc/comment"
	"html"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

// listing writes the code that stands in place of a paragraph.
func (w *weaver) listing(out util.BufWriter, l *listed) {
	if l.task != nil {
		w.exercise(out, l)
		return
	}
	if l.fold != "" {
		fmt.Fprintf(out, "<details class=\"folded\"><summary>%s</summary>\n", html.EscapeString(l.fold))
	}
	first := l.parts[0]
	if first.Symbol == "package" {
		fmt.Fprintf(out, "<div class=\"package\" id=\"%s\">\n%s</div>\n", html.EscapeString(w.prefix+l.id), w.packageDoc(first))
	} else {
		w.code(out, l)
	}
	if l.fold != "" {
		_, _ = out.WriteString("</details>\n")
	}
}

// packageDoc is the comment over a package clause, with its files linked.
func (w *weaver) packageDoc(p part) string {
	var doc strings.Builder
	for _, line := range p.Lines[:len(p.Lines)-1] {
		doc.WriteString(strings.TrimPrefix(strings.TrimPrefix(line.Text, "//"), " ") + "\n")
	}
	return fileName.ReplaceAllStringFunc(goDoc(doc.String()), func(name string) string {
		file := path.Join(path.Dir(p.File), name)
		if w.book.tree.Files[file] == nil {
			return name
		}
		return fmt.Sprintf(`<a href="%s">%s</a>`, html.EscapeString(w.book.sourceHref(file, "")), name)
	})
}

var fileName = regexp.MustCompile(`\b\w+\.go\b`)

// code writes a listing with its caption, and what an example prints.
func (w *weaver) code(out util.BufWriter, l *listed) {
	first := l.parts[0]
	fmt.Fprintf(out, "<figure class=\"listing\" id=\"%s\">\n<figcaption><a href=\"%s\">%s</a> · %s</figcaption>\n",
		html.EscapeString(w.prefix+l.id), html.EscapeString(w.book.sourceHref(first.File, fmt.Sprint(first.First()))), html.EscapeString(first.File), html.EscapeString(caption(l.parts)))
	for _, r := range w.join(l) {
		if r.rest {
			fmt.Fprintf(out, "<details class=\"doc\"><summary>… and %d more lines of the comment</summary>\n", len(r.labels))
		}
		_, _ = out.WriteString(highlight("go", r.code, func(i int) label { return r.labels[min(i, len(r.labels)-1)] }))
		if r.rest {
			_, _ = out.WriteString("</details>\n")
		}
	}
	if first.Output != "" {
		fmt.Fprintf(out, "<p class=\"output-label\">prints</p>\n<pre class=\"output\"><samp>%s</samp></pre>\n", html.EscapeString(first.Output))
	}
	_, _ = out.WriteString("</figure>\n")
}

// caption names the declarations and their lines: "A, B · lines 3–9, 12".
func caption(parts []part) string {
	var symbols, lines []string
	word := "line"
	from, to := 0, 0
	for _, p := range parts {
		symbols = append(symbols, p.Symbol)
		if len(lines) == 0 || p.First() <= to || p.First() > to+2 {
			from, lines = p.First(), append(lines, "")
		}
		to = p.Last()
		if lines[len(lines)-1] = fmt.Sprintf("%d–%d", from, to); from == to {
			lines[len(lines)-1] = fmt.Sprint(from)
		}
		if from < to || len(lines) > 1 {
			word = "lines"
		}
	}
	return fmt.Sprintf("%s · %s %s", strings.Join(slices.Compact(symbols), ", "), word, strings.Join(lines, ", "))
}

// A run is some lines of a listing, each with its label.
type run struct {
	code   string
	labels []label
	rest   bool // of a comment
}

// join puts the code of the parts under each other, with an id where each of them
// begins; that of the first is the listing's. Of a long comment the first sentence
// stands in one run, and the rest in another: the prose over the listing has said it.
func (w *weaver) join(l *listed) (runs []run) {
	seen := map[string]bool{}
	add := func(code string, at label, rest bool) {
		if len(runs) == 0 || runs[len(runs)-1].rest != rest {
			runs = append(runs, run{rest: rest})
		}
		last := &runs[len(runs)-1]
		last.code, last.labels = last.code+code, append(last.labels, at)
	}
	for i, p := range l.parts {
		if i > 0 {
			between := label{}
			if last := l.parts[i-1].Last(); p.First() == last+2 {
				between.number = last + 1
			}
			add("\n", between, false)
		}
		from, to := 0, 0
		if l.fold == "" {
			from, to = p.Comment()
		}
		for j, code := range slices.Collect(strings.Lines(p.Code())) {
			at := label{number: p.Lines[j].Number, links: w.links(p, p.Lines[j].Number, seen)}
			if j == 0 && i > 0 {
				at.id = w.prefix + p.id
			}
			add(code, at, from <= j && j < to)
		}
	}
	return runs
}

// links are those of one line of a listing, in which the addresses seen are linked
// already. What a part declares needs none to itself.
func (w *weaver) links(p part, line int, seen map[string]bool) (links []link) {
	for _, use := range w.book.tree.Uses(p.File)[line] {
		href := ""
		if at := w.book.where(use.Name); at != nil && (at.page != w.page || at.anchor != p.id) {
			href = address(w.page, at.page, at.anchor, w.prefix)
		} else if at == nil && !use.Name.Test {
			href = w.book.sourceHref(use.Name.File, fmt.Sprint(use.Name.Line))
		}
		if href != "" {
			links = append(links, link{use.From - p.Shared(), use.To - p.Shared(), href, seen[href]})
			seen[href] = true
		}
	}
	return links
}

// exercise writes a task, and folded under it a hint and the solution.
func (w *weaver) exercise(out util.BufWriter, l *listed) {
	e := l.task
	file := e.Chapter + "/" + exercise.StubFile
	test, _, _ := strings.Cut(e.Test, "_")
	fmt.Fprintf(out, "<section class=\"exercise\" id=\"%s\" data-chapter=\"%s\" data-number=\"%s\">\n<h3>Exercise %s · %s</h3>\n%s",
		html.EscapeString(w.prefix+l.id), html.EscapeString(e.Chapter), html.EscapeString(e.Number), html.EscapeString(e.Number), html.EscapeString(e.Title), goDoc(e.Task))
	_, _ = out.WriteString(highlight("go", signature(e.Stub), unlabelled))
	fmt.Fprintf(out, "<p class=\"how\">Write it in <a href=\"%s\">%s</a>, then check it:</p>\n%s",
		html.EscapeString(w.book.sourceHref(file, "")), html.EscapeString(file),
		highlight("", fmt.Sprintf("go test -run '%s_' ./%s", test, e.Chapter), unlabelled))
	for i, hint := range e.Hints {
		fmt.Fprintf(out, "<details><summary>%s</summary>\n%s</details>\n", []string{"Hint", "A second hint", "A third hint"}[i], w.aside(l, hint))
	}
	fmt.Fprintf(out, "<details><summary>Solution</summary>\n%s</details>\n</section>\n", highlight("go", e.Solution, unlabelled))
}

// aside renders Markdown that is not in the page's own file.
func (w *weaver) aside(l *listed, src string) string {
	p := &page{file: w.page.file, chapter: w.page.chapter, source: []byte(src), ids: w.page.ids}
	p.root = markdown("", nil).Parser().Parse(text.NewReader(p.source))
	before := len(w.book.Problems)
	html := w.book.body(p, w.prefix)
	for i := before; i < len(w.book.Problems); i++ {
		at := w.book.Problems[i].Line
		w.book.Problems[i] = Problem{l.task.Dir() + "/hint.md", at, w.book.Problems[i].Text}
	}
	return html
}

// signature is a stub without its comment, which the page shows as prose.
func signature(stub string) string {
	lines := strings.Split(stub, "\n")
	for len(lines) > 1 && strings.HasPrefix(lines[0], "//") {
		lines = lines[1:]
	}
	return strings.Join(lines, "\n")
}

// goDoc renders the text of a doc comment.
func goDoc(s string) string {
	var parser comment.Parser
	printer := comment.Printer{HeadingLevel: 4}
	return string(bytes.ReplaceAll(printer.HTML(parser.Parse(s)), []byte("<pre>"), []byte(`<pre class="code">`)))
}
