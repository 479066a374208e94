package figures

import (
	"encoding/xml"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// wellFormed reads an SVG to its end and returns how often each element occurs.
func wellFormed(t *testing.T, svg []byte) map[string]int {
	t.Helper()
	count := map[string]int{}
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return count
		}
		require.NoError(t, err)
		if e, ok := tok.(xml.StartElement); ok {
			count[e.Name.Local]++
			for _, a := range e.Attr {
				require.NotEqual(t, "style", a.Name.Local, "an inline style breaks the page's security policy")
				require.NotContains(t, a.Value, "NaN")
			}
		}
	}
}

func TestLines(t *testing.T) {
	svg := Lines("Loss & <such>", "step", "loss",
		Series{"train", []float64{0, 1, 2, 3}, []float64{4, 3, math.NaN(), 2}},
		Series{"validation", []float64{0, 3}, []float64{4.1, 2.5}})
	count := wellFormed(t, svg)
	require.Equal(t, 1, count["title"])
	require.Equal(t, 2, strings.Count(string(svg), `class="fig-line fig-c`))
	require.Equal(t, 2, strings.Count(string(svg[strings.Index(string(svg), `fig-line fig-c0" d`):]), "M")-1, "the gap lifts the pen")
	require.Contains(t, string(svg), "Loss &amp; &lt;such&gt;")
}

func TestOddInput(t *testing.T) {
	wellFormed(t, Lines("", "", ""))
	wellFormed(t, Lines("one point", "x", "y", Series{"", []float64{5}, []float64{5}}))
	wellFormed(t, Lines("nothing finite", "x", "y", Series{"", []float64{1}, []float64{math.Inf(1)}}))
	wellFormed(t, Heat("empty", nil, nil, nil))
	wellFormed(t, Heat("zeros", []string{"a"}, []string{"b"}, [][]float64{{0}}))
	wellFormed(t, Bars("empty", "y", nil))
	require.Panics(t, func() { Lines("", "", "", Series{"", []float64{1}, nil}) })
}

func TestHeatLeavesMaskedCellsEmpty(t *testing.T) {
	svg := string(Heat("weights", []string{"a", "b"}, []string{"a", "b"}, [][]float64{{1, math.Inf(-1)}, {0.25, 0.75}}))
	wellFormed(t, []byte(svg))
	require.Equal(t, 3, strings.Count(svg, `class="fig-cell"`))
	require.Equal(t, 4, strings.Count(svg, `class="fig-frame"`))
	require.Contains(t, svg, ">0.25<")
}

func TestBars(t *testing.T) {
	svg := string(Bars("p", "probability", []string{"a", "b"}, Series{Name: "T=1", Y: []float64{0.1, 0.9}}, Series{Name: "T=5", Y: []float64{0.4, 0.6}}))
	wellFormed(t, []byte(svg))
	require.Equal(t, 6, strings.Count(svg, `"fig-bar fig-c`), "four bars and two legend marks")
}

func TestTicksAreRound(t *testing.T) {
	s, ticks := span{0.13, 4.71}.round(5)
	require.Equal(t, span{0, 5}, s)
	require.Equal(t, []float64{0, 1, 2, 3, 4, 5}, ticks)
}

func TestRoofline(t *testing.T) {
	svg := Roofline("R", []Limit{{"all", 200}, {"one", 100}}, []Limit{{"memory", 30}},
		[]Point{{"slow", 0.03, 0.5}, {"same", 0.03, 0.5}, {"fast", 16, 190}})
	count := wellFormed(t, svg)
	require.Equal(t, 3, count["circle"])
	require.Equal(t, 3, strings.Count(string(svg), `class="fig-line fig-c`))
	require.Contains(t, string(svg), ">1/32<")
	at := regexp.MustCompile(`x="([0-9.]+)" y="[0-9.]+" text-anchor="(start|end)">(slow|same)<`).FindAllStringSubmatch(string(svg), -1)
	require.NotEqual(t, at[0][1], at[1][1], "one name does not stand on another")
	require.Panics(t, func() { Roofline("empty", nil, nil, nil) })
}
