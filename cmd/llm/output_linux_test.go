package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// onTerminal runs a command line as a process that writes to a terminal, and returns
// what came there.
func onTerminal(t *testing.T, args ...string) string {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminal can be had here: ", err)
	}
	defer master.Close()
	require.NoError(t, unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	slave, err := os.OpenFile(fmt.Sprint("/dev/pts/", n), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	cmd := process(args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader("Say \x1b[2J hi.\n"), slave, slave
	require.NoError(t, cmd.Start())
	slave.Close()
	got, _ := io.ReadAll(master) // ends in an error when nobody has the terminal open
	cmd.Wait()
	return string(got)
}

// Whatever is in data, models, prompts and names, and whichever command prints it,
// no control character of it comes to a terminal.
func TestNoCommandDisturbsATerminal(t *testing.T) {
	const evil = "Say \x1b[2J\x1b]0;changed\a\u009b hi.\r\n"
	model, dir := pretrained(t), t.TempDir()
	assistant := filepath.Join(dir, "assistant")
	entries := file(t, "escapes.json", "["+strings.Repeat(`{"instruction": "Say \u001b]0;x\u0007.", "output": "\u001b[31m", "kind": "k"},`, 39)+`{"instruction": "Go.", "output": "no"}]`)
	ok(t, "instruct", "train", "-model", model, "-out", assistant, "-data", entries, "-epochs", "1", "-batch", "8")
	lines := printing(t)
	for name, args := range map[string][]string{
		"generate":      append(lines["generate"], evil),
		"classify run":  append(lines["classify run"], evil),
		"run -json":     append(lines["run -json"], evil),
		"chat":          lines["chat"],
		"tokens encode": {"tokens", "encode", evil},
		"tokens decode": {"tokens", "decode", "220", "197", "216", "201", "126"},
		"no such file":  {"classify", "eval", "-model", assistant + evil},
		"no option":     {"generate", "-" + "x" + evil},
		"no command":    {evil},
		"no messages":   {"classify", "train", "-model", model, "-out", filepath.Join(dir, "x"), "-data", file(t, "bad\x1b[2J.tsv", "ham "+evil)},
		"export":        {"export", "-model", model, "-out", filepath.Join(dir, "ex\x1b[2Jport")},
	} {
		t.Run(name, func(t *testing.T) {
			got := onTerminal(t, args...)
			assert.NotEmpty(t, got)
			assert.True(t, utf8.ValidString(got), "%q", got)
			for _, r := range strings.ReplaceAll(got, "\r\n", "\n") {
				if unicode.IsControl(r) && r != '\n' && r != '\t' {
					require.Fail(t, "a control character", "%q in %q", r, got)
				}
			}
		})
	}

	// Where a bar is drawn besides, the answers still come clean.
	got := onTerminal(t, "instruct", "eval", "-model", assistant, "-n", "4", "-v")
	assert.Contains(t, got, "Say \uFFFD]0;x\uFFFD.")
	assert.NotContains(t, got, "\x1b]0;")
	assert.NotContains(t, got, "\x1b[31m")
}
