package figures

import (
	"fmt"
	"strings"
)

// A Series is one curve, or the heights of one colour of bars. Points that are
// not finite, or beyond 1e300, interrupt a curve. X and Y have the same length; bars ignore X.
type Series struct {
	Name string
	X, Y []float64
}

// The plot area of Lines and Bars, in pixels.
const (
	plotHeight          = 252.0
	plotLeft, plotRight = 56.0, 336.0
	plotTop, plotBottom = 38.0, 206.0
	legendLine          = 18.0
)

// dense is the number of points from which a curve is drawn thinner, so that
// one that jitters does not become a band.
const dense = 300

// Lines draws the series as curves over common axes and returns an SVG file.
func Lines(title, xLabel, yLabel string, series ...Series) []byte {
	var xs, ys [][]float64
	for _, s := range series {
		if len(s.X) != len(s.Y) {
			panic("figures: a series needs as many X as Y")
		}
		xs, ys = append(xs, s.X), append(ys, s.Y)
	}
	c := openPlot(title, describe(xLabel, yLabel, series), series)
	x := spanOf(xs...)
	_, xTicks := x.round(6)
	y, yTicks := spanOf(ys...).round(6)
	c.frame(xLabel, yLabel, x, y, named(x.inside(xTicks)), named(yTicks))
	for i, s := range series {
		c.curve(i, s, x, y)
	}
	return c.close()
}

// openPlot starts a plot with room for its legend, and draws that: the series by
// colour, and other lines, which start anew.
func openPlot(title, desc string, series []Series, others ...string) *canvas {
	var legend canvas
	at, y := plotLeft, plotHeight+2
	for i, s := range series {
		if s.Name == "" { // one unnamed series needs none
			continue
		}
		wide := textWidth(s.Name) + 20
		if at > plotLeft && at+wide > plotRight {
			at, y = plotLeft, y+legendLine
		}
		legend.rect(fmt.Sprintf("fig-bar fig-c%d", i%colours), at, y, 14, 4, 1)
		legend.text(at+20, y+6, "start", "fig-small", s.Name)
		at += wide + 18
	}
	if at > plotLeft {
		y += legendLine
	}
	for _, line := range others {
		legend.text(plotLeft, y+6, "start", "fig-small", line)
		y += legendLine
	}
	c := open(y, title, desc)
	c.WriteString(legend.String())
	return c
}

// frame draws what all plots share: axis names, the grid of y, and the marks of x.
func (c *canvas) frame(xLabel, yLabel string, x, y span, xTicks, yTicks []tick) {
	c.text((plotLeft+plotRight)/2, plotHeight-10, "middle", "", xLabel)
	c.textUp(16, (plotTop+plotBottom)/2, yLabel)
	for _, t := range yTicks {
		py := y.at(t.value, plotBottom, plotTop)
		c.line("fig-grid", plotLeft, py, plotRight, py)
		c.text(plotLeft-8, py+4, "end", "fig-small", t.name)
	}
	c.line("fig-axis", plotLeft, plotBottom, plotRight, plotBottom)
	for _, t := range xTicks {
		px := x.at(t.value, plotLeft, plotRight)
		c.line("fig-axis", px, plotBottom, px, plotBottom+4)
		c.text(px, plotBottom+18, "middle", "fig-small", t.name)
	}
}

// curve draws one series as one path, lifting the pen over what is not finite.
func (c *canvas) curve(i int, s Series, x, y span) {
	var d strings.Builder
	pen := "M"
	for k := range s.X {
		if !finite(s.X[k]) || !finite(s.Y[k]) {
			pen = "M"
			continue
		}
		fmt.Fprintf(&d, "%s%s %s", pen, num(x.at(s.X[k], plotLeft, plotRight)), num(y.at(s.Y[k], plotBottom, plotTop)))
		pen = "L"
	}
	thin := ""
	if len(s.X) > dense {
		thin = " fig-thin"
	}
	fmt.Fprintf(c, `<path class="fig-line fig-c%d%s" d="%s"/>`+"\n", i%colours, thin, d.String())
}

// describe puts a plot into words for those who cannot see it.
func describe(xLabel, yLabel string, series []Series) string {
	var parts []string
	for _, s := range series {
		if len(s.Y) == 0 {
			continue
		}
		name := s.Name
		if name == "" {
			name = yLabel
		}
		parts = append(parts, fmt.Sprintf("%s from %s to %s", name, label(s.Y[0]), label(s.Y[len(s.Y)-1])))
	}
	return strings.TrimSpace(fmt.Sprintf("%s over %s: %s", yLabel, xLabel, strings.Join(parts, "; ")))
}
