// Prove runs every exercise's stub, solution and typical mistakes through its
// check and exits with 1 if the check is wrong about one of them.
//
//	go run ./internal/exercise/prove          # all exercises
//	go run ./internal/exercise/prove 3 5      # those of chapters 3 and 5
//	go run ./internal/exercise/prove -v 3     # and print what every check said
//	go run ./internal/exercise/prove -fresh   # and require untouched stubs
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

func main() {
	fresh := flag.Bool("fresh", false, "require that nobody has edited the stubs")
	verbose := flag.Bool("v", false, "print what every check said")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := prove(ctx, flag.Args(), *fresh, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "prove:", err)
		os.Exit(1)
	}
}

func prove(ctx context.Context, only []string, fresh, verbose bool) error {
	root, err := exercise.Root()
	if err != nil {
		return err
	}
	all, err := exercise.List(root)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(e exercise.Exercise) bool { return !chosen(e, only) })
	if len(all) == 0 {
		return fmt.Errorf("no exercises in chapter %s", strings.Join(only, ", "))
	}
	if fresh {
		if err := untouched(root, all); err != nil {
			return err
		}
	}
	failed, err := exercise.Prove(ctx, root, all, func(f exercise.Finding) { print(f, verbose) })
	if err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d checks are wrong", failed)
	}
	fmt.Printf("the checks of %d exercises are right\n", len(all))
	return nil
}

// chosen reports whether the exercise belongs to one of the chapters asked for;
// asking for none asks for all.
func chosen(e exercise.Exercise, chapters []string) bool {
	chapter, _, _ := strings.Cut(e.Number, ".")
	return len(chapters) == 0 || slices.Contains(chapters, chapter)
}

func print(f exercise.Finding, verbose bool) {
	if f.Got != f.Want {
		fmt.Println("WRONG", f)
		return
	}
	if !verbose {
		f.Output = ""
	}
	fmt.Println("ok   ", f)
}

// untouched compares each chapter's stubs with their copy in testdata.
func untouched(root string, all []exercise.Exercise) error {
	for _, e := range all {
		edited, err := os.ReadFile(filepath.Join(root, e.Chapter, exercise.StubFile))
		if err != nil {
			return err
		}
		copied, err := os.ReadFile(filepath.Join(root, e.Chapter, "testdata", "exercises", exercise.StubFile))
		if err != nil {
			return err
		}
		if !bytes.Equal(edited, copied) {
			return fmt.Errorf("%s/%s is not the same as its copy in testdata/exercises", e.Chapter, exercise.StubFile)
		}
	}
	return nil
}
