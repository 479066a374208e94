package weave

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark/ast"
)

// small is a book of two chapters in which all is well.
var small = map[string]string{
	"go.mod":         "module example.org/book\n",
	"docs/book.txt":  "# order\nch01_add.md\nch02_twice.md\n",
	"docs/index.md":  "# A book\n\nSee [adding](ch01_add.md#how-it-adds) and `add.Add`.\n",
	"docs/legend.md": "# Letters\n\n$`N`$ is a number.\n",
	"docs/ch01_add.md": "# Adding\n\n## How it adds\n\nWe have `Add` and `Total.Sum`, of type `Total`.\n\n" +
		"[add](../ch01_add/add.go#package)\n\n[`Add`](../ch01_add/add.go#Add)\n\n[`Total`](../ch01_add/add.go#Total)\n\n[`Total.Sum`](../ch01_add/add.go#Total.Sum)\n\n" +
		"[Example](../ch01_add/add_test.go#ExampleAdd)\n\n![Two bars](figures/bars.svg \"The second is <higher>.\")\n\n```math\n\\frac{a}{b} \\qquad c\n```\n",
	"docs/ch02_twice.md":    "# Twice\n\n`Twice` calls `Add`.\n\n[twice](../ch02_twice/twice.go#package)\n\n[`Twice`](../ch02_twice/twice.go#Twice)\n",
	"docs/left_out.md":      "# Left out\n",
	"docs/runs/README.md":   "How they were made.\n",
	"docs/figures/bars.svg": `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><style>.a{fill:red}</style><rect class="fig-bar"/></svg>`,
	"ch01_add/add.go": "// Package add adds.\npackage add\n\nimport \"fmt\"\n\n// Add adds.\nfunc Add(a, b int) int { return a + b }\n\n" +
		"// Total is a sum.\ntype Total struct{ Value int }\n\n// Sum is the value.\nfunc (t Total) Sum() int {\n\tfmt.Print()\n\treturn t.Value\n}\n",
	"ch01_add/add_test.go": "package add\n\nimport \"fmt\"\n\nfunc ExampleAdd() {\n\tfmt.Println(Add(1, 2) < 4)\n\t// Output: true\n}\n",
	"ch02_twice/twice.go":  "// Package twice doubles.\npackage twice\n\nimport \"example.org/book/ch01_add\"\n\n// Twice doubles.\nfunc Twice(a int) int { return add.Add(a, a) }\n",
}

// woven weaves small with some files changed: "" takes a file away.
func woven(t *testing.T, changes map[string]string) *Book {
	t.Helper()
	root := t.TempDir()
	for name, content := range small {
		if changed, ok := changes[name]; ok {
			content = changed
		}
		put(t, root, name, content)
	}
	for name, content := range changes {
		put(t, root, name, content)
	}
	return Weave(root)
}

func put(t *testing.T, root, name, content string) {
	t.Helper()
	if content == "" {
		return
	}
	file := filepath.Join(root, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(content), 0o644))
}

// Appendices have letters, and may show code that no chapter does.
func TestAppendix(t *testing.T) {
	b := woven(t, map[string]string{
		"docs/book.txt":         small["docs/book.txt"] + "appendix_more.md\nappendix_most.md\n",
		"docs/appendix_more.md": "# More\n\nIt calls `Add`.\n\n[fast](../internal/fast/fast.go#Fast)\n",
		"docs/appendix_most.md": "# Most\n",
		"internal/fast/fast.go": "package fast\n\n// Fast is fast.\nfunc Fast() {}\n",
	})
	require.Empty(t, b.Problems)
	require.Empty(t, b.Coverage())
	more := string(b.Files["appendix_more.html"]())
	require.Contains(t, more, `<p class="eyebrow">Appendix A</p>`)
	require.Contains(t, more, `<span class="number">B</span> Most`)
	require.Contains(t, more, "internal/fast/fast.go</a> · Fast")
	require.Contains(t, string(b.Files["all.html"]()), `<p class="eyebrow">Appendix B</p>`)
	require.Contains(t, string(b.Files["ch02_twice.html"]()), `<p class="eyebrow">Chapter 2</p>`)
}

