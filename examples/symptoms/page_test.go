package symptoms_test

import (
	"flag"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/doctor"
)

const record = "../../docs/runs/symptoms.csv"

var update = flag.Bool("update", false, "record the runs")

var losses = regexp.MustCompile(`step +(\d+)  loss (\d+\.\d)  validation (\d+\.\d)\n`)

// The page shows each run with what it printed, and draws the recorded losses.
// Here each runs again: its losses are those of the page but for a quarter,
// because other processors round the products otherwise in their last bits, which
// training amplifies. Of the record, that holds for ten steps: one of the runs is
// wild.
func TestThePageShowsTheseRuns(t *testing.T) {
	page, err := os.ReadFile("../../docs/not_learning.md")
	require.NoError(t, err)
	table := []string{"step", "1"} // the lines of the record
	for step := 10; step <= 400; step += 10 {
		table = append(table, strconv.Itoa(step))
	}
	for _, run := range []struct {
		name  string
		begin func() patient
		every int // steps between two that the page shows, or 0
		found string
	}{
		{"nothingWrong", nothingWrong, 100, ""}, {"oneBatch", oneBatch, 100, doctor.TooGood}, {"frozen", frozen, 0, doctor.Stays},
		{"tooFast", tooFast, 50, doctor.Frequencies}, {"noShift", noShift, 50, doctor.TooGood}, {"byHeart", byHeart, 100, doctor.ByHeart},
	} {
		var printed strings.Builder
		p := run.begin()
		rows := slices.Collect(p.steps(10))
		for _, row := range rows {
			show(&printed, row)
		}
		report := requireFound(t, run.name, run.found, doctor.Log(rows, p.model.Config.Vocab, p.settings.Clip))
		if _, want, shown := strings.Cut(string(page), "<!-- doctor: "+run.name+" -->\n\n```text\n"); shown {
			step := regexp.MustCompile(`step \d+`)
			want, _, _ = strings.Cut(want, "```")
			requireLike(t, step.ReplaceAllString(want, "step"), step.ReplaceAllString(report, "step"))
		}
		table[0] += fmt.Sprintf(",%s loss,%[1]s validation", run.name)
		steps, shown := losses.FindAllStringSubmatch(printed.String(), -1), ""
		for i := range table[1:] {
			if i >= len(steps) {
				table[i+1] += ",,"
				continue
			}
			table[i+1] += "," + steps[i][2] + "," + steps[i][3]
			if n, _ := strconv.Atoi(steps[i][1]); run.every > 0 && (n == 1 || n%run.every == 0) {
				shown += steps[i][0]
			}
		}
		if run.every > 0 {
			_, want, found := strings.Cut(string(page), "#"+run.name+")\n\n```text\n")
			require.True(t, found, "the page shows what %s prints", run.name)
			want, _, _ = strings.Cut(want, "```")
			requireLike(t, want, shown)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(record, []byte(strings.Join(table, "\n")+"\n"), 0o644))
	}
	old, err := os.ReadFile(record)
	require.NoError(t, err)
	requireLike(t, strings.Join(strings.Split(string(old), "\n")[:3], "\n"), strings.Join(table[:3], "\n"))
}

// requireFound holds the doctor to the one trouble of a run, or to none.
func requireFound(t *testing.T, run, section string, found []doctor.Finding) (report string) {
	t.Helper()
	var sections []string
	for _, f := range found {
		if f.Section != "" && !slices.Contains(sections, f.Section) {
			sections = append(sections, f.Section)
		}
	}
	report = doctor.Report(found)
	if section == "" {
		require.Empty(t, sections, "%s: %s", run, report)
	} else {
		require.Equal(t, []string{section}, sections, "%s: %s", run, report)
	}
	return report
}

// requireLike compares two texts: the words, and the losses nearly.
func requireLike(t *testing.T, want, got string) {
	t.Helper()
	number := regexp.MustCompile(`\d+\.\d`)
	require.Equal(t, number.ReplaceAllString(want, "x"), number.ReplaceAllString(got, "x"))
	wanted := number.FindAllString(want, -1)
	for i, loss := range number.FindAllString(got, -1) {
		a, _ := strconv.ParseFloat(wanted[i], 64)
		b, _ := strconv.ParseFloat(loss, 64)
		require.LessOrEqual(t, math.Abs(a-b), max(0.25, a/10), "number %d of\n%s", i, got)
	}
}
