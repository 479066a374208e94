package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// openListings is the share of a page's height, in percent, that listings take
// which are not folded.
const openListings = `(() => {
	const height = e => e.getBoundingClientRect().height
	const open = Array.from(document.querySelectorAll("main figure.listing")).filter(e => e.checkVisibility())
	return String(Math.ceil(100 * open.reduce((sum, e) => sum + height(e), 0) / height(document.querySelector("main"))))
})()`

// measure is how many characters a full line of prose has, on average. The last line
// of a paragraph is half full, on average.
const measure = `(() => {
	let characters = 0, lines = 0
	for (const p of document.querySelectorAll("main > p")) {
		const n = Math.round(p.getBoundingClientRect().height / parseFloat(getComputedStyle(p).lineHeight))
		if (n > 3 && !p.querySelector("math, code")) { characters += p.textContent.length; lines += n - 0.5 }
	}
	return String(Math.round(characters / lines))
})()`

// Ideas stand open, helpers are folded: on no chapter's page do open listings take
// more than half of the height. And the prose is set for reading.
func TestListingsAndProse(t *testing.T) {
	files := theBook(t).Files
	address := servingBook(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r, files) }))
	b := newTab(t, browser(t))
	b.do(chromedp.EmulateViewport(1280, 900))
	number := func(expression string) (n int) {
		_, err := fmt.Sscan(b.text(expression), &n)
		require.NoError(t, err)
		return n
	}
	for name := range files {
		if !strings.HasPrefix(name, "ch0") {
			continue
		}
		b.do(chromedp.Navigate(address + "/" + name))
		listings, characters := number(openListings), number(measure)
		require.LessOrEqual(t, listings, 50, "%s: percent of its height", name)
		require.True(t, 60 <= characters && characters <= 75, "%s: %d characters a line", name, characters)
	}
}