// A branch tells a package as a chapter does, after all chapters: it may use any
// of them, and none of them a branch.
func TestBranch(t *testing.T) {
	changes := map[string]string{
		"docs/book.txt":                small["docs/book.txt"] + "branch_less.md\nbranch_less_more.md\nbranch_none.md\nappendix_more.md\n",
		"docs/branch_less.md":          "# Less\n\n`Halve` undoes `twice.Twice`, see [there](ch02_twice.md).\n\n[less](../branches/less/less.go#package)\n\n[`Halve`](../branches/less/less.go#Halve)\n\n`Quarter` is below it.\n\n[`Quarter`](../branches/less/least/least.go#Quarter)\n",
		"docs/branch_less_more.md":     "# More of less\n\n`Eighth` has a page.\n\n[`Eighth`](../branches/less/more/more.go#Eighth)\n",
		"docs/branch_none.md":          "# None\n\n[none](../branches/none/none.go#package)\n",
		"docs/appendix_more.md":        "# More\n",
		"branches/less/less.go":        "// Package less halves.\npackage less\n\nimport \"example.org/book/ch02_twice\"\n\n// Halve halves.\nfunc Halve(a int) int { return a / twice.Twice(1) }\n",
		"branches/less/more/more.go":   "package more\n\n// Eighth is a half, quartered.\nfunc Eighth(a int) int { return a / 8 }\n",
		"branches/less/least/least.go": "package least\n\n// Quarter quarters.\nfunc Quarter(a int) int { return a / 4 }\n",
		"branches/none/none.go":        "// Package none is nothing.\npackage none\n",
		"branches/none/none_test.go":   "package none\n",
	}
	b := woven(t, changes)
	require.Empty(t, b.Problems)
	require.Empty(t, b.Coverage())
	less := string(b.Files["branch_less.html"]())
	require.Contains(t, less, `<p class="eyebrow">Branch</p>`)
	require.Contains(t, less, `<a rel="prev" href="ch02_twice.html">`)
	require.Contains(t, less, `<a rel="next" href="branch_less_more.html">`)
	require.Contains(t, less, `<span class="number">A</span> More`)
	require.Contains(t, string(b.Files["index.html"]()), `<a href="branch_less.html"><span class="number">&#43;</span> Less</a>`)

	changes["branches/less/less.go"] += "\n// Third thirds.\nfunc Third() {}\n"
	changes["branches/new/new.go"] = "package new\n\nvar x = 1\n"
	require.Equal(t, []Problem{
		{"branches/less/less.go", 9, "lines 9-10 shown on no page: // Third thirds."},
		{"branches/new/new.go", 3, "shown on no page: var x = 1"},
		{"branches/less/less.go", 10, "the chapter's prose never mentions Third"},
	}, woven(t, changes).Coverage())
	changes["docs/ch02_twice.md"] = small["docs/ch02_twice.md"] + "\n[`Third`](../branches/less/less.go#Third)\n"
	changes["branches/less/less.go"] = strings.Replace(changes["branches/less/less.go"], "import", "import _ \"example.org/book/branches/none\"\nimport", 1)
	problems := fmt.Sprint(woven(t, changes).Problems)
	require.Contains(t, problems, "branches/less/less.go belongs to branches/less, which comes later")
	require.Contains(t, problems, "branches/less/less.go imports branches/none, which comes later")
}

func TestSoundBook(t *testing.T) {
	b := woven(t, nil)
	require.Empty(t, b.Problems)
	require.Empty(t, b.Coverage())
	one := string(b.Files["ch01_add.html"]())
	for _, want := range []string{
		`<figcaption><a href="src/ch01_add/add.go.html#L6">ch01_add/add.go</a> · Add · lines 6–7</figcaption>`,
		`<span class="line" data-n="7">`,
		`<samp>true</samp>`,
		`<a class="name" href="#code-Total.Sum"><code>Total.Sum</code></a>`,
		`<math display="block" alttext="\frac{a}{b}">`,
		`</math><math display="block" alttext="c">`,
		`<svg aria-label="Two bars" viewBox="0 0 1 1"><rect class="fig-bar"/></svg>`,
		`<figcaption><b>Figure 1.1</b> The second is &lt;higher&gt;.</figcaption>`,
		`<h2 id="how-it-adds">`,
		`<a rel="next" href="ch02_twice.html">`,
		`<a rel="prev" href="index.html">`,
	} {
		require.Contains(t, one, want)
	}
	require.NotContains(t, one, "style=")
	require.NotContains(t, one, "<style")
	two := string(b.Files["ch02_twice.html"]())
	require.Contains(t, two, `<a class="name" href="ch01_add.html#code-Add"><code>Add</code></a>`)
	require.Contains(t, string(b.Files["index.html"]()), `<a href="ch01_add.html#how-it-adds">`)
}

