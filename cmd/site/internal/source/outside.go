package source

import (
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Outside is the package that some file of the module imports under this name, or
// else that Go's library has. Nil means that there is none or that its source is not
// at hand; then nothing can be said about its names.
func (t *Tree) Outside(name string) *Package {
	p, ok := t.outside[name]
	if !ok {
		p = t.readOutside(name)
		t.outside[name] = p
	}
	return p
}

func (t *Tree) readOutside(name string) *Package {
	for _, dir := range t.outsideDirs()[name] {
		p := &Package{Dir: dir, Name: name, Names: map[string]Name{}}
		files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
		for _, file := range files {
			if f, err := parse(token.NewFileSet(), file, ""); err == nil && f.Package() == name && !strings.HasSuffix(file, "_test.go") {
				p.add(f)
			}
		}
		if len(p.Names) > 0 {
			return p
		}
	}
	return nil
}

// listOutside asks the go command for the name and the directory of each package
// outside the module: of those that it imports first.
func (t *Tree) listOutside() map[string][]string {
	var paths []string
	for _, f := range t.Files {
		paths = append(paths, slices.DeleteFunc(f.Imports(), func(p string) bool { return strings.HasPrefix(p, t.Module) })...)
	}
	slices.Sort(paths)
	args := append([]string{"list", "-e", "-find", "-f", "{{.Name}}\t{{.Dir}}"}, append(slices.Compact(paths), "std")...)
	cmd := exec.Command("go", args...)
	cmd.Dir = t.Root
	out, _ := cmd.Output() // what it cannot find is not listed
	dirs := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		name, dir, _ := strings.Cut(strings.TrimSpace(line), "\t")
		dirs[name] = append(dirs[name], dir)
	}
	return dirs
}
