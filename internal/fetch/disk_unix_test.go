//go:build unix

package fetch

import (
	"fmt"
	"os/signal"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// limitFiles makes the system refuse what would make a file longer than most, as
// a disk does that is full.
func limitFiles(most uint64) {
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit)
	if err == nil {
		limit.Cur = most
		err = syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
	}
	if err != nil {
		panic(fmt.Sprint("the test's limit: ", err))
	}
}

func TestAFileThatGrowsTooLong(t *testing.T) {
	d, dir := pinned(t, text, serve(text)), t.TempDir()
	c := start(t, order{Dataset: d, Dir: dir, Most: 100_000})
	line := c.until(t, "failed:")
	require.Error(t, c.Wait())
	require.Contains(t, line, syscall.EFBIG.Error())
	require.Contains(t, line, "300 kB are needed in "+dir)
	only(t, dir)
}
