package plaintext

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSkipped(t *testing.T) {
	var s Skipped
	for line, want := range []string{
		"1 skipped: line 0: bad", "2 skipped: line 0: bad; line 1: bad", "3 skipped: line 0: bad; line 1: bad; line 2: bad",
		"4 skipped: line 0: bad; line 1: bad; line 2: bad; and 1 more", "5 skipped: line 0: bad; line 1: bad; line 2: bad; and 2 more",
	} {
		s.Add(fmt.Errorf("line %d: bad", line))
		require.EqualError(t, &s, want)
	}
	require.Len(t, s.First, few)
}
