package plaintext

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSkip(t *testing.T) {
	require.NoError(t, Skip("part", slices.Values([]int{0, 0}), even))
	for odd, want := range []string{
		"1 skipped: part 2: 1 is odd", "2 skipped: part 2: 1 is odd; part 4: 3 is odd", "3 skipped: part 2: 1 is odd; part 4: 3 is odd; part 6: 5 is odd",
		"4 skipped: part 2: 1 is odd; part 4: 3 is odd; part 6: 5 is odd; and 1 more",
		"5 skipped: part 2: 1 is odd; part 4: 3 is odd; part 6: 5 is odd; and 2 more",
	} {
		var numbers []int
		for n := range 2*odd + 2 {
			numbers = append(numbers, n)
		}
		err := Skip("part", slices.Values(numbers), even)
		require.EqualError(t, err, want)
		s, ok := errors.AsType[*Skipped](err)
		require.True(t, ok)
		require.Equal(t, odd+1, s.Count)
		require.Len(t, s.First, min(few, odd+1))
	}
}

func even(n int) error {
	if n%2 == 1 {
		return fmt.Errorf("%d is odd", n)
	}
	return nil
}

func TestLines(t *testing.T) {
	var got []string
	use := func(line string) error {
		if line == "bad" {
			return errors.New("bad")
		}
		got = append(got, line)
		return nil
	}
	require.EqualError(t, Lines(strings.NewReader("\ufeffa\r\n\r\n \rbad\nb"), use), "1 skipped: line 4: bad")
	require.Equal(t, []string{"a", "b"}, got)
	require.ErrorContains(t, Lines(strings.NewReader("a\n\xa3"), func(string) error { panic("used") }), "line 2: the byte 0xa3")
}
