package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// barriers runs axe-core, without the shadows that keep it from telling a colour, and
// names the serious and critical violations it finds, of each the first elements.
const barriers = `(only => {
	const flat = new CSSStyleSheet()
	flat.replaceSync("* { background-image: none !important }")
	document.adoptedStyleSheets = [flat]
	const lines = document.querySelector(".whole") ? [] : [".line"] // of code, which look all like those of one file
	return axe.run({ exclude: lines }, only || { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } })
})(%s).then(r => r.violations
	.filter(v => v.impact === "serious" || v.impact === "critical")
	.map(v => v.id + " (" + v.nodes.length + "): " + v.nodes.slice(0, 3).map(n => n.target.join(" ") + " " + n.html.slice(0, 80)).join(" | ")).join("\n"))`

// colours are all that another theme changes.
const colours = `{ runOnly: ["color-contrast"] }`

// Nobody is shut out: axe-core finds no serious or critical violation on any page, on
// a desk and on a phone, in light and in dark. The page that holds all others has
// what they have.
func TestPagesAreAccessible(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short, and it takes minutes")
	}
	file := os.Getenv("LLMBOOK_AXE")
	if file == "" {
		require.NotEqual(t, "true", os.Getenv("CI"), "LLMBOOK_AXE has to name axe-core's axe.min.js")
		t.Skip("skipped: LLMBOOK_AXE names no axe.min.js; npm install axe-core brings it")
	}
	axe, err := os.ReadFile(file)
	require.NoError(t, err)
	files := theBook(t).Files
	address := servingBook(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r, files) }))
	chromium := browser(t)
	for name := range files {
		if !strings.HasSuffix(name, ".html") || strings.HasPrefix(name, "src/") && name != "src/ch03_attention/head.go.html" || name == "all.html" {
			continue
		}
		b := newTab(t, chromium) // which has its own time
		b.do(chromedp.Navigate(address + "/" + name))
		_, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](string(axe)+"; true"))
		require.NoError(t, err)
		for _, look := range []struct {
			width        int64
			scheme, only string
		}{{1280, "light", "null"}, {1280, "dark", colours}, {390, "dark", "null"}, {390, "light", colours}} {
			b.do(chromedp.EmulateViewport(look.width, 900), media(look.scheme))
			found, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf(barriers, look.only), chromedp.EvalAwaitPromise))
			require.NoError(t, err, name)
			if found != "" {
				t.Errorf("%s, %d pixels, %s: %s", name, look.width, look.scheme, found)
			}
		}
	}
}
