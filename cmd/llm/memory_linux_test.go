package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A device that never ends is not read, wherever a file can be named.
func TestDevicesAreNoData(t *testing.T) {
	model := pretrained(t)
	for _, args := range [][]string{
		{"pretrain", "-data"}, {"classify", "train", "-model", model, "-data"}, {"instruct", "train", "-model", model, "-data"},
		{"instruct", "judge", "-answers"}, {"generate", "-model"}, {"tokens", "encode", "-model"},
	} {
		t.Chdir(t.TempDir())
		r := llm(t, append(args, "/dev/zero")...)
		require.Equal(t, statusFailed, r.status, args)
		require.Regexp(t, "/dev/zero.*(is a device|zero byte|not a directory)", r.stderr)
	}
}

// A text to learn from costs at most four times its size in memory, all in all: the
// text, its ids, their order, and what making them leaves behind.
func TestMemoryOfALongText(t *testing.T) {
	if testing.Short() {
		t.Skip("a text of 8 MB is long")
	}
	peak := func(size int) int {
		var text strings.Builder
		for i := 0; text.Len() < size; i++ {
			fmt.Fprintf(&text, "The Rays of Light which differ in Colour differ also in Degrees of Refrangibility, as by Experiment %d.\n", i%1000)
		}
		out := filepath.Join(t.TempDir(), "run")
		cmd := process("pretrain", "-data", file(t, "text.txt", text.String()), "-out", out,
			"-layers", "1", "-width", "16", "-heads", "2", "-vocab", "350", "-steps", "1")
		cmd.Env = append(cmd.Env, "LLM_TEST_PEAK=1")
		stderr, err := cmd.CombinedOutput()
		require.NoError(t, err, string(stderr))
		_, after, found := strings.Cut(string(stderr), "VmHWM:")
		require.True(t, found)
		var kilobytes int
		fmt.Sscan(after, &kilobytes)
		return kilobytes << 10
	}
	const size = 8 << 20
	more := peak(size) - peak(1<<16)
	t.Logf("%.1f times the text", float64(more)/size)
	require.LessOrEqual(t, more, 4*size)
}
