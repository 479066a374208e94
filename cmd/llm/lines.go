package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/internal/corpus"
	"github.com/llm-from-scratch/llm/internal/plaintext"
)

// input reads the text in r, the standard input, until ctx is cancelled: a read from a
// terminal cannot be interrupted, but it can be left alone.
func input(ctx context.Context, r io.Reader) io.Reader {
	out, in := io.Pipe()
	context.AfterFunc(ctx, func() { out.CloseWithError(ctx.Err()) })
	go func() {
		_, err := io.Copy(in, r)
		in.CloseWithError(err)
	}()
	return plaintext.NewReader("standard input", out)
}

// longestLine bounds what is kept of a text that has no line ends.
const longestLine = 1 << 20

// lines yields the lines of the standard input, without their ends.
func lines(ctx context.Context, r io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		s := bufio.NewScanner(input(ctx, r))
		s.Buffer(nil, longestLine)
		n := 1
		for ; ctx.Err() == nil && s.Scan(); n++ {
			if !yield(s.Text(), nil) {
				return
			}
		}
		err := errors.Join(ctx.Err(), s.Err())
		if errors.Is(err, bufio.ErrTooLong) {
			err = fmt.Errorf("standard input: line %d has more than %d bytes", n, longestLine)
		}
		if err != nil {
			yield("", err)
		}
	}
}

func strictFlag(cmd *cobra.Command) {
	cmd.Flags().Bool("strict", false, "refuse a file of -data in which anything has to be skipped")
}

// readFile reads a file of what, such as messages, and its sum. It tells what read had
// to skip, which is an error if nothing else was found, or with -strict. The error of a
// file that is not there names the download that is one.
func readFile[T any](cmd *cobra.Command, path, what, download string, read func(io.Reader) ([]T, error)) (list []T, sum string, err error) {
	data, err := corpus.ReadFile(path)
	if err != nil {
		return nil, "", fmt.Errorf("reading the %s: %w; %s data get %s gets some", what, err, program(), download)
	}
	list, err = read(bytes.NewReader(data))
	s, skipped := errors.AsType[*plaintext.Skipped](err)
	strict, _ := cmd.Flags().GetBool("strict")
	switch {
	case skipped && strict:
		return nil, "", fmt.Errorf("%s: -strict takes all or nothing, and %d of the %s cannot be read: %s", path, s.Count, what, s.Reasons())
	case err != nil && (strict || len(list) == 0):
		return nil, "", fmt.Errorf("%s: %w", path, err)
	case err != nil:
		fmt.Fprintf(cmd.ErrOrStderr(), "llm: %s: %v\n", path, err)
	}
	return list, corpus.Sum(data), nil
}
