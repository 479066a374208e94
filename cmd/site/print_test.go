package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// printed is the text of each sheet of a page of the small book, printed without
// scripts.
func printed(t *testing.T, book, page string) []string {
	t.Helper()
	pdftotext, err := exec.LookPath("pdftotext")
	if err != nil {
		require.NotEqual(t, "true", os.Getenv("CI"), "the test of the print needs pdftotext")
		t.Skip("skipped: no pdftotext (Debian's poppler-utils) to read the print with")
	}
	b := newTab(t, browser(t))
	b.do(scripts(false), chromedp.Navigate(serving(t, book)+"/"+page))
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF())
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "page.pdf")
	require.NoError(t, os.WriteFile(file, pdf, 0o644))
	text, err := exec.Command(pdftotext, "-layout", file, "-").Output()
	require.NoError(t, err)
	return strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
}

// On paper, pages have numbers, folds stand open, links say where they lead, nothing
// is there to be clicked, and no listing or picture is cut that fits on a sheet.
func TestPrint(t *testing.T) {
	book := smallBook(t)
	file := filepath.Join(book, "docs", "ch02_twice.md")
	prose, err := os.ReadFile(file)
	require.NoError(t, err)
	const listing = "[`Twice`](../ch02_twice/twice.go#Twice \"How it doubles\")\n\n"
	const picture = "![Two bars](figures/bars.svg \"The second is higher.\")\n\n"
	text := string(prose) + "\nRead on [elsewhere](https://example.org/elsewhere).\n\n"
	for i := range 30 {
		text += strings.Repeat("A word and another. ", 40+10*i%7) + "\n\n" + listing + picture
	}
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	sheets := printed(t, book, "ch02_twice.html")
	require.Greater(t, len(sheets), 5)
	folds := 0
	for i, sheet := range sheets {
		lines := strings.Split(strings.TrimSpace(sheet), "\n")
		require.Equal(t, fmt.Sprint(i+1), strings.TrimSpace(lines[len(lines)-1]))
		require.Equal(t, strings.Count(sheet, "// Twice doubles a."), strings.Count(sheet, "return add.Add(a, a)"), sheet)
		require.Equal(t, strings.Count(sheet, "Figure 2."), strings.Count(sheet, "on the axis"), sheet)
		folds += strings.Count(sheet, "return add.Add(a, a)")
		for _, other := range []string{"Skip to the text", "Previous", "Contents"} {
			require.NotContains(t, sheet, other)
		}
	}
	require.Equal(t, 31, folds)
	require.Contains(t, strings.Join(strings.Fields(sheets[0]), " "), "elsewhere (https://example.org/elsewhere)")
}
