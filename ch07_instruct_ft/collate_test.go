package instruct_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas/blas32"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

const pad = 50256 // GPT-2's end of text

// items makes entries of the given ids, of which asked are the prompt.
func items(asked int, ids ...[]int) []instruct.Example {
	var out []instruct.Example
	for _, row := range ids {
		out = append(out, instruct.Example{IDs: row, Asked: asked})
	}
	return out
}

// The published tables: three entries of five, two and three ids.
func TestCollatePublished(t *testing.T) {
	var b embeddings.Batch
	c := instruct.Collator{EndOfText: pad}
	c.Collate(&b, items(0, []int{0, 1, 2, 3, 4}, []int{5, 6}, []int{7, 8, 9}))
	const no = pretrain.Ignore
	assert.Equal(t, embeddings.Batch{B: 3, T: 5,
		Inputs: []int{
			0, 1, 2, 3, 4,
			5, 6, pad, pad, pad,
			7, 8, 9, pad, pad,
		},
		Targets: []int{
			1, 2, 3, 4, pad,
			6, pad, no, no, no,
			8, 9, pad, no, no,
		}}, b)
}

func TestCollateMasksThePrompt(t *testing.T) {
	var b embeddings.Batch
	c := instruct.Collator{EndOfText: 99, MaskPrompt: true}
	c.Collate(&b, items(3, []int{0, 1, 2, 3, 4}, []int{5, 6, 7}))
	const no = pretrain.Ignore
	assert.Equal(t, []int{no, no, 3, 4, 99 /**/, no, no, 99, no, no}, b.Targets)
}

// What must hold for entries of any length: the ids come through, each target
// is the input one step later, and every row ends once.
func TestCollateProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var b embeddings.Batch
	for range 200 {
		rows := make([]instruct.Example, 1+rng.IntN(6))
		for i := range rows {
			rows[i].IDs = make([]int, 1+rng.IntN(12))
			for j := range rows[i].IDs {
				rows[i].IDs[j] = rng.IntN(50)
			}
			rows[i].Asked = rng.IntN(len(rows[i].IDs) + 1)
		}
		c := instruct.Collator{EndOfText: 99, MaskPrompt: rng.IntN(2) == 0}
		c.Collate(&b, rows)
		require.Equal(t, len(rows), b.B)
		require.Len(t, b.Inputs, b.B*b.T)
		require.Len(t, b.Targets, b.B*b.T)
		for i, row := range rows {
			in, target := b.Inputs[i*b.T:(i+1)*b.T], b.Targets[i*b.T:(i+1)*b.T]
			n := len(row.IDs)
			require.Equal(t, row.IDs, in[:n])
			require.Equal(t, 1, count(target, 99), "an answer ends once")
			require.Equal(t, 99, target[n-1])
			for j := range b.T {
				hidden := j >= n || c.MaskPrompt && j+1 < row.Asked
				require.Equal(t, hidden, target[j] == pretrain.Ignore, "row %d, place %d", i, j)
				if !hidden && j+1 < n {
					require.Equal(t, in[j+1], target[j])
				}
			}
		}
	}
}

func count(ids []int, id int) int {
	n := 0
	for _, x := range ids {
		if x == id {
			n++
		}
	}
	return n
}

