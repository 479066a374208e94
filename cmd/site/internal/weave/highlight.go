package weave

import (
	"fmt"
	"html"
	"path/filepath"
	"strings"
	"sync"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"

	"github.com/llm-from-scratch/llm/cmd/site/internal/layout"
)

// A label is the number shown before a line, and its id; 0 and "" for none.
type label struct {
	number int
	id     string
	links  []link // of its names, in order
}

// A link leads from some bytes of a line to where their name is defined. The tab key
// passes over one that repeats another of the listing.
type link struct {
	from, to int
	href     string
	repeated bool
}

func unlabelled(int) label { return label{} }

// highlight writes code as one span a line. The numbers are not part of the
// text, so that copying takes only the code.
func highlight(language, code string, labelled func(i int) label) string {
	var b strings.Builder
	b.WriteString(`<pre class="code"><code>`)
	for i, line := range coloured(language, code) {
		b.WriteString(`<span class="line"`)
		l := labelled(i)
		if l.number > 0 {
			fmt.Fprintf(&b, ` data-n="%d"`, l.number)
		}
		if l.id != "" {
			fmt.Fprintf(&b, ` id="%s"`, html.EscapeString(l.id))
		}
		b.WriteString(">")
		at := 0
		for _, t := range line {
			class := chroma.StandardTypes[t.Type]
			visible := class != "" && strings.TrimSpace(t.Value) != "" && t.Type != chroma.Punctuation && t.Type != chroma.NameOther
			if visible {
				fmt.Fprintf(&b, `<span class="%s">`, class)
			}
			linked(&b, t.Value, at, l.links)
			if visible {
				b.WriteString("</span>")
			}
			at += len(t.Value)
		}
		b.WriteString("</span>")
	}
	b.WriteString("</code></pre>\n")
	return b.String()
}

// linked writes the piece of a line that begins at byte at, with the links that lie in it.
func linked(b *strings.Builder, text string, at int, links []link) {
	done := 0
	for _, l := range links {
		from, to := l.from-at, l.to-at
		if from < done || to > len(text) {
			continue
		}
		b.WriteString(html.EscapeString(text[done:from]))
		fmt.Fprintf(b, `<a class="id" href="%s"`, html.EscapeString(l.href))
		if l.repeated {
			b.WriteString(` tabindex="-1"`)
		}
		b.WriteString(">" + html.EscapeString(text[from:to]) + "</a>")
		done = to
	}
	b.WriteString(html.EscapeString(text[done:]))
}

// colours has what was coloured before: a page that is being written is woven again
// after every change, and a day of that fills a few megabytes.
var colours sync.Map

// coloured are the tokens of each line.
func coloured(language, code string) [][]chroma.Token {
	key := language + "\n" + code
	lines, ok := colours.Load(key)
	if !ok {
		lines = chroma.SplitTokensIntoLines(tokens(language, code))
		colours.Store(key, lines)
	}
	return lines.([][]chroma.Token)
}

// tokens cuts code into coloured pieces; a language nobody knows is plain text,
// and so is a shell's: in the book's commands it has nothing of use to colour.
func tokens(language, code string) []chroma.Token {
	code = strings.TrimRight(code, "\n") + "\n"
	lexer := lexers.Get(language)
	if lexer == nil || language == "sh" || language == "console" || language == "bash" {
		return []chroma.Token{{Type: chroma.Text, Value: code}}
	}
	iterator, err := chroma.Coalesce(lexer).Tokenise(nil, code)
	if err != nil {
		return []chroma.Token{{Type: chroma.Text, Value: code}}
	}
	return iterator.Tokens()
}

// sourcePage shows a whole file of the repository, each line with an id.
func (b *Book) sourcePage(name, file string) func() []byte {
	return sync.OnceValue(func() []byte {
		data, err := b.read(file)
		body := "<h1 class=\"file\">" + html.EscapeString(file) + "</h1>\n"
		switch {
		case err != nil:
			body += "<p>It cannot be read any more.</p>"
		case len(data) > 1<<20:
			body += "<p>It is too long to show here.</p>"
		default:
			language := map[string]string{".go": "go", ".json": "json"}[filepath.Ext(file)]
			code := strings.ReplaceAll(strings.ToValidUTF8(string(data), "\uFFFD"), "\r\n", "\n")
			body += `<div class="listing whole">` + highlight(language, code, func(i int) label { return label{number: i + 1, id: fmt.Sprint("L", i+1)} }) + "</div>"
		}
		return b.page(name, layout.Page{Title: file, Body: body, Contents: b.contents(nil, "")})()
	})
}
