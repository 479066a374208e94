// Site weaves the book from its prose and its source, and serves it.
//
//	go run ./cmd/site                 # prints an address to open in a browser
//	go run ./cmd/site -addr :9000     # on another port
//	go run ./cmd/site -o DIR          # writes a copy that opens without a server
//	go run ./cmd/site -check          # reports what a reader would stumble over
//
// While it serves, a page that is open reloads when its prose or code changes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/llm-from-scratch/llm/cmd/site/internal/weave"
	"github.com/llm-from-scratch/llm/internal/exercise"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the command; it returns the exit status: 1 when the work failed, 2 when
// the command was not understood.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("site", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "", "`host:port` to serve on, loopback only (default 127.0.0.1:8080, or the next free port)")
	out := flags.String("o", "", "write a copy of the site to this `directory` instead of serving it")
	check := flags.Bool("check", false, "only report the problems of the book")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "site: unexpected argument %q\n", flags.Arg(0))
		return 2
	}
	root, err := exercise.Root()
	if err == nil {
		switch {
		case *check:
			err = report(root, stdout)
		case *out != "":
			err = write(root, *out, stdout)
		default:
			err = serve(ctx, root, *addr, stdout)
		}
	}
	if err != nil {
		fmt.Fprintln(stderr, "site:", err)
		return 1
	}
	return 0
}

// report prints every problem of the book below root, one a line.
func report(root string, stdout io.Writer) error {
	b := weave.Weave(root)
	if err := sound(slices.Concat(b.Problems, b.Coverage(), b.Walls()), stdout); err != nil {
		return err
	}
	_, err := fmt.Fprintln(stdout, "the book is sound")
	return err
}

// sound prints problems, and is an error if there are any.
func sound(problems []weave.Problem, stdout io.Writer) error {
	for _, p := range problems {
		fmt.Fprintln(stdout, p)
	}
	switch n := len(problems); n {
	case 0:
		return nil
	case 1:
		return errors.New("the book has 1 problem")
	default:
		return fmt.Errorf("the book has %d problems", n)
	}
}
