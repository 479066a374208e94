//go:build unix

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/durable"
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

// running is a training run as a process of its own that has been saved once, some
// steps ago, and what it says on stderr.
func running(t *testing.T, dir, fault string) (*exec.Cmd, io.ReadCloser, *bytes.Buffer) {
	cmd := process(tiny("-data", book(t), "-out", dir, "-steps", "100000", "-every", "5")...)
	cmd.Env = append(cmd.Env, faultVariable+"="+fault)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	require.NoError(t, cmd.Start())
	s := bufio.NewScanner(out)
	for s.Scan() && !strings.HasPrefix(s.Text(), "step    10") {
	}
	return cmd, out, &stderr
}

// However a run is told to stop, it saves itself first.
func TestSignalsSaveARun(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if signal.Ignored(s) { // under nohup, the run goes on, as it should
			t.Logf("%v is ignored here, and by the run too", s)
			continue
		}
		dir := filepath.Join(t.TempDir(), "run")
		cmd, out, stderr := running(t, dir, "slow 0")
		go io.Copy(io.Discard, out)
		require.NoError(t, cmd.Process.Signal(s))
		assert.Error(t, cmd.Wait())
		assert.Equal(t, statusInterrupted, cmd.ProcessState.ExitCode(), "%v: %s", s, stderr)
		assert.Contains(t, stderr.String(), "stopped and saved after step ")
		ok(t, "pretrain", "-resume", "-out", dir, "-stop", "1")
	}
}

// A second Ctrl-C waits for the save, and says so.
func TestSecondInterrupt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	cmd, out, stderr := running(t, dir, "interrupted 25")
	go io.Copy(io.Discard, out)
	_, err := durable.Lock(dir)
	require.EqualError(t, err, fmt.Sprintf("process %d is writing to %s", cmd.Process.Pid, dir))
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	time.Sleep(600 * time.Millisecond)
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	assert.Error(t, cmd.Wait())
	assert.Contains(t, stderr.String(), "is being saved; wait for it")
	assert.Contains(t, stderr.String(), "stopped and saved after step ")
	ok(t, "pretrain", "-resume", "-out", dir, "-stop", "1")
}

// Whoever read the output has gone: the run saves itself and says that it failed.
func TestClosedPipeSavesARun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	cmd, out, stderr := running(t, dir, "slow 0")
	require.NoError(t, out.Close())
	assert.Error(t, cmd.Wait())
	assert.Equal(t, statusFailed, cmd.ProcessState.ExitCode(), stderr.String())
	assert.Contains(t, stderr.String(), "stopped and saved after step ")
	assert.Contains(t, stderr.String(), "llm: writing the output: ")
	ok(t, "pretrain", "-resume", "-out", dir, "-stop", "1")
}
