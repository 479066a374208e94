package corpus

import (
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
)

// TestParts: cut into parts of any size, a text has the ids of the whole, plain
// and special, whatever stands at the borders.
func TestParts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	scraps := []string{" ", "  ", "\n", "\n \n", "\t", "\u3000", "'s", "'ll", "'", "'re", "a", "the", " the", "42", "½", "!?", "<|", "|>", "<|endoftext|>", "endoftext",
		"é", "你", "好", "😉", "e\u0301", strings.Repeat(" ", 50), strings.Repeat("a", 50), "\xff", "\xe4\xbd"}
	for range 3000 {
		var text strings.Builder
		for range rng.IntN(120) {
			text.WriteString(scraps[rng.IntN(len(scraps))])
		}
		same(t, text.String(), 1+rng.IntN(40))
	}
	for _, unit := range scraps {
		same(t, strings.Repeat(unit, 200), 64)
	}
}

var bpe = func() *tokens.BPE {
	b, err := tokens.TrainBPE(strings.Repeat("the 's 'll  the<|endoftext|>aaaa endoftext 你好 42 \n \n   ", 20), 330)
	if err != nil {
		panic(err)
	}
	return b
}()

func same(t *testing.T, text string, size int) {
	t.Helper()
	for _, special := range []bool{false, true} {
		encode := bpe.Encode
		if special {
			encode = bpe.EncodeSpecial
		}
		var ids []int
		var joined strings.Builder
		for part, err := range parts(iotest.HalfReader(strings.NewReader(text)), special, size, 1<<20) {
			require.NoError(t, err)
			ids = append(ids, encode(part)...)
			joined.WriteString(part)
		}
		require.Equal(t, text, joined.String())
		require.True(t, slices.Equal(encode(text), ids), "special %t, parts of %d: %q", special, size, text)
	}
}

// FuzzParts does the same with any text.
func FuzzParts(f *testing.F) {
	f.Add("the 's<|endoftext|> \n  42", uint8(3))
	f.Add("\u3000\u3000<|endof", uint8(17))
	f.Fuzz(func(t *testing.T, text string, size uint8) { same(t, text, int(size)+1) })
}

// endless is a text that never ends, and that remembers how much was read.
type endless struct {
	unit string
	read int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.unit[(e.read+i)%len(e.unit)]
	}
	e.read += len(p)
	return len(p), nil
}

// TestPartsAreBounded reads 64 MB of words a part at a time, and of a word without
// end no more than there is room for.
func TestPartsAreBounded(t *testing.T) {
	total := 0
	for part, err := range Parts(io.LimitReader(&endless{unit: "the cat\n"}, 64<<20), true) {
		require.NoError(t, err)
		require.Less(t, len(part), 2<<20)
		total += len(part)
	}
	require.Equal(t, 64<<20, total)

	for _, unit := range []string{" ", "a", "你", "\n"} {
		long := &endless{unit: unit}
		for _, err := range Parts(io.MultiReader(strings.NewReader("A start.\n\n"), long), true) {
			if err != nil {
				require.ErrorContains(t, err, "from byte ")
				require.ErrorContains(t, err, "the longest that can be encoded is of 4194304")
				break
			}
		}
		require.Less(t, long.read, 6<<20)
	}
	for _, err := range Parts(iotest.ErrReader(errors.New("broken")), true) {
		require.EqualError(t, err, "broken")
	}
}
