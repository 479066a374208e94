package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// eventually waits until a JavaScript condition of the page holds.
func (b *tab) eventually(expression string) {
	b.t.Helper()
	require.Eventually(b.t, func() bool {
		ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](expression))
		return err == nil && ok
	}, 20*time.Second, 20*time.Millisecond, expression)
}

// slash presses the key as a keyboard does: it is typed only if nobody takes it.
// (chromedp.KeyEvent types it whatever becomes of the press.)
func slash() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "/", Code: "Slash", Text: "/"})
		return err
	})
}

// ask puts a query in place of the one before.
func ask(query string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Evaluate[bool](fmt.Sprintf(`(i => { i.value = %q; return i.dispatchEvent(new Event("input")) })(document.querySelector("#find input"))`, query))(ctx, t)
		return err
	})
}

// realBook serves the real book as it is now: an author's change would reload the
// page under the test.
func realBook(t *testing.T) string {
	files := theBook(t).Files
	return servingBook(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r, files) }))
}

const (
	hits     = `document.querySelectorAll("#hits [role=option]").length`
	selected = `document.querySelector("#hits [aria-selected=true]")`
)

// The search opens by key on every width, needs no pointer, puts a name that is asked
// for first, groups what it finds by page, and marks the words.
func TestSearch(t *testing.T) {
	b := newTab(t, browser(t))
	b.do(chromedp.Navigate(realBook(t) + "/index.html"))
	require.False(t, b.is(`"bookIndex" in window`), "the index is not loaded before it is needed")
	for _, look := range []struct {
		width  int64
		scheme string
	}{{390, "dark"}, {1280, "light"}} {
		b.do(chromedp.EmulateViewport(look.width, 900), media(look.scheme), slash())
		b.eventually(`document.getElementById("find").open && "bookIndex" in window`)
		require.NotContains(t, b.text(`document.querySelector("#find input").value`), "/", "the key that opens it is not typed")
		b.do(chromedp.KeyEvent("Head.Forward"))
		b.eventually(selected + `?.href.endsWith("/ch03_attention.html#code-Head.Forward")`) // the name first
		require.Contains(t, b.text(selected+`.textContent`), "func (h *Head) Forward(", "with its signature")
		require.Equal(t, "Chapter 3 · Attention", b.text(selected+`.parentElement.getAttribute("aria-label")`))
		b.do(chromedp.KeyEvent(kb.ArrowDown))
		require.True(t, b.is(`document.querySelector("#find input").getAttribute("aria-activedescendant") === `+selected+`.id && `+selected+` !== document.querySelector("#hits a")`))
		require.False(t, b.is(overflows))
		require.True(t, b.is(`document.getElementById("find").scrollWidth <= document.getElementById("find").clientWidth`))
		b.do(chromedp.KeyEvent(kb.Escape))
		b.eventually(`!document.getElementById("find").open`)
	}
	b.do(chromedp.KeyEvent("k", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.eventually(`document.getElementById("find").open`)
	for query, want := range map[string][2]string{
		"softmax":                   {"func Softmax(", "softmax"},
		"causal mask":               {"No look ahead", "mask"}, // words in the prose
		"one step downhill":         {"One step downhill", "One step downhill"},
		"exercise 1.1":              {"", "Exercise 1.1"},
		"long-range dependencies":   {"The Transformer", "long-range"},
		"go run ./cmd/llm pretrain": {"", "pretrain"},
	} {
		b.do(ask(query))
		b.eventually(`document.querySelector("#find [role=status]").textContent !== "" && document.getElementById("hits").textContent.includes("` + want[0] + `")`)
		require.Contains(t, b.text(`[...document.querySelectorAll("#hits mark")].map(m => m.textContent).join(" ")`), want[1][:4], query)
	}
	b.do(ask("xyzzy"))
	b.eventually(hits + ` === 0`)
	require.Equal(t, "0 places", b.text(`document.querySelector("#find [role=status]").textContent`))
	b.quiet("the search")
}

// From plain files too, and what lies in a fold is unfolded: on another page, on the
// same page, and when it has been folded again since.
func TestSearchFromFilesOpensFolds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "copy")
	status, _, stderr := site(t, bookRoot(t), "-o", dir)
	require.Zero(t, status, stderr)
	b := newTab(t, browser(t))
	b.do(chromedp.EmulateViewport(390, 900), chromedp.Navigate((&url.URL{Scheme: "file", Path: filepath.ToSlash(dir) + "/index.html"}).String()))
	for range 3 {
		b.do(slash())
		b.eventually(`document.getElementById("find").open`)
		b.do(chromedp.SendKeys("#find input", "CrossActivations"), chromedp.KeyEvent(kb.Enter))
		b.eventually(`document.readyState === "complete" && document.querySelector(":target")?.closest("details")?.open === true && !document.getElementById("find").open`)
		b.eventually(`(r => r.top >= 0 && r.top < innerHeight)(document.querySelector(":target").getBoundingClientRect())`)
		require.True(t, b.is(`document.querySelectorAll("details").forEach(d => d.open = false) ?? true`))
	}
	b.quiet("the copy")
}

// Whatever is typed or pasted is looked for as it stands, and soon.
func TestStrangeQueries(t *testing.T) {
	b := newTab(t, browser(t))
	b.do(chromedp.Navigate(serving(t, smallBook(t))+"/ch01_add.html#%"), slash(), ask("add"))
	b.eventually(hits + " > 0")
	said := func() string { return b.text(`document.querySelector("#find [role=status]").textContent`) }
	for _, query := range []string{"   ", ".*", "(", `\`, "[a-", "$^", "</script>", "\u05d0\u05d1", "e\u0301\u0301", "😀", "__proto__"} {
		b.do(ask(query))
		time.Sleep(20 * time.Millisecond)
		require.NotContains(t, said(), "cannot", query)
	}
	b.do(ask(strings.Repeat("a ", 5000) + "qqqqqq"))
	b.eventually(hits + " > 0")
	b.do(chromedp.KeyEvent(kb.Escape))
	b.quiet("ch01_add.html#%")
}
