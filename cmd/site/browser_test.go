package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// browser starts Chromium, or skips the test where there is none. CI has one.
func browser(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		require.NotEqual(t, "true", os.Getenv("CI"), "the browser tests need Chromium")
		t.Skip("skipped: no Chromium to open the pages with")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, // it opens only our own pages
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, quit := chromedp.NewContext(ctx)
	t.Cleanup(quit)
	err := chromedp.Do(ctx) // the browser lives as long as ctx
	if err != nil && os.Getenv("CI") != "true" {
		t.Skipf("skipped: %s does not start: %v", path, err)
	}
	require.NoError(t, err)
	return ctx
}

// A tab is one open page.
type tab struct {
	t        *testing.T
	ctx      context.Context
	messages <-chan string
}

func newTab(t *testing.T, browser context.Context) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	require.NoError(t, chromedp.Do(ctx))
	messages := make(chan string, 1000)
	console := chromedp.Console(ctx)
	go func() {
		for m, err := range console {
			if err != nil {
				return
			}
			messages <- m.String()
		}
	}()
	limited, cancel := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	return &tab{t, limited, messages}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b.ctx, steps...))
}

// is reports a JavaScript condition of the page.
func (b *tab) is(expression string) bool {
	b.t.Helper()
	ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](expression))
	require.NoError(b.t, err, expression)
	return ok
}

func (b *tab) text(expression string) string {
	b.t.Helper()
	s, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	require.NoError(b.t, err, expression)
	return s
}

// quiet fails the test when the page wrote to the console, as it does when the
// security policy stops something.
func (b *tab) quiet(page string) {
	b.t.Helper()
	for {
		select {
		case m := <-b.messages:
			b.t.Errorf("%s: %s", page, m)
		case <-time.After(50 * time.Millisecond):
			return
		}
	}
}

func media(scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	})
}

func scripts(on bool) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	})
}

const (
	overflows = `document.documentElement.scrollWidth > document.documentElement.clientWidth`
	paper     = `getComputedStyle(document.body).backgroundColor`
)

// widest names what is too wide, for the message of a failing test.
const widest = `Array.from(document.querySelectorAll("main *")).filter(e => e.getBoundingClientRect().right > innerWidth && !e.closest("pre, .scroll, .math")).map(e => e.tagName + ":" + e.textContent.slice(0, 60)).slice(0, 3).join(" | ")`

// cut names formulas, tables and code that no reader gets to see whole: they reach
// beyond the window, or beyond the left of what they scroll in, or scroll in a box that
// shows no shadow at its edge. The observer of the page's script has had its turn after
// a frame.
const cut = `new Promise(done => requestAnimationFrame(() => setTimeout(done))).then(() => Array.from(document.querySelectorAll("main :is(math, math *, table, .line, samp)")).filter(e => {
	const box = e.getBoundingClientRect(), scroller = e.closest("pre, .scroll, div.math")
	const inside = scroller && scroller.getBoundingClientRect(), style = scroller && getComputedStyle(scroller)
	if (!e.checkVisibility() || box.width === 0) return false
	if (box.left >= 0 && box.right <= innerWidth) return false
	return !scroller || inside.right > innerWidth || box.left < inside.left || scroller.scrollWidth + inside.left + 1 < box.right ||
		style.overflowX !== "auto" || !style.backgroundAttachment.includes("local") || scroller.tabIndex !== 0
}).map(e => e.tagName + ":" + (e.closest("math")?.getAttribute("alttext") || e.textContent.slice(0, 60))).slice(0, 3).join(" | "))`

// small names pictures that are shown wider than the page or with letters under
// 10.9 pixels, or in which a letter stands outside of the window.
const small = `Array.from(document.querySelectorAll(".picture svg")).filter(svg => {
	const box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width
	return box.left < 0 || box.right > innerWidth || Array.from(svg.querySelectorAll("text")).some(text => {
		const t = text.getBoundingClientRect()
		return parseFloat(getComputedStyle(text).fontSize) * scale < 10.9 || t.left < 0 || t.right > innerWidth
	})
}).map(svg => svg.querySelector("title").textContent).join(" | ")`

// Every page of the real book opens without a complaint, on a desk and on a
// phone, in light and in dark. The one that holds all others once more takes as
// long as they do together: only CI opens it.
func TestEveryPageOpens(t *testing.T) {
	files := theBook(t).Files // and not a live one: an author's change would reload the page under the test
	address := servingBook(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r, files) }))
	b := newTab(t, browser(t))
	looks := []struct {
		width  int64
		scheme string
	}{{1280, "light"}, {390, "dark"}}
	for name := range files {
		if !strings.HasSuffix(name, ".html") || strings.HasPrefix(name, "src/") || name == "404.html" ||
			name == "all.html" && os.Getenv("CI") != "true" {
			continue
		}
		b.do(chromedp.Navigate(address + "/" + name))
		require.True(t, b.is(`document.documentElement.lang === "en" && document.querySelectorAll("h1").length > 0`), name)
		for _, look := range looks {
			b.do(chromedp.EmulateViewport(look.width, 900), media(look.scheme))
			if b.is(overflows) {
				t.Errorf("%s is wider than %d pixels: %s", name, look.width, b.text(widest))
			}
			require.Empty(t, b.text(cut), "%s at %d pixels: what is cut", name, look.width)
			require.Empty(t, b.text(small), "%s at %d pixels: pictures that do not fit", name, look.width)
		}
		slices.Reverse(looks) // the next page begins as this one ends: to lay out a page takes longest
		b.quiet(name)
	}
}

