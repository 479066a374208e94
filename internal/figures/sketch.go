package figures

import (
	"fmt"
	"math"
	"strings"
)

// A Role is what a thing is, and with that its colour, in every picture of the book.
type Role string

// The roles. Plain is whatever has none.
const (
	Plain       Role = "plain"
	Query       Role = "query"
	Key         Role = "key"
	Value       Role = "value"
	Residual    Role = "residual" // the vectors of the positions, from the embedding to the head
	Gradient    Role = "gradient"
	Frozen      Role = "frozen"  // weights that do not change
	Trained     Role = "trained" // weights that learn
	Data        Role = "data"    // texts, tokens and ids
	Probability Role = "probability"
)

// A Sketch is a picture of boxes and arrows, placed by hand: which box belongs
// beside which is what such a picture says, and no layout finds that out.
type Sketch struct{ c *canvas }

// NewSketch begins a picture of the given height, Width wide. The title takes the
// topmost 24 pixels and has at most 45 letters; desc tells those who do not see the
// picture what it shows.
func NewSketch(height float64, title, desc string) Sketch {
	return Sketch{open(height, title, desc)}
}

// SVG ends the picture and is its file.
func (s Sketch) SVG() []byte { return s.c.close() }

// Box draws a box in the colour of a role, with lines of text in its middle.
func (s Sketch) Box(x, y, width, height float64, role Role, lines ...string) {
	s.c.rect("fig-box fig-"+string(role), x, y, width, height, 1)
	top := y + height/2 + 4.5 - 8.5*float64(len(lines)-1)
	for i, line := range lines {
		s.c.text(x+width/2, top+17*float64(i), "middle", "", line)
	}
}

// Vector draws a row of small boxes, 22 high, with a value in each.
func (s Sketch) Vector(x, y, cell float64, role Role, values ...string) {
	for i, v := range values {
		s.c.rect("fig-box fig-"+string(role), x+cell*float64(i), y, cell, 22, 1)
		s.c.text(x+cell*(float64(i)+0.5), y+15, "middle", "fig-small", v)
	}
}

// Matrix draws a grid of square cells, its name above and its shape, in the letters of
// the legend, below.
func (s Sketch) Matrix(x, y, cell float64, role Role, rows, cols int, name, shape string) {
	for i := range rows * cols {
		s.c.rect("fig-box fig-"+string(role), x+cell*float64(i%cols), y+cell*float64(i/cols), cell, cell, 1)
	}
	middle := x + cell*float64(cols)/2
	s.c.text(middle, y-6, "middle", "fig-"+string(role), name)
	s.c.text(middle, y+cell*float64(rows)+15, "middle", "fig-small", shape)
}

// Op draws an operator such as × or +, in a circle around (x, y).
func (s Sketch) Op(x, y float64, sign string) {
	fmt.Fprintf(s.c, `<circle class="fig-axis" cx="%s" cy="%s" r="9"/>`+"\n", num(x), num(y))
	s.c.text(x, y+4.5, "middle", "", sign)
}

// Text writes a line in the colour of a role; anchor is start, middle or end.
func (s Sketch) Text(x, y float64, anchor string, role Role, line string) {
	s.c.text(x, y, anchor, "fig-"+string(role), line)
}

// Note writes small lines of text; anchor is start, middle or end.
func (s Sketch) Note(x, y float64, anchor string, lines ...string) {
	for i, line := range lines {
		s.c.text(x, y+14*float64(i), anchor, "fig-small", line)
	}
}

// Line draws a line through the points x0, y0, x1, y1, … in the colour of a role.
func (s Sketch) Line(role Role, points ...float64) {
	var d strings.Builder
	for i := 0; i+2 <= len(points); i += 2 {
		fmt.Fprintf(&d, "%c%s %s", "ML"[min(i, 1)], num(points[i]), num(points[i+1]))
	}
	fmt.Fprintf(s.c, `<path class="fig-line fig-%s" d="%s"/>`+"\n", role, d.String())
}

// Dot draws a small disc.
func (s Sketch) Dot(x, y float64, role Role) {
	fmt.Fprintf(s.c, `<circle class="fig-%s" cx="%s" cy="%s" r="3"/>`+"\n", role, num(x), num(y))
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
		s.c.line("fig-axis", x, y, x+7*math.Cos(back+turn), y+7*math.Sin(back+turn))
	}
}
