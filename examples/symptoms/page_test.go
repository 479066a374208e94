package symptoms_test

import (
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The page shows each run with what it printed. Here it runs again: the losses are
// those of the page but for a quarter, because other processors round the products
// otherwise in their last bits, which training amplifies.
func TestThePageShowsTheseRuns(t *testing.T) {
	page, err := os.ReadFile("../../docs/not_learning.md")
	require.NoError(t, err)
	number := regexp.MustCompile(`\d+\.\d`)
	for name, run := range map[string]func(io.Writer){
		"nothingWrong": nothingWrong, "oneBatch": oneBatch, "tooFast": tooFast, "noShift": noShift, "byHeart": byHeart,
	} {
		t.Run(name, func(t *testing.T) {
			var got strings.Builder
			run(&got)
			_, want, found := strings.Cut(string(page), "#"+name+")\n\n```text\n")
			require.True(t, found, "the page shows what %s prints", name)
			want, _, _ = strings.Cut(want, "```")
			require.Equal(t, number.ReplaceAllString(want, "x"), number.ReplaceAllString(got.String(), "x"))
			losses := number.FindAllString(want, -1)
			for i, loss := range number.FindAllString(got.String(), -1) {
				a, _ := strconv.ParseFloat(losses[i], 64)
				b, _ := strconv.ParseFloat(loss, 64)
				require.InDelta(t, a, b, max(0.25, a/10), "number %d of\n%s", i, got.String())
			}
		})
	}
}
