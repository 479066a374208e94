//go:build unix

package main

import (
	"bufio"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestInterrupt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	cmd := process(tiny("-data", book(t), "-out", dir, "-steps", "100000", "-every", "5")...)
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
	again := process("pretrain", "-resume", "-out", dir)
	out, err = again.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, again.Start())
	s = bufio.NewScanner(out)
	require.True(t, s.Scan())
	assert.True(t, strings.HasPrefix(s.Text(), "step "), s.Text())
	require.NoError(t, again.Process.Signal(syscall.SIGINT))
	again.Process.Signal(syscall.SIGINT) // the same Ctrl-C, passed on by another program
	for s.Scan() {
	}
	again.Wait()
	assert.Equal(t, statusInterrupted, again.ProcessState.ExitCode())
}
