package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/cmd/llm/internal/meter"
	"github.com/llm-from-scratch/llm/cmd/llm/internal/rundir"
)

// A course is a training run of any kind, ready to begin or to go on.
type course struct {
	trainer  *pretrain.Trainer
	total    int // steps
	every    int // steps between two looks at the validation loss
	rate     float64
	dir      *rundir.Dir
	title    string                       // of the picture
	validate func() (loss float64, n int) // the validation loss, of n batches
	sample   func(step int) string        // nil: there is nothing to read yet
	save     func(dir string) error       // the weights
	command  string                       // the words that call it, "classify train"
	stop     int                          // steps to take now, 0 for all

	first  int           // steps that were done before
	begin  instant       // when the first of the others began
	kept   int           // the step after which the run was last saved
	saved  time.Time     // when that was; zero before
	saving time.Duration // how long that took
	saves  spell         // what saving took in all
}

// An instant is a moment of a program's life.
type instant struct {
	time      time.Time
	processor time.Duration // used until then
}

// A spell is what lies between two instants.
type spell struct{ time, processor time.Duration }

func now() instant { return instant{time.Now(), processorTime()} }

func (i instant) since() spell { return spell{time.Since(i.time), processorTime() - i.processor} }

// run trains to the end, or until ctx is cancelled. What it writes to out is
// the same for the same run; speed and time go to stderr.
func (c *course) run(ctx context.Context, out, stderr io.Writer) error {
	if c.trainer.Done() == c.total {
		fmt.Fprintf(stderr, "all %d steps of this run are done already\n", c.total)
		return nil
	}
	m := meter.New(stderr, c.trainer.Done(), c.total)
	defer m.Clear()
	if c.trainer.Done() == 0 {
		if err := c.start(out); err != nil {
			return err
		}
	}
	c.first, c.begin = c.trainer.Done(), now()
	for s := range c.trainer.Steps(ctx) {
		if math.IsNaN(s.Loss+s.GradNorm) || math.IsInf(s.Loss+s.GradNorm, 0) {
			return fmt.Errorf("training has diverged: in step %d the loss is %v and the gradient %v; begin again with a -rate below %v",
				s.N, s.Loss, s.GradNorm, c.rate)
		}
		m.Step(s.Loss, s.Tokens)
		row := rundir.Row{Step: s.N, Train: s.Loss, Validation: math.NaN(), Rate: s.Rate, Norm: s.GradNorm}
		look := s.N%c.every == 0 || s.N == c.total
		if look {
			row.Validation, _ = c.validate()
		}
		if err := c.dir.Log(row); err != nil {
			return err
		}
		if look {
			m.Clear()
			if err := c.report(out, row); err != nil {
				return err
			}
			m.Line()
		}
		if c.due(s.N, look, time.Now()) {
			if err := c.keep(); err != nil {
				return err
			}
		}
		if s.N-c.first == c.stop {
			break
		}
	}
	m.Clear()
	return c.end(stderr)
}

// start reports the loss before the first step: that of a model that guesses.
func (c *course) start(out io.Writer) error {
	v, n := c.validate()
	if n == 0 {
		fmt.Fprintln(out, "nothing is left to watch: there is no validation loss")
	} else {
		fmt.Fprintf(out, "step %5d                          validation loss %.6f\n", 0, v)
	}
	return c.dir.Log(rundir.Row{Train: math.NaN(), Validation: v, Rate: math.NaN(), Norm: math.NaN()})
}

// report prints the losses and a sample, and draws the log.
func (c *course) report(out io.Writer, row rundir.Row) error {
	fmt.Fprintf(out, "step %5d  training loss %.6f", row.Step, c.dir.Recent())
	if !math.IsNaN(row.Validation) {
		fmt.Fprintf(out, "  validation loss %.6f", row.Validation)
	}
	fmt.Fprintln(out)
	if c.sample != nil {
		text := c.sample(row.Step)
		fmt.Fprintf(out, "\n%s\n\n", indent(text))
		if err := c.dir.Sample(row.Step, text); err != nil {
			return err
		}
	}
	return c.dir.Plot(c.title)
}

// A run spends no more than one part in savingShare on saving itself: with a
// large model, looking at the loss is quick and saving is not. Between looks it
// is saved if they are further apart than unsaved.
const (
	savingShare = 20
	unsaved     = 10 * time.Minute
)

// due reports whether the run is to be saved after the given step: at the end, at
// the first look, and when enough time has passed since it last was.
func (c *course) due(step int, look bool, now time.Time) bool {
	last := c.saved
	if last.IsZero() {
		last = c.begin.time
	}
	wait := savingShare * c.saving
	if !look {
		wait = max(wait, unsaved)
	}
	return step == c.total || look && c.saved.IsZero() || now.Sub(last) >= wait
}

