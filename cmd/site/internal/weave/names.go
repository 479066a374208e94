package weave

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/llm-from-scratch/llm/cmd/site/internal/source"
	"github.com/llm-from-scratch/llm/cmd/site/internal/spell"
)

var dotted = regexp.MustCompile(`^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$`)

// allowed are words that look like a name of the project in code font and are
// none, each with the reason why the prose may use it.
var allowed = map[string]string{
	"PyTorch": "the library that the book compares its numbers with",
	"LoRA":    "the method's name in the literature",
}

// fileEndings after a dot make a file name, not a field.
var fileEndings = map[string]bool{"go": true, "md": true, "txt": true, "json": true, "svg": true, "css": true, "js": true, "html": true, "mod": true, "sum": true, "tsv": true, "csv": true, "bpe": true, "safetensors": true, "s": true, "py": true, "org": true, "com": true}

// identifier looks at a piece of prose in code font. When it names something of
// the project it returns where that is shown; when it looks like a name of the
// project or of a package that it uses, and is none, it returns an error.
//
// Looking like a name means: pkg.Name with a package that exists; Type.member
// with a type that exists, or capitals on both sides of the dot; or one exported
// name with a capital inside (NewTrainer) or with brackets behind (Softmax()).
// All else in code font, such as words, commands and file names, is left alone.
func (b *Book) identifier(p *page, span string) (*place, error) {
	name, called := bare(span)
	if !dotted.MatchString(name) {
		return nil, nil
	}
	if _, ok := allowed[name]; ok {
		return nil, nil
	}
	first, rest, qualified := strings.Cut(name, ".")
	if !qualified {
		return b.single(p, name, called)
	}
	last := rest[strings.LastIndexByte(rest, '.')+1:]
	if fileEndings[last] {
		return nil, nil
	}
	if packages := b.packagesNamed(first); len(packages) > 0 {
		return b.inPackages(packages, first, rest)
	}
	if !isUpper(first) {
		return nil, b.inOutside(first, rest)
	}
	return b.member(p, first, rest)
}

// bare strips what may stand around a name: *T, []T, f(x), List[int].
func bare(span string) (name string, called bool) {
	name = strings.TrimLeft(strings.TrimSpace(span), "*&[]")
	if i := strings.IndexByte(name, '('); i > 0 && strings.HasSuffix(name, ")") {
		return name[:i], true
	}
	if i := strings.IndexByte(name, '['); i > 0 && strings.HasSuffix(name, "]") {
		return name[:i], false
	}
	return name, false
}

func isUpper(name string) bool { return name[0] >= 'A' && name[0] <= 'Z' }

// innerCapital reports a capital after a small letter or digit: MultiHead, GPT2Small.
func innerCapital(name string) bool {
	for i := 1; i < len(name); i++ {
		if before := rune(name[i-1]); isUpper(name[i:]) && (unicode.IsLower(before) || unicode.IsDigit(before)) {
			return true
		}
	}
	return false
}

func (b *Book) single(p *page, name string, called bool) (*place, error) {
	if !isUpper(name) {
		return nil, nil
	}
	if at, ok := b.find(b.nearby(p), name); ok {
		return at, nil
	}
	if !called && !innerCapital(name) {
		return nil, nil
	}
	// A method or field alone, as in "its WriteVocab", is a name too.
	for _, pkg := range b.nearby(p) {
		for _, full := range slices.Sorted(maps.Keys(pkg.Names)) {
			if strings.HasSuffix(full, "."+name) {
				return b.where(pkg.Names[full]), nil
			}
		}
	}
	return nil, fmt.Errorf("`%s` exists nowhere in the project%s", name, spell.Suggest(name, names(b.nearby(p))))
}

func (b *Book) inPackages(packages []*source.Package, first, rest string) (*place, error) {
	if at, ok := b.find(packages, rest); ok {
		return at, nil
	}
	if !isUpper(rest) { // a tensor's name may begin like a package
		return nil, nil
	}
	return nil, fmt.Errorf("package %s has no %s%s", first, rest, spell.Suggest(rest, names(packages)))
}

func (b *Book) inOutside(first, rest string) error {
	if !isUpper(rest) {
		return nil
	}
	pkg := b.tree.Outside(first)
	if pkg == nil { // a variable, as in x.Data
		return nil
	}
	if _, ok := pkg.Names[rest]; ok || strings.Contains(rest, ".") {
		return nil
	}
	return fmt.Errorf("package %s has no %s%s", first, rest, spell.Suggest(rest, maps.Keys(pkg.Names)))
}

// member is a field or method: the type decides which package is meant.
func (b *Book) member(p *page, first, rest string) (*place, error) {
	declaring := slices.DeleteFunc(b.nearby(p), func(pkg *source.Package) bool { return pkg.Names[first] == source.Name{} })
	field, _, _ := strings.Cut(rest, ".")
	if at, ok := b.find(declaring, first+"."+rest, first+"."+field); ok {
		return at, nil
	}
	switch {
	case len(declaring) > 0:
		return nil, fmt.Errorf("%s has no %s%s", first, rest, spell.Suggest(first+"."+rest, names(declaring)))
	case len(first) > 1 && isUpper(rest):
		return nil, fmt.Errorf("`%s.%s` exists nowhere in the project%s", first, rest, spell.Suggest(first+"."+rest, names(b.nearby(p))))
	}
	return nil, nil
}

// nearby are the project's packages, that of the page's chapter first, then the
// chapters from the latest to the first, then the others.
func (b *Book) nearby(p *page) []*source.Package {
	return slices.SortedFunc(maps.Values(b.tree.Packages()), func(x, y *source.Package) int {
		rank := func(pkg *source.Package) int {
			switch c := b.chapterOf(pkg.Dir); {
			case c == 0:
				return 1000
			case c == p.chapter:
				return 0
			case c < p.chapter:
				return 2*branches - c
			default:
				return 2*branches + c
			}
		}
		return cmp.Or(rank(x)-rank(y), strings.Compare(x.Dir, y.Dir))
	})
}

// packagesNamed are the project's packages of that name.
func (b *Book) packagesNamed(name string) []*source.Package {
	list := slices.SortedFunc(maps.Values(b.tree.Packages()), func(x, y *source.Package) int { return strings.Compare(x.Dir, y.Dir) })
	return slices.DeleteFunc(list, func(pkg *source.Package) bool { return pkg.Name != name || name == "main" })
}

// names yields what packages declare.
func names(packages []*source.Package) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, pkg := range packages {
			for name := range pkg.Names {
				if !yield(name) {
					return
				}
			}
		}
	}
}

// find is where the first package that declares one of the names shows it.
func (b *Book) find(packages []*source.Package, names ...string) (at *place, ok bool) {
	for _, pkg := range packages {
		for _, name := range names {
			if n, ok := pkg.Names[name]; ok {
				return b.where(n), true
			}
		}
	}
	return nil, false
}

// where is the listing that shows a name, or nil when no page does.
func (b *Book) where(n source.Name) *place {
	if at, ok := b.anchors[anchorKey{n.File, n.Symbol}]; ok {
		return &at
	}
	return nil
}
