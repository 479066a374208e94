package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tree loads the files of a small module.
func tree(t *testing.T, files map[string]string) *Tree {
	t.Helper()
	root := t.TempDir()
	files["go.mod"] = "module example.org/toy\n"
	for name, content := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(content), 0o644))
	}
	tr, problems := Load(root)
	require.Empty(t, problems)
	return tr
}

const layer = `// Package layer is a toy.
package layer

import "fmt"

// The sizes.
const (
	Small = 1
	Large = 2 // not small
)

// A Layer adds.
type Layer struct {
	Bias float64
}

// Forward adds the bias.
func (l *Layer) Forward(x float64) float64 {
	return x + l.Bias
}

// Long is long.
func Long(n int) (sum int) {
	fmt.Print()

	// Add up all numbers,
	// one by one.
	for i := range n {
		// Skip the even ones.
		if i%2 == 0 {
			continue
		}
		sum += i

		// Remember the sum.
		_ = sum
	}

	sum++
	return sum
}
`

const layerTest = `package layer

func ExampleLayer() {
	l := Layer{Bias: 1}

	fmt.Println(l.Forward(2))
	// Output:
	// 3
}

func ExampleLong() {
	Long(1)
}
`

func TestListings(t *testing.T) {
	tr := tree(t, map[string]string{"ch01_layer/layer.go": layer, "ch01_layer/layer_test.go": layerTest})
	for _, test := range []struct {
		file, symbol string
		first, last  int
		begins, ends string
	}{
		{"layer.go", "package", 1, 2, "// Package layer", "package layer\n"},
		{"layer.go", "Large", 6, 10, "// The sizes.", ")\n"},
		{"layer.go", "Layer", 12, 15, "// A Layer", "}\n"},
		{"layer.go", "Layer.Forward", 17, 20, "// Forward", "}\n"},
		{"layer.go", "Long", 22, 41, "// Long", "}\n"},
		{"layer_test.go", "ExampleLayer", 4, 6, "l := Layer", "Forward(2))\n"},
	} {
		l, err := tr.Listing("ch01_layer/"+test.file, test.symbol)
		require.NoError(t, err, test.symbol)
		require.Equal(t, test.first, l.First(), test.symbol)
		require.Equal(t, test.last, l.Last(), test.symbol)
		require.True(t, strings.HasPrefix(l.Code(), test.begins), "%s: %q", test.symbol, l.Code())
		require.True(t, strings.HasSuffix(l.Code(), test.ends), "%s: %q", test.symbol, l.Code())
	}
	l, _ := tr.Listing("ch01_layer/layer_test.go", "ExampleLayer")
	require.Equal(t, "3", l.Output)
}

func TestListingErrorsHelp(t *testing.T) {
	tr := tree(t, map[string]string{"ch01_layer/layer.go": layer, "ch01_layer/layer_test.go": layerTest, "ch01_layer/other.go": "package layer\n\nfunc Elsewhere() {}\n"})
	for _, test := range []struct{ file, symbol, want string }{
		{"ch01_layer/layr.go", "Layer", "no Go file ch01_layer/layr.go; is ch01_layer/layer.go meant?"},
		{"ch01_layer/layer.go", "Layer.Froward", "declares no Layer.Froward; is Layer.Forward meant?"},
		{"ch01_layer/layer.go", "Elsewhere", "it is in ch01_layer/other.go"},
		{"ch01_layer/other.go", "package", "no comment over its package clause"},
		{"ch01_layer/layer_test.go", "ExampleLong", "no // Output: comment"},
	} {
		_, err := tr.Listing(test.file, test.symbol)
		require.ErrorContains(t, err, test.want)
	}
}

func TestDemandsAreAllButClauseImportsAndBlanks(t *testing.T) {
	tr := tree(t, map[string]string{"ch01_layer/layer.go": layer})
	demands := tr.Files["ch01_layer/layer.go"].Demands()
	require.Equal(t, []int{1, 6, 7, 8}, demands[:4])
}

func TestNamesOfGoAndLibraries(t *testing.T) {
	tr := tree(t, map[string]string{"a.go": "package a\n\nimport \"math/rand/v2\"\n\nvar _ = rand.N[int]\n"})
	require.Contains(t, tr.Outside("strings").Names, "Builder.WriteString")
	require.Contains(t, tr.Outside("rand").Names, "NewPCG", "math/rand/v2 is what the module imports")
	require.Nil(t, tr.Outside("nosuchpackage"))
}

func TestBrokenFilesAreReported(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(root, "a.go"), []byte("package a\nfunc {\n"), 0o644))
	_, problems := Load(root)
	require.Len(t, problems, 1)
	require.ErrorContains(t, problems[0], "a.go:2")
}
