package instruct_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/golden"
)

// published reads the 1,100 entries of Raschka's collection and GPT-2's
// tokenizer.
func published(t *testing.T) ([]instruct.Entry, *tokens.BPE) {
	open := func(name string) *os.File {
		f, err := os.Open(golden.Data(t, name))
		require.NoError(t, err)
		t.Cleanup(func() { f.Close() })
		return f
	}
	entries, err := instruct.ReadEntries(open("instruction-data.json"))
	require.NoError(t, err)
	bpe, err := tokens.ReadBPE(open("gpt2-encoder.json"), open("gpt2-vocab.bpe"))
	require.NoError(t, err)
	return entries, bpe
}

// Encoding the prompt and the answer apart changes nothing as long as no
// answer begins with white space, and none here does.
func TestPublishedBorder(t *testing.T) {
	entries, bpe := published(t)
	for _, e := range entries {
		require.Equal(t, bpe.Encode(e.Text()), instruct.Encode(bpe, e).IDs, e)
	}
}