// Small neighbours share a listing, and each is where its name leads; a title
// folds what need not stand open.
func TestSharedListings(t *testing.T) {
	links := "[`Total`](../ch01_add/add.go#Total), [`Total.Sum`](../ch01_add/add.go#Total.Sum)"
	page := strings.Replace(small["docs/ch01_add.md"], "[`Total`](../ch01_add/add.go#Total)\n\n[`Total.Sum`](../ch01_add/add.go#Total.Sum)", links, 1)
	b := woven(t, map[string]string{"docs/ch01_add.md": page})
	require.Empty(t, b.Problems)
	require.Empty(t, b.Coverage())
	one := string(b.Files["ch01_add.html"]())
	require.Contains(t, one, `· Total, Total.Sum · lines 9–16</figcaption>`)
	require.Contains(t, one, `<span class="line" data-n="11">`, "the blank line between them")
	require.Contains(t, one, `<span class="line" data-n="12" id="code-Total.Sum">`)
	require.Contains(t, one, `<a class="name" href="#code-Total.Sum">`)
	require.Equal(t, 2, strings.Count(one, `<figure class="listing"`)-1, "Add, the two; and the example")
	require.Contains(t, one, `<div class="package" id="code-package">`)
	require.Contains(t, string(b.Files["all.html"]()), `id="ch01_add--code-Total.Sum"`)

	apart := strings.Replace(page, links, "[`Total.Sum`](../ch01_add/add.go#Total.Sum \"What <it> sums\")\n[add](../ch01_add/add.go#Add)", 1)
	apart = strings.Replace(apart, "[`Add`](../ch01_add/add.go#Add)", "[`Total`](../ch01_add/add.go#Total)", 1)
	b = woven(t, map[string]string{"docs/ch01_add.md": apart})
	require.Empty(t, b.Problems)
	require.Empty(t, b.Coverage())
	one = string(b.Files["ch01_add.html"]())
	require.Contains(t, one, `<details class="folded"><summary>What &lt;it&gt; sums</summary>`)
	require.Contains(t, one, `· Total.Sum, Add · lines 12–16, 6–7</figcaption>`)

	for _, other := range []string{"[`ExampleAdd`](../ch01_add/add_test.go#ExampleAdd)", "[`Add`](../ch02_twice/twice.go#Twice)"} {
		b = woven(t, map[string]string{"docs/ch01_add.md": strings.Replace(page, links, links+"\n"+other, 1)})
		require.Contains(t, fmt.Sprint(b.Problems), "needs a paragraph of its own")
	}
}

func TestWalls(t *testing.T) {
	link := "[`Add`](../ch01_add/add.go#Add)\n\n"
	b := woven(t, map[string]string{"docs/legend.md": "# L\n\n" + strings.Repeat(link, 3) + "A word.\n\n" + strings.Repeat(link, 4) + "Another.\n\n" + link})
	require.Len(t, b.Walls(), 2)
	require.Contains(t, b.Walls()[0].String(), "docs/ch01_add.md:7: 5 listings without prose between")
	require.Contains(t, b.Walls()[1].String(), "docs/legend.md:11: 4 listings without prose between")
}

func TestAllOnOnePage(t *testing.T) {
	b := woven(t, nil)
	all := string(b.Files["all.html"]())
	for _, want := range []string{
		`<article id="ch01_add">`, `id="ch01_add--how-it-adds"`, `href="#ch01_add--how-it-adds"`,
		`<a class="name" href="#ch01_add--code-Add"><code>Add</code></a>`, `id="ch02_twice--code-Twice"`,
	} {
		require.Contains(t, all, want)
	}
	ids := map[string]bool{}
	for _, piece := range strings.Split(all, ` id="`)[1:] {
		id, _, _ := strings.Cut(piece, `"`)
		require.False(t, ids[id], "the id %s occurs twice", id)
		ids[id] = true
	}
}

func TestSourcePages(t *testing.T) {
	b := woven(t, nil)
	page := string(b.Files["src/ch01_add/add.go.html"]())
	require.Contains(t, page, `<span class="line" data-n="7" id="L7">`)
	require.Contains(t, page, `href="../../assets/book.css"`)
}

