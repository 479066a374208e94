package weave

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown is goldmark as the book uses it. The prefix goes before the ids of
// footnotes, so that several pages can share one.
func markdown(prefix string, nodes renderer.NodeRenderer) goldmark.Markdown {
	options := []goldmark.Option{
		goldmark.WithExtensions(
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			extension.Strikethrough, extension.Linkify,
			extension.NewFootnote(extension.WithFootnoteIDPrefix(prefix)),
		),
		goldmark.WithParserOptions(
			parser.WithAutoHeadingID(),
			parser.WithInlineParsers(util.Prioritized(mathParser{}, 90)),
		),
	}
	if nodes != nil {
		options = append(options, goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(nodes, 100))))
	}
	return goldmark.New(options...)
}

// parse fills in the tree and the headings of a page.
func (p *page) parse() {
	context := parser.NewContext(parser.WithIDs(&githubIDs{p.ids}))
	p.root = markdown("", nil).Parser().Parse(text.NewReader(p.source), parser.WithContext(context))
	_ = ast.Walk(p.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && entering {
			p.heads = append(p.heads, head{h.Level, id(n, ""), plain(n, p.source)})
		} else if entering {
			p.identify(n)
		}
		return ast.WalkContinue, nil
	})
	p.title = p.name
	if len(p.heads) > 0 {
		p.title = p.heads[0].text
	}
}

// plain is the text of a node without its markup.
func plain(n ast.Node, src []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.Write(n.Segment.Value(src))
			if n.SoftLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *mathNode:
			b.WriteString(n.tex)
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// line is the line of the page's file on which a node begins.
func (p *page) line(n ast.Node) int {
	for ; n != nil; n = n.Parent() {
		if at := offset(n); at >= 0 {
			return 1 + bytes.Count(p.source[:min(at, len(p.source))], []byte("\n"))
		}
	}
	return 1
}

func offset(n ast.Node) int {
	if m, ok := n.(*mathNode); ok {
		return m.at
	}
	if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
		return n.Lines().At(0).Start
	}
	if t, ok := n.(*ast.Text); ok {
		return t.Segment.Start
	}
	if n.FirstChild() != nil {
		return offset(n.FirstChild())
	}
	return -1
}

// githubIDs names headings as GitHub does, so that a link works there and here.
type githubIDs struct{ used map[string]bool }

// Generate implements parser.IDs.
func (g *githubIDs) Generate(value []byte, _ ast.NodeKind) []byte {
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimSpace(string(value))) {
		switch {
		case r == ' ' || r == '\t':
			b.WriteByte('-')
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
			b.WriteRune(r)
		}
	}
	id := b.String()
	for n := 1; g.used[id]; n++ {
		id = fmt.Sprintf("%s-%d", b.String(), n)
	}
	g.used[id] = true
	return []byte(id)
}

// Put implements parser.IDs.
func (g *githubIDs) Put(value []byte) { g.used[string(value)] = true }

// A mathNode is an inline formula: $`x`$.
type mathNode struct {
	ast.BaseInline
	tex string
	at  int
}

var kindMath = ast.NewNodeKind("Math")

// Kind implements ast.Node.
func (n *mathNode) Kind() ast.NodeKind { return kindMath }

// Dump implements ast.Node.
func (n *mathNode) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// mathParser reads $`x`$, GitHub's form that prices do not trip.
type mathParser struct{}

// Trigger implements parser.InlineParser.
func (mathParser) Trigger() []byte { return []byte{'$'} }

// Parse implements parser.InlineParser. A formula may go on over line ends, but
// not out of its paragraph.
func (mathParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	if !bytes.HasPrefix(line, []byte("$`")) {
		return nil
	}
	saved, position := block.Position()
	block.Advance(2)
	var tex bytes.Buffer
	for {
		line, _ := block.PeekLine()
		if line == nil {
			block.SetPosition(saved, position)
			return nil
		}
		if i := bytes.Index(line, []byte("`$")); i >= 0 {
			tex.Write(line[:i])
			block.Advance(i + 2)
			return &mathNode{tex: tex.String(), at: segment.Start}
		}
		tex.Write(line)
		block.AdvanceLine()
	}
}
