package weave

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/llm-from-scratch/llm/cmd/site/internal/source"
	"github.com/llm-from-scratch/llm/cmd/site/internal/spell"
)

// resolve turns a link of the prose into one of the site. The prefix is that of
// the page's ids when all pages share one file, and empty otherwise.
func (b *Book) resolve(p *page, dest, prefix string) (string, error) {
	if strings.Contains(dest, "://") || strings.HasPrefix(dest, "mailto:") {
		return dest, nil
	}
	if strings.HasPrefix(dest, "/") {
		return "", fmt.Errorf("link %s: use a path relative to docs", dest)
	}
	target, fragment, _ := strings.Cut(dest, "#")
	if target == "" {
		return b.href(p, p, fragment, prefix, dest)
	}
	file := path.Join(path.Dir(p.file), target)
	if to, ok := b.byFile[file]; ok {
		return b.href(p, to, fragment, prefix, dest)
	}
	if strings.HasSuffix(file, ".go") && fragment != "" && !isLineNumber(fragment) {
		return b.symbolHref(p, file, fragment, prefix)
	}
	info, err := b.stat(file)
	if err != nil {
		return "", fmt.Errorf("dead link %s: there is no %s%s", dest, file, spell.Suggest(file, source.Paths(b.root)))
	}
	if info.IsDir() {
		return "", fmt.Errorf("link to the directory %s: link to one of its files instead", file)
	}
	if path.Dir(file) == "docs" && strings.HasSuffix(file, ".md") {
		return "", fmt.Errorf("link %s: the page is not in %s", dest, orderFile)
	}
	return b.sourceHref(file, strings.TrimPrefix(fragment, "L")), nil
}

// stat looks at a file as read does.
func (b *Book) stat(file string) (fs.FileInfo, error) {
	f, err := os.OpenInRoot(b.root, filepath.FromSlash(file))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Stat()
}

func isLineNumber(fragment string) bool {
	n, ok := strings.CutPrefix(fragment, "L")
	return ok && n != "" && strings.Trim(n, "0123456789") == ""
}

// href is the address of an id on a page, seen from another.
func (b *Book) href(from, to *page, id, prefix, dest string) (string, error) {
	if id != "" && !to.ids[id] {
		return "", fmt.Errorf("dead link %s: %s has no section %q%s", dest, to.file, id, spell.Suggest(id, maps.Keys(to.ids)))
	}
	return address(from, to, id, prefix), nil
}

func address(from, to *page, id, prefix string) string {
	switch {
	case prefix != "" && id == "":
		return "#" + to.name
	case prefix != "":
		return "#" + to.name + "--" + id
	case id == "":
		return to.name + ".html"
	case from == to:
		return "#" + id
	}
	return to.name + ".html#" + id
}

// symbolHref leads to where a symbol is shown, or else to its line in the file.
func (b *Book) symbolHref(p *page, file, symbol, prefix string) (string, error) {
	if at, ok := b.anchors[anchorKey{file, symbol}]; ok {
		return address(p, at.page, at.anchor, prefix), nil
	}
	l, err := b.tree.Listing(file, symbol)
	if err != nil {
		return "", err
	}
	return b.sourceHref(file, fmt.Sprint(l.First())), nil
}

// sourceHref is the page that shows a whole file of the repository.
func (b *Book) sourceHref(file, line string) string {
	name := "src/" + file + ".html"
	if b.Files[name] == nil {
		b.Files[name] = b.sourcePage(name, file)
	}
	if line != "" {
		return name + "#L" + line
	}
	return name
}