// Each change of one page is a problem that names the page, the line and, where
// there is one, what was probably meant.
func TestProblems(t *testing.T) {
	for _, test := range []struct{ prose, want string }{
		{"[x](../ch01_add/add.go#Ad)", "3: ch01_add/add.go declares no Ad; is Add meant?"},
		{"[x](../ch01_add/ad.go#Add)", "3: no Go file ch01_add/ad.go; is ch01_add/add.go meant?"},
		{"See [x](../ch01_add/add.go#Totl) there.", "3: ch01_add/add.go declares no Totl; is Total meant?"},
		{"See [x](ch01_ad.md).", "3: dead link ch01_ad.md: there is no docs/ch01_ad.md; is docs/ch01_add.md meant?"},
		{"See [x](ch01_add.md#how-it-ads).", "3: dead link ch01_add.md#how-it-ads: docs/ch01_add.md has no section \"how-it-ads\"; is how-it-adds meant?"},
		{"See [x](left_out.md).", "3: link left_out.md: the page is not in docs/book.txt"},
		{"See [x](../ch01_add).", "3: link to the directory ch01_add: link to one of its files instead"},
		{"See [x](#nowhere).", "3: dead link #nowhere"},
		{"See [x](/etc/passwd).", "3: link /etc/passwd: use a path relative to docs"},
		{"See [x](../../../etc/passwd).", "3: dead link ../../../etc/passwd"},
		{"See [x](../ch01_add/nosuch.txt).", "3: dead link ../ch01_add/nosuch.txt"},
		{"one\ntwo `add.Subtract` three", "4: package add has no Subtract"},
		{"`add.Ad`", "3: package add has no Ad; is Add meant?"},
		{"`Total.Summ`", "3: Total has no Summ; is Total.Sum meant?"},
		{"`NewTotal`", "3: `NewTotal` exists nowhere in the project"},
		{"`Ad(1, 2)`", "3: `Ad` exists nowhere in the project; is Add meant?"},
		{"`strings.Bilder`", "3: package strings has no Bilder; is Builder meant?"},
		{"$`\\fraq{a}{b}`$", "3: formula \\fraq{a}{b}: unknown command \\fraq; is \\frac meant?"},
		{"```math\na_\n```", "4: formula a_: an argument is missing"},
		{"![bars](figures/bar.svg)", "3: no picture docs/figures/bar.svg; is docs/figures/bars.svg meant?"},
		{"![x](../ch01_add/add.go \"C\")", "3: picture ch01_add/add.go is no SVG file"},
		{"![](figures/bars.svg \"C\")", "3: picture figures/bars.svg needs a text"},
		{"![bars](figures/bars.svg)", "3: picture figures/bars.svg needs a paragraph of its own and a caption"},
		{"![bars](figures/bars.svg \" \")", "3: picture figures/bars.svg needs a paragraph of its own and a caption"},
		{"See ![bars](figures/bars.svg \"C\")", "3: picture figures/bars.svg needs a paragraph of its own and a caption"},
		{"[x](../ch01_add/add.go#Add \"\")", "3: a listing folds under a line: put it between the quotation marks"},
		{"[x](../ch01_add/add.go#Add), [y](../ch01_add/add.go#Total \"Sums\")", "3: the line under which listings fold stands in the first link"},
		{"See [x](../ch01_add/add.go#Add \"Adds\").", "3: the line \"Adds\" folds nothing: the link has to stand alone in its paragraph"},
		{"a <b>bold</b> word", "3: HTML in the prose is not shown"},
	} {
		b := woven(t, map[string]string{"docs/legend.md": "# Letters\n\n" + test.prose + "\n"})
		var all []string
		for _, p := range b.Problems {
			all = append(all, p.String())
		}
		require.Contains(t, strings.Join(all, "\n"), "docs/legend.md:"+test.want, test.prose)
	}
}

