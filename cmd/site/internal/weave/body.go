package weave

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"github.com/llm-from-scratch/llm/cmd/site/internal/tex"
)

// body is the page's HTML. The prefix goes before every id, so that several
// pages can share one file.
func (b *Book) body(p *page, prefix string) string {
	var out bytes.Buffer
	w := &weaver{book: b, page: p, prefix: prefix}
	if err := markdown(prefix, w).Renderer().Render(&out, p.source, p.root); err != nil {
		b.problem(p, p.root, "%v", err)
	}
	return out.String()
}

// A weaver renders the nodes of one page that the book treats its own way.
type weaver struct {
	book    *Book
	page    *page
	prefix  string
	figures int // so far
}

// RegisterFuncs implements renderer.NodeRenderer.
func (w *weaver) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindParagraph, w.paragraph)
	r.Register(ast.KindTextBlock, w.textBlock)
	r.Register(ast.KindListItem, w.item)
	r.Register(ast.KindBlockquote, w.blockquote)
	r.Register(ast.KindHeading, w.heading)
	r.Register(ast.KindCodeSpan, w.codeSpan)
	r.Register(ast.KindLink, w.link)
	r.Register(ast.KindImage, w.image)
	r.Register(ast.KindFencedCodeBlock, w.fence)
	r.Register(ast.KindRawHTML, w.raw)
	r.Register(ast.KindHTMLBlock, w.raw)
	r.Register(extast.KindTable, w.table)
	r.Register(kindMath, w.math)
}

func (w *weaver) problem(n ast.Node, format string, args ...any) {
	w.book.problem(w.page, n, format, args...)
}

func (w *weaver) paragraph(out util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if l, ok := w.page.listed[n]; ok {
		if entering && l != nil {
			w.listing(out, l)
		}
		return ast.WalkSkipChildren, nil
	}
	if image, ok := n.FirstChild().(*ast.Image); ok && n.ChildCount() == 1 { // a picture stands on its own
		if entering {
			return w.image(out, src, image, true)
		}
		return ast.WalkContinue, nil
	}
	return tag(out, entering, "<p"+w.attribute(n)+">", "</p>\n")
}

func (w *weaver) item(out util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	return tag(out, entering, "<li"+w.attribute(n)+">", "</li>\n")
}

func (w *weaver) textBlock(out util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if _, ok := w.page.listed[n]; ok {
		return w.paragraph(out, src, n, entering)
	}
	if !entering && n.NextSibling() != nil && n.FirstChild() != nil {
		_ = out.WriteByte('\n')
	}
	return ast.WalkContinue, nil
}

// blockquote is an aside when it begins with words in bold, and else a quotation.
func (w *weaver) blockquote(out util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if n.FirstChild() != nil {
		if title, ok := n.FirstChild().FirstChild().(*ast.Emphasis); ok && title.Level == 2 {
			return tag(out, entering, "<aside class=\"note\">\n", "</aside>\n")
		}
	}
	return tag(out, entering, "<blockquote>\n", "</blockquote>\n")
}

func tag(out util.BufWriter, entering bool, open, closed string) (ast.WalkStatus, error) {
	if entering {
		_, _ = out.WriteString(open)
	} else {
		_, _ = out.WriteString(closed)
	}
	return ast.WalkContinue, nil
}

func (w *weaver) table(out util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	return tag(out, entering, "<div class=\"scroll\"><table"+w.attribute(n)+">\n", "</table></div>\n")
}

func (w *weaver) heading(out util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	h := n.(*ast.Heading)
	if !entering {
		fmt.Fprintf(out, "</h%d>\n", h.Level)
		return ast.WalkContinue, nil
	}
	fmt.Fprintf(out, `<h%d%s>`, h.Level, w.attribute(n))
	if h.Level > 1 {
		fmt.Fprintf(out, `<a class="anchor" href="#%s" aria-label="Link to this section">#</a>`, html.EscapeString(w.prefix+id(n, "")))
	}
	return ast.WalkContinue, nil
}

func (w *weaver) codeSpan(out util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	text := plain(n, src)
	code := "<code>" + html.EscapeString(text) + "</code>"
	at, err := w.book.identifier(w.page, text)
	if err != nil {
		w.problem(n, "%v", err)
	}
	if at != nil && !inside(n, ast.KindLink) && !inside(n, ast.KindHeading) {
		code = fmt.Sprintf(`<a class="name" href="%s">%s</a>`, html.EscapeString(address(w.page, at.page, at.anchor, w.prefix)), code)
	}
	_, _ = out.WriteString(code)
	return ast.WalkSkipChildren, nil
}

func inside(n ast.Node, kind ast.NodeKind) bool {
	for ; n != nil; n = n.Parent() {
		if n.Kind() == kind {
			return true
		}
	}
	return false
}

func (w *weaver) link(out util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, _ = out.WriteString("</a>")
		return ast.WalkContinue, nil
	}
	link := n.(*ast.Link)
	dest := string(link.Destination)
	if _, _, ok := sourceLink(w.page, dest); ok && link.Title != nil {
		w.problem(n, "the line %q folds nothing: the link has to stand alone in its paragraph", link.Title)
	}
	href, err := w.book.resolve(w.page, dest, w.prefix)
	if err != nil {
		w.problem(n, "%v", err)
	}
	fmt.Fprintf(out, `<a href="%s"`, html.EscapeString(string(util.URLEscape([]byte(href), false))))
	if strings.HasPrefix(dest, glossaryLink) {
		_, _ = out.WriteString(` class="term"`)
	}
	if strings.Contains(href, "://") {
		_, _ = out.WriteString(` rel="noreferrer"`)
	}
	_, _ = out.WriteString(">")
	return ast.WalkContinue, nil
}

func (w *weaver) raw(_ util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if r, ok := n.(*ast.RawHTML); ok && entering && strings.HasPrefix(string(r.Segments.Value(w.page.source)), "<!--") {
		return ast.WalkSkipChildren, nil
	}
	if h, ok := n.(*ast.HTMLBlock); ok && entering && h.HTMLBlockType == ast.HTMLBlockType2 { // a comment
		return ast.WalkSkipChildren, nil
	}
	if entering {
		w.problem(n, "HTML in the prose is not shown: write Markdown, or put <...> into code font")
	}
	return ast.WalkSkipChildren, nil
}

func (w *weaver) math(out util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		w.formula(out, n, n.(*mathNode).tex, false)
	}
	return ast.WalkSkipChildren, nil
}

func (w *weaver) formula(out util.BufWriter, n ast.Node, src string, display bool) {
	parts := []string{src}
	if display && !strings.Contains(src, `\begin`) {
		parts = strings.Split(src, `\qquad`) // side by side, or where that is too wide, under each other
	}
	xml := ""
	for _, part := range parts {
		formula, err := tex.MathML(part, display)
		if err != nil {
			w.problem(n, "formula %s: %v", strings.Join(strings.Fields(src), " "), err)
			formula = "<code>" + html.EscapeString(part) + "</code>"
		}
		xml += formula
	}
	if display {
		fmt.Fprintf(out, "<div class=\"math\">%s</div>\n", xml)
	} else {
		fmt.Fprintf(out, `<span class="math">%s</span>`, xml)
	}
}

func (w *weaver) fence(out util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	var code strings.Builder
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		code.Write(segment.Value(src))
	}
	language := string(n.(*ast.FencedCodeBlock).Language(src))
	if language == "math" {
		w.formula(out, n, code.String(), true)
		return ast.WalkSkipChildren, nil
	}
	_, _ = out.WriteString(highlight(language, code.String(), unlabelled))
	return ast.WalkSkipChildren, nil
}
