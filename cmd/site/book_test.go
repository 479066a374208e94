package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/cmd/site/internal/weave"
	"github.com/llm-from-scratch/llm/internal/exercise"
)

var woven *weave.Book

// theBook is the real book, woven once for all tests.
func theBook(t *testing.T) *weave.Book {
	t.Helper()
	if woven == nil {
		woven = weave.Weave(bookRoot(t))
	}
	return woven
}

func bookRoot(t *testing.T) string {
	t.Helper()
	root, err := exercise.Root()
	require.NoError(t, err)
	return root
}

func none(t *testing.T, problems []weave.Problem) {
	t.Helper()
	for _, p := range problems {
		t.Error(p)
	}
}

// Every name, link, formula and picture of the book exists, and nothing is used
// before the page that defines it.
func TestBookIsSound(t *testing.T) { none(t, theBook(t).Problems) }

// Every line of the chapters' code is shown exactly once.
func TestEveryLineIsShownOnce(t *testing.T) { none(t, theBook(t).Lines()) }

// Every exported name is explained where it is defined.
func TestEveryNameIsMentioned(t *testing.T) { none(t, theBook(t).Names()) }

// Where listings follow each other, prose says what they are for.
func TestNoWallsOfListings(t *testing.T) { none(t, theBook(t).Walls()) }

// The front page leads to every page of the book, on GitHub too.
func TestTheFrontPageLinksEveryPage(t *testing.T) {
	front, err := os.ReadFile(filepath.Join(bookRoot(t), "docs", "index.md"))
	require.NoError(t, err)
	order, err := os.ReadFile(filepath.Join(bookRoot(t), "docs", "book.txt"))
	require.NoError(t, err)
	for line := range strings.Lines(string(order)) {
		if page := strings.TrimSpace(line); page != "" && !strings.HasPrefix(page, "#") {
			require.Contains(t, string(front), "]("+page+")", "docs/index.md")
		}
	}
}

// A chapter's package comment is a list of its files, each a link.
func TestFilesOfAChapterAreLinked(t *testing.T) {
	page := string(theBook(t).Files["ch03_attention.html"]())
	require.Contains(t, page, "\n"+`<a href="src/ch03_attention/simple.go.html">simple.go</a>     attention with nothing to train`)
	require.Contains(t, page, `<pre class="code"><a href="src/ch03_attention/softmax.go.html">softmax.go</a>`)
}

// pages yields the book's prose by file, without code and formulas.
func pages(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(bookRoot(t), "docs", "*.md"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	prose := map[string]string{}
	for _, file := range files {
		page, err := os.ReadFile(file)
		require.NoError(t, err)
		prose[filepath.Base(file)] = regexp.MustCompile("(?s)```.*?```|`[^`]*`").ReplaceAllString(string(page), "")
	}
	return prose
}

// Letters with indices are formulas.
func TestIndicesAreFormulas(t *testing.T) {
	link := regexp.MustCompile(`\]\([^)]*\)`)
	index := regexp.MustCompile(`\b[A-Za-z]{1,2}_[A-Za-z0-9]{1,2}\b|\pL[₀-₉ᵢⱼ]`)
	for file, prose := range pages(t) {
		require.Empty(t, index.FindAllString(link.ReplaceAllString(prose, ""), -1), "%s: write $`x_i`$", file)
	}
}

// What is to be read further can be opened, and a paper of the arXiv is as old as is said.
func TestFurtherReadingIsLinked(t *testing.T) {
	section := regexp.MustCompile(`(?ms)^## Further reading\n(.*?)(^## |\z)`)
	arxiv := regexp.MustCompile(`arxiv\.org[^)\s]*`)
	id := regexp.MustCompile(`^arxiv\.org/abs/(\d\d)(0[1-9]|1[0-2])\.\d{4,5}$`)
	entries := 0
	for file, prose := range pages(t) {
		for _, entry := range strings.Split("\n"+strings.TrimSpace(strings.Join(section.FindStringSubmatch(prose), "")), "\n- ")[1:] {
			entries++
			require.Regexp(t, `\]\(https?://\S+\)`, entry, file)
			for _, address := range arxiv.FindAllString(entry, -1) {
				of := id.FindStringSubmatch(address)
				require.NotNil(t, of, "%s: %s", file, address)
				year, _ := strconv.Atoi("20" + of[1])
				require.Regexp(t, fmt.Sprintf(`\b(%d|%d)\b`, year, year+1), entry, "%s: %s", file, address)
			}
		}
	}
	require.Greater(t, entries, 50)
}

// What an author waits for after an edit, but for the 0.1 s in which it is noticed.
func BenchmarkReweave(b *testing.B) {
	root, err := exercise.Root()
	require.NoError(b, err)
	book := weave.Weave(root)
	for b.Loop() {
		book = book.Reweave()
	}
}