// What looks a little like a name, a link or a formula and is none.
func TestNoFalseAlarms(t *testing.T) {
	for _, prose := range []string{
		"`go test ./ch01_add`", "`add.go`", "`README.md`", "`h.0.attn.c_attn.weight`", "`attn.c_attn`", "`x.Data[0]`", "`model.safetensors`",
		"`Softmax`", "`GPT2`", "`GOMAXPROCS=1`", "`(B, T, C)`", "`PyTorch`", "`q.K`", "`X.Y`", "`-addr`", "`<|endoftext|>`", "`True`", "`HELLO_World`",
		"`strings.Builder`", "`[]Total`", "`*Total`", "`Total{}`", "`Total.Value`", "`add.Add(1, 2)`", "`t.Sum`", "`rand.Rand.Float32`",
		"It costs $5 and $6.", "See <https://example.org/a_b>.", "<!-- a comment -->", "[the code](../ch01_add/add.go#L7) is short",
		"[runs](runs/README.md)",
		"A note[^1].\n\n[^1]: It says `Add`.", "| a | b |\n|---|---:|\n| 1 | $`x`$ |",
	} {
		b := woven(t, map[string]string{"docs/legend.md": "# Letters\n\n" + prose + "\n"})
		require.Empty(t, b.Problems, prose)
	}
}

func TestMissingPageIsAProblemOfTheList(t *testing.T) {
	b := woven(t, map[string]string{"docs/ch02_twice.md": ""})
	require.Equal(t, "docs/book.txt:3: page docs/ch02_twice.md does not exist", b.Problems[0].String())
}

func TestNothingIsUsedBeforeItsPage(t *testing.T) {
	b := woven(t, map[string]string{"ch01_add/add.go": strings.Replace(small["ch01_add/add.go"], `"fmt"`, `_ "example.org/book/ch02_twice"; import "fmt"`, 1)})
	require.Contains(t, b.Problems[0].Text, "imports ch02_twice, which comes later")
	b = woven(t, map[string]string{"docs/ch01_add.md": small["docs/ch01_add.md"] + "\n[`Twice`](../ch02_twice/twice.go#Twice)\n"})
	require.Contains(t, b.Problems[0].Text, "belongs to ch02_twice, which comes later")
}

func TestCoverage(t *testing.T) {
	b := woven(t, map[string]string{"ch02_twice/twice.go": small["ch02_twice/twice.go"] + "\n// Thrice is new.\nfunc Thrice(a int) int { return 3 * a }\n"})
	require.Equal(t, []Problem{
		{"ch02_twice/twice.go", 9, "lines 9-10 shown on no page: // Thrice is new."},
		{"ch02_twice/twice.go", 10, "the chapter's prose never mentions Thrice"},
	}, b.Coverage())
	b = woven(t, map[string]string{"docs/ch02_twice.md": small["docs/ch02_twice.md"] + "\n[again](../ch02_twice/twice.go#Twice)\n"})
	require.Equal(t, "ch02_twice/twice.go:6: lines 6-7 shown more than once: docs/ch02_twice.md:7, docs/ch02_twice.md:9", b.Coverage()[0].String())
}

func TestBrokenSourceIsAProblemWithItsPlace(t *testing.T) {
	b := woven(t, map[string]string{"ch02_twice/twice.go": "package twice\n\nfunc {\n"})
	require.Contains(t, fmt.Sprint(b.Problems), "ch02_twice/twice.go:3: expected 'IDENT', found '{'")
}

func TestEscaping(t *testing.T) {
	b := woven(t, map[string]string{"docs/legend.md": "# Letters <&>\n\n`<script>`\n\n```\n<script>\n```\n\n[x](javascript:alert(1))\n"})
	page := string(b.Files["legend.html"]())
	require.NotContains(t, page, "<script>")
	require.NotContains(t, page, `href="javascript:`)
}

