package source

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"
)

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
