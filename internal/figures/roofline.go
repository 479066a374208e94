package figures

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Limit is one line of a roofline: a speed that no program passes, of
// arithmetic in GFLOP/s or of memory in GB/s.
type Limit struct {
	Name string
	Rate float64
}

// A Point is a program in a roofline: how many FLOPs it does for each byte it
// fetches, and how many in a second.
type Point struct {
	Name        string
	FLOPsAByte  float64
	GFLOPSecond float64
}

// Roofline draws programs under the limits of a processor, both axes in powers
// of two, and returns an SVG file. Bandwidths are slopes that end at the highest
// of the peaks; each peak begins at the steepest slope. There must be some of
// each, and all their numbers are positive.
func Roofline(title string, peaks, bandwidths []Limit, points []Point) []byte {
	var xs, ys, slopes []float64
	for _, p := range points {
		xs, ys = append(xs, p.FLOPsAByte), append(ys, p.GFLOPSecond)
	}
	for _, l := range peaks {
		ys = append(ys, l.Rate)
	}
	for _, l := range bandwidths {
		slopes = append(slopes, l.Rate)
	}
	for _, v := range slices.Concat(xs, ys, slopes) {
		if !finite(v) || v < 1/limit {
			panic("figures: a roofline draws positive numbers")
		}
	}
	x, y := powers(xs), powers(ys)
	top, steepest := slices.Max(ys[len(points):]), slices.Max(slopes)
	var limits []Series
	for _, l := range peaks {
		at := math.Log2(l.Rate)
		limits = append(limits, Series{l.Name, []float64{max(x.lo, math.Log2(l.Rate/steepest)), x.hi}, []float64{at, at}})
	}
	for _, l := range bandwidths {
		rate := math.Log2(l.Rate)
		from, to := max(x.lo, math.Log2(math.Exp2(y.lo)/l.Rate)), min(x.hi, math.Log2(top/l.Rate))
		limits = append(limits, Series{l.Name, []float64{from, to}, []float64{from + rate, to + rate}})
	}
	c := openPlot(title, describePoints(points), limits, numbered(points)...)
	c.frame("FLOPs for each byte that is fetched", "GFLOP/s", x, y, powerTicks(x, 2, 20), powerTicks(y, 2, 30))
	for k := range limits { // the slopes, and over them the peaks
		i := (len(peaks) + k) % len(limits)
		c.curve(i, limits[i], x, y)
	}
	c.points(points, x, y)
	return c.close()
}

// powers is the span of the exponents of two around all values, with some room.
func powers(values []float64) span {
	return span{math.Floor(math.Log2(slices.Min(values)) - 0.25), math.Ceil(math.Log2(slices.Max(values)) + 0.25)}
}

// powerTicks are the powers of two in s, each one or every second, and no more of
// them than most: as fractions where they are.
func powerTicks(s span, every, most float64) (all []tick) {
	for e := s.lo; e <= s.hi; e += max(every, math.Ceil((s.hi-s.lo)/most)) {
		name := label(math.Exp2(math.Abs(e)))
		if e < 0 {
			name = "1/" + name
		}
		all = append(all, tick{e, name})
	}
	return all
}

// A tag is a number and the room that it takes.
type tag struct {
	left, right, y float64
	anchor         string
}

func (t tag) meets(other tag) bool {
	return t.left < other.right && other.left < t.right && math.Abs(t.y-other.y) < 12
}

// numbered names the programs, three to a line.
func numbered(points []Point) (lines []string) {
	for i, p := range points {
		name := fmt.Sprintf("%d %s", i+1, p.Name)
		if i%3 == 0 {
			lines = append(lines, name)
		} else {
			lines[len(lines)-1] += ",  " + name
		}
	}
	return lines
}

// points draws the programs, each with its number in the first of several places
// where no other number stands, and no program.
func (c *canvas) points(points []Point, x, y span) {
	var taken []tag
	for _, p := range points {
		px, py := x.at(math.Log2(p.FLOPsAByte), plotLeft, plotRight), y.at(math.Log2(p.GFLOPSecond), plotBottom, plotTop)
		fmt.Fprintf(c, `<circle class="fig-text" cx="%s" cy="%s" r="4"/>`+"\n", num(px), num(py))
		taken = append(taken, tag{px - 4, px + 4, py + 4, ""})
	}
	for i := range points {
		name, px, py := strconv.Itoa(i+1), taken[i].left+4, taken[i].y-4
		t := place(px, py, textWidth(name), taken)
		taken = append(taken, t)
		c.text(map[string]float64{"start": t.left, "end": t.right}[t.anchor], t.y, t.anchor, "fig-small", name)
	}
}

// place finds room for a number beside a point: to the right, to the left, then
// the same somewhat higher and lower.
func place(px, py, width float64, taken []tag) (t tag) {
	for _, lower := range []float64{4, -9, 17, -22, 30} {
		for _, t = range []tag{{px + 9, px + 9 + width, py + lower, "start"}, {px - 9 - width, px - 9, py + lower, "end"}} {
			if t.right <= plotRight && !slices.ContainsFunc(taken, t.meets) {
				return t
			}
		}
	}
	return t
}

func describePoints(points []Point) string {
	var parts []string
	for _, p := range points {
		parts = append(parts, fmt.Sprintf("%s %s GFLOP/s at %s FLOPs a byte", p.Name, label(p.GFLOPSecond), label(p.FLOPsAByte)))
	}
	return strings.Join(parts, "; ")
}
