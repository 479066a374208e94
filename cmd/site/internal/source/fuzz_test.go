package source

import (
	"go/token"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever a Go file holds, it is refused with its place or every declaration can
// be listed.
func FuzzSource(f *testing.F) {
	for _, seed := range []string{layer, layerTest, "package a", "", "package a\nfunc {", "package a\n\nfunc F()", "package a; func F() { // x\n}", "package a\n//line b.go:99\nvar X = 1\n",
		"package a\nfunc ExampleX() {\n// Output:\n}", "package a\nfunc F() {\n\n// A\n\n// A\n}\n", "package a\nfunc () F() {}", "package a\nfunc (int) F() {}\ntype (A, B int)", "\xff", "package a\r\nvar (\r\n)\r\n", "package a\nvar X = `\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, name := range []string{"ch01_a/a.go", "ch01_a/a_test.go"} {
			file, err := parseSource(token.NewFileSet(), src, name)
			if err != nil {
				require.Contains(t, err.Error(), name+":")
				continue
			}
			tree := &Tree{Files: map[string]*File{name: file}, packages: map[string]*Package{}}
			tree.declare(file)
			for symbol := range tree.packages["ch01_a"].Names {
				list, err := tree.Listing(name, symbol)
				if err == nil && len(list.Lines) > 0 {
					require.LessOrEqual(t, list.First(), list.Last())
					require.LessOrEqual(t, list.Last(), len(file.Lines))
					require.GreaterOrEqual(t, strings.Count(list.Code(), "\n"), len(list.Lines))
				}
			}
			_, _ = tree.Listing(name, "package")
			for _, n := range file.Demands() {
				require.LessOrEqual(t, n, len(file.Lines))
			}
		}
	})
}
