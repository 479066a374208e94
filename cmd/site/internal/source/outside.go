package source

import (
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// An outside has the packages of Go and of libraries. They are read when they are named.
type outside struct {
	imports  []string
	mu       sync.Mutex
	packages map[string]*Package
	dirs     func() map[string][]string // by the names of the packages in them
}

// Outside is the package that some file of the module imports under this name, or
// else that Go's library has. Nil means that there is none or that its source is not
// at hand; then nothing can be said about its names.
func (t *Tree) Outside(name string) *Package {
	t.outside.mu.Lock()
	defer t.outside.mu.Unlock()
	p, ok := t.outside.packages[name]
	if !ok {
		p = t.outside.read(name)
		t.outside.packages[name] = p
	}
	return p
}

func (o *outside) read(name string) *Package {
	for _, dir := range o.dirs()[name] {
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
// outside the module: of those that it imports first. It takes the time to be asked
// again only where it imports others than before.
func (t *Tree) listOutside(before *outside) *outside {
	var paths []string
	for _, f := range t.Files {
		paths = append(paths, slices.DeleteFunc(f.Imports(), func(p string) bool { return strings.HasPrefix(p, t.Module) })...)
	}
	slices.Sort(paths)
	paths = slices.Compact(paths)
	if before != nil && slices.Equal(paths, before.imports) {
		return before
	}
	return &outside{imports: paths, packages: map[string]*Package{}, dirs: sync.OnceValue(func() map[string][]string {
		cmd := exec.Command("go", append([]string{"list", "-e", "-find", "-f", "{{.Name}}\t{{.Dir}}"}, append(paths, "std")...)...)
		cmd.Dir = t.Root
		out, _ := cmd.Output() // what it cannot find is not listed
		dirs := map[string][]string{}
		for line := range strings.Lines(string(out)) {
			name, dir, _ := strings.Cut(strings.TrimSpace(line), "\t")
			dirs[name] = append(dirs[name], dir)
		}
		return dirs
	})}
}
