package published

import (
	"slices"
	"testing"

	"github.com/pkoukk/tiktoken-go-loader/assets"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	"github.com/llm-from-scratch/llm/internal/fetch"
	"github.com/llm-from-scratch/llm/internal/golden"
)

// newLab finds data where golden.Data does, which skips the test if there is none.
func newLab(t *testing.T) *Lab {
	t.Helper()
	ranks, err := assets.Assets.Open("r50k_base.tiktoken")
	require.NoError(t, err)
	defer ranks.Close()
	bpe, err := tokens.ReadRanks(ranks)
	require.NoError(t, err)
	return &Lab{
		Find: func(name string) (string, bool) {
			d, ok := fetch.Named(name)
			require.True(t, ok, name)
			return golden.Data(t, d.File), true
		},
		GPT2: bpe,
		Log:  t.Logf,
	}
}

// Every number is the published one, to its last digit, or the row says why not.
func TestExperiments(t *testing.T) {
	for _, e := range Experiments {
		t.Run(e.Name, func(t *testing.T) {
			if e.Long {
				t.Skip("takes more than a minute")
			}
			rows, err := e.Run(t.Context(), newLab(t))
			require.NoError(t, err)
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

func TestNamesAreDifferent(t *testing.T) {
	var names []string
	for _, e := range Experiments {
		names = append(names, e.Name)
		found, ok := Find(e.Name)
		require.True(t, ok)
		require.Equal(t, e.About, found.About)
	}
	slices.Sort(names)
	require.Len(t, slices.Compact(names), len(Experiments))
	_, ok := Find("nothing")
	require.False(t, ok)
}
