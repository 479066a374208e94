package weave

import (
	"bytes"
	"fmt"
	"go/doc/comment"
	"html"
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
	list := l.listing
	href := w.book.sourceHref(list.File, fmt.Sprint(list.First()))
	symbol, _, _ := strings.Cut(list.Symbol, ":")
	where := fmt.Sprintf("lines %d–%d", list.First(), list.Last())
	if list.First() == list.Last() {
		where = fmt.Sprintf("line %d", list.First())
	}
	fmt.Fprintf(out, "<figure class=\"listing\" id=\"%s\">\n<figcaption><a href=\"%s\">%s</a> · %s · %s</figcaption>\n",
		html.EscapeString(w.prefix+l.id), html.EscapeString(href), html.EscapeString(list.File), html.EscapeString(symbol), where)
	_, _ = out.WriteString(highlight("go", list.Code(), func(i int) int { return list.Lines[min(i, len(list.Lines)-1)].Number }, ""))
	if list.Output != "" {
		fmt.Fprintf(out, "<p class=\"output-label\">prints</p>\n<pre class=\"output\"><samp>%s</samp></pre>\n", html.EscapeString(list.Output))
	}
	_, _ = out.WriteString("</figure>\n")
}

// exercise writes a task, and folded under it a hint and the solution.
func (w *weaver) exercise(out util.BufWriter, l *listed) {
	e := l.task
	file := e.Chapter + "/" + exercise.StubFile
	test, _, _ := strings.Cut(e.Test, "_")
	fmt.Fprintf(out, "<section class=\"exercise\" id=\"%s\">\n<h3>Exercise %s · %s</h3>\n%s",
		html.EscapeString(w.prefix+l.id), html.EscapeString(e.Number), html.EscapeString(e.Title), goDoc(e.Task))
	_, _ = out.WriteString(highlight("go", signature(e.Stub), unnumbered, ""))
	fmt.Fprintf(out, "<p class=\"how\">Write it in <a href=\"%s\">%s</a>, then check it:</p>\n%s",
		html.EscapeString(w.book.sourceHref(file, "")), html.EscapeString(file),
		highlight("", fmt.Sprintf("go test -run '%s_' ./%s", test, e.Chapter), unnumbered, ""))
	fmt.Fprintf(out, "<details><summary>Hint</summary>\n%s</details>\n", w.aside(l, e.Hint))
	fmt.Fprintf(out, "<details><summary>Solution</summary>\n%s</details>\n</section>\n", highlight("go", e.Solution, unnumbered, ""))
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
