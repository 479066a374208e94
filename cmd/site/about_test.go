package main

import (
	"fmt"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// Names in code lead to their definition without a script, on this page, on another one
// and in a file that no page shows; what a script adds is what they are, on hover and on
// focus, in code and in prose.
func TestNamesSayWhatTheyAre(t *testing.T) {
	b := newTab(t, browser(t))
	dir := filepath.Join(t.TempDir(), "copy")
	status, _, stderr := site(t, bookRoot(t), "-o", dir)
	require.Zero(t, status, stderr)
	address := (&url.URL{Scheme: "file", Path: filepath.ToSlash(dir) + "/ch04_gpt.html"}).String()
	b.do(scripts(false), chromedp.Navigate(address))
	for name, want := range map[string]string{"Config": "ch04_gpt.html#code-Config", "MultiHead": "ch03_attention.html#code-MultiHead", "Gemm": "src/internal/f32/gemm.go.html#L"} {
		require.True(t, b.is(fmt.Sprintf(`[...document.querySelectorAll(".listing a.id")].some(a => a.textContent === %q && a.href.includes(%q))`, name, want)), name)
	}
	b.do(scripts(true), chromedp.Navigate(address))
	const about = `document.getElementById("about")`
	for _, look := range []struct {
		width  int64
		scheme string
	}{{1280, "light"}, {390, "dark"}} {
		b.do(chromedp.EmulateViewport(look.width, 900), media(look.scheme))
		for query, want := range map[string]string{
			`.listing a.id[href="ch03_attention.html#code-MultiHead"]:not([tabindex])`: "type MultiHead struct",
			`main p a.name[href$="#code-NewBlockActivations"]`:                         "func NewBlockActivations(",
			`main p a.term[href="glossary.html#residual-stream"]`:                      "flow through all blocks",
		} {
			require.True(t, b.is(`(a => { a.scrollIntoView({ block: "center", behavior: "instant" }); a.focus({ focusVisible: true }); return a === document.activeElement })(document.querySelector('`+query+`'))`), query)
			b.eventually(`!` + about + `.hidden && ` + about + `.textContent.includes("` + want + `")`)
			require.True(t, b.is(`document.activeElement.getAttribute("aria-describedby") === "about" && `+about+`.role === "tooltip"`))
			require.True(t, b.is(`(r => r.left >= 0 && r.right <= innerWidth && r.bottom <= innerHeight)(`+about+`.getBoundingClientRect()) && !(`+overflows+`)`))
			b.do(chromedp.KeyEvent(kb.Escape))
			require.True(t, b.is(about+`.hidden`))
			require.True(t, b.is(`(document.activeElement.blur(), true)`))
			var x, y float64
			_, err := fmt.Sscan(b.text(`(r => (r.left + r.width / 2) + " " + (r.top + r.height / 2))(document.querySelector('`+query+`').getBoundingClientRect())`), &x, &y)
			require.NoError(t, err)
			b.do(chromedp.MouseEvent(chromedp.MouseMoved, x, y))
			b.eventually(`!` + about + `.hidden && ` + about + `.textContent.includes("` + want + `")`)
			b.do(chromedp.MouseEvent(chromedp.MouseMoved, 1, 1))
			b.eventually(about + `.hidden`)
		}
	}
	b.quiet("ch04_gpt.html")
}
