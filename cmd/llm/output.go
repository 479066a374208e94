package main

import (
	"context"
	"encoding/json"
	"io"
	"sync"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/internal/meter"
	"github.com/llm-from-scratch/llm/internal/plaintext"
)

// An output is where all commands write to. It remembers the first write that
// failed, so that no command has to look, and keeps from a terminal what could
// disturb it, whoever wrote that: a command, a model, a file's name.
type output struct {
	w        io.Writer
	terminal bool
	mutex    sync.Mutex
	rest     []byte // the begun character or line end that a terminal has not got yet
	err      error
}

func newOutput(w io.Writer) *output { return &output{w: w, terminal: meter.IsTerminal(w)} }

// Behind is the terminal or the file itself, for meters to draw on.
func (o *output) Behind() io.Writer { return o.w }

// Write writes p, or returns the error of the write that failed before.
func (o *output) Write(p []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	shown := p
	if o.terminal {
		shown = append(o.rest, p...)
		whole := len(shown) - plaintext.Unfinished(shown)
		o.rest = append([]byte(nil), shown[whole:]...)
		shown = []byte(plaintext.Printable(string(shown[:whole])))
	}
	if o.write(shown); o.err != nil {
		return 0, o.err
	}
	return len(p), nil
}

func (o *output) write(p []byte) {
	if o.err == nil && len(p) > 0 {
		_, o.err = o.w.Write(p)
	}
}

// Lost is the error of the first write that failed.
func (o *output) Lost() error {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.err
}

// Close writes what was left unfinished, and returns what Lost does.
func (o *output) Close() error {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.write([]byte(plaintext.Printable(string(o.rest))))
	o.rest = nil
	return o.err
}

// whileWritten is the context of a command: nobody reads on when output is lost.
type whileWritten struct {
	context.Context
	out *output
}

func (c whileWritten) Err() error {
	if c.out.Lost() != nil {
		return context.Canceled
	}
	return c.Context.Err()
}

func jsonFlag(cmd *cobra.Command, asJSON *bool) {
	cmd.Flags().BoolVar(asJSON, "json", false, "print JSON, for another program")
}

// printJSON prints v, indented for people unless indent is empty.
func printJSON(out io.Writer, v any, indent string) error {
	e := json.NewEncoder(out)
	e.SetIndent("", indent)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// table returns a writer that aligns columns set apart by tabs.
func table(out io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
}