func TestFormulasAreMathML(t *testing.T) {
	b := newTab(t, browser(t))
	b.do(chromedp.EmulateViewport(390, 900), chromedp.Navigate(serving(t, smallBook(t))+"/ch01_add.html"))
	require.True(t, b.is(`document.querySelectorAll("math").length === 2 && document.querySelector("math mfrac") instanceof MathMLElement`))
	require.True(t, b.is(`document.querySelector("div.math").scrollWidth > document.querySelector("div.math").clientWidth`), "a wide formula scrolls in its own box")
	require.False(t, b.is(overflows), b.text(widest))
	require.Empty(t, b.text(cut))
	b.quiet("ch01_add.html")
}

func TestTurningPages(t *testing.T) {
	b := newTab(t, browser(t))
	b.do(chromedp.Navigate(serving(t, smallBook(t)) + "/"))
	for _, want := range []string{"Adding", "Twice", "Letters"} {
		_, err := chromedp.RunResponse(b.ctx, chromedp.Click(`a[rel="next"]`))
		require.NoError(t, err)
		require.Equal(t, want, b.text(`document.querySelector("h1").lastChild.textContent`))
	}
	require.False(t, b.is(`document.querySelector('a[rel="next"]') !== null`))
}

func TestThemes(t *testing.T) {
	b := newTab(t, browser(t))
	address := serving(t, smallBook(t)) + "/ch01_add.html"
	b.do(media("light"), chromedp.Navigate(address))
	light := b.text(paper)
	b.do(media("dark"))
	dark := b.text(paper)
	require.NotEqual(t, light, dark, "the page follows the system")
	b.do(media("light"), chromedp.Click("#theme"))
	require.Equal(t, dark, b.text(paper), "the button overrides the system")
	b.do(chromedp.Navigate(address))
	require.Equal(t, dark, b.text(paper), "and is remembered")
	require.Equal(t, "Light", b.text(`document.getElementById("theme").textContent`))
	b.quiet(address)
}

func TestWithoutScripts(t *testing.T) {
	b := newTab(t, browser(t))
	b.do(chromedp.EmulateViewport(390, 900), scripts(false), media("dark"), chromedp.Navigate(serving(t, smallBook(t))+"/ch01_add.html"))
	require.True(t, b.is(`document.getElementById("theme").hidden && document.querySelectorAll("math").length === 2`))
	require.True(t, b.is(`!document.querySelector("details.fold").open && document.querySelector("details.fold").checkVisibility()`))
	b.do(chromedp.Click("details.fold summary"))
	require.True(t, b.is(`document.querySelector("details.fold").open`), "the contents unfold")
	_, err := chromedp.RunResponse(b.ctx, chromedp.Click(`a[rel="next"]`))
	require.NoError(t, err)
	require.Equal(t, "Twice", b.text(`document.querySelector("h1").lastChild.textContent`))
}

// The copy opens from the file system and from a server that knows nothing of it, and
// its policy goes with it.
func TestTheCopyOpensAnywhere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "copy")
	book := smallBook(t)
	wd, err := os.Getwd()
	require.NoError(t, err)
	status, _, stderr := site(t, book, "-o", dir)
	require.Equal(t, 0, status, stderr)
	t.Chdir(wd)
	plain := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer plain.Close()
	b := newTab(t, browser(t))
	for _, address := range []string{(&url.URL{Scheme: "file", Path: filepath.ToSlash(dir) + "/index.html"}).String(), plain.URL} {
		b.do(media("light"), chromedp.Navigate(address))
		_, err = chromedp.RunResponse(b.ctx, chromedp.Click(`a[rel="next"]`))
		require.NoError(t, err)
		require.Equal(t, "Adding", b.text(`document.querySelector("h1").lastChild.textContent`))
		require.True(t, b.is(`getComputedStyle(document.querySelector(".listing pre")).borderRadius !== "0px"`), "the style sheet is there")
		require.False(t, b.is(`document.getElementById("theme").hidden`), "the script is there")
		_, err = chromedp.RunResponse(b.ctx, chromedp.Click(`.listing figcaption a`))
		require.NoError(t, err)
		require.Equal(t, "ch01_add/add.go", b.text(`document.querySelector("h1").textContent`))
		b.quiet(address)
		require.True(t, b.is(`(() => {
			const script = document.createElement("script")
			script.textContent = "window.ran = true"
			document.head.append(script)
			return !window.ran
		})()`), "no script of a page runs")
		<-b.messages // the browser says so
	}
}

func TestAnOpenPageReloads(t *testing.T) {
	book := smallBook(t)
	b := newTab(t, browser(t))
	b.do(chromedp.Navigate(serving(t, book) + "/legend.html"))
	time.Sleep(300 * time.Millisecond) // the page first has to say that it listens
	require.NoError(t, os.WriteFile(filepath.Join(book, "docs", "legend.md"), []byte("# Renamed\n\nText.\n"), 0o644))
	require.Eventually(t, func() bool {
		heading, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.querySelector("h1") ? document.querySelector("h1").textContent : ""`))
		return err == nil && strings.HasSuffix(heading, "Renamed")
	}, 20*time.Second, 100*time.Millisecond)
	b.quiet("legend.html")
}
