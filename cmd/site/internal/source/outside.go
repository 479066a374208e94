package source

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// Outside is the package that some file of the module imports under this name,
// or that Go's library has at a path ending in it. Nil means that there is none
// or that its source is not at hand; then nothing can be said about its names.
func (t *Tree) Outside(name string) *Package {
	if p, ok := t.outside[name]; ok {
		return p
	}
	p := t.readOutside(name)
	t.outside[name] = p
	return p
}

func (t *Tree) readOutside(name string) *Package {
	for _, importPath := range t.importsNamed(name) {
		dir := filepath.Join(goroot(), "src", filepath.FromSlash(importPath))
		if strings.Contains(strings.SplitN(importPath, "/", 2)[0], ".") {
			dir = goList(t.Root, importPath)
		}
		if p := readDir(dir, name); p != nil {
			return p
		}
	}
	return nil
}

// importsNamed are the import paths outside the module that end in name, the
// ones that the module uses before the ones that Go merely has.
func (t *Tree) importsNamed(name string) []string {
	seen := map[string]bool{}
	var paths []string
	add := func(p string) {
		base := path.Base(p)
		if len(base) > 1 && base[0] == 'v' && base[1] >= '0' && base[1] <= '9' { // math/rand/v2
			base = path.Base(path.Dir(p))
		}
		if base == name && !seen[p] && !strings.HasPrefix(p, t.Module) {
			seen[p] = true
			paths = append(paths, p)
		}
	}
	for _, f := range t.Files {
		for _, p := range f.Imports() {
			add(p)
		}
	}
	for _, prefix := range []string{"", "encoding/", "math/", "text/", "go/", "net/", "io/", "path/", "os/", "unicode/", "container/", "sync/", "runtime/", "html/", "log/", "hash/", "crypto/", "compress/"} {
		add(prefix + name)
	}
	return paths
}

func readDir(dir, name string) *Package {
	entries, err := os.ReadDir(dir)
	if dir == "" || err != nil {
		return nil
	}
	p := &Package{Dir: dir, Name: name, Names: map[string]Name{}}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, parser.SkipObjectResolution)
		if err == nil && file.Name.Name == name {
			p.add(file, "", false)
		}
	}
	if len(p.Names) == 0 {
		return nil
	}
	return p
}

var gorootDir string

func goroot() string {
	if gorootDir == "" {
		if out, err := exec.Command("go", "env", "GOROOT").Output(); err == nil {
			gorootDir = strings.TrimSpace(string(out))
		}
	}
	return gorootDir
}

// goList asks the go command where a library's package lies.
func goList(root, importPath string) string {
	cmd := exec.Command("go", "list", "-f", "{{.Dir}}", importPath)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
