package instruct_test

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
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

func TestPublishedEntries(t *testing.T) {
	entries, bpe := published(t)
	require.Len(t, entries, 1100)
	assert.Equal(t, "Ocassion", entries[50].Input)
	assert.Contains(t, entries[999].Instruction, "antonym of 'complicated'")

	train, validation, test := instruct.Split(entries)
	require.Equal(t, []int{935, 55, 110}, []int{len(train), len(validation), len(test)})

	var lengths []int
	for _, x := range instruct.EncodeAll(bpe, entries, 1024) {
		lengths = append(lengths, len(x.IDs))
	}
	require.Len(t, lengths, 1100)
	sum := 0
	for _, n := range lengths[:935] {
		sum += n
	}
	assert.Equal(t, 40, slices.Min(lengths))
	assert.Equal(t, 91, slices.Max(lengths))
	assert.Equal(t, 52760, sum)
}

func TestPublishedBatchLengths(t *testing.T) {
	entries, bpe := published(t)
	_, validation, test := instruct.Split(entries)
	widths := func(entries []instruct.Entry) []int {
		var ts []int
		c := instruct.Collator{EndOfText: bpe.EndOfText(), Limit: 1024}
		for b := range c.Batches(instruct.EncodeAll(bpe, entries, 1024), 8, nil) {
			ts = append(ts, b.T)
		}
		return ts
	}
	assert.Equal(t, []int{74, 76, 74, 68, 61, 62, 59}, widths(validation))
	assert.Equal(t, []int{64, 83, 62, 58, 66, 63, 69, 67, 72, 73, 68, 65, 85, 76}, widths(test))
}

// The marks of another prompt style, Phi-3's, are plain text to GPT-2.
func TestPublishedUserMark(t *testing.T) {
	_, bpe := published(t)
	assert.Equal(t, []int{27, 91, 7220, 91, 29}, bpe.Encode("<|user|>"))
}

// The published mask hides the question but not the header of the response.
func TestPublishedMaskedTargets(t *testing.T) {
	entries, bpe := published(t)
	e := entries[43]
	require.Equal(t, "Zebra, Elephant, Crocodile", e.Input)
	x := instruct.Encoded{IDs: bpe.Encode(e.Text()), Asked: len(bpe.Encode(e.Question()))}
	longest := instruct.Encoded{IDs: make([]int, 64)}

	var b embeddings.Batch
	instruct.Collator{EndOfText: bpe.EndOfText(), MaskPrompt: true}.Collate(&b, []instruct.Encoded{x, longest})
	want := slices.Repeat([]int{pretrain.Ignore}, 46)
	want = append(want, 198, 198, 21017, 18261, 25, 198, 34, 12204, 375, 576, 11, 42651, 11, 1168, 37052, pad, pretrain.Ignore, pretrain.Ignore)
	assert.Equal(t, want, b.Targets[:64])
}

// Encoding the prompt and the answer apart changes nothing as long as no
// answer begins with white space, and none here does.
func TestPublishedBorder(t *testing.T) {
	entries, bpe := published(t)
	for _, e := range entries {
		require.Equal(t, bpe.Encode(e.Text()), instruct.Encode(bpe, e).IDs, e)
	}
}
