package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/internal/plaintext"
)

// longestLine bounds what is kept of a text that has no line ends.
const longestLine = 1 << 20

// lines yields the lines of r, without their ends, until ctx is cancelled: a
// read from a terminal cannot be interrupted, but it can be left alone.
func lines(ctx context.Context, r io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		next := make(chan string)
		failed := make(chan error, 1)
		done := make(chan struct{})
		defer close(done)
		go func() {
			defer close(next)
			s := bufio.NewScanner(plaintext.NewReader("standard input", r))
			s.Buffer(nil, longestLine)
			n := 1
			for ; s.Scan(); n++ {
				select {
				case next <- s.Text():
				case <-done:
					return
				}
			}
			err := s.Err()
			if errors.Is(err, bufio.ErrTooLong) {
				err = fmt.Errorf("standard input: line %d has more than %d bytes", n, longestLine)
			}
			failed <- err
		}()
		for {
			select {
			case <-ctx.Done():
				yield("", ctx.Err())
				return
			case line, ok := <-next:
				if !ok {
					if err := <-failed; err != nil {
						yield("", err)
					}
					return
				}
				if !yield(line, nil) {
					return
				}
			}
		}
	}
}

func strictFlag(cmd *cobra.Command) {
	cmd.Flags().Bool("strict", false, "refuse a file of -data in which anything has to be skipped")
}

// accept tells what a reader had to skip in the file at path. It is an error if
// nothing else was found there, or with -strict.
func accept(cmd *cobra.Command, path string, found int, err error) error {
	strict, _ := cmd.Flags().GetBool("strict")
	if err != nil && (strict || found == 0) {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "llm: %s: %v\n", path, err)
	}
	return nil
}

// writeLine writes v as one line of JSON.
func writeLine(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
