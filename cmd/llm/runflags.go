package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/cmd/llm/internal/training"
)

// runFlags are the options that every training run has.
type runFlags struct {
	out           string
	resume, force bool
	stop          int
	dir           *training.Dir // that is resumed
}

func (f *runFlags) add(cmd *cobra.Command, out string) {
	cmd.Flags().StringVar(&f.out, "out", out, "`directory` to write the run to")
	cmd.Flags().BoolVar(&f.resume, "resume", false, "go on with the run in -out, which was stopped")
	cmd.Flags().BoolVar(&f.force, "force", false, "replace the run in -out")
	cmd.Flags().IntVar(&f.stop, "stop", 0, "take only so many `steps` now, then stop as by Ctrl-C; 0 for all")
}

// checked are options that know what is wrong with them.
type checked interface{ check() error }

// options makes sure that a new run may write where it wants to, or fills in the
// options of a run that is resumed, which is then taken. The paths in them become
// good for any working directory.
func (f *runFlags) options(cmd *cobra.Command, options checked, data, model *string) error {
	if f.stop < 0 {
		return usagef("-stop cannot be %d; it takes 0 or more", f.stop)
	}
	if f.resume {
		return f.resumed(cmd, options)
	}
	if err := options.check(); err != nil {
		return err
	}
	if err := f.paths(data, model); err != nil {
		return err
	}
	return training.Free(f.out, f.force)
}

// resumed takes the run in -out and reads its options.
func (f *runFlags) resumed(cmd *cobra.Command, options checked) (err error) {
	for _, name := range changed(cmd) {
		if name != "out" && name != "resume" && name != "stop" && name != "published" {
			return usagef("-resume goes on with the options the run was started with; it takes no -%s", name)
		}
	}
	if f.dir, err = training.Open(f.out); err != nil {
		return err
	}
	return readOptions(f.out, options)
}

// named says of what a resumed run cannot read where it is named.
func (f *runFlags) named(err error) error {
	if !f.resume {
		return err
	}
	return fmt.Errorf("%s names what cannot be read: %w", filepath.Join(f.out, "run.json"), err)
}

// readOptions reads the options of the run in dir, checks each as on the
// command line, and that none was changed since.
func readOptions(dir string, options checked) error {
	if err := training.Options(dir, options); err != nil {
		return err
	}
	if err := options.check(); err != nil {
		return fmt.Errorf("%s: %v", filepath.Join(dir, "run.json"), err)
	}
	return training.Unchanged(dir, options)
}

// paths makes sure that a run does not overwrite the model it starts from, under
// whatever name, and makes the paths in its options good for any working directory.
func (f *runFlags) paths(data, model *string) (err error) {
	for _, path := range []*string{data, model} {
		if path != nil && *path != "" {
			if *path, err = filepath.Abs(*path); err != nil {
				return err
			}
		}
	}
	if model == nil {
		return nil
	}
	for _, name := range []string{".", "model.safetensors"} {
		if sameFile(filepath.Join(*model, name), filepath.Join(f.out, name)) {
			return usagef("-out %s is the model to start from; name another directory", f.out)
		}
	}
	return nil
}

// sameFile reports whether two paths name the same file or directory, which is there.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// open begins the run's directory, or takes it up at the step that was saved.
func (f *runFlags) open(cmd *cobra.Command, t *pretrain.Trainer, options any) (*training.Dir, error) {
	if err := cmd.Context().Err(); err != nil {
		return nil, err
	}
	if !f.resume {
		return training.Create(f.out, f.force, options)
	}
	if err := t.Resume(f.out); err != nil {
		return nil, err
	}
	note, err := f.dir.Continue(t.Done())
	if note != "" {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s; the run goes on without\n", note)
	}
	return f.dir, err
}

// again is the command line that goes on with the run.
func (f *runFlags) again(cmd *cobra.Command) string {
	return fmt.Sprintf("%s %s -resume -out %s", program(), words(cmd), quote(f.out))
}

// quote makes a path one word of a command line, and no option.
func quote(path string) string {
	if strings.HasPrefix(path, "-") {
		path = "./" + path
	}
	plain := func(r rune) bool {
		return r < 128 && (isLetter(byte(r)) || strings.ContainsRune("0123456789_-./+,:@%"+string(filepath.Separator), r))
	}
	if path == "" || strings.ContainsFunc(path, func(r rune) bool { return !plain(r) }) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
