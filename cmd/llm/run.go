package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/llm-from-scratch/llm/internal/training"
)

// runFlags are the options that every training run has.
type runFlags struct {
	out           string
	resume, force bool
	plan          bool
	stop          int
	published     bool // fine-tuning only
}

func (f *runFlags) add(cmd *cobra.Command, out string) {
	cmd.Flags().StringVar(&f.out, "out", out, "`directory` to write the run to")
	cmd.Flags().BoolVar(&f.resume, "resume", false, "go on with the run in -out, which was stopped")
	cmd.Flags().BoolVar(&f.force, "force", false, "replace the run in -out")
	cmd.Flags().BoolVar(&f.plan, "plan", false, "only measure a few steps, and say how long this machine takes for all, how much memory and disk")
	cmd.Flags().IntVar(&f.stop, "stop", 0, "take only so many `steps` now, then stop as by Ctrl-C; 0 for all")
}

// A course is a training run of one kind: what it depends on, and how it is made
// of that.
type course interface {
	training.Options
	paths() (data, model *string) // model is nil where training makes one
	run(cmd *cobra.Command, f *runFlags) (*training.Run, error)
}

// train takes the one road of all training runs: the options, from the command line
// or from the run that is gone on with; then the data, the model, its learner and
// trainer; then the steps.
func (f *runFlags) train(cmd *cobra.Command, c course) error {
	if err := atLeast(0, "stop", f.stop); err != nil {
		return err
	}
	begin := f.begin
	if f.resume {
		begin = f.goOn
	}
	if err := begin(cmd, c); err != nil {
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(20)) // no garbage as large as a long text
	r, err := c.run(cmd, f)
	if err != nil {
		return err
	}
	if f.plan {
		return r.Plan(cmd.Context(), cmd.OutOrStdout())
	}
	r.Dir, r.Resume, r.Force, r.Options, r.Stop = f.out, f.resume, f.force, c, f.stop
	r.Again = fmt.Sprintf("%s %s -resume -out %s", program(), words(cmd), quote(f.out))
	return r.Train(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
}

// begin makes sure that a new run may write where it wants to, and not over the
// model that it starts from, under whatever name. The paths in its options become
// good for any working directory.
func (f *runFlags) begin(_ *cobra.Command, c course) (err error) {
	if err := c.Check(); err != nil {
		return err
	}
	data, model := c.paths()
	for _, path := range []*string{data, model} {
		if path != nil && *path != "" {
			absolute, err := filepath.Abs(*path)
			if err != nil {
				return err
			}
			if utf8.ValidString(absolute) { // else it is good from here only
				*path = absolute
			}
			if !utf8.ValidString(*path) {
				return fmt.Errorf("%q is not UTF-8, and run.json could not name it; go there by a link of another name", *path)
			}
		}
	}
	for _, name := range []string{".", "model.safetensors"} {
		if model != nil && sameFile(filepath.Join(*model, name), filepath.Join(f.out, name)) {
			return usagef("-out %s is the model to start from; name another directory", f.out)
		}
	}
	return training.Free(f.out, f.force || f.plan)
}

// goOn reads the options of the run in -out, in the place of those of the command
// line.
func (f *runFlags) goOn(cmd *cobra.Command, c course) error {
	var more error
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		if !slices.Contains([]string{"out", "resume", "stop", "published"}, flag.Name) {
			more = usagef("-resume goes on with the options the run was started with; it takes no -%s", flag.Name)
		}
	})
	if more != nil {
		return more
	}
	reflect.ValueOf(c).Elem().SetZero()
	return training.ReadOptions(f.out, c)
}

// sameFile reports whether two paths name the same file or directory, which is there.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// A source is what a run learns from, among its options.
type source struct {
	Data   string `json:"data"` // "" for what the book has
	SHA256 string `json:"data_sha256"`
}

func (s *source) paths() (data, model *string) { return &s.Data, nil }

// read notes the sum of what was read, or why it was not. A run that is gone on with
// needs what it was started with.
func (s *source) read(f *runFlags, what, sum string, err error) error {
	if err != nil {
		return f.named(err)
	}
	if f.resume && sum != s.SHA256 {
		return fmt.Errorf("%s changed since the run in %s was started; begin a new run, with another -out", what, f.out)
	}
	s.SHA256 = sum
	return nil
}

// judged reads, by read, what the model of the run in dir is judged by: what it was
// trained with, or another file, that data names. It reports whether that is the former,
// of which only a part was trained on.
func (s *source) judged(dir, data string, o training.Options, read func() (sum string, err error)) (own bool, err error) {
	untrained := training.ReadOptions(dir, o)
	if untrained != nil && data == "" {
		return false, untrained
	}
	s.Data = cmp.Or(data, s.Data)
	sum, err := read()
	if err == nil && untrained != nil {
		if learned, damaged := training.LearnedFrom(dir, sum); learned || damaged != nil {
			return false, untrained // which part was trained on is not known
		}
	}
	own = untrained == nil && sum == s.SHA256
	if err == nil && !own && data == "" {
		err = fmt.Errorf("%s has changed since the model in %s was trained; name a file by -data", s.Data, dir)
	}
	return own, err
}

// named says of what a resumed run cannot read where it is named.
func (f *runFlags) named(err error) error {
	if !f.resume {
		return err
	}
	return fmt.Errorf("%s names what cannot be read: %w", filepath.Join(f.out, "run.json"), err)
}

// A ranged is a whole number among the options.
type ranged struct {
	option          string
	value, min, max int
}

// inRange is a usage error for the first of them that is out of its range.
func inRange(numbers ...ranged) error {
	for _, x := range numbers {
		if x.value < x.min || x.value > x.max {
			return usagef("-%s cannot be %d; it takes %d to %d", x.option, x.value, x.min, x.max)
		}
	}
	return nil
}

// plain are paths that a shell takes as they are.
var plain = regexp.MustCompile(`^[\w./+,:@%` + regexp.QuoteMeta(string(filepath.Separator)) + `-]+$`)

// quote makes a path one word of a command line, and no option.
func quote(path string) string {
	if strings.HasPrefix(path, "-") {
		path = "./" + path
	}
	if plain.MatchString(path) {
		return path
	}
	if quoted := strconv.Quote(path); !utf8.ValidString(path) || strings.ContainsFunc(path, unicode.IsControl) {
		return "$'" + strings.ReplaceAll(quoted[1:len(quoted)-1], "'", `\'`) + "'"
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
