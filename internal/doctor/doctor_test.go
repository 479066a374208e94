package doctor

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/training"
)

// sections are those of the page that findings name.
func sections(found []Finding) (all []string) {
	for _, f := range found {
		if f.Section != "" {
			all = append(all, f.Section)
		}
	}
	return all
}

// The runs that the book records are healthy, to their ends and when half done.
func TestRecordedRunsAreHealthy(t *testing.T) {
	logs, err := filepath.Glob("../../docs/runs/*.csv")
	require.NoError(t, err)
	tried := 0
	for _, name := range logs {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		if !strings.HasPrefix(string(text), "step,train_loss,") {
			continue // of another kind
		}
		tried++
		rows := training.ReadLog(string(text), math.MaxInt)
		for _, n := range []int{len(rows), len(rows) / 2, len(rows) / 4} {
			found := Log(rows[:n], 1024, 1)
			require.Empty(t, sections(found), "%s, %d rows: %s", name, n, Report(found))
		}
	}
	require.GreaterOrEqual(t, tried, 2)
}

// log makes one of steps whose losses are as told, watched at every tenth.
func log(n int, train, validation func(i float64) float64) (rows []training.Row) {
	for i := range n {
		r := training.Row{Step: i, Train: train(float64(i)), Validation: math.NaN(), Norm: 0.5}
		if i == 0 {
			r.Train = math.NaN()
		}
		if i%10 == 0 {
			r.Validation = validation(float64(i))
		}
		rows = append(rows, r)
	}
	return rows
}

func TestLog(t *testing.T) {
	falls := func(i float64) float64 { return 7 / (1 + i/50) }
	healthy := func() []training.Row { return log(200, falls, falls) }
	for name, c := range map[string]struct {
		rows []training.Row
		want []string
		says string
	}{
		"healthy":       {healthy(), nil, "looks healthy:\nthe training loss went from 6.9 to 1.6 in 199 steps\n"},
		"too short":     {healthy()[:40], []string{Other}, "the log has 39 steps, too few to tell: take 40"},
		"empty":         {nil, []string{Other}, "the log has 0 steps"},
		"no validation": {log(200, falls, func(float64) float64 { return math.NaN() }), nil, "no validation loss to compare with"},
		"no number":     {append(healthy()[:20], training.Row{Step: 20, Train: math.NaN()}), []string{NaN}, "in step 20 the loss or the gradient is no number"},
		"infinite":      {append(healthy()[:20], training.Row{Step: 20, Train: 1, Norm: math.Inf(1)}), []string{NaN}, "in step 20"},
		"jumps":         {log(200, func(i float64) float64 { return falls(i) + 3*float64(int(i)/100)*float64(1-int(i)/120) }, falls), []string{Frequencies}, "the loss jumps from 2.6 to 3.5 at step 97"},
	} {
		t.Run(name, func(t *testing.T) {
			found := Log(c.rows, 1024, 1)
			require.Equal(t, c.want, sections(found), Report(found))
			require.Contains(t, Report(found), c.says)
		})
	}
	rows := healthy()
	for i := range rows {
		rows[i].Norm = 2
	}
	require.Contains(t, Report(Log(rows, 1024, 1)), "every gradient of the last 100 steps is longer than 1 and was cut to that")
	require.NotContains(t, Report(Log(rows, 1024, 0)), "cut", "to any length")
	require.NotContains(t, Report(Log(rows, 1024, 3)), "cut")
}

func TestWeights(t *testing.T) {
	params := func() []gpt.Param {
		return []gpt.Param{{Name: "a", Shape: []int{2, 2}, Data: []float32{1, 2, 3, 4}}, {Name: "b", Shape: []int{2}, Data: []float32{0, 0}}}
	}
	before, after := params(), params()
	require.Equal(t, []Finding{{"2 of 2 tensors are what they were before training", Nothing}}, Weights(after, before))
	after[1].Data[0] = 1
	require.Equal(t, []Finding{{What: "1 of 2 tensors are what they were before training"}}, Weights(after, before))
	require.Empty(t, Weights(after, nil), "nothing to compare with")
	after[0].Data[2], after[0].Data[3] = 0, 0
	require.Equal(t, []Finding{{"1 of 2 rows of a are all zero", Other}}, Weights(after, nil))
	after[0].Data[1] = float32(math.NaN())
	require.Equal(t, Finding{"a has the value NaN at 1", NaN}, Weights(after, nil)[0])
}

// Every section that a finding names is a heading of the page.
func TestSectionsAreOnThePage(t *testing.T) {
	page, err := os.ReadFile("../../docs/not_learning.md")
	require.NoError(t, err)
	headings := map[string]bool{}
	for _, h := range regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(string(page), -1) {
		headings[strings.ReplaceAll(strings.ToLower(h[1]), " ", "-")] = true
	}
	for _, section := range []string{Stays, Frequencies, TooGood, NaN, ByHeart, Nothing, Other} {
		require.True(t, headings[section], section)
	}
}
