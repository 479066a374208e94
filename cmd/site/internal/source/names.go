package source

import (
	"go/ast"
	"go/doc"
	"go/token"
	"go/types"
	"iter"
	"regexp"
	"slices"
	"strings"
)

// A Package is what the identifiers of one directory are called.
type Package struct {
	Dir, Name string
	// Names has "Softmax", "Head", "Head.Forward" and "Head.QKV", each with
	// where it is declared.
	Names map[string]Name
}

// A Name is one declared identifier.
type Name struct {
	File string // empty outside the module
	Line int
	// Symbol is how a listing that shows the name is addressed: fields are
	// shown with their type.
	Symbol string
	Field  bool
	Test   bool // declared in a test file
	// Signature is the declaration on one line, without its body, and Doc the first
	// sentence of its comment.
	Signature, Doc string
}

// Exported reports whether the prose of a chapter has to mention its name: that of a
// function, type, constant, variable, or method of an exported type.
func (n Name) Exported(name string) bool {
	of, method, _ := strings.Cut(name, ".")
	return !n.Field && !n.Test && ast.IsExported(of) && (method == "" || ast.IsExported(method))
}

// Packages are the module's own, by directory.
func (t *Tree) Packages() map[string]*Package { return t.packages }

// declare adds the names of one file of the module to its package.
func (t *Tree) declare(f *File) {
	p := t.packages[f.Dir]
	if p == nil {
		p = &Package{Dir: f.Dir, Name: strings.TrimSuffix(f.Package(), "_test"), Names: map[string]Name{}}
		t.packages[f.Dir] = p
	}
	p.add(f)
}

// add records what one file declares.
func (p *Package) add(f *File) {
	put := func(name, symbol string, d ast.Decl, n ast.Node, field bool) {
		if old, ok := p.Names[name]; !ok || old.Test && !f.Test {
			signature, doc := f.says(d, n)
			p.Names[name] = Name{f.Path, f.line(n.Pos()), symbol, field, f.Test, signature, doc}
		}
	}
	for _, d := range f.ast.Decls {
		for name, n := range declares(d) {
			put(name, name, d, n, false)
		}
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			for _, s := range g.Specs {
				s := s.(*ast.TypeSpec)
				for member, n := range members(s.Type) {
					put(s.Name.Name+"."+member, s.Name.Name, d, n, true)
				}
			}
		}
	}
}

// declares yields the names that a declaration declares, a method as Type.Method,
// and what declares each.
func declares(d ast.Decl) iter.Seq2[string, ast.Node] {
	return func(yield func(string, ast.Node) bool) {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil {
				name = receiver(d) + "." + name
			}
			yield(name, d)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					if !yield(s.Name.Name, s) {
						return
					}
				case *ast.ValueSpec:
					for _, n := range s.Names {
						if !yield(n.Name, s) {
							return
						}
					}
				}
			}
		}
	}
}

// members yields the fields of a struct, or the methods of an interface.
func members(t ast.Expr) iter.Seq2[string, *ast.Field] {
	return func(yield func(string, *ast.Field) bool) {
		var list *ast.FieldList
		switch t := t.(type) {
		case *ast.StructType:
			list = t.Fields
		case *ast.InterfaceType:
			list = t.Methods
		default:
			return
		}
		for _, f := range list.List {
			if len(f.Names) == 0 && !yield(baseName(f.Type), f) {
				return
			}
			for _, n := range f.Names {
				if !yield(n.Name, f) {
					return
				}
			}
		}
	}
}

// says is the declaration of n in d on one line, without its body, and the first
// sentence of its comment.
func (f *File) says(d ast.Decl, n ast.Node) (signature, first string) {
	var comments []*ast.CommentGroup // the nearest first
	if g, ok := d.(*ast.GenDecl); ok {
		comments, signature = []*ast.CommentGroup{g.Doc}, g.Tok.String()+" "
	}
	end := n.End()
	switch n := n.(type) {
	case *ast.FuncDecl:
		comments, end = []*ast.CommentGroup{n.Doc}, n.Type.End()
	case *ast.TypeSpec:
		comments = append([]*ast.CommentGroup{n.Doc, n.Comment}, comments...)
	case *ast.ValueSpec:
		comments = append([]*ast.CommentGroup{n.Doc, n.Comment}, comments...)
	case *ast.Field:
		comments, signature, end = []*ast.CommentGroup{n.Doc, n.Comment}, "", n.Type.End()
	}
	text := f.text(n.Pos(), end)
	if _, ok := n.(*ast.FuncDecl); !ok {
		text, _, _ = strings.Cut(text, "\n")
		text = strings.TrimSuffix(text, "{")
	}
	signature += strings.Join(strings.Fields(text), " ")
	for _, c := range comments {
		if c.Text() != "" {
			return signature, docLink.ReplaceAllString(new(doc.Package).Synopsis(c.Text()), "$1")
		}
	}
	return signature, ""
}

// docLink is how a comment links to a name.
var docLink = regexp.MustCompile(`\[(\*?[A-Z][\w.]*)\]`)

// text is the source between two places.
func (f *File) text(from, to token.Pos) string {
	a, b := f.fset.PositionFor(from, false), f.fset.PositionFor(to, false)
	lines := slices.Clone(f.Lines[a.Line-1 : b.Line])
	lines[len(lines)-1] = lines[len(lines)-1][:b.Column-1]
	lines[0] = lines[0][a.Column-1:]
	return strings.Join(lines, "\n")
}

// receiver is the name of the type that a method belongs to.
func receiver(d *ast.FuncDecl) string {
	if len(d.Recv.List) == 0 {
		return ""
	}
	return baseName(d.Recv.List[0].Type)
}

// baseName is what a type is called without its package and its parameters.
func baseName(t ast.Expr) string {
	name, _, _ := strings.Cut(types.ExprString(t), "[")
	return name[strings.LastIndexAny(name, "*.")+1:]
}
