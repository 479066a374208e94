package figures

import (
	"encoding/binary"
	"encoding/xml"
	"io"
	"math"
	"os"
	"regexp"
	"slices"
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
	require.Equal(t, 3+10, strings.Count(svg, `class="fig-cell"`), "with those of the scale")
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
	require.Contains(t, string(svg), ">1/16<")
	at := regexp.MustCompile(`x="([0-9.]+)" y="[0-9.]+" text-anchor="(start|end)">(1|2)<`).FindAllStringSubmatch(string(svg), -1)
	require.NotEqual(t, at[0][1], at[1][1], "one number does not stand on another")
	require.Panics(t, func() { Roofline("empty", nil, nil, nil) })
}

// The colours of the pictures are named twice, for a picture of its own and for
// the page: no class is in the one sheet only.
func TestThePageColoursEveryClass(t *testing.T) {
	page, err := os.ReadFile("../../cmd/site/internal/layout/assets/book.css")
	require.NoError(t, err)
	for _, class := range regexp.MustCompile(`\.fig-\w+`).FindAllString(Style, -1) {
		require.Contains(t, string(page), class)
	}
	for _, role := range []Role{Plain, Query, Key, Value, Residual, Gradient, Frozen, Trained, Data, Probability} {
		require.Contains(t, Style, ".fig-"+string(role)+" {")
	}
}

// What a run may bring: the axes stay small and every tick has a name of its own.
func TestAxesOfOddValues(t *testing.T) {
	up := func(v float64, n int) float64 {
		for range n {
			v = math.Nextafter(v, math.Inf(1))
		}
		return v
	}
	for _, c := range []struct {
		name   string
		values []float64
	}{
		{"nothing", nil},
		{"one point", []float64{3}},
		{"equal", []float64{3, 3, 3}},
		{"zero", []float64{0, math.Copysign(0, -1)}},
		{"a unit in the last place apart", []float64{3, up(3, 1)}},
		{"a few units apart", []float64{1e15, up(1e15, 3)}},
		{"a few units of float32 apart", []float64{10.75, 10.750002}},
		{"a millionth apart", []float64{1, 1.000002}},
		{"huge", []float64{-1e300, 1e300}},
		{"beyond", []float64{-math.MaxFloat64, 1, 2, math.MaxFloat64}},
		{"tiny", []float64{0, math.SmallestNonzeroFloat64}},
		{"small", []float64{1e-300, 3e-300}},
		{"not finite", []float64{math.NaN(), math.Inf(1), math.Inf(-1)}},
		{"some finite", []float64{math.NaN(), 1, math.Inf(1), 2}},
	} {
		s, ticks := spanOf(c.values).round(6)
		require.Less(t, s.lo, s.hi, c.name)
		require.InDelta(t, 6, len(ticks), 4, c.name)
		names := map[string]bool{}
		for _, tick := range named(ticks) {
			require.LessOrEqual(t, len(tick.name), 10, c.name)
			names[tick.name] = true
		}
		require.Len(t, names, len(ticks), "%s: %v", c.name, named(ticks))
		for _, v := range c.values {
			if finite(v) {
				at := s.at(v, 0, 100)
				require.True(t, at >= -1e-6 && at <= 100+1e-6, "%s: %v is at %v", c.name, v, at)
			}
		}
		wellFormed(t, Lines(c.name, "x", "y", Series{"", c.values, c.values}))
		wellFormed(t, Heat(c.name, []string{"r"}, make([]string, len(c.values)), [][]float64{c.values}))
		wellFormed(t, Bars(c.name, "y", make([]string, len(c.values)), Series{"", nil, c.values}))
	}
	require.Equal(t, "0", label(math.Copysign(0, -1)))
	wide := Roofline("wide", []Limit{{"all", 1e300}}, []Limit{{"memory", 1e-300}}, []Point{{"p", 1e-300, 1e300}})
	require.Less(t, wellFormed(t, wide)["text"], 80)
	require.Panics(t, func() { Roofline("", []Limit{{"all", 1}}, []Limit{{"memory", 1}}, []Point{{"p", 0, 1}}) })
}

// Whatever is drawn, the picture is well-formed and no longer than its points ask for.
func FuzzLines(f *testing.F) {
	for _, seed := range [][]float64{{}, {1}, {1, 1}, {3, math.Nextafter(3, 4)}, {-1e300, 1e300}, {0, 5e-324}, {math.NaN(), math.Inf(1), math.Copysign(0, -1)}, {10.75, 10.750001, 10.7}} {
		var data []byte
		for _, v := range seed {
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var values, places []float64
		for ; len(data) >= 8; data = data[8:] {
			values = append(values, math.Float64frombits(binary.LittleEndian.Uint64(data)))
			places = append(places, float64(len(places)))
		}
		for _, series := range []Series{{"over places", places, values}, {"along itself", values, values}} {
			svg := Lines("fuzz", "x", "y", series)
			wellFormed(t, svg)
			require.Less(t, len(svg), 12_000+20*len(values))
		}
	})
}

func FuzzTicks(f *testing.F) {
	for _, seed := range [][2]float64{{0, 1}, {3, 3}, {3, math.Nextafter(3, 4)}, {1e15, math.Nextafter(1e15, 2e15)}, {-1e300, 1e300}, {0, 5e-324}, {math.NaN(), math.Inf(1)}, {1, 1.000002}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, a, b float64) {
		s := spanOf([]float64{a, b})
		wide, ticks := s.round(6)
		require.LessOrEqual(t, len(ticks), 10)
		require.GreaterOrEqual(t, len(ticks), 2)
		slack := 1e-6 * (s.hi - s.lo)
		require.True(t, s.lo < s.hi && wide.lo <= s.lo+slack && s.hi-slack <= wide.hi, "%v in %v", s, wide)
		require.True(t, slices.IsSorted(ticks))
		require.Len(t, slices.CompactFunc(named(ticks), func(a, b tick) bool { return a.name == b.name }), len(ticks))
	})
}
