package figures

import (
	"fmt"
	"math"
)

// Heat draws a matrix as squares, darker where the magnitude is larger, each
// with its number. values has len(rows) rows of len(cols)
// numbers; one that is not finite is left empty, as a masked score is.
func Heat(title string, rows, cols []string, values [][]float64) []byte {
	const cell, top = 46.0, 66.0
	left := 20.0
	for _, r := range rows {
		left = max(left, textWidth(r)+24)
	}
	width := max(left+cell*float64(len(cols))+20, left+1.15*textWidth(title)+10)
	c := open(width, top+cell*float64(len(rows))+16, title, fmt.Sprintf("%d rows %v, %d columns %v", len(rows), rows, len(cols), cols))
	c.text(left, 22, "start", "fig-title", title)
	for j, name := range cols {
		c.text(left+cell*(float64(j)+0.5), top-8, "middle", "fig-small", name)
	}
	biggest := 0.0
	for _, row := range values {
		for _, v := range row {
			if finite(v) {
				biggest = max(biggest, math.Abs(v))
			}
		}
	}
	for i, name := range rows {
		y := top + cell*float64(i)
		c.text(left-10, y+cell/2+4, "end", "", name)
		for j, v := range values[i] {
			c.cell(left+cell*float64(j), y, cell, v, biggest)
		}
	}
	return c.close()
}

// cell draws one number of a heat map.
func (c *canvas) cell(x, y, size, v, biggest float64) {
	c.rect("fig-frame", x, y, size, size, 1)
	if !finite(v) {
		return
	}
	strength := 0.0
	if biggest > 0 {
		strength = math.Abs(v) / biggest
	}
	if strength >= 0.005 {
		c.rect("fig-cell", x+1, y+1, size-2, size-2, strength)
	}
	class := "fig-small"
	if strength > 0.6 { // where light figures on the cell are easier to read than dark ones
		class += " fig-strong"
	}
	c.text(x+size/2, y+size/2+4, "middle", class, fmt.Sprintf("%.2f", v))
}
