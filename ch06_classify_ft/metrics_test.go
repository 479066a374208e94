package classify

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConfusion(t *testing.T) {
	c := Confusion{{50, 10}, {5, 35}}
	require.Equal(t, 100, c.Total())
	require.Equal(t, 0.85, c.Accuracy())
	require.True(t, math.IsNaN(Confusion{}.Accuracy()))
	require.Equal(t, "        answered ham   spam\nis ham            50     10\nis spam            5     35\n", c.String())
}

// A head that looks at nothing but its bias gives one answer to all messages.
func TestEvaluateCounts(t *testing.T) {
	c := random(tiny, 1)
	clear(c.Head.W.Data)
	x := NewExamples(numbered(7, 4), bytesEncoder{}, 8, 0)
	c.Head.B[0], c.Head.B[1] = 1, 0
	require.Equal(t, Confusion{{7, 0}, {4, 0}}, Evaluate(c, x, 3))
	c.Head.B[0], c.Head.B[1] = 0, 1
	require.Equal(t, Confusion{{0, 7}, {0, 4}}, Evaluate(c, x, 3))
	c.Head.B[1] = 0
	require.Equal(t, Confusion{{7, 0}, {4, 0}}, Evaluate(c, x, 3), "a tie is ham")
	require.Equal(t, Confusion{}, Evaluate(c, Examples{}, 3))
}
