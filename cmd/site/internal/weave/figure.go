package weave

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"

	"github.com/llm-from-scratch/llm/cmd/site/internal/source"
)

// image sets a picture into the page. SVG becomes part of it, so that the
// page's theme colours it; others are files of the site.
func (w *weaver) image(out util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	image := n.(*ast.Image)
	alt, dest := plain(n, src), string(image.Destination)
	if strings.TrimSpace(alt) == "" {
		w.problem(n, "picture %s needs a text in its brackets for those who cannot see it", dest)
	}
	file := path.Join(path.Dir(w.page.file), dest)
	data, err := os.ReadFile(filepath.Join(w.book.root, filepath.FromSlash(file)))
	if err != nil || strings.Contains(dest, "://") || strings.HasPrefix(file, "..") {
		w.problem(n, "no picture %s%s", file, source.Suggest(file, w.book.allFiles()))
		return ast.WalkSkipChildren, nil
	}
	picture := fmt.Sprintf(`<img src="%s" alt="%s">`, html.EscapeString(dest), html.EscapeString(alt))
	if strings.HasSuffix(file, ".svg") {
		if picture, err = inline(data, alt); err != nil {
			w.problem(n, "picture %s: %v", file, err)
		}
	} else {
		w.book.Files[dest] = func() []byte { return data }
	}
	if n.Parent().ChildCount() > 1 {
		_, _ = out.WriteString(picture)
		return ast.WalkSkipChildren, nil
	}
	caption := ""
	if len(image.Title) > 0 {
		caption = "<figcaption>" + html.EscapeString(string(image.Title)) + "</figcaption>\n"
	}
	fmt.Fprintf(out, "<figure class=\"picture\">\n%s\n%s</figure>\n", picture, caption)
	return ast.WalkSkipChildren, nil
}

// inline is an SVG file without what only a file of its own needs, its style
// sheet among that: the page styles the same classes. Script and inline style
// are errors, for the page's security policy would drop them silently.
func inline(svg []byte, alt string) (string, error) {
	d := xml.NewDecoder(bytes.NewReader(svg))
	var b strings.Builder
	skip := 0
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local == "style" || skip > 0 {
				skip++
				continue
			}
			if t.Name.Local == "script" {
				return "", errors.New("it holds a script")
			}
			if err := open(&b, t, alt); err != nil {
				return "", err
			}
		case xml.EndElement:
			if skip > 0 {
				skip--
				continue
			}
			fmt.Fprintf(&b, "</%s>", t.Name.Local)
		case xml.CharData:
			if skip == 0 {
				b.WriteString(html.EscapeString(string(t)))
			}
		}
	}
	return strings.TrimSpace(b.String()), nil
}

// open writes one start tag; the outermost gets the text of the picture.
func open(b *strings.Builder, t xml.StartElement, alt string) error {
	fmt.Fprintf(b, "<%s", t.Name.Local)
	for _, a := range t.Attr {
		name := a.Name.Local
		if a.Name.Space != "" {
			name = a.Name.Space + ":" + name
		}
		if name == "style" || strings.HasPrefix(name, "on") {
			return fmt.Errorf("<%s> has the attribute %s, which the page's security policy forbids", t.Name.Local, name)
		}
		if name == "aria-label" || name == "xmlns" && t.Name.Local == "svg" {
			continue
		}
		fmt.Fprintf(b, ` %s="%s"`, name, html.EscapeString(a.Value))
	}
	if t.Name.Local == "svg" {
		fmt.Fprintf(b, ` aria-label="%s"`, html.EscapeString(alt))
	}
	b.WriteString(">")
	return nil
}
