package main

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

var number = regexp.MustCompile(`-?[0-9]+(\.[0-9]+)?`)

// The committed figures are what the code draws. Processors may differ in the
// last bit of a float, so a coordinate may differ by one step of its rounding.
func TestFiguresAreCurrent(t *testing.T) {
	for _, f := range Figures {
		committed, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "figures", f.Name+".svg"))
		require.NoError(t, err, "draw it: go run ./internal/figures/write")
		drawn, err := f.Draw(filepath.Join("..", "..", "..", "docs"))
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
