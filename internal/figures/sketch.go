package figures

import (
	"fmt"
	"math"
)

// A Sketch is a picture of boxes and arrows, placed by hand: which box belongs
// beside which is what such a picture says, and no layout finds that out.
type Sketch struct{ c *canvas }

// NewSketch begins a picture of the given size in pixels. The title stands over
// it; desc tells those who do not see it what it shows.
func NewSketch(width, height float64, title, desc string) Sketch {
	s := Sketch{open(width, height, title, desc)}
	s.c.text(12, 22, "start", "fig-title", title)
	return s
}

// SVG ends the picture and is its file.
func (s Sketch) SVG() []byte { return s.c.close() }

// Box draws a box in the colour of a role, a number as that of a Series, with
// lines of text in its middle. A negative role has no colour.
func (s Sketch) Box(x, y, width, height float64, role int, lines ...string) {
	s.c.rect("fig-frame", x, y, width, height, 1)
	if role >= 0 {
		s.c.rect(fmt.Sprintf("fig-bar fig-c%d", role%colours), x, y, width, height, 0.18)
	}
	top := y + height/2 + 4.5 - 8.5*float64(len(lines)-1)
	for i, line := range lines {
		s.c.text(x+width/2, top+17*float64(i), "middle", "", line)
	}
}

// Note writes small lines of text; anchor is start, middle or end.
func (s Sketch) Note(x, y float64, anchor string, lines ...string) {
	for i, line := range lines {
		s.c.text(x, y+15*float64(i), anchor, "fig-small", line)
	}
}

// Arrow draws a line through the points x0, y0, x1, y1, … with a tip at its end.
func (s Sketch) Arrow(points ...float64) {
	n := len(points)
	for i := 0; i+4 <= n; i += 2 {
		s.c.line("fig-axis", points[i], points[i+1], points[i+2], points[i+3])
	}
	x, y := points[n-2], points[n-1]
	back := math.Atan2(points[n-3]-y, points[n-4]-x)
	for _, turn := range []float64{-0.45, 0.45} {
		s.c.line("fig-axis", x, y, x+8*math.Cos(back+turn), y+8*math.Sin(back+turn))
	}
}
