package main

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// numbers is a side that measures them in turn.
func numbers(name string, list ...float64) side {
	return side{name, func(*meter) (float64, error) {
		v := list[0]
		list = list[1:]
		return v, nil
	}}
}

func TestSidesTakeTurnsAndMediansCount(t *testing.T) {
	m := &meter{rounds: 3}
	r := m.beside("x", numbers("ours", 2, 9, 6), numbers("theirs", 1, 3, 6))
	require.NoError(t, r.err)
	require.Equal(t, []float64{6, 3, 2}, []float64{r.ours, r.theirs, r.ratio}, "the ratio is that of a round, not of the medians")
}

func TestOursStandsAloneWhereThePeerIsAbsent(t *testing.T) {
	var out strings.Builder
	m := &meter{rounds: 3, out: &out}
	r := m.beside("tok/s", numbers("ours", 2.5), side{"PyTorch", func(*meter) (float64, error) { return 0, absent("PyTorch; apt-get it") }})
	require.True(t, math.IsNaN(r.ratio))
	m.print(row{name: "train", target: 1.25}, r)
	require.Equal(t, "| train | 2.50 tok/s |  | PyTorch |  | ≥ 1.25 | absent: PyTorch; apt-get it |\n", out.String())
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		row   row
		ratio float64
		want  string
	}{
		{row{target: 1.25}, 1.3, "met"},
		{row{target: 1.25}, 1.2, "missed"},
		{row{target: 0.75, most: true}, 0.7, "met"},
		{row{target: 0.75, most: true}, 0.8, "missed"},
	} {
		var out strings.Builder
		(&meter{out: &out}).print(c.row, result{ratio: c.ratio})
		require.Contains(t, out.String(), "| "+c.want+" |")
	}
}

func TestExactly(t *testing.T) {
	require.Equal(t, "^BenchmarkTrainStep$/^124M$/^4x64$", exactly("TrainStep/124M/4x64"))
}

func TestWhatPeersPrint(t *testing.T) {
	v, err := numberIn("a warning\nRESULT {\"tokens_per_second\": 149.5, \"version\": \"1.13\"}\n", "tokens_per_second")
	require.NoError(t, err)
	require.Equal(t, 149.5, v)
	_, err = numberIn("Traceback", "tokens_per_second")
	require.ErrorContains(t, err, "Traceback")
}

func TestMedianAndWorstOfTheProducts(t *testing.T) {
	s := summarize([]result{{ours: 90, theirs: 100, ratio: .9}, {ours: 120, theirs: 100, ratio: 1.2}, {ours: 50, theirs: 25, ratio: 2}})
	require.Equal(t, 1.2, s.median.ratio)
	require.Equal(t, .9, s.worst.ratio)
	require.Len(t, shapes(), (4*2*3+5)*3)
}

// Small products, and the same of the peer where it is installed.
func TestBesideOpenBLAS(t *testing.T) {
	m := &meter{dir: t.TempDir(), rounds: 1}
	for _, s := range []shape{{"NN", 5, 7, 9}, {"NT", 5, 7, 9}, {"TN", 5, 7, 9}} {
		require.Positive(t, product{s, operands(s)}.rate())
		rate, err := openblas(1, s).measure(m)
		if err != nil {
			require.ErrorAs(t, err, new(absent))
			t.Skip(err)
		}
		require.Positive(t, rate)
	}
}

func TestRowsHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rows {
		require.False(t, seen[r.name], r.name)
		seen[r.name] = true
		require.Regexp(t, regexp.MustCompile(`^[a-zA-Z0-9./-]+$`), r.name)
	}
}
