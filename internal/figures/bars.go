package figures

import "fmt"

// Bars draws one group of bars per name, one bar in each for every series, and
// returns an SVG file. Every series has one Y per group.
func Bars(title, yLabel string, groups []string, series ...Series) []byte {
	zero := []float64{0}
	ys := [][]float64{zero}
	for _, s := range series {
		if len(s.Y) != len(groups) {
			panic("figures: a series needs one bar per group")
		}
		ys = append(ys, s.Y)
	}
	c := openPlot(title, fmt.Sprintf("%s for %v", yLabel, groups), series)
	y, yTicks := spanOf(ys...).round(5)
	c.frame("", yLabel, span{}, y, nil, named(yTicks))
	group := (plotRight - plotLeft) / float64(max(len(groups), 1))
	wide := group * 0.8 / float64(max(len(series), 1))
	lower := 0.0 // every second name, where they would meet
	for _, name := range groups {
		if textWidth(name)+6 > group {
			lower = 14
		}
	}
	for g, name := range groups {
		left := plotLeft + group*(float64(g)+0.1)
		c.text(left+group*0.4, plotBottom+16+lower*float64(g%2), "middle", "fig-small", name)
		for i, s := range series {
			if !finite(s.Y[g]) {
				continue
			}
			from, to := y.at(0, plotBottom, plotTop), y.at(s.Y[g], plotBottom, plotTop)
			c.rect(fmt.Sprintf("fig-bar fig-c%d", i%colours), left+float64(i)*wide, min(from, to), wide*0.92, max(from, to)-min(from, to), 1)
		}
	}
	return c.close()
}
