// Package layout is the look of the book: the frame of a page, one style sheet,
// and the few lines of script that a reader may do without.
package layout

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
)

//go:embed page.html assets
var files embed.FS

var frame = template.Must(template.ParseFS(files, "page.html"))

// Policy is what a page may load: what belongs to the site. Each page says so itself,
// wherever a copy of it lies.
const Policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'"

// A Link is an address and what it is called.
type Link struct{ Href, Text string }

// An Entry is a page in the contents, with its sections.
type Entry struct {
	Link
	Number   string // of a chapter, the letter of an appendix, + for a branch
	Current  bool
	Sections []Link
}

// A Page is what differs from one page to the next. Addresses are relative to
// the site's top, and Up leads there from the page, so that a copy of the site
// works wherever it lies.
type Page struct {
	Book, Title, Up string
	Eyebrow         string // over the title: Chapter 3
	Front           bool   // the page that lists the sections of all chapters
	Body            string
	Contents        []Entry
	Previous, Next  *Link
	Live            bool
	Problems        []string
}

// Render is the page as HTML.
func (p Page) Render() []byte {
	var b bytes.Buffer
	data := struct {
		Page
		Body   template.HTML
		Policy string
	}{p, template.HTML(p.Body), Policy} // the weaver escapes what it writes
	if err := frame.Execute(&b, data); err != nil {
		panic("layout: " + err.Error())
	}
	return b.Bytes()
}

// Assets are the style sheet and the scripts, by address.
func Assets() map[string][]byte {
	assets := map[string][]byte{}
	names, _ := fs.Glob(files, "assets/*") // only a bad pattern is an error
	for _, name := range names {
		assets[name], _ = files.ReadFile(name) // which is in memory
	}
	return assets
}
