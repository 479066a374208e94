package source

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Fields, methods and names of other packages are found by their types, however they
// are reached; what only looks like a name of the package is none.
func TestUses(t *testing.T) {
	tr := tree(t, map[string]string{
		"a/a.go":      "package a\n\nimport \"strings\"\n\ntype T struct{ N int }\n\nfunc (t T) M() int { return t.N }\n\ntype G[E any] struct{ E E }\n\nfunc (g G[E]) Get() E { return g.E }\n\nvar _ = strings.Repeat\n\nfunc broken() { return undefined.N }\n",
		"b/b.go":      "package b\n\nimport (\n\t\"example.org/toy/a\"\n)\n\ntype U struct{ a.T }\n\nfunc F(M int) int {\n\tu, g := U{T: a.T{N: 1}}, a.G[int]{E: 1}\n\treturn M + u.N + u.M() + g.Get() + g.E\n}\n",
		"b/x_test.go": "package b_test\n\nimport \"example.org/toy/b\"\n\nvar x = b.F(1)\n",
		"b/y_test.go": "package b\n\nvar y = F(U{}.N)\n",
	})
	uses := func(file string, line int) (list []string) {
		text := tr.Files[file].Lines[line-1]
		for _, u := range tr.Uses(file)[line] {
			list = append(list, text[u.From:u.To]+" "+u.Name.File+":"+u.Name.Symbol)
		}
		return list
	}
	require.Equal(t, []string{"T a/a.go:T", "N a/a.go:T"}, uses("a/a.go", 7))
	require.Equal(t, []string{"G a/a.go:G", "E a/a.go:G"}, uses("a/a.go", 11))
	require.Equal(t, []string{"U b/b.go:U", "T b/b.go:U", "T a/a.go:T", "N a/a.go:T", "G a/a.go:G", "E a/a.go:G"}, uses("b/b.go", 10))
	require.Equal(t, []string{"N a/a.go:T", "M a/a.go:T.M", "Get a/a.go:G.Get", "E a/a.go:G"}, uses("b/b.go", 11), "the argument M is none")
	require.Equal(t, []string{"F b/b.go:F"}, uses("b/x_test.go", 5))
	require.Equal(t, []string{"F b/b.go:F", "U b/b.go:U", "N a/a.go:T"}, uses("b/y_test.go", 3))
	require.Nil(t, tr.Uses("nosuch.go"))
}

// The rest of a long comment begins behind its first sentence, and behind the formula
// that this line announces.
func TestComment(t *testing.T) {
	for comment, want := range map[string][2]int{
		"// A is.\n// B.\n// C.":                              {0, 0},
		"// A\n// is. B\n// C.\n// D.":                        {2, 4},
		"// A is v1.2 and\n// so on.\n//\n// C.":              {2, 4},
		"// A\n// is\n// long.\n// B.":                        {0, 0},
		"// A is. In short:\n//\n//\ta = b\n//\n// C.\n// D.": {4, 6},
		"// A is. In short:\n//\n//\ta = b":                   {0, 0},
	} {
		l := Listing{}
		for i, text := range strings.Split(comment+"\nvar A int", "\n") {
			l.Lines = append(l.Lines, Line{i + 1, text})
		}
		from, to := l.Comment()
		require.Equal(t, want, [2]int{from, to}, comment)
	}
}
