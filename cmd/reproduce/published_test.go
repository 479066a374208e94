package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/fetch"
	"github.com/llm-from-scratch/llm/internal/golden"
)

// newLab finds data where golden.Data does, which skips the test if there is none.
func newLab(t *testing.T) *Lab {
	t.Helper()
	bpe, err := vocabulary("r50k_base")
	require.NoError(t, err)
	return &Lab{
		Find: func(name string) (string, bool) {
			d, ok := fetch.Named(name)
			require.True(t, ok, name)
			return golden.Data(t, d.Path()), true
		},
		GPT2: bpe,
		Log:  t.Logf,
	}
}

// ran keeps the rows of experiments that more than one test asks for.
var ran = map[string][]Row{}

// rows returns the rows of an experiment, or skips the test if its data is not there.
func rows(t *testing.T, e Experiment) []Row {
	t.Helper()
	if rows, ok := ran[e.Name]; ok {
		return rows
	}
	lab := newLab(t)
	for _, name := range e.Needs {
		lab.Find(name)
	}
	rows, err := e.rows(t.Context(), lab)
	require.NoError(t, err)
	ran[e.Name] = rows
	return rows
}

// large are the experiments that draw tens of millions of weights: too many for an
// emulator.
var large = []string{"ch04-dummy", "ch04-model", "ch05-untrained", "appendix-d-gradient"}

// Every number is the published one, to its last digit, or the row says why not.
// Training takes long: LLMBOOK_LONG=1 has it run too, in half an hour
// (-timeout 1h). What needs published weights
// is compared by the program, where they are.
func TestExperiments(t *testing.T) {
	for _, e := range Experiments {
		if e.needsWeights() || e.Long && os.Getenv("LLMBOOK_LONG") == "" || testing.Short() && slices.Contains(large, e.Name) {
			continue
		}
		t.Run(e.Name, func(t *testing.T) {
			rows := rows(t, e)
			require.NotEmpty(t, rows)
			for _, r := range rows {
				t.Run(r.Where, func(t *testing.T) {
					if r.Why == "" {
						assert.Equal(t, r.Published, r.Ours, "off by %g", r.Off)
					} else {
						assert.NotEqual(t, r.Published, r.Ours, "explained, yet equal: %s", r.Why)
					}
				})
			}
		})
	}
}

// What needs GPT-2 runs, on a model of its vocabulary that knows nothing; the
// values are another matter.
func TestWeightsAreRead(t *testing.T) {
	bpe, err := vocabulary("r50k_base")
	require.NoError(t, err)
	m := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: 1024, Width: 8, Heads: 2, Layers: 1, QKVBias: true, TiedHead: true})
	m.Init(rand.New(rand.NewPCG(1, 1)))
	dir := filepath.Join(t.TempDir(), "gpt2")
	require.NoError(t, pretrain.SaveModel(dir, m, bpe))
	for _, e := range Experiments {
		if !e.needsWeights() {
			continue
		}
		t.Run(e.Name, func(t *testing.T) {
			lab := newLab(t)
			find := lab.Find
			lab.Find = func(name string) (string, bool) {
				if name == gpt2 || name == gpt2Medium {
					return dir, true
				}
				return find(name)
			}
			rows, err := e.rows(t.Context(), lab)
			require.NoError(t, err)
			require.NotEmpty(t, rows)
			different := 0
			for _, r := range rows {
				require.NotEmpty(t, r.Ours, r.Where)
				if !r.Equal {
					different++
				}
			}
			require.NotZero(t, different, "a model that knows nothing")
		})
	}
}

// Without data the error says which command gets it.
func TestMissingData(t *testing.T) {
	lab := newLab(t)
	lab.Find = func(name string) (string, bool) { return name, false }
	needing := 0
	for _, e := range Experiments {
		if len(e.Needs) == 0 {
			continue
		}
		needing++
		_, err := e.rows(t.Context(), lab)
		require.ErrorContains(t, err, "llm data get ", e.Name)
	}
	require.Greater(t, needing, 5)
}

func TestNamesAreDifferent(t *testing.T) {
	var names []string
	for _, e := range Experiments {
		names = append(names, e.Name)
	}
	slices.Sort(names)
	require.Len(t, slices.Compact(names), len(Experiments))
	files, err := tables.ReadDir("tables")
	require.NoError(t, err)
	require.Len(t, files, len(Experiments), "each has its table, and no table is left over")
}

func TestPandas(t *testing.T) {
	got, err := pandas("ham\tone\nspam\t\"two \"\"quoted\"\"\nlines\" and more\nham\tan \"inner\" one\nham\tno end of line")
	require.NoError(t, err)
	var texts []string
	for _, m := range got {
		texts = append(texts, m.Text)
	}
	require.Equal(t, []string{"one", "two \"quoted\"\nlines and more", `an "inner" one`, "no end of line"}, texts)
	_, err = pandas("ham\n")
	require.Error(t, err)
	_, err = pandas("")
	require.Error(t, err)
}