// keep saves the weights and the state of their training.
func (c *course) keep() error {
	begin := now()
	err := c.trainer.Save(c.dir.Path, c.save)
	took := begin.since()
	c.kept, c.saved, c.saving = c.trainer.Done(), time.Now(), took.time
	c.saves.time += took.time
	c.saves.processor += took.processor
	return err
}

// end says how the run ended. One that was stopped is saved where it is.
func (c *course) end(stderr io.Writer) error {
	done := c.trainer.Done()
	steps := done - c.first
	if done < c.total {
		if c.kept != done || c.saved.IsZero() {
			if err := c.keep(); err != nil {
				return err
			}
		}
		if err := c.dir.Plot(c.title); err != nil {
			return err
		}
		if steps > 0 {
			left := (time.Since(c.begin.time) - c.saves.time) / time.Duration(steps) * time.Duration(c.total-done)
			fmt.Fprintf(stderr, "%s; the other %d take about %v\n", c.took(steps), c.total-done, brief(left))
		}
		fmt.Fprintf(stderr, "stopped and saved after step %d of %d; to go on:\n  %s %s -resume -out %s\n",
			done, c.total, program(), c.command, quote(c.dir.Path))
		if c.stop > 0 && steps == c.stop {
			return errStopped
		}
		return errInterrupted
	}
	fmt.Fprintln(stderr, c.took(steps))
	return nil
}

// took says what so many steps took, saving apart.
func (c *course) took(steps int) string {
	all := c.begin.since()
	text := fmt.Sprintf("%d steps in %v", steps, brief(all.time-c.saves.time))
	if all.processor > 0 {
		text += fmt.Sprintf(" (%v of processor time)", brief(all.processor-c.saves.processor))
	}
	return text + fmt.Sprintf(", saved in %v%s", brief(c.saves.time), peakMemory())
}

// brief rounds a duration to what is worth reading.
func brief(d time.Duration) time.Duration {
	if d < time.Minute {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Second)
}

// runFlags are the options that every training run has.
type runFlags struct {
	out           string
	resume, force bool
	stop          int
}

func (f *runFlags) add(cmd *cobra.Command, out string) {
	cmd.Flags().StringVar(&f.out, "out", out, "`directory` to write the run to")
	cmd.Flags().BoolVar(&f.resume, "resume", false, "go on with the run in -out, which was stopped")
	cmd.Flags().BoolVar(&f.force, "force", false, "replace the run in -out")
	cmd.Flags().IntVar(&f.stop, "stop", 0, "take only so many `steps` now, then stop as by Ctrl-C; 0 for all")
}

// options fills in the options of a run that is resumed, or makes sure that a
// new one may write where it wants to.
func (f *runFlags) options(cmd *cobra.Command, options any) error {
	if f.stop < 0 {
		return usagef("-stop cannot be %d; it takes 0 or more", f.stop)
	}
	if !f.resume {
		return rundir.Free(f.out, f.force)
	}
	for _, name := range changed(cmd) {
		if name != "out" && name != "resume" && name != "stop" && name != "published" {
			return usagef("-resume goes on with the options the run was started with; it takes no -%s", name)
		}
	}
	if err := rundir.Options(f.out, options); err != nil {
		return err
	}
	if !rundir.Saved(f.out) {
		return fmt.Errorf("the run in %s ended before it was first saved; begin it again with -force", f.out)
	}
	return nil
}

// paths makes sure that a run does not overwrite the model it starts from, finds
// what is named and not a path, and makes the paths in its options good for any
// working directory.
func (f *runFlags) paths(data, model *string) error {
	out, err := filepath.Abs(f.out)
	if err != nil {
		return err
	}
	for _, path := range []*string{data, model} {
		if path == nil || *path == "" {
			continue
		}
		if *path, err = located(*path); err != nil {
			return err
		}
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	if model != nil && *model == out {
		return usagef("-out %s is the model to start from; name another directory", f.out)
	}
	return nil
}

// open begins the run's directory, or takes it up at the step that was saved.
func (f *runFlags) open(ctx context.Context, t *pretrain.Trainer, options any) (*rundir.Dir, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if !f.resume {
		return rundir.Create(f.out, options)
	}
	if err := t.Resume(f.out); err != nil {
		return nil, err
	}
	return rundir.Open(f.out, t.Done())
}

// indent sets text apart from the lines around it.
func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
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
