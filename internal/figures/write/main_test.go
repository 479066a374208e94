package main

import (
	"html"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/corpus"
)

var number = regexp.MustCompile(`-?[0-9]+(\.[0-9]+)?`)

// The committed figures are what the code draws. Processors may differ in the
// last bit of a float, so a coordinate may differ by one step of its rounding.
func TestFiguresAreCurrent(t *testing.T) {
	_, noBook := corpus.Read("")
	for _, f := range Figures {
		committed, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "figures", f.Name+".svg"))
		require.NoError(t, err, "draw it: go run ./internal/figures/write")
		drawn, err := f.Draw(filepath.Join("..", "..", "..", "docs"))
		if noBook != nil && (f.Name == "vocabulary" || f.Name == "cuts") {
			t.Log("not drawn again: some copies of Go come without the book:", noBook)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, number.ReplaceAllString(string(committed), "0"), number.ReplaceAllString(string(drawn), "0"),
			"%s has changed: go run ./internal/figures/write", f.Name)
		old, now := number.FindAllString(string(committed), -1), number.FindAllString(string(drawn), -1)
		for i := range old {
			a, _ := strconv.ParseFloat(old[i], 64)
			b, _ := strconv.ParseFloat(now[i], 64)
			require.LessOrEqual(t, math.Abs(a-b), 0.11, "%s: %s is now %s: go run ./internal/figures/write", f.Name, old[i], now[i])
		}
	}
}

var letters = regexp.MustCompile(`class="fig-text([^"]*)" x="([^"]*)" y="([^"]*)" text-anchor="(\w+)">([^<]*)<`)

// No picture is wider than a phone's page, where it would be made too small to
// read, and no text is cut off at its edge.
func TestFiguresFit(t *testing.T) {
	for _, f := range Figures {
		svg, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "figures", f.Name+".svg"))
		require.NoError(t, err)
		size := regexp.MustCompile(`viewBox="0 0 352 ([0-9.]+)"`).FindSubmatch(svg)
		require.NotNil(t, size, f.Name)
		height, _ := strconv.ParseFloat(string(size[1]), 64)
		for _, m := range letters.FindAllSubmatch(svg, -1) {
			x, _ := strconv.ParseFloat(string(m[2]), 64)
			y, _ := strconv.ParseFloat(string(m[3]), 64)
			wide := 7 * float64(len([]rune(html.UnescapeString(string(m[5]))))) // of a letter of 13 pixels, on the average
			if strings.Contains(string(m[1]), "small") {
				wide *= 11. / 13
			} else if strings.Contains(string(m[1]), "title") {
				wide *= 1.1
			}
			left := x - map[string]float64{"start": 0, "middle": wide / 2, "end": wide}[string(m[4])]
			require.True(t, left >= -2 && left+wide <= 354 && y >= 10 && y <= height-3, "%s: %q is cut off", f.Name, m[5])
		}
	}
}

// Every file in docs/figures is drawn by this program.
func TestNoFigureIsLeftOver(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "docs", "figures", "*"))
	require.NoError(t, err)
	known := map[string]bool{}
	for _, f := range Figures {
		known[f.Name+".svg"] = true
	}
	for _, f := range files {
		require.True(t, known[filepath.Base(f)], "%s: no figure of this name", f)
	}
}
