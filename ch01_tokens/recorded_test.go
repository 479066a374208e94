package tokens

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/compare/benchfmt"
)

// The appendix's tables are those of the recorded benchmarks: the median of
// three, in megabytes a second.
func TestAppendixShowsTheRecordedSpeeds(t *testing.T) {
	recorded, err := os.ReadFile("../docs/runs/tokens.txt")
	require.NoError(t, err)
	page, err := os.ReadFile("../docs/appendix_tokens.md")
	require.NoError(t, err)
	for _, row := range []struct{ name, text string }{
		{"Learning/1_three_loops", "| three loops: `LearnMerges` | %s |"},
		{"Learning/2_different_words", "| the same, each different word once | %s |"},
		{"Learning/3_places_and_a_queue", "| places and a queue: `Learn` | %s |"},
		{"Encoding/2_lowest_rank_first", "| the lowest rank first, in a map of pairs | %s |"},
		{"Encoding/3_table_of_pairs", "| the same in a table of pairs, mending two ranks | %s |"},
		{"Encoding/4_map_of_words", "| and a map of all words met | %s |"},
		{"Encoding/5_recent_words", "| recent words in place of the map: `BPE.Encode` | %s |"},
		{"Encoding/6_cutting_alone", "| cutting into words alone: `Split` | %s |"},
	} {
		speed := benchfmt.Digits(benchfmt.Median(string(recorded), row.name, "MB/s"))
		require.Contains(t, string(page), fmt.Sprintf(row.text, speed)+"\n")
	}
	// Of a kilobyte, for which two decimals are too few.
	slow := 1000 * (1 << 10) / benchfmt.Median(string(recorded), "Encoding/1_merges_in_their_order", "ns/op")
	require.Contains(t, string(page), fmt.Sprintf("| all merges in their order: `ApplyMerges` | %.3f |\n", slow))
	took := benchfmt.Median(string(recorded), "TrainBPE", "ns/op") / 1e9
	require.Contains(t, string(page), fmt.Sprintf("4,096 tokens from a megabyte in %.2f s.", took))
}

// What chapter 5's model wrote, and the numbers that it read, stand in the record
// of its run.
func TestChapterBeginsWithTheRecordedRun(t *testing.T) {
	record, err := os.ReadFile("../docs/runs/newton.txt")
	require.NoError(t, err)
	page, err := os.ReadFile("../docs/ch01_tokens.md")
	require.NoError(t, err)
	quotes := strings.Split(string(page), "```text\n")[1:]
	require.NotEmpty(t, quotes)
	for _, quote := range quotes[:2] {
		quote, _, _ = strings.Cut(quote, "```")
		for line := range strings.Lines(quote) {
			require.Contains(t, string(record), line)
		}
	}
}

// The introduction cuts a word as GPT-2 does.
func TestIntroductionCutsAWord(t *testing.T) {
	b := gpt2()
	require.Len(t, b.Encode("the"), 1)
	var pieces []string
	for _, id := range b.Encode("refrangibility") {
		pieces = append(pieces, "*"+string(b.Bytes(id))+"*")
	}
	require.Len(t, pieces, 3)
	page, err := os.ReadFile("../docs/introduction.md")
	require.NoError(t, err)
	require.Contains(t, string(page), fmt.Sprintf("is three: %s, %s and %s.", pieces[0], pieces[1], pieces[2]))
}
