package embeddings_test

import (
	"os"
	"testing"

	"github.com/pkoukk/tiktoken-go-loader/assets"
	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	"github.com/llm-from-scratch/llm/internal/golden"
)

// encodedVerdict returns "The Verdict" in GPT-2's ids, or skips the test.
func encodedVerdict(t *testing.T) []int {
	t.Helper()
	text, err := os.ReadFile(golden.Data(t, "the-verdict.txt"))
	require.NoError(t, err)
	ranks, err := assets.Assets.Open("r50k_base.tiktoken")
	require.NoError(t, err)
	defer ranks.Close()
	gpt2, err := tokens.ReadRanks(ranks)
	require.NoError(t, err)
	return gpt2.Encode(string(text))
}

// The published numbers, from the text itself.
func TestVerdict(t *testing.T) {
	ids := encodedVerdict(t)
	require.Len(t, ids, 5145)
	require.Equal(t, verdict, ids[:len(verdict)])
	require.Equal(t, 5141, windows(t, ids, 4, 1).Len())
	require.Equal(t, 1286, windows(t, ids, 4, 4).Len())

	input, target := windows(t, ids[50:], 4, 1).At(0)
	require.Equal(t, []int{290, 4920, 2241, 287}, input)
	require.Equal(t, []int{4920, 2241, 287, 257}, target)

	batches := inputs(windows(t, ids, 4, 4), 8, nil)
	require.Len(t, batches, 160)
	require.Equal(t, verdict[:32], batches[0])
}