func TestExercise(t *testing.T) {
	stub := "package twice\n\nimport \"example.org/book/internal/exercise\"\n\n// Exercise 2.1: Thrice.\n//\n// Thrice is three times a.\nfunc Thrice(a int) int {\n\tpanic(exercise.Unsolved)\n}\n"
	changes := map[string]string{
		"docs/ch02_twice.md":                             small["docs/ch02_twice.md"] + "\n[Exercise 2.1](../ch02_twice/exercise_test.go#Thrice)\n",
		"ch02_twice/exercise_test.go":                    strings.Replace(stub, "panic(exercise.Unsolved)", "return 3 * a // solved", 1),
		"ch02_twice/testdata/exercises/exercise_test.go": stub,
	}
	for name, content := range map[string]string{"hint.md": "Think of `Twice`.\n---\nCall it.\n---\nAdd `a`.", "solution.go": "package twice\n\nfunc Thrice(a int) int { return 3 * a }\n", "wrong-a.go": "package twice\n", "wrong-b.go": "package twice\n"} {
		changes["ch02_twice/testdata/exercises/2.1/"+name] = content
	}
	b := woven(t, changes)
	require.Empty(t, b.Problems)
	page := string(b.Files["ch02_twice.html"]())
	for _, want := range []string{"Exercise 2.1 · Thrice", "<p>Thrice is three times a.", "<summary>Hint</summary>\n<p>Think of <a", "<summary>Solution</summary>", "go test -run &#39;TestExercise1_&#39; ./ch02_twice"} {
		require.Contains(t, page, want)
	}
	require.NotContains(t, page, "// solved", "the page shows the author's stub, not the reader's attempt")

	changes["ch02_twice/exercise_test.go"] = "package twice\n\nfunc Thrice(a int) int {\n\treturn 3 *\n}\n"
	require.Empty(t, woven(t, changes).Problems, "a reader's syntax error does not break the book")

	changes["ch02_twice/testdata/exercises/2.1/hint.md"] = "Call `add.Ad`.\n---\nCall it.\n---\nAdd."
	b = woven(t, changes)
	require.Equal(t, "ch02_twice/testdata/exercises/2.1/hint.md:1: package add has no Ad; is Add meant?", fmt.Sprint(b.Problems[0]))
	changes["docs/ch02_twice.md"] = small["docs/ch02_twice.md"] + "\n[Exercise 2.1](../ch02_twice/exercise_test.go#Thrise)\n"
	require.Contains(t, fmt.Sprint(woven(t, changes).Problems), "no exercise Thrise in ch02_twice/exercise_test.go; is Thrice meant?")
}

