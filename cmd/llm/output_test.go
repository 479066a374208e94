package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a terminal gets, however the text was cut into writes.
func TestTerminalsGetNoControlCharacters(t *testing.T) {
	for in, want := range map[string]string{
		"plain text, tab\tand line\n":        "plain text, tab\tand line\n",
		"clear \x1b[2J title \x1b]0;x\a end": "clear \uFFFD[2J title \uFFFD]0;x\uFFFD end",
		"8-bit \u009b2J, del \x7f, nul \x00": "8-bit \uFFFD2J, del \uFFFD, nul \uFFFD",
		"not UTF-8 \x9b2J \xe2\x82":          "not UTF-8 \uFFFD2J \uFFFD\uFFFD",
		"Windows\r\nand\rolder\r":            "Windows\nand\nolder\n",
		"family 👩‍👩‍👧, 中文, é":                "family 👩‍👩‍👧, 中文, é",
		"nothing left \xf0\x9f":              "nothing left \uFFFD\uFFFD",
	} {
		for size := 1; size <= len(in); size++ {
			var got bytes.Buffer
			out := &output{w: &got, terminal: true}
			for rest := in; rest != ""; {
				n := min(size, len(rest))
				written, err := out.Write([]byte(rest[:n]))
				require.NoError(t, err)
				require.Equal(t, n, written)
				rest = rest[n:]
			}
			require.NoError(t, out.Close())
			require.Equal(t, want, got.String(), "%q, %d bytes at a time", in, size)
		}
		var got bytes.Buffer
		fmt.Fprint(newOutput(&got), in)
		assert.Equal(t, in, got.String(), "a file or a pipe gets the bytes")
	}
}

// full is an output that takes so many bytes.
type full struct {
	room int
	err  error
}

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, f.err
	}
	return len(p), nil
}

// printing are command lines of all commands that print, on the tiny model.
func printing(t *testing.T) map[string][]string {
	model, dir := pretrained(t), t.TempDir()
	spam, assistant := filepath.Join(dir, "spam"), filepath.Join(dir, "assistant")
	entries := file(t, "entries.json", "["+strings.Repeat(`{"instruction":"Say hi.","output":"hi"},`, 39)+`{"instruction":"Go.","output":"no"}]`)
	ok(t, "classify", "train", "-model", model, "-out", spam, "-messages", "100", "-epochs", "1")
	ok(t, "instruct", "train", "-model", model, "-out", assistant, "-data", entries, "-epochs", "1", "-batch", "8")
	judged := file(t, "answers.json", `[{"instruction":"a","input":"","output":"b","model_response":"c","score":7,"judge":"j"}]`)
	return map[string][]string{
		"help":           {"-h"},
		"help on one":    {"generate", "-h"},
		"tokens encode":  {"tokens", "encode", "The Rays"},
		"encode -ids":    {"tokens", "encode", "-ids", "The Rays"},
		"encode -json":   {"tokens", "encode", "-json", "The Rays"},
		"tokens decode":  {"tokens", "decode", "6109"},
		"generate":       {"generate", "-model", model, "-n", "5", "The Rays"},
		"classify run":   {"classify", "run", "-model", spam, "See you"},
		"run -json":      {"classify", "run", "-model", spam, "-json", "See you"},
		"classify eval":  {"classify", "eval", "-model", spam},
		"eval -json":     {"classify", "eval", "-model", spam, "-json"},
		"instruct eval":  {"instruct", "eval", "-model", assistant, "-n", "4"},
		"answers -json":  {"instruct", "eval", "-model", assistant, "-n", "4", "-json"},
		"instruct judge": {"instruct", "judge", "-answers", judged, "-judge-model", "j"},
		"export":         {"export", "-model", model, "-out", filepath.Join(dir, "exported"), "-force"},
		"chat":           {"chat", "-model", assistant, "-n", "4"},
		"data list":      {"data", "list"},
		"list -json":     {"data", "list", "-json"},
		"hint":           {"exercises", "hint", "1.1"},
		"pretrain":       tiny("-data", book(t), "-out", filepath.Join(dir, "p"), "-steps", "2"),
		"classify train": {"classify", "train", "-model", model, "-out", filepath.Join(dir, "c"), "-messages", "100", "-epochs", "1"},
		"instruct train": {"instruct", "train", "-model", model, "-out", filepath.Join(dir, "i"), "-data", entries, "-epochs", "1", "-batch", "8"},
	}
}

// Nobody may take output for whole that is not: every command says that it could
// not write all, and fails. If whoever read it has gone, that is no news.
func TestLostOutputIsAnError(t *testing.T) {
	for name, args := range printing(t) {
		t.Run(name, func(t *testing.T) {
			var stderr bytes.Buffer
			status := run(t.Context(), args, strings.NewReader("Say hi.\n"), &full{err: syscall.ENOSPC}, &stderr)
			assert.Equal(t, statusFailed, status, stderr.String())
			assert.Equal(t, 1, strings.Count(stderr.String(), "llm: writing the output: no space left on device\n"), stderr.String())

			if strings.HasSuffix(name, "train") { // a second run in the same place says that there is one
				return
			}
			stderr.Reset()
			status = run(t.Context(), args, strings.NewReader("Say hi.\n"), &full{room: 1, err: &os.PathError{Op: "write", Err: syscall.EPIPE}}, &stderr)
			assert.Equal(t, statusUnread, status, stderr.String())
			assert.NotContains(t, stderr.String(), "llm: ")
		})
	}
}

// A process whose output is /dev/full, or closed for reading.
func TestLostOutputOfAProcess(t *testing.T) {
	device, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("no /dev/full here")
	}
	require.NoError(t, err)
	defer device.Close()
	cmd := process("tokens", "encode", "The Rays")
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = device, &stderr
	assert.Error(t, cmd.Run())
	assert.Equal(t, statusFailed, cmd.ProcessState.ExitCode())
	assert.Equal(t, "llm: writing the output: write /dev/stdout: no space left on device\n", stderr.String())

	read, write, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, read.Close())
	cmd = process("tokens", "encode", "The Rays")
	cmd.Stdout, cmd.Stderr = write, &stderr
	stderr.Reset()
	assert.Error(t, cmd.Run(), "by the signal, or with its status")
	assert.Empty(t, stderr.String())
	require.NoError(t, write.Close())
}
