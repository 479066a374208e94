package source

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/llm-from-scratch/llm/cmd/site/internal/spell"
)

// A part of a function is a paragraph opened by an ordinary comment, or what a
// mark line names; it reaches to the next part that is indented no deeper.
type part struct {
	name     string
	from, to int
	depth    int
}

// markPrefix begins a line that opens a part where no comment does.
const markPrefix = "//book:step "

func isMark(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), markPrefix) }

// parts are the parts of a function in order; the first is "signature", which
// is everything before the first other part.
func (f *File) parts(fn *ast.FuncDecl) []part {
	first, last := f.extent(fn)
	list := []part{{"signature", first, last, 0}}
	if fn.Body == nil {
		return list
	}
	for n := f.line(fn.Body.Lbrace) + 1; n < last; n++ {
		if name, ok := f.opensPart(n); ok {
			list = append(list, part{name, n, last, indent(f.Lines[n-1])})
		}
	}
	for i := range list {
		p := &list[i]
		for _, next := range list[i+1:] {
			if i == 0 || next.depth <= p.depth {
				p.to = next.from - 1
				break
			}
		}
		if p.depth > 1 {
			p.to = f.blockEnd(p.from, p.to, p.depth)
		}
	}
	return list
}

// opensPart reports whether line n opens a paragraph with a comment, and names
// the part after it: all words of the comment, up to the first line of code.
func (f *File) opensPart(n int) (string, bool) {
	text := strings.TrimSpace(f.Lines[n-1])
	if isMark(text) {
		return Slug(strings.TrimPrefix(text, markPrefix)), true
	}
	before := strings.TrimSpace(f.Lines[n-2])
	if !strings.HasPrefix(text, "//") || before != "" && !strings.HasSuffix(before, "{") || isMark(before) {
		return "", false
	}
	var words []string
	for ; n <= len(f.Lines); n++ {
		comment, ok := strings.CutPrefix(strings.TrimSpace(f.Lines[n-1]), "//")
		if !ok {
			break
		}
		words = append(words, comment)
	}
	return Slug(strings.Join(words, " ")), true
}

// blockEnd shortens from..to so that it ends with the block the part is in.
func (f *File) blockEnd(from, to, depth int) int {
	for n := from; n <= to; n++ {
		if text := f.Lines[n-1]; strings.TrimSpace(text) != "" && indent(text) < depth {
			return n - 1
		}
	}
	return to
}

// part finds a part by its name or by an unambiguous beginning of it.
func (f *File) part(fn *ast.FuncDecl, symbol, want string) (Listing, error) {
	var names []string
	var found []part
	for _, p := range f.parts(fn) {
		names = append(names, p.name)
		if p.name == want {
			found = []part{p}
			break
		}
		if strings.HasPrefix(p.name, want+"-") {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 0:
		if near := spell.Nearest(want, slices.Values(names)); near != "" {
			return Listing{}, fmt.Errorf("%s has no part %q; is %q meant?", fn.Name.Name, want, near)
		}
		return Listing{}, fmt.Errorf("%s has no part %q; it has %s", fn.Name.Name, want, strings.Join(names, ", "))
	case 1:
		return Listing{File: f.Path, Symbol: symbol, Lines: f.lines(found[0].from, found[0].to)}, nil
	}
	return Listing{}, fmt.Errorf("%s has several parts that begin with %q: give more words", fn.Name.Name, want)
}

// outputs begins the comment that says what an example prints.
var outputs = regexp.MustCompile(`(?i)^(unordered )?output:[ \t]*`)

// example is the body of an example without its output comment, which becomes
// the output.
func (f *File) example(fn *ast.FuncDecl) (Listing, error) {
	list := Listing{File: f.Path, Symbol: fn.Name.Name}
	if fn.Body == nil {
		return list, fmt.Errorf("%s has no body", fn.Name.Name)
	}
	for _, c := range slices.Backward(f.ast.Comments) {
		opening := outputs.FindString(c.Text())
		if opening == "" || c.Pos() < fn.Body.Lbrace || c.End() > fn.Body.Rbrace {
			continue
		}
		list.Output = strings.Trim(c.Text()[len(opening):], "\n")
		list.Lines = f.lines(f.line(fn.Body.Lbrace)+1, f.line(c.Pos())-1)
		if len(list.Lines) == 0 {
			return list, fmt.Errorf("%s prints nothing: its body is empty", fn.Name.Name)
		}
		return list, nil
	}
	return list, fmt.Errorf("%s has no // Output: comment, so nothing verifies it", fn.Name.Name)
}

// Slug is the words of s in lower case with dashes between them.
func Slug(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "-")
}
