package training

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"sync/atomic"
	"time"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/footprint"
	"github.com/llm-from-scratch/llm/internal/meter"
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
	Total    int                          // steps
	Every    int                          // steps between two looks at the validation loss
	Rate     float64                      // the largest
	Title    string                       // of the picture of the losses
	About    string                       // told before the first step
	Validate func() (loss float64, n int) // the validation loss, of n batches
	Sample   func(step int) string        // nil: there is nothing to read yet
	Save     func(dir string) error       // the weights
	After    func(out io.Writer) error    // tells what has come of it

	Dir     string // where it is kept
	Resume  bool   // as it was saved there
	Force   bool   // else: in the place of what is there
	Options Options
	Again   string // the command line that goes on with it
	Stop    int    // steps to take now, 0 for all

	Memory footprint.Memory // that it takes; 0 if that is not known
	Clock  func() time.Time // nil: time.Now

	record
	pace      pace
	first     int           // steps that were done before
	begin     time.Time     // when the first of the others began, moved on by what saving took;
	processor time.Duration // what had been used of the processor then, moved on likewise
	kept      int           // the step after which the run was last saved
	saved     time.Time     // when that was, or was tried; zero before
	saving    time.Duration // how long that took,
	saves     time.Duration // and all saves together
	failed    error         // why the last save did not succeed
}

// Train trains to the end, or until ctx is cancelled. What it writes to out is the
// same for the same run; speed and time go to stderr.
func (r *Run) Train(ctx context.Context, out, stderr io.Writer) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	close, err := r.open(stderr)
	if err != nil {
		return err
	}
	defer close()
	if r.Trainer.Done() == r.Total {
		fmt.Fprintf(stderr, "all %d steps of this run are done already\n", r.Total)
		return r.After(out)
	}
	if !r.Resume {
		if err := r.start(ctx, out); err != nil {
			return err
		}
	}
	UnderWay.Store(true)
	defer UnderWay.Store(false)
	r.first, r.kept, r.begin = r.Trainer.Done(), r.Trainer.Done(), time.Now()
	r.processor, _ = used()
	if err := r.steps(ctx, out, stderr); err != nil {
		return err
	}
	if err := r.end(stderr); err != nil {
		return err
	}
	return r.After(out)
}

// open takes the directory, where nobody else may write until it is closed, and
// takes up the run that was saved there, or makes sure that there is none.
func (r *Run) open(stderr io.Writer) (close func(), err error) {
	if err := durable.MkdirAll(r.Dir); err != nil {
		return nil, err
	}
	unlock, err := durable.Lock(r.Dir)
	if err != nil {
		return nil, err
	}
	if r.title = r.Title; r.Resume {
		err = r.takeUp(stderr)
	} else if err = Free(r.Dir, r.Force); err == nil {
		r.options, err = json.MarshalIndent(r.Options, "", "  ")
		r.options = append(r.options, '\n')
	}
	if err != nil {
		unlock()
	}
	return unlock, err
}

// takeUp takes the run up at the step that was saved.
func (r *Run) takeUp(stderr io.Writer) error {
	if err := durable.Recover(r.Dir); err != nil {
		return err
	}
	if err := r.Trainer.Resume(r.Dir); err != nil {
		return err
	}
	note, err := r.record.open(r.Dir, r.Trainer.Done())
	if note != "" {
		fmt.Fprintf(stderr, "%s; the run goes on without\n", note)
	}
	return err
}

// start tells what is learned from, and the loss of a model that guesses. Whoever
// stops the run until then has nothing to save, and does not wait for it.
func (r *Run) start(ctx context.Context, out io.Writer) error {
	fmt.Fprint(out, r.About)
	v, n, err := r.look(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		fmt.Fprintln(out, "nothing is left to watch: there is no validation loss")
	} else {
		fmt.Fprintf(out, "step %5d                          validation loss %.6f\n", 0, v)
	}
	r.rows = []Row{{Train: math.NaN(), Validation: v, Rate: math.NaN(), Norm: math.NaN()}}
	return nil
}

