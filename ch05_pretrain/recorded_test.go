package pretrain_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// What the chapter quotes of a training run stands in the record of that run.
func TestChapterQuotesTheRecordedRun(t *testing.T) {
	page, err := os.ReadFile("../docs/ch05_pretrain.md")
	require.NoError(t, err)
	record, err := os.ReadFile("../docs/runs/newton.txt")
	require.NoError(t, err)
	_, quoted, found := strings.Cut(string(page), "```text\n")
	require.True(t, found)
	quoted, _, _ = strings.Cut(quoted, "```")
	stands := map[string]bool{}
	for line := range strings.Lines(string(record)) {
		stands[strings.TrimSpace(line)] = true
	}
	for line := range strings.Lines(quoted) {
		require.True(t, stands[strings.TrimSpace(line)], "no such line in the record: %s", line)
	}

	example, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	_, losses, _ := strings.Cut(string(example), "func ExamplePerplexity() {")
	_, losses, _ = strings.Cut(losses, "[]float64{")
	losses, _, _ = strings.Cut(losses, "}")
	for loss := range strings.SplitSeq(losses, ", ") {
		require.Contains(t, string(record), "validation loss "+loss+"\n")
	}
}

// So does what the trained model wrote without dice.
func TestChapterQuotesTheGreedyText(t *testing.T) {
	page, err := os.ReadFile("../docs/ch05_pretrain.md")
	require.NoError(t, err)
	record, err := os.ReadFile("../docs/runs/penalty.txt")
	require.NoError(t, err)
	runs := strings.Split(strings.TrimSpace(string(record)), "\n\n$ ")
	require.Len(t, runs, 2)
	for _, run := range runs {
		command, text, _ := strings.Cut(strings.TrimPrefix(run, "$ "), "\n")
		require.Contains(t, string(page), "```sh\n"+command+"\n```\n\n```text\n"+strings.TrimSpace(text)+"\n```\n")
	}
}

// The introduction's table has the sizes of GPT-2 and of the recorded run.
func TestIntroductionHasTheSizes(t *testing.T) {
	page, err := os.ReadFile("../docs/introduction.md")
	require.NoError(t, err)
	record, err := os.ReadFile("../docs/runs/newton.txt")
	require.NoError(t, err)
	_, about, _ := strings.Cut(string(record), "Opticks.txt, ")
	var tokens float64
	_, err = fmt.Sscanf(about, "%f tokens to learn from", &tokens)
	require.NoError(t, err)
	newton := gpt.Config{Vocab: 1024, Context: 128, Width: 128, Heads: 4, Layers: 4, QKVBias: true, TiedHead: true}
	for _, row := range []string{
		fmt.Sprintf("| %.2f million | %.2f million |", float64(newton.ParamCount())/1e6, tokens/1e6),
		fmt.Sprintf("| GPT-2, small | 2019 | %.0f million |", float64(gpt.GPT2Small.ParamCount())/1e6),
		fmt.Sprintf("| GPT-2, largest | 2019 | %.2f billion |", float64(gpt.GPT2XL.ParamCount())/1e9),
	} {
		require.Contains(t, string(page), row)
	}
}