func TestBatchesVisitEveryEntryOnce(t *testing.T) {
	var rows []instruct.Example
	for i := range 23 {
		rows = append(rows, instruct.Example{IDs: slices.Repeat([]int{i}, 1+i%7)})
	}
	c := instruct.Collator{EndOfText: 99}
	epoch := func(rng *rand.Rand) (order, sizes []int) {
		for b := range c.Batches(rows, 5, rng) {
			longest := 0
			for i := range b.B {
				order = append(order, b.Inputs[i*b.T])
				longest = max(longest, len(rows[b.Inputs[i*b.T]].IDs))
			}
			sizes = append(sizes, b.B)
			assert.Equal(t, longest, b.T, "a batch is as wide as its longest entry")
		}
		return order, sizes
	}
	inOrder, sizes := epoch(nil)
	assert.Equal(t, []int{5, 5, 5, 5, 3}, sizes)
	assert.True(t, slices.IsSorted(inOrder))

	rng := rand.New(rand.NewPCG(3, 4))
	first, _ := epoch(rng)
	second, _ := epoch(rng)
	assert.ElementsMatch(t, inOrder, first)
	assert.ElementsMatch(t, inOrder, second)
	assert.NotEqual(t, first, second)
	again, _ := epoch(rand.New(rand.NewPCG(3, 4)))
	assert.Equal(t, first, again)
}

func TestBatchesCanBeLeft(t *testing.T) {
	c := instruct.Collator{EndOfText: 99}
	n := 0
	for range c.Batches(items(0, []int{1}, []int{2}, []int{3}), 1, nil) {
		if n++; n == 2 {
			break
		}
	}
	assert.Equal(t, 2, n)
	for range c.Batches(nil, 4, nil) {
		t.Error("no entries, but a batch")
	}
}

func TestCollateMisuse(t *testing.T) {
	var b embeddings.Batch
	assert.PanicsWithValue(t, "instruct: a batch of no entries", func() { instruct.Collator{}.Collate(&b, nil) })
	assert.PanicsWithValue(t, "instruct: batch size below 1", func() { instruct.Collator{}.Batches(nil, 0, nil) })
}

// No token may reach from the prompt into the answer: the model will have to
// answer after exactly the ids of the prompt.
func TestEncodeKeepsTheBorder(t *testing.T) {
	bpe := tokenizer()
	for _, e := range practice(1)[:200] {
		x := instruct.Encode(bpe, e)
		assert.Equal(t, e.Prompt(), bpe.Decode(x.IDs[:x.Asked]))
		assert.Equal(t, e.Output, bpe.Decode(x.IDs[x.Asked:]))
		assert.Equal(t, bpe.Encode(e.Prompt()), x.IDs[:x.Asked])
	}
	e := instruct.Entry{Instruction: "Say <|endoftext|>.", Output: "<|endoftext|>"}
	assert.NotContains(t, instruct.Encode(bpe, e).IDs, bpe.EndOfText())
}

func TestEncodeAllLeavesOutWhatIsTooLong(t *testing.T) {
	bpe := tokenizer()
	short := instruct.Entry{Instruction: "Hi", Output: "Hi"}
	long := instruct.Entry{Instruction: "Hi", Output: strings.Repeat("Hi ", 40)}
	n := len(instruct.Encode(bpe, short).IDs)
	assert.Len(t, instruct.EncodeAll(bpe, []instruct.Entry{short, long, short}, n), 2)
	assert.Empty(t, instruct.EncodeAll(bpe, []instruct.Entry{short, long}, n-1))
}

// The published cross-entropies: a target of -100 changes nothing.
func TestCrossEntropyPublished(t *testing.T) {
	loss := func(targets []int, logits ...float32) float64 {
		cols := len(logits) / len(targets)
		return pretrain.CrossEntropy(blas32.General{Rows: len(targets), Cols: cols, Stride: cols, Data: logits}, targets)
	}
	assert.InDelta(t, 1.1269280, loss([]int{0, 1}, -1, 1, -.5, 1.5), 1e-6)
	assert.InDelta(t, 0.7935947, loss([]int{0, 1, 1}, -1, 1, -.5, 1.5, -.5, 1.5), 1e-6)
	assert.InDelta(t, 1.1269280, loss([]int{0, 1, pretrain.Ignore}, -1, 1, -.5, 1.5, -.5, 1.5), 1e-6)
	assert.InDelta(t, 1.4185, loss([]int{0, 2}, 2, 1, .1, .5, 2.5, .3), 5e-5)
}
