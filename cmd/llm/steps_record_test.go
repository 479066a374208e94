package main

import (
	"cmp"
	"encoding/csv"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/steps"
	"github.com/llm-from-scratch/llm/internal/corpus"
	"github.com/llm-from-scratch/llm/internal/training"
)

var update = flag.Bool("update", false, "record the runs of docs/runs/steps.csv")

// recordedSteps are the options of the runs in docs/runs/steps.csv but for -out.
func recordedSteps(arch string, seed int) []string {
	return []string{"pretrain", "-arch", arch, "-seed", fmt.Sprint(seed), "-steps", "400", "-every", "400"}
}

// stepsRows are the rows of the record of a run of one architecture and seed: its first
// steps, for others to repeat, and those with a validation loss.
func stepsRows(arch string, seed int, out string, log []training.Row) (rows [][]string) {
	parameters := strings.ReplaceAll(regexp.MustCompile(`([\d,]+) weights`).FindStringSubmatch(out)[1], ",", "")
	loss := func(v float64) string {
		if math.IsNaN(v) {
			return ""
		}
		return fmt.Sprintf("%.6f", v)
	}
	for _, r := range log {
		if r.Step <= 3 || !math.IsNaN(r.Validation) {
			rows = append(rows, []string{arch, parameters, fmt.Sprint(seed), fmt.Sprint(r.Step), loss(r.Train), loss(r.Validation)})
		}
	}
	return rows
}

// The eighteen runs of the page on the steps to Llama. With -update they are run, one in a
// minute or so; without, the first steps of one are repeated.
func TestRecordedSteps(t *testing.T) {
	if _, err := corpus.Read(""); err != nil {
		t.Skip(err)
	}
	file := filepath.Join(here(t), "../../docs/runs/steps.csv")
	names := steps.Names
	if !*update {
		names = []string{"rotary"} // one is enough
	}
	for _, arch := range names {
		t.Run(arch, func(t *testing.T) {
			if *update {
				for seed := 1; seed <= 3; seed++ {
					t.Run(fmt.Sprint(seed), func(t *testing.T) { recordSteps(t, file, arch, seed) })
				}
				return
			}
			dir := filepath.Join(t.TempDir(), arch)
			r := llmIn(t, stopping{t.Context(), new(3)}, "", append(recordedSteps(arch, 1), "-out", dir)...)
			require.Equal(t, statusInterrupted, r.status, r.stderr)
			got := stepsRows(arch, 1, r.out, training.ReadLog(read(t, dir, "log.csv"), math.MaxInt))
			var want [][]string
			for _, row := range readSteps(t, file) {
				if row[0] == arch && row[2] == "1" && len(want) < len(got) {
					want = append(want, row)
				}
			}
			require.Len(t, got, 4)
			for i, row := range want {
				require.Equal(t, row[:4], got[i][:4])
				require.InDelta(t, stepsLoss(t, row[4]), stepsLoss(t, got[i][4]), 5e-6, row)
				require.InDelta(t, stepsLoss(t, row[5]), stepsLoss(t, got[i][5]), 5e-6, row)
			}
		})
	}
}

func stepsLoss(t *testing.T, text string) (v float64) {
	if text != "" {
		_, err := fmt.Sscan(text, &v)
		require.NoError(t, err)
	}
	return v
}

func readSteps(t *testing.T, file string) [][]string {
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	return rows[1:]
}

// recordSteps trains one model and puts its rows into the record.
func recordSteps(t *testing.T, file, arch string, seed int) {
	dir := filepath.Join(t.TempDir(), "run")
	cmd := process(append(recordedSteps(arch, seed), "-out", dir)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	rows := stepsRows(arch, seed, string(out), training.ReadLog(read(t, dir, "log.csv"), math.MaxInt))
	if _, err := os.Stat(file); err == nil {
		rows = append(rows, slices.DeleteFunc(readSteps(t, file), func(row []string) bool {
			return row[0] == arch && row[2] == fmt.Sprint(seed)
		})...)
	}
	slices.SortStableFunc(rows, func(a, b []string) int {
		return cmp.Or(cmp.Compare(slices.Index(steps.Names, a[0]), slices.Index(steps.Names, b[0])), cmp.Compare(a[2], b[2]))
	})
	f, err := os.Create(file)
	require.NoError(t, err)
	w := csv.NewWriter(f)
	require.NoError(t, w.WriteAll(append([][]string{{"arch", "parameters", "seed", "step", "train_loss", "validation_loss"}}, rows...)))
	require.NoError(t, f.Close())
}
