// Package figures draws the book's pictures as SVG: lines, bars, heat maps, boxes
// and arrows, small enough to read and the same bytes every time. It knows nothing
// of the chapters; the pictures of the book, which do, are in internal/figures/write.
//
// A picture carries its colours as CSS classes. On its own it brings a style
// sheet with a light and a dark half; woven into a page it takes the page's.
package figures
