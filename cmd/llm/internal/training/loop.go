package training

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"sync/atomic"
	"time"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/cmd/llm/internal/meter"
)

// How a run ends that has not taken all its steps, and has said so.
var (
	ErrStopped     = errors.New("stopped")     // after as many as were asked for
	ErrInterrupted = errors.New("interrupted") // because its context was cancelled
)

// UnderWay is true while there is a run that saves itself when it is interrupted.
var UnderWay atomic.Bool

// A Run is a training run of any kind, ready to begin or to go on.
type Run struct {
	Trainer  *pretrain.Trainer
	Total    int // steps
	Every    int // steps between two looks at the validation loss
	Rate     float64
	Dir      *Dir
	Validate func() (loss float64, n int) // the validation loss, of n batches
	Sample   func(step int) string        // nil: there is nothing to read yet
	Save     func(dir string) error       // the weights
	Again    string                       // the command line that goes on with it
	Stop     int                          // steps to take now, 0 for all

	first  int           // steps that were done before
	begin  instant       // when the first of the others began
	kept   int           // the step after which the run was last saved
	saved  time.Time     // when that was, or was tried; zero before
	saving time.Duration // how long that took
	saves  spell         // what saving took in all
	failed error         // why the last save did not succeed
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

// Train trains to the end, or until ctx is cancelled, and closes the directory.
// What it writes to out is the same for the same run; speed and time go to stderr.
func (r *Run) Train(ctx context.Context, out, stderr io.Writer) error {
	defer r.Dir.Close()
	if r.Trainer.Done() == r.Total {
		fmt.Fprintf(stderr, "all %d steps of this run are done already\n", r.Total)
		return nil
	}
	var loss float64
	var tokens int64
	m := meter.New(stderr, int64(r.Trainer.Done()), int64(r.Total), func(m *meter.Meter) string {
		return fmt.Sprintf("%d of %d steps, loss %.3f, %.0f tokens/s", m.Done, m.Total, loss, m.PerSecond(tokens))
	})
	defer m.Clear()
	UnderWay.Store(true)
	defer UnderWay.Store(false)
	if len(r.Dir.Rows) == 0 {
		r.start(out)
	}
	r.first, r.kept, r.begin = r.Trainer.Done(), r.Trainer.Done(), now()
	for s := range r.Trainer.Steps(ctx) {
		if math.IsNaN(s.Loss+s.GradNorm) || math.IsInf(s.Loss+s.GradNorm, 0) {
			return fmt.Errorf("training has diverged: in step %d the loss is %v and the gradient %v; begin again with a -rate below %v",
				s.N, s.Loss, s.GradNorm, r.Rate)
		}
		loss, tokens = s.Loss, tokens+int64(s.Tokens)
		m.Add(1)
		row := Row{Step: s.N, Train: s.Loss, Validation: math.NaN(), Rate: s.Rate, Norm: s.GradNorm}
		look := s.N%r.Every == 0 || s.N == r.Total
		if look {
			row.Validation, _ = r.Validate()
		}
		r.Dir.Log(row)
		if look {
			m.Clear()
			r.report(out, row)
		}
		if r.due(s.N, look, time.Now()) && !r.keep() && s.N < r.Total {
			fmt.Fprintf(stderr, "the run could not be saved after step %d, and goes on: %v\n", s.N, r.failed)
		}
		if s.N-r.first == r.Stop {
			break
		}
	}
	m.Clear()
	return r.end(stderr)
}

// start reports the loss before the first step: that of a model that guesses.
func (r *Run) start(out io.Writer) {
	v, n := r.Validate()
	if n == 0 {
		fmt.Fprintln(out, "nothing is left to watch: there is no validation loss")
	} else {
		fmt.Fprintf(out, "step %5d                          validation loss %.6f\n", 0, v)
	}
	r.Dir.Log(Row{Train: math.NaN(), Validation: v, Rate: math.NaN(), Norm: math.NaN()})
}

// report prints the losses and a sample, and draws the log.
func (r *Run) report(out io.Writer, row Row) {
	fmt.Fprintf(out, "step %5d  training loss %.6f", row.Step, r.Dir.Recent())
	if !math.IsNaN(row.Validation) {
		fmt.Fprintf(out, "  validation loss %.6f", row.Validation)
	}
	fmt.Fprintln(out)
	if r.Sample != nil {
		text := r.Sample(row.Step)
		fmt.Fprintf(out, "\n%s\n\n", indent(text))
		r.Dir.Sample(row.Step, text)
	}
	r.Dir.Plot()
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
func (r *Run) due(step int, look bool, now time.Time) bool {
	last := r.saved
	if last.IsZero() {
		last = r.begin.time
	}
	wait := savingShare * r.saving
	if !look {
		wait = max(wait, unsaved)
	}
	return step == r.Total || look && r.saved.IsZero() || now.Sub(last) >= wait
}

// keep saves the weights and the state of their training, and reports whether that
// succeeded. If not, what was saved before is still there.
func (r *Run) keep() bool {
	begin := now()
	r.failed = r.Dir.Save(func(dir string) error { return r.Trainer.Save(dir, r.Save) })
	took := begin.since()
	r.saved, r.saving = time.Now(), took.time
	r.saves.time += took.time
	r.saves.processor += took.processor
	if r.failed == nil {
		r.kept = r.Trainer.Done()
	}
	return r.failed == nil
}

// end says how the run ended. One that was stopped is saved where it is.
func (r *Run) end(stderr io.Writer) error {
	done := r.Trainer.Done()
	steps := done - r.first
	if done < r.Total {
		r.Dir.Plot()
		if r.kept != done || r.saved.IsZero() {
			r.keep()
		}
	}
	switch {
	case r.failed != nil && r.kept == 0:
		return fmt.Errorf("the run could not be saved, and nothing of it is kept: %w", r.failed)
	case r.failed != nil:
		return fmt.Errorf("the run could not be saved, and stands after step %d of %d, as it was saved before: %w; once that is mended, it goes on by: %s",
			r.kept, r.Total, r.failed, r.Again)
	case done == r.Total:
		fmt.Fprintln(stderr, r.took(steps))
		return nil
	}
	if steps > 0 {
		left := (time.Since(r.begin.time) - r.saves.time) / time.Duration(steps) * time.Duration(r.Total-done)
		fmt.Fprintf(stderr, "%s; the other %d take about %v\n", r.took(steps), r.Total-done, brief(left))
	}
	fmt.Fprintf(stderr, "stopped and saved after step %d of %d; to go on:\n  %s\n", done, r.Total, r.Again)
	if r.Stop > 0 && steps == r.Stop {
		return ErrStopped
	}
	return ErrInterrupted
}

// took says what so many steps took, saving apart.
func (r *Run) took(steps int) string {
	all := r.begin.since()
	text := fmt.Sprintf("%d steps in %v", steps, brief(all.time-r.saves.time))
	if all.processor > 0 {
		text += fmt.Sprintf(" (%v of processor time)", brief(all.processor-r.saves.processor))
	}
	return text + fmt.Sprintf(", saved in %v%s", brief(r.saves.time), peakMemory())
}

// brief rounds a duration to what is worth reading.
func brief(d time.Duration) time.Duration {
	if d < time.Minute {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Second)
}

// indent sets text apart from the lines around it.
func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}
