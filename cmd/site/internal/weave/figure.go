package weave

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"

	"github.com/llm-from-scratch/llm/cmd/site/internal/source"
	"github.com/llm-from-scratch/llm/cmd/site/internal/spell"
)

// image makes a picture, an SVG file, part of the page, so that the page's theme
// colours it. Its title in the Markdown is its caption, and its place on the page its
// number.
func (w *weaver) image(out util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	image := n.(*ast.Image)
	alt, caption, dest := plain(n, src), strings.TrimSpace(string(image.Title)), string(image.Destination)
	if strings.TrimSpace(alt) == "" {
		w.problem(n, "picture %s needs a text in its brackets for those who cannot see it", dest)
	}
	if caption == "" || n.Parent().ChildCount() > 1 {
		w.problem(n, `picture %s needs a paragraph of its own and a caption: ![…](%s "What to see in it.")`, dest, dest)
	}
	file := path.Join(path.Dir(w.page.file), dest)
	data, err := w.book.read(file)
	if err != nil {
		w.problem(n, "no picture %s%s", file, spell.Suggest(file, source.Paths(w.book.root)))
		return ast.WalkSkipChildren, nil
	}
	picture, err := inline(data, alt)
	if err = cmp.Or(forbidden(data), err); err != nil {
		w.problem(n, "picture %s %v", file, err)
	}
	w.figures++
	fmt.Fprintf(out, "<figure class=\"picture\"%s>\n%s\n<figcaption><b>%s</b> %s</figcaption>\n</figure>\n",
		w.attribute(n.Parent()), picture, w.page.figure(w.figures), html.EscapeString(caption))
	return ast.WalkSkipChildren, nil
}

// figure is what the nth picture of a page is called: only chapters and appendices
// have a number of their own.
func (p *page) figure(n int) string {
	if p.number == "" || p.branch != "" {
		return fmt.Sprintf("Figure %d", n)
	}
	return fmt.Sprintf("Figure %s.%d", p.number, n)
}

var (
	svgStyle = regexp.MustCompile(`(?s)<style.*?</style>\s*`)
	svgOwn   = regexp.MustCompile(` (xmlns|aria-label)="[^"]*"`) // on the outermost tag
)

// inline is an SVG file without what only a file of its own needs, its style
// sheet among that: the page styles the same classes.
func inline(svg []byte, alt string) (string, error) {
	_, inside, found := strings.Cut(svgStyle.ReplaceAllString(string(svg), ""), "<svg")
	if !found {
		return "", errors.New("is no SVG file")
	}
	tag, inside, _ := strings.Cut(inside, ">")
	return fmt.Sprintf(`<svg aria-label="%s"%s>%s`, html.EscapeString(alt), svgOwn.ReplaceAllString(tag, ""), strings.TrimRight(inside, "\n")), nil
}

// On a phone of 390 pixels a picture is shown phoneWidth wide, and letters can be read
// from letterHeight on, which is that of .fig-small.
const (
	phoneWidth   = 354
	letterHeight = 11.0
)

// forbidden says what is wrong with an SVG file: it is not well-formed, does not fit
// the page, or holds a script or inline style, which the page's security policy
// would drop silently.
func forbidden(svg []byte) error {
	d := xml.NewDecoder(bytes.NewReader(svg))
	wide, least := 0.0, math.Inf(1)
	for {
		t, err := d.Token()
		if shown := least * min(1, phoneWidth/wide); errors.Is(err, io.EOF) && shown < letterHeight {
			return fmt.Errorf("does not fit: %g pixels wide, it has letters of %.2f on a phone, and at least %g can be read", wide, shown, letterHeight)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("is not well-formed: %w", err)
		}
		e, _ := t.(xml.StartElement)
		if e.Name.Local == "script" {
			return errors.New("holds a script")
		}
		for _, a := range e.Attr {
			switch size, _ := strconv.ParseFloat(strings.TrimSuffix(a.Value, "px"), 64); {
			case e.Name.Local == "svg" && a.Name.Local == "width":
				wide = size
			case a.Name.Local == "font-size":
				least = min(least, size)
			case e.Name.Local == "text" && strings.Contains(a.Value, "fig-small"):
				least = min(least, letterHeight)
			case e.Name.Local == "text" && strings.Contains(a.Value, "fig-text"):
				least = min(least, 13)
			}
			if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") {
				return fmt.Errorf("has in <%s> the attribute %s, which the page's security policy forbids", e.Name.Local, a.Name.Local)
			}
		}
	}
}
