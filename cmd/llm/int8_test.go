package main

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	quantize "github.com/llm-from-scratch/llm/branches/quantize"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/corpus"
)

// perplexity reads ids a context at a time and returns how many tokens the model
// hesitated between, on average.
func perplexity(m gpt.Decoder, ids []int, context int) float64 {
	var sum float64
	cache := m.NewCache()
	for i, next := range ids[1:] {
		if cache.Len() == context {
			cache.Truncate(0)
		}
		logits := cache.Extend(ids[i : i+1])
		var total float64
		for _, l := range logits {
			total += math.Exp(float64(l - logits[next]))
		}
		sum += math.Log(total)
	}
	return math.Exp(sum / float64(len(ids)-1))
}

// What a byte a weight costs is seen in text that the model was not trained on.
func TestInt8CostsNoPerplexity(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	ok(t, "pretrain", "-vocab", "300", "-context", "32", "-width", "64", "-layers", "2", "-steps", "100", "-every", "100", "-rate", "1e-2", "-out", dir)
	text, err := corpus.Read("")
	require.NoError(t, err)
	m, bpe, err := pretrain.LoadModel(dir)
	require.NoError(t, err)
	_, heldOut := pretrain.SplitText(text.Text, .9)
	ids := bpe.Encode(heldOut[:4000])
	want, got := perplexity(m, ids, m.Config.Context), perplexity(quantize.Int8(m), ids, m.Config.Context)
	t.Logf("perplexity of %d tokens: %.4f, with a byte a weight %.4f", len(ids), want, got)
	assert.Less(t, want, 80., "the model has learned too little to lose anything")
	assert.InEpsilon(t, want, got, .01)
	assert.NotEqual(t, want, got)

	float := ok(t, "generate", "-model", dir, "-n", "30", "-temperature", "0", "The")
	assert.NotEmpty(t, float)
	assert.Equal(t, ok(t, "generate", "-model", dir, "-n", "30", "-temperature", "0", "-int8", "The"),
		ok(t, "generate", "-model", dir, "-n", "30", "-temperature", "0", "-int8", "The"))
}
