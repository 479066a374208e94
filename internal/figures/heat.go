package figures

import (
	"fmt"
	"math"
)

// Heat draws a matrix of shares as squares on the one scale of the book: from
// white at 0 to the full colour at 1 and beyond, by magnitude. values has len(rows)
// rows of len(cols) numbers; one that is not finite is left empty, as a masked
// score is.
func Heat(title string, rows, cols []string, values [][]float64) []byte {
	left := 20.0
	for _, r := range rows {
		left = max(left, textWidth(r)+20)
	}
	cell := min(46, (Width-left-4)/float64(max(len(cols), 1)))
	s := NewSketch(54+cell*float64(len(rows))+36, title, fmt.Sprintf("%d rows %v, %d columns %v", len(rows), rows, len(cols), cols))
	for j, name := range cols {
		s.Note(left+cell*(float64(j)+0.5), 48, "middle", name)
	}
	for i, name := range rows {
		s.Note(left-6, 54+cell*(float64(i)+0.5)+4, "end", name)
	}
	s.Heat(left, 54, cell, cell, values)
	s.Scale(left, 54+cell*float64(len(rows))+12)
	return s.SVG()
}

// Heat draws the numbers of a matrix in cells of the given size, on the same
// scale as the function Heat. Narrow cells have no number.
func (s Sketch) Heat(x, y, width, height float64, values [][]float64) {
	for i, row := range values {
		for j, v := range row {
			s.cell(x+width*float64(j), y+height*float64(i), width, height, v)
		}
	}
}

// Scale says what the colours of Heat mean, in a strip 120 wide and 14 high.
func (s Sketch) Scale(x, y float64) {
	s.Note(x, y+11, "start", "0")
	for i := range 10 {
		s.c.rect("fig-cell", x+12+9*float64(i), y, 9, 14, float64(i+1)/10)
	}
	s.Note(x+108, y+11, "start", "1")
}

// cell draws one number of a heat map.
func (s Sketch) cell(x, y, width, height, v float64) {
	s.c.rect("fig-frame", x, y, width, height, 1)
	if !finite(v) {
		return
	}
	strength := min(math.Abs(v), 1)
	if strength >= 0.005 {
		s.c.rect("fig-cell", x+1, y+1, width-2, height-2, strength)
	}
	if width < 26 {
		return
	}
	class := "fig-small"
	if strength > 0.66 { // where light figures on the cell are easier to read than dark ones
		class += " fig-strong"
	}
	s.c.text(x+width/2, y+height/2+4, "middle", class, fmt.Sprintf("%.2f", v))
}