// steps takes the steps, looks at the loss now and then, and saves the run.
func (r *Run) steps(ctx context.Context, out, stderr io.Writer) error {
	var loss float64
	var tokens int64
	m := meter.New(stderr, int64(r.first), int64(r.Total), func(m *meter.Meter) string {
		return fmt.Sprintf("%d of %d steps, loss %.3f, %.0f tokens/s", m.Done, m.Total, loss, m.PerSecond(tokens))
	})
	defer m.Clear()
	for s := range r.timed(ctx) {
		row := Row{Step: s.N, Train: s.Loss, Validation: math.NaN(), Rate: s.Rate, Norm: s.GradNorm}
		if sum := s.Loss + s.GradNorm; math.IsNaN(sum) || math.IsInf(sum, 0) {
			return r.diverged(row)
		}
		loss, tokens = s.Loss, tokens+int64(s.Tokens)
		m.Add(1)
		r.foretell(stderr)
		look := s.N%r.Every == 0 || s.N == r.Total
		if look {
			row.Validation, _ = r.Validate()
		}
		r.rows = append(r.rows, row)
		if look {
			m.Clear()
			r.report(out, row)
		}
		if r.due(s.N, look, time.Now()) && !r.keep() && s.N < r.Total {
			m.Clear()
			fmt.Fprintf(stderr, "the run could not be saved after step %d, and goes on: %v\n", s.N, r.failed)
		}
		if s.N-r.first == r.Stop {
			break
		}
	}
	return nil
}

// diverged is an error. If the directory is this run's, the losses that led there
// are worth a look.
func (r *Run) diverged(row Row) error {
	err := fmt.Errorf("training has diverged: in step %d the loss is %v and the gradient %v; begin again with a -rate below %v",
		row.Step, row.Train, row.Norm, r.Rate)
	if r.kept > 0 {
		row.Train, row.Norm = math.NaN(), math.NaN() // no picture has room for infinity
		r.rows = append(r.rows, row)
		err = errors.Join(err, r.write(r.Dir))
	}
	return err
}

// report prints the losses and a sample.
func (r *Run) report(out io.Writer, row Row) {
	fmt.Fprintf(out, "step %5d  training loss %.6f", row.Step, r.recent())
	if !math.IsNaN(row.Validation) {
		fmt.Fprintf(out, "  validation loss %.6f", row.Validation)
	}
	fmt.Fprintln(out)
	if r.Sample != nil {
		text := r.Sample(row.Step)
		fmt.Fprintf(out, "\n    %s\n\n", strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    "))
		r.sample(row.Step, text)
	}
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
		last = r.begin
	}
	wait := savingShare * r.saving
	if !look {
		wait = max(wait, unsaved)
	}
	return step == r.Total || look && r.saved.IsZero() || now.Sub(last) >= wait
}

// keep saves the run as one state, and reports whether that succeeded. If not, what
// was saved before is still there.
func (r *Run) keep() bool {
	begin := time.Now()
	before, _ := used()
	r.failed = durable.SaveLocked(r.Dir, func(dir string) error {
		if err := r.Trainer.Save(dir, r.Save); err != nil {
			return err
		}
		return r.write(dir)
	}, obsolete...)
	after, _ := used()
	r.saved, r.saving = time.Now(), time.Since(begin)
	r.saves += r.saving
	r.begin, r.processor = r.begin.Add(r.saving), r.processor+after-before
	if r.failed == nil {
		r.kept = r.Trainer.Done()
	}
	return r.failed == nil
}

// end says how the run ended. One that was stopped is saved where it is.
func (r *Run) end(stderr io.Writer) error {
	done := r.Trainer.Done()
	steps := done - r.first
	if done < r.Total && (r.kept != done || r.saved.IsZero()) {
		r.keep()
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
		left := time.Since(r.begin) / time.Duration(steps) * time.Duration(r.Total-done)
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
	text := fmt.Sprintf("%d steps in %v", steps, brief(time.Since(r.begin)))
	processor, memory := used()
	if processor > 0 {
		text += fmt.Sprintf(" (%v of processor time)", brief(processor-r.processor))
	}
	if text += fmt.Sprintf(", saved in %v", brief(r.saves)); memory > 0 {
		text += fmt.Sprintf(", at most %d MB of memory", memory/1e6)
	}
	return text
}

// brief rounds a duration to what is worth reading.
func brief(d time.Duration) time.Duration {
	if d < time.Minute {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Second)
}
