package plaintext

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCollect(t *testing.T) {
	halves, err := Collect("part", slices.All([]int{0, 2}), half)
	require.NoError(t, err)
	require.Equal(t, []int{0, 1}, halves)
	for odd, want := range []string{
		"1 skipped: part 2: 1 is odd", "2 skipped: part 2: 1 is odd; part 4: 3 is odd", "3 skipped: part 2: 1 is odd; part 4: 3 is odd; part 6: 5 is odd",
		"4 skipped: part 2: 1 is odd; part 4: 3 is odd; part 6: 5 is odd; and 1 more",
		"5 skipped: part 2: 1 is odd; part 4: 3 is odd; part 6: 5 is odd; and 2 more",
	} {
		var numbers []int
		for n := range 2*odd + 2 {
			numbers = append(numbers, n)
		}
		halves, err := Collect("part", slices.All(numbers), half)
		require.Len(t, halves, odd+1)
		require.EqualError(t, err, want)
		s, ok := errors.AsType[*Skipped](err)
		require.True(t, ok)
		require.Equal(t, odd+1, s.Count)
		require.Len(t, s.First, min(few, odd+1))
	}
}

func half(n int) (int, error) {
	if n%2 == 1 {
		return 0, fmt.Errorf("%d is odd", n)
	}
	return n / 2, nil
}

func TestLines(t *testing.T) {
	parse := func(line string) (string, error) {
		if line == "bad" {
			return "", errors.New("bad")
		}
		return line, nil
	}
	got, err := Lines(strings.NewReader("\ufeffa\r\n\r\n \rbad\nb"), parse)
	require.EqualError(t, err, "1 skipped: line 4: bad")
	require.Equal(t, []string{"a", "b"}, got)
	got, err = Lines(strings.NewReader("a\n\xa3"), parse)
	require.ErrorContains(t, err, "line 2: the byte 0xa3")
	require.Empty(t, got)
}
