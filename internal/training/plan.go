package training

import (
	"context"
	"fmt"
	"io"
	"iter"
	"time"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// A pace is what the steps of a run have taken so far on this machine.
type pace struct {
	first time.Duration // the first step, which touches all memory for the first time
	rest  time.Duration // all others
	steps int           // how many others
	look  time.Duration // at the validation loss
	told  bool
}

// A run is long if its steps take more than worth: it is told then how long. What
// others steps than the first have taken must add up to measured before it is known.
const (
	worth    = 10 * time.Second
	measured = time.Second
)

// known reports whether the steps so far tell how long the others take.
func (p *pace) known() bool { return p.rest >= measured }

// now is the time by the run's clock.
func (r *Run) now() time.Time {
	if r.Clock == nil {
		return time.Now()
	}
	return r.Clock()
}

// timed yields the steps of the trainer and notes what they take.
func (r *Run) timed(ctx context.Context) iter.Seq[pretrain.Step] {
	return func(yield func(pretrain.Step) bool) {
		begin := r.now()
		for s := range r.Trainer.Steps(ctx) {
			if took := r.now().Sub(begin); r.pace.first == 0 {
				r.pace.first = took
			} else {
				r.pace.rest, r.pace.steps = r.pace.rest+took, r.pace.steps+1
			}
			if !yield(s) {
				return
			}
			begin = r.now()
		}
	}
}

// look is the validation loss, of n batches. Whoever stops the run does not wait for it.
func (r *Run) look(ctx context.Context) (v float64, n int, err error) {
	begin := r.now()
	done := make(chan struct{})
	go func() {
		defer close(done)
		v, n = r.Validate()
	}()
	select {
	case <-done:
		r.pace.look = r.now().Sub(begin)
		return v, n, nil
	case <-ctx.Done():
		return 0, 0, ctx.Err()
	}
}

// takes is what the whole run takes, but for saving, and what one of its steps does.
func (r *Run) takes() (all, step time.Duration) {
	if step = r.pace.first; r.pace.steps > 0 {
		step = r.pace.rest / time.Duration(r.pace.steps)
	}
	return step*time.Duration(r.Total) + r.pace.look*time.Duration(r.looks()), step
}

// looks are those at the validation loss, the first and the last among them.
func (r *Run) looks() int { return 1 + (r.Total+r.Every-1)/r.Every }

// foretold says what the run takes. Where the model is small, what the text and the
// program itself have taken already is more than it takes to train it. A save is
// written before the one that it takes the place of is removed.
func (r *Run) foretold() string {
	all, step := r.takes()
	text := fmt.Sprintf("%d steps take about %v on this machine: %.2g s each, and %.2g s for each of %d looks at the validation loss",
		r.Total, all.Round(time.Second), step.Seconds(), r.pace.look.Seconds(), r.looks())
	if m := r.Memory; m.Total() > 0 {
		_, already := used()
		text += fmt.Sprintf("; %d MB of memory, at most %d MB of disk", max(int64(m.Total()), already)/1e6+1, 2*(m.Weights+m.Averages)/1e6+1)
	}
	return text
}

// Plan says what the run takes on this machine, by its first steps, and leaves nothing
// of them.
func (r *Run) Plan(ctx context.Context, out io.Writer) error {
	if _, _, err := r.look(ctx); err != nil {
		return err
	}
	for range r.timed(ctx) {
		if r.pace.known() {
			break
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, r.foretold())
	return err
}

// foretell says it once, if it is known and the run is long.
func (r *Run) foretell(stderr io.Writer) {
	if r.Resume || r.pace.told || !r.pace.known() {
		return
	}
	r.pace.told = true
	if all, _ := r.takes(); all >= worth {
		fmt.Fprintln(stderr, r.foretold())
	}
}
