package figures

import (
	_ "embed"
	"fmt"
	"html"
	"math"
	"strings"
)

// Style is the sheet inside every picture. The site drops it when it inlines a
// picture, and styles the same classes itself.
//
//go:embed style.css
var Style string

// colours is how many .fig-cN classes there are; further series start again.
const colours = 6

// Width is that of every picture: what a phone has, so that no letter is ever
// scaled down. A wide page shows the picture larger.
const Width = 352.0

// A canvas collects the elements of one picture.
type canvas struct{ strings.Builder }

// open starts a picture. The title stands over it and is also what a screen
// reader says; desc adds what the eye would take from the picture.
func open(height float64, title, desc string) *canvas {
	c := &canvas{}
	fmt.Fprintf(c, `<svg xmlns="http://www.w3.org/2000/svg" class="figure" viewBox="0 0 %s %s" width="%s" height="%s" role="img">`+"\n",
		num(Width), num(height), num(Width), num(height))
	fmt.Fprintf(c, "<title>%s</title>\n<desc>%s</desc>\n<style>\n%s</style>\n", html.EscapeString(title), html.EscapeString(desc), Style)
	c.text(4, 18, "start", "fig-title", title)
	return c
}

func (c *canvas) close() []byte {
	c.WriteString("</svg>\n")
	return []byte(c.String())
}

// text writes a label; anchor is start, middle or end, class is added to fig-text.
func (c *canvas) text(x, y float64, anchor, class, s string) {
	if s == "" {
		return
	}
	fmt.Fprintf(c, `<text class="%s" x="%s" y="%s" text-anchor="%s">%s</text>`+"\n",
		strings.TrimSpace("fig-text "+class), num(x), num(y), anchor, html.EscapeString(s))
}

// textUp writes a label that reads from bottom to top, centred on (x, y).
func (c *canvas) textUp(x, y float64, s string) {
	if s == "" {
		return
	}
	fmt.Fprintf(c, `<text class="fig-text" x="%s" y="%s" text-anchor="middle" transform="rotate(-90 %s %s)">%s</text>`+"\n",
		num(x), num(y), num(x), num(y), html.EscapeString(s))
}

func (c *canvas) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(c, `<path class="%s" d="M%s %sL%s %s"/>`+"\n", class, num(x1), num(y1), num(x2), num(y2))
}

func (c *canvas) rect(class string, x, y, w, h, opacity float64) {
	fmt.Fprintf(c, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"`, class, num(x), num(y), num(w), num(h))
	if opacity < 1 {
		fmt.Fprintf(c, ` fill-opacity="%.2f"`, opacity)
	}
	c.WriteString("/>\n")
}

// num prints a coordinate to a tenth of a pixel: no picture needs more, and a
// last bit that differs between processors does not reach the file.
func num(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		x = 0
	}
	s := fmt.Sprintf("%.1f", x)
	if s == "-0.0" {
		return "0"
	}
	return strings.TrimSuffix(s, ".0")
}

// label prints a number for the reader of an axis.
func label(x float64) string { return digits(x, 1) }

// A tick is a mark on an axis and its name.
type tick struct {
	value float64
	name  string
}

// named prints the marks of an axis with as many digits as tell them apart.
func named(values []float64) (all []tick) {
	least := 1
	if len(values) > 1 {
		largest := max(math.Abs(values[0]), math.Abs(values[len(values)-1]))
		least += int(math.Ceil(math.Log10(largest / (values[1] - values[0]))))
	}
	for _, v := range values {
		all = append(all, tick{v, digits(v, least)})
	}
	return all
}

// digits prints a number with four digits, three in front of an exponent, or
// with more.
func digits(x float64, least int) string {
	n := 4
	switch {
	case x == 0:
		return "0" // of either sign
	case math.Abs(x) < 1e-3 || math.Abs(x) >= 1e6:
		n = 3
	}
	return fmt.Sprintf("%.*g", max(n, least), x)
}

// textWidth guesses how wide an 11-pixel label is: there is no font to ask.
func textWidth(s string) float64 { return 6 * float64(len([]rune(s))) }

// Thousands writes a number with commas.
func Thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", Thousands(n/1000), n%1000)
}
