package classify

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// bytesEncoder makes an id of every byte.
type bytesEncoder struct{ tokens.Tokenizer }

func (bytesEncoder) Encode(text string) []int {
	var ids []int
	for _, c := range []byte(text) {
		ids = append(ids, int(c))
	}
	return ids
}

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 6)) }

func numbered(ham, spam int) []Message {
	var messages []Message
	for i := range ham + spam {
		messages = append(messages, Message{i >= ham, fmt.Sprint(i)})
	}
	return messages
}

func TestBalance(t *testing.T) {
	all := numbered(100, 30)
	got, err := Balance(all, seeded(1))
	require.NoError(t, err)
	ham, spam := count(got)
	require.Equal(t, []int{30, 30}, []int{ham, spam})
	distinct := map[string]bool{}
	for _, m := range got {
		distinct[m.Text] = true
	}
	require.Len(t, distinct, 60, "no message twice")

	again, _ := Balance(all, seeded(1))
	require.Equal(t, got, again)
	other, _ := Balance(all, seeded(2))
	require.NotEqual(t, got, other)
	for part := range slices.Chunk(got, 20) {
		ham, _ := count(part)
		require.InDelta(t, 10, ham, 7, "the classes are mixed everywhere")
	}
}

func TestBalanceErrors(t *testing.T) {
	for _, tc := range [][2]int{{0, 0}, {10, 0}, {100, 4}, {4, 100}} {
		_, err := Balance(numbered(tc[0], tc[1]), seeded(1))
		require.EqualError(t, err, fmt.Sprintf("classify: %d ham and %d spam messages: training needs 5 of each", tc[0], tc[1]))
	}
	_, err := Balance(numbered(5, 5), seeded(1))
	require.NoError(t, err)
}

func TestSplit(t *testing.T) {
	for _, tc := range [][]int{{1494, 1045, 149, 300}, {10, 7, 1, 2}, {1000, 700, 100, 200}} {
		all := numbered(tc[0], 0)
		train, validation, test := Split(all)
		require.Equal(t, tc[1:], []int{len(train), len(validation), len(test)})
		require.Equal(t, all, slices.Concat(train, validation, test))
	}
}

// The published split: 747 of each class, 1,494 messages, 1,045 to learn from,
// 149 to watch, 300 to judge by, in batches of 8.
func TestRealSplit(t *testing.T) {
	balanced, err := Balance(realMessages(t), seeded(1))
	require.NoError(t, err)
	ham, spam := count(balanced)
	require.Equal(t, []int{747, 747}, []int{ham, spam})
	train, validation, test := Split(balanced)
	require.Equal(t, []int{1045, 149, 300}, []int{len(train), len(validation), len(test)})
	ham, _ = count(test)
	require.InDelta(t, 150, ham, 30)
	require.Equal(t, []int{130, 19, 38}, []int{
		batches(NewExamples(train, bytesEncoder{}, 120, 0), 8, seeded(1)),
		batches(NewExamples(validation, bytesEncoder{}, 120, 0), 8, nil),
		batches(NewExamples(test, bytesEncoder{}, 120, 0), 8, nil),
	})
}

func batches(x Examples, size int, rng *rand.Rand) int {
	n := 0
	for range x.Batches(size, rng) {
		n++
	}
	return n
}

func TestCollate(t *testing.T) {
	const i = pretrain.Ignore
	x := NewExamples([]Message{{false, "abc"}, {true, "d"}, {false, ""}, {true, "efghij"}}, bytesEncoder{}, 4, 99)
	require.Equal(t, 4, x.Len())
	require.Equal(t, 4, x.Longest(), "cut to the first 4 ids")
	var got []embeddings.Batch
	for b := range x.Batches(3, nil) {
		b.Inputs, b.Targets = slices.Clone(b.Inputs), slices.Clone(b.Targets)
		got = append(got, b)
	}
	require.Equal(t, []embeddings.Batch{
		{B: 3, T: 3, Inputs: []int{'a', 'b', 'c', 'd', 99, 99, 99, 99, 99}, Targets: []int{i, i, 0, 1, i, i, 0, i, i}},
		{B: 1, T: 4, Inputs: []int{'e', 'f', 'g', 'h'}, Targets: []int{i, i, i, 1}},
	}, got)
}

func TestBatchesShuffle(t *testing.T) {
	x := NewExamples(numbered(25, 25), bytesEncoder{}, 8, 0)
	read := func(rng *rand.Rand) (seen [][]int) {
		for b := range x.Batches(8, rng) {
			require.Equal(t, 8, b.B)
			for row := range b.B {
				seen = append(seen, slices.Clone(b.Inputs[row*b.T:(row+1)*b.T]))
			}
		}
		return seen
	}
	rng := seeded(1)
	first, second := read(rng), read(rng)
	require.Len(t, first, 48, "whole batches only")
	require.NotEqual(t, first, second, "every pass has its own order")
	require.Equal(t, first, read(seeded(1)))
}

func TestExamplesMisuse(t *testing.T) {
	require.PanicsWithValue(t, "classify: messages must be allowed at least one id", func() {
		NewExamples(numbered(1, 0), bytesEncoder{}, 0, 0)
	})
	require.PanicsWithValue(t, "classify: batch size below 1", func() { Examples{}.Batches(0, nil) })
}
