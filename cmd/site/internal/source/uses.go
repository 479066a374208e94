package source

import (
	"errors"
	"go/ast"
	"go/types"
	"maps"
	"path"
	"slices"
	"strings"
)

// A Use is an identifier that means something which the module declares.
type Use struct {
	From, To int // in bytes of its line
	Name     Name
}

// Uses are the uses of a file by line, in order. Types are checked as far as the module
// alone tells them: what comes out of a package of Go or of a library has none. What
// does not compile is left out.
func (t *Tree) Uses(file string) map[int][]Use {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f := t.Files[file]; f != nil {
		t.check(f.Dir, f.Package(), f.Test)
	}
	return t.uses[file]
}

// A unit is what is compiled together: a package without its tests, with them, or the
// tests that have a package of their own.
type unit struct {
	dir, name string
	tests     bool
}

var errNotHere = errors.New("not in the module")

// check finds the uses of a package's files, once.
func (t *Tree) check(dir, name string, tests bool) (*types.Package, error) {
	u := unit{dir, name, tests}
	if p, ok := t.checked[u]; ok {
		if p == nil {
			return nil, errNotHere // it imports itself
		}
		return p, nil
	}
	t.checked[u] = nil
	var files []*ast.File
	for _, p := range slices.Sorted(maps.Keys(t.Files)) {
		if f := t.Files[p]; f.Dir == dir && f.Package() == name && (tests || !f.Test) {
			files = append(files, f.ast)
		}
	}
	if len(files) == 0 {
		return nil, errNotHere
	}
	info := types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer{t}, Error: func(error) {}, FakeImportC: true}
	pkg, _ := config.Check(path.Join(t.Module, dir), t.fset, files, &info)
	t.checked[u] = pkg
	t.declared(pkg, t.packages[dir])
	for id, object := range info.Uses {
		at := t.fset.PositionFor(id.Pos(), false)
		if n, ok := t.objects[origin(object)]; ok && t.Files[at.Filename].Test == tests {
			if t.uses[at.Filename] == nil {
				t.uses[at.Filename] = map[int][]Use{}
			}
			line := t.uses[at.Filename]
			line[at.Line] = append(line[at.Line], Use{at.Column - 1, at.Column - 1 + len(id.Name), n})
			slices.SortFunc(line[at.Line], func(x, y Use) int { return x.From - y.From })
		}
	}
	return pkg, nil
}

// An importer finds the module's packages.
type importer struct{ *Tree }

// Import implements types.Importer.
func (i importer) Import(name string) (*types.Package, error) {
	dir, ok := strings.CutPrefix(name, i.Module+"/")
	if p := i.packages[dir]; ok && p != nil {
		return i.check(dir, p.Name, false)
	}
	return nil, errNotHere
}

// declared remembers which objects of a checked package have which names.
func (t *Tree) declared(pkg *types.Package, names *Package) {
	put := func(object types.Object, name string) {
		if n, ok := names.Names[name]; ok {
			t.objects[object] = n
		}
	}
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		put(object, name)
		named, ok := object.Type().(*types.Named)
		if _, declares := object.(*types.TypeName); !ok || !declares {
			continue
		}
		for m := range named.Methods() {
			put(m, name+"."+m.Name())
		}
		switch under := named.Underlying().(type) {
		case *types.Struct:
			for f := range under.Fields() {
				put(f, name+"."+f.Name())
			}
		case *types.Interface:
			for m := range under.ExplicitMethods() {
				put(m, name+"."+m.Name())
			}
		}
	}
}

// origin is what an object of a generic type or function was made from.
func origin(object types.Object) types.Object {
	switch o := object.(type) {
	case *types.Func:
		return o.Origin()
	case *types.Var:
		return o.Origin()
	}
	return object
}
