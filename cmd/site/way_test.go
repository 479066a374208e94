package main

import (
	"net/url"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

const title = `document.querySelector("h1").lastChild.textContent`

// The arrow keys turn pages, but not while one writes or scrolls a listing; at the top
// of a page there are links that do.
func TestArrowKeys(t *testing.T) {
	b := newTab(t, browser(t))
	b.do(chromedp.EmulateViewport(390, 900), chromedp.Navigate(serving(t, smallBook(t))+"/ch01_add.html"))
	require.True(t, b.is(`(a => a.checkVisibility() && a.getBoundingClientRect().top < 60 && a.getAttribute("aria-label") === "Next: Twice")(document.querySelector('.top a[rel="next"]'))`))
	b.do(slash())
	b.eventually(`document.getElementById("find").open`)
	b.do(chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.Escape))
	b.eventually(`!document.getElementById("find").open`)
	require.Equal(t, "Adding", b.text(title), "the arrow moved in the query")
	b.do(chromedp.Click(".listing pre"), chromedp.KeyEvent(kb.ArrowRight))
	require.True(t, b.is(`(p => { p.tabIndex = 0; p.focus(); return document.activeElement === p })(document.querySelector(".listing pre"))`))
	b.do(chromedp.KeyEvent(kb.ArrowRight))
	b.eventually(`document.querySelector(".listing pre").scrollLeft > 0`)
	require.Equal(t, "Adding", b.text(title), "the arrow scrolled the listing")
	b.do(chromedp.Click("main p"))
	_, err := chromedp.RunResponse(b.ctx, chromedp.KeyEvent(kb.ArrowRight))
	require.NoError(t, err)
	require.Equal(t, "Twice", b.text(title))
	_, err = chromedp.RunResponse(b.ctx, chromedp.KeyEvent(kb.ArrowLeft))
	require.NoError(t, err)
	require.Equal(t, "Adding", b.text(title))
	b.quiet("turning")
}

// The contents mark the section that is read: beside the text on a desk, and one tap
// away on a phone, wherever one is on the page.
func TestContentsShowWhereOneIs(t *testing.T) {
	b := newTab(t, browser(t))
	b.do(media("light"), chromedp.EmulateViewport(1280, 900), chromedp.Navigate(realBook(t)+"/ch03_attention.html"))
	scroll := func(id string) {
		require.True(t, b.is(`(document.getElementById("`+id+`").scrollIntoView({ behavior: "instant" }), true)`))
	}
	const marked = `[...document.querySelectorAll(".side [aria-current=location]")].map(a => a.textContent).join()`
	require.Equal(t, "", b.text(marked))
	for id, want := range map[string]string{"no-look-ahead": "No look ahead", "many-heads": "Many heads", "further-reading": "Further reading"} {
		scroll(id)
		b.eventually(marked + ` === "` + want + `"`)
		require.True(t, b.is(`(r => r.top >= 0 && r.bottom <= innerHeight)(document.querySelector(".side [aria-current=location]").getBoundingClientRect())`))
	}
	require.True(t, b.is(`(scrollBy({ top: -9000, behavior: "instant" }), true)`), "upwards too")
	b.eventually(marked + ` !== "Further reading"`)

	b.do(chromedp.EmulateViewport(390, 900))
	scroll("many-heads")
	b.eventually(`document.querySelector(".fold summary").textContent === "ContentsMany heads"`)
	b.do(chromedp.Click(".fold summary"))
	require.True(t, b.is(`document.querySelector(".fold nav").getBoundingClientRect().bottom <= innerHeight && !(`+overflows+`)`))
	b.do(chromedp.Click(`.fold a[href$="#a-head"]`))
	b.eventually(`!document.querySelector(".fold").open && location.hash === "#a-head"`)
	b.eventually(`(y => y > 40 && y < 120)(document.getElementById("a-head").getBoundingClientRect().top)`) // not under the bar
	b.quiet("ch03_attention.html")
}

// The front page offers to go on where one stopped, in a copy on disk too, and keeps
// nothing but the page and the place.
func TestWhereOneStopped(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "copy")
	status, _, stderr := site(t, bookRoot(t), "-o", dir)
	require.Zero(t, status, stderr)
	b := newTab(t, browser(t))
	copied := (&url.URL{Scheme: "file", Path: filepath.ToSlash(dir) + "/"}).String()
	for _, top := range []string{realBook(t) + "/", copied} {
		b.do(media("dark"), chromedp.EmulateViewport(390, 900), chromedp.Navigate(top+"index.html"))
		require.False(t, b.is(`document.querySelector(".stopped") !== null`))
		b.do(chromedp.Navigate(top + "ch03_attention.html"))
		require.True(t, b.is(`(document.getElementById("many-heads").scrollIntoView({ behavior: "instant" }), true)`))
		b.do(chromedp.Navigate(top + "legend.html"))
		b.do(chromedp.Navigate(top + "index.html"))
		require.Equal(t, "Go on where you stopped: Chapter 3: Attention", b.text(`document.querySelector(".stopped").textContent`))
		require.True(t, b.is(`scrollY === 0 && !(`+overflows+`)`))
		require.Regexp(t, `^ch03_attention\.html#[\w-]+$`, b.text(`localStorage.getItem("stopped")`))
		_, err := chromedp.RunResponse(b.ctx, chromedp.Click(".stopped a"))
		require.NoError(t, err)
		b.eventually(`Math.abs(document.getElementById("many-heads").getBoundingClientRect().top) < 300`)
	}
	b.quiet("the copy")
}

// Asides stand in the margin where there is one, beside the text and over nothing, and
// else in the text; the rest of a long comment opens without a script.
func TestAsidesAndComments(t *testing.T) {
	b := newTab(t, browser(t))
	b.do(scripts(false), media("light"), chromedp.EmulateViewport(1280, 900), chromedp.Navigate(realBook(t)+"/ch04_gpt.html"))
	const beside = `(note => [...document.querySelectorAll("main > :not(.note)")].every(e => {
		const r = e.getBoundingClientRect()
		return r.right <= note.left || r.bottom <= note.top || r.top >= note.bottom
	}))(document.querySelector(".note").getBoundingClientRect())`
	require.True(t, b.is(beside+` && document.querySelector(".note").getBoundingClientRect().left > document.querySelector("main > p").getBoundingClientRect().right`))
	b.do(chromedp.EmulateViewport(390, 900), media("dark"))
	require.True(t, b.is(beside+` && document.querySelector(".note").getBoundingClientRect().left < 40 && !(`+overflows+`)`))
	require.False(t, b.is(`document.querySelector(".doc > pre").checkVisibility()`))
	b.do(chromedp.Click(".doc > summary"))
	require.True(t, b.is(`document.querySelector(".doc > pre").checkVisibility()`))
}
