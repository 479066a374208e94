package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"iter"
)

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
			s := bufio.NewScanner(r)
			s.Buffer(nil, 1<<20)
			for s.Scan() {
				select {
				case next <- s.Text():
				case <-done:
					return
				}
			}
			failed <- s.Err()
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

// writeLine writes v as one line of JSON.
func writeLine(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