// Whatever stands on a page, weaving it ends, and every problem has its place.
func FuzzPage(f *testing.F) {
	for _, seed := range []string{small["docs/ch01_add.md"], small["docs/legend.md"], "", "# A\n\n[x](../ch01_add/add.go#Add \"Fold\"), [y](../ch01_add/add.go#Total)", "# A\n\n- [x](../ch01_add/add.go#)\n- [y](#)\n", "[](../ch01_add/add.go#Add:)",
		"$`", "```math\n\\frac{\n```", "# \xff\n\n`Add`", "![](figures/bars.svg \"x\")", "[^1]: a\n\n[^1]", "| `a` |\n|--|\n| [x](//) |", "<b>", "[x](%zz)", "\x00", "# A\r\n\r\n`add.Ad(`\r\n"} {
		f.Add([]byte(seed))
	}
	root := f.TempDir()
	for name, content := range small {
		file := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(f, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(f, os.WriteFile(file, []byte(content), 0o644))
	}
	book := Weave(root)
	f.Fuzz(func(t *testing.T, src []byte) {
		b := book.again()
		b.anchors, b.shown = maps.Clone(book.anchors), map[string]map[int][]string{}
		p := &page{file: legendFile, name: "fuzz", ids: map[string]bool{}, listed: map[ast.Node]*listed{}}
		p.source = src
		p.parse()
		b.findListings(p)
		b.forms = map[string][]form{"ad": {{"adds", &term{id: "a"}}, {"add", &term{id: "a"}}}, "he": {{"heads", &term{id: "b"}}}}
		b.byFile = map[string]*page{glossaryFile: {name: "glossary"}}
		termLink := regexp.MustCompile(`<a href="glossary.html#[ab]" class="term">([^<]*)</a>`)
		require.Equal(t, b.body(p, ""), termLink.ReplaceAllString(b.linkTerms(p, b.body(p, ""), ""), "$1"))
		for _, problem := range b.Problems {
			require.Equal(t, legendFile, problem.File)
			require.LessOrEqual(t, problem.Line, 1+strings.Count(string(src), "\n"))
			require.Positive(t, problem.Line)
			require.NotEmpty(t, problem.Text)
		}
		_ = p.mentions()
		_ = b.Walls()
	})
}

// Pictures may bring no script or style, and have to fit and be read.
func TestPicturesThatAreRefused(t *testing.T) {
	for svg, want := range map[string]string{
		`<svg><script>1</script></svg>`: "a script", `<svg onload="x()"></svg>`: "onload", `<svg><g style="fill:red"/></svg>`: "style", `<svg><g></svg`: "well-formed",
		`<svg width="355"><text class="fig-text fig-small">a</text></svg>`: "does not fit: 355 pixels wide, it has letters of 10.97 on a phone",
		`<svg width="420"><text class="fig-text">a</text></svg>`:           "letters of 10.96", `<svg width="9"><text font-size="10.5px">a</text></svg>`: "letters of 10.5",
	} {
		b := woven(t, map[string]string{"docs/figures/bars.svg": svg})
		require.Len(t, b.Problems, 1, svg)
		require.Equal(t, "docs/ch01_add.md", b.Problems[0].File)
		require.Contains(t, b.Problems[0].Text, want, svg)
	}
}

// Names in code lead to where they are defined: on the page, on another, or in a file
// that no page shows. The tab key stops once at each.
func TestNamesInCode(t *testing.T) {
	b := woven(t, map[string]string{
		"ch02_twice/twice.go":   strings.Replace(strings.Replace(small["ch02_twice/twice.go"], "import", "import \"example.org/book/internal/fast\"\nimport", 1), "return add.Add(a, a)", "return fast.Add(add.Add(a, a), add.Add(0, 0)) /* <add.Add> */", 1),
		"internal/fast/fast.go": "package fast\n\n// Add adds.\nfunc Add(a, b int) int { return a + b }\n",
	})
	require.Empty(t, b.Problems)
	plain := func(page string) string {
		return regexp.MustCompile(`</?span[^>]*>`).ReplaceAllString(string(b.Files[page]()), "")
	}
	add := `add.<a class="id" href="ch01_add.html#code-Add"`
	require.Contains(t, plain("ch02_twice.html"), `fast.<a class="id" href="src/internal/fast/fast.go.html#L4">Add</a>(`+add+`>Add</a>(a, a), `+add+` tabindex="-1">Add</a>(`)
	require.Contains(t, plain("ch01_add.html"), `(t <a class="id" href="#code-Total">Total</a>)`)
	require.Contains(t, plain("all.html"), `add.<a class="id" href="#ch01_add--code-Add">Add</a>`)
}

// Every page links a term where it first uses it, in any of its forms and over a line's
// end; a title, a heading, the name of a package and a word with a hyphen are no such uses.
func TestGlossary(t *testing.T) {
	changes := map[string]string{
		"docs/book.txt":    small["docs/book.txt"] + "glossary.md\n",
		"docs/glossary.md": "# Words\n\n### low sum\n\nA sum that is low. [Adding](ch01_add.md#how-it-adds).\n\n### sum, total\n\nWhat comes out, see `Add`. [Adding](ch01_add.md).\n\n### GPT\n\n[Adding](ch01_add.md).\n",
		"docs/legend.md":   "# Sums\n\nPackage sum. A sum-like *The sum of things* and [a sum](ch01_add.md), `sum`, GPT-2 and gpt. A *low\nsum* is no\nother; of Totals and sums one, and GPTs.\n",
		"docs/index.md":    "# A book\n\nA [low](glossary.md#low-sum) sum, a low sum.\n",
	}
	b := woven(t, changes)
	require.Empty(t, b.Problems)
	legend := string(b.Files["legend.html"]())
	require.Contains(t, legend, `<p id="p1">Package sum. A sum-like <em>The sum of things</em> and <a href="ch01_add.html">a sum</a>, <code>sum</code>, GPT-2 and gpt. A <em><a href="glossary.html#low-sum" class="term">low
sum</a></em> is no
other; of <a href="glossary.html#sum-total" class="term">Totals</a> and sums one, and <a href="glossary.html#gpt" class="term">GPTs</a>.</p>`)
	require.Contains(t, string(b.Files["index.html"]()), `<p id="p1">A <a href="glossary.html#low-sum" class="term">low</a> <a href="glossary.html#sum-total" class="term">sum</a>, a low sum.</p>`)
	require.Contains(t, string(b.Files["all.html"]()), `<a href="#glossary--gpt" class="term">GPTs</a>`)
	require.Contains(t, string(b.Files[namesFile]()), `"glossary.html#sum-total":[["sum, total","","What comes out, see Add. Adding."]]`)

	changes["docs/glossary.md"] += "\n### total\n\nAgain, [here](legend.md).\n\n### nowhere used\n\nSomething, [here](glossary.md#gpt).\n"
	changes["docs/legend.md"] += "\nSee [this](glossary.md#nosuch).\n"
	require.Equal(t, "[docs/glossary.md:15: no page uses the term total docs/glossary.md:15: the glossary has total twice docs/glossary.md:19: no page uses the term nowhere used docs/glossary.md:19: the term nowhere used names no page that builds it "+
		`docs/legend.md:7: dead link glossary.md#nosuch: docs/glossary.md has no section "nosuch"]`, fmt.Sprint(woven(t, changes).Problems))
}

// Of a comment of more than three lines the first sentence stands open, and the rest is
// folded, but not in a listing that is folded itself; every line is there once.
func TestLongComments(t *testing.T) {
	long := strings.Replace(small["ch01_add/add.go"], "// Add adds.", "// Add adds a\n// and b. It is\n// quick.\n//\n// It knows no overflow.", 1)
	b := woven(t, map[string]string{"ch01_add/add.go": long})
	require.Empty(t, b.Problems)
	require.Empty(t, b.Coverage())
	lines := func(b *Book) string {
		page := string(b.Files["ch01_add.html"]())
		page = page[strings.Index(page, `id="code-Add"`):]
		page = page[strings.Index(page, "</figcaption>")+len("</figcaption>") : strings.Index(page, "</figure>")]
		page = regexp.MustCompile(`<span class="line" data-n="(\d+)">`).ReplaceAllString(page, "$1 ")
		page = regexp.MustCompile(`</?(span|code|pre|a)[^>]*>`).ReplaceAllString(page, "")
		return strings.ReplaceAll(page, "\n\n", "\n")
	}
	head, rest, code := "\n6 // Add adds a\n7 // and b. It is\n", "8 // quick.\n9 //\n10 // It knows no overflow.\n", "11 func Add(a, b int) int { return a + b }\n"
	require.Equal(t, head+`<details class="doc"><summary>… and 3 more lines of the comment</summary>`+"\n"+rest+"</details>\n"+code, lines(b))
	b = woven(t, map[string]string{"ch01_add/add.go": long, "docs/ch01_add.md": strings.Replace(small["docs/ch01_add.md"], "add.go#Add)", "add.go#Add \"How\")", 1)})
	require.Equal(t, head+rest+code, lines(b))
	b = woven(t, map[string]string{"ch01_add/add.go": strings.Replace(long, "//\n// It knows no overflow.\n", "", 1)})
	require.NotContains(t, lines(b), "<details")
}

// A quotation that begins in bold is an aside, which wide pages have in their margin.
func TestAsides(t *testing.T) {
	b := woven(t, map[string]string{"docs/legend.md": "# Letters\n\n> **By the way.** It is so.\n\n> Quoted.\n\n>\n"})
	require.Empty(t, b.Problems)
	page := string(b.Files["legend.html"]())
	require.Contains(t, page, "<aside class=\"note\">\n<p id=\"p1\"><strong>By the way.</strong> It is so.</p>\n</aside>\n<blockquote>\n<p id=\"p2\">Quoted.</p>\n</blockquote>\n")
}

// What can be searched: every block of the prose with its id, and every name that a
// listing declares with its signature and the first sentence of its comment.
func TestIndex(t *testing.T) {
	b := woven(t, map[string]string{"docs/legend.md": "# Letters\n\nOne\nline of `Add`.\n\n- a [link](ch01_add.md)\n\n| a | b |\n|---|---|\n| c | d |\n\n```sh\ngo run\n```\n\n[`Sum`](../ch01_add/add_test.go#ExampleAdd \"What it prints\")\n"})
	require.Empty(t, b.Problems)
	index := string(b.Files[indexFile]())
	require.Contains(t, index, `{"Href":"legend.html","Over":"","Title":"Letters","Texts":[[1,"letters","Letters"],[0,"p1","One line of Add."],[0,"p2","a link"],`+
		`[0,"p3","a · b"],[0,"p3","c · d"],[0,"p3","go run"],[0,"code-ExampleAdd","What it prints"]]}`)
	require.Contains(t, string(b.Files["legend.html"]()), `<p id="p1">`)
	require.Contains(t, string(b.Files["all.html"]()), `<li id="legend--p2">`)
	names := string(b.Files[namesFile]())
	require.Contains(t, names, `"ch01_add.html#code-Total":[["Total","type Total struct{ Value int }","Total is a sum."],["Total.Value","Value int",""]]`)
	require.Contains(t, names, `["Total.Sum","func (t Total) Sum() int","Sum is the value."]`)
}
