//go:build unix

package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMain lets the test binary be the program itself.
func TestMain(m *testing.M) {
	if os.Getenv("LLM_TEST_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}

// program starts this program as a process of its own.
func process(t *testing.T, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "LLM_TEST_MAIN=1")
	return cmd
}

func TestInterrupt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	cmd := process(t, tiny("-data", book(t), "-out", dir, "-steps", "100000", "-every", "5")...)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	require.NoError(t, cmd.Start())
	s := bufio.NewScanner(out)
	for s.Scan() && !strings.HasPrefix(s.Text(), "step     5") {
	}
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	for s.Scan() {
	}
	assert.Error(t, cmd.Wait())
	assert.Equal(t, statusInterrupted, cmd.ProcessState.ExitCode(), stderr.String())
	assert.Contains(t, stderr.String(), "pretrain -resume -out "+dir)

	// The model is whole, and so is the state: the run goes on, and stops again.
	ok(t, "generate", "-model", dir, "-n", "3", "x")
	again := process(t, "pretrain", "-resume", "-out", dir)
	out, err = again.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, again.Start())
	s = bufio.NewScanner(out)
	require.True(t, s.Scan())
	assert.True(t, strings.HasPrefix(s.Text(), "step "), s.Text())
	require.NoError(t, again.Process.Signal(syscall.SIGINT))
	for s.Scan() {
	}
	again.Wait()
	assert.Equal(t, statusInterrupted, again.ProcessState.ExitCode())
}
