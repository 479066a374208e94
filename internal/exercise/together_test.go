//go:build unix

package exercise

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// requireEnded waits for the end of the process whose number is in the file: one
// that was killed takes a moment to be gone.
func requireEnded(t *testing.T, file string) {
	t.Helper()
	require.Eventually(t, func() bool { return !alive(t, file) }, 5*time.Second, 10*time.Millisecond)
}

// alive reports whether the process whose number is in the file still runs.
func alive(t *testing.T, file string) bool {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	require.NoError(t, err)
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return syscall.Kill(pid, 0) == nil && !bytes.Contains(stat, []byte(") Z ")) // where nobody waits for it, a dead one keeps its number
}

const leavesAChild = `c := exec.Command("sleep", "600")
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: runtime.GOOS == "linux"} // there even what leaves the group is found
	_ = c.Start(); _ = os.WriteFile(%q, []byte(strconv.Itoa(c.Process.Pid)), 0o666)
	_ = os.WriteFile(%q, []byte(strconv.Itoa(os.Getpid())), 0o666)`

func TestNothingIsLeftRunning(t *testing.T) {
	dir := t.TempDir()
	child, self := filepath.Join(dir, "child"), filepath.Join(dir, "self")
	root := attempted(t, "\"os\"\n\t\"os/exec\"\n\t\"runtime\"\n\t\"strconv\"\n\t\"syscall\"", fmt.Sprintf(leavesAChild, child, self))
	states, output := statesOf(t.Context(), t, root)
	require.Equal(t, Solved, states[0], output)
	requireEnded(t, child)
	requireEnded(t, self)
}

// Ctrl-C, which cancels the context, ends the attempt and what it started.
func TestCancellingEndsEverything(t *testing.T) {
	dir := t.TempDir()
	child, self := filepath.Join(dir, "child"), filepath.Join(dir, "self")
	root := attempted(t, "\"os\"\n\t\"os/exec\"\n\t\"runtime\"\n\t\"strconv\"\n\t\"syscall\"", fmt.Sprintf(leavesAChild, child, self)+"\n\tfor {}")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(self); err == nil {
				time.Sleep(100 * time.Millisecond)
				cancel()
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	all, err := List(root)
	require.NoError(t, err)
	_, err = status(ctx, root, all)
	require.ErrorIs(t, err, context.Canceled)
	requireEnded(t, child)
	requireEnded(t, self)
}
