// Package doctor says what is wrong with a training run, from its log and from what
// has become of its weights. Each of its findings names the section of the book's
// page "When it does not learn" that has the cause and the test.
package doctor

import (
	"fmt"
	"math"
	"strings"

	"github.com/llm-from-scratch/llm/internal/training"
)

// A Finding is one thing that was measured.
type Finding struct {
	What    string
	Section string // of docs/not_learning.md; "" where nothing is wrong
}

// Report is a line for each finding: the trouble, or what speaks for health.
func Report(found []Finding) string {
	var trouble, health strings.Builder
	for _, f := range found {
		if f.Section == "" {
			fmt.Fprintln(&health, f.What)
		} else {
			fmt.Fprintf(&trouble, "%s (docs/not_learning.md#%s)\n", f.What, f.Section)
		}
	}
	if trouble.Len() == 0 {
		return "looks healthy:\n" + health.String()
	}
	return trouble.String() + health.String()
}

// The sections of the page.
const (
	Stays       = "the-loss-stays-where-it-was"
	Frequencies = "it-learns-the-frequencies-and-no-more"
	TooGood     = "too-good-to-be-true"
	NaN         = "not-a-number"
	ByHeart     = "by-heart"
	Nothing     = "fine-tuning-changes-nothing"
	Other       = "let-the-program-look"
)

// fewest are the steps of a log that tells something.
const fewest = 40

// Log finds what the log of a model shows that chooses among V tokens or classes and
// whose gradients were cut to the length clip; either is 0 where it is not known, or not
// done.
func Log(rows []training.Row, V int, clip float64) []Finding {
	var steps []training.Row // the losses of training
	for _, r := range rows {
		if r.Step > 0 {
			steps = append(steps, r)
		}
		if r.Step > 0 && (!finite(r.Train) || !finite(r.Norm)) {
			return []Finding{{fmt.Sprintf("in step %d the loss or the gradient is no number", r.Step), NaN}}
		}
	}
	if len(steps) < fewest {
		return []Finding{{fmt.Sprintf("the log has %d steps, too few to tell: take %d", len(steps), fewest), Other}}
	}
	all := []Finding{course(steps, V)}
	if all[0].Section == "" {
		all = append(all, watched(rows, steps)...)
	}
	if at, from, to := jump(steps); at > 0 {
		all = append(all, Finding{fmt.Sprintf("the loss jumps from %.1f to %.1f at step %d: take smaller steps", from, to, at), Frequencies})
	}
	late, cut := steps[len(steps)/2:], 0
	for _, r := range late {
		if clip > 0 && r.Norm > clip {
			cut++
		}
	}
	if cut == len(late) {
		all = append(all, Finding{What: fmt.Sprintf("every gradient of the last %d steps is longer than %g and was cut to that (docs/ch05_pretrain.md#no-step-too-large)", cut, clip)})
	}
	return all
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// course is how the training loss has gone: from before the first step to its means over
// the third quarter and the last.
func course(steps []training.Row, V int) Finding {
	quarter := len(steps) / 4
	begin, third, end := steps[0].Train, mean(steps[2*quarter:3*quarter]), mean(steps[3*quarter:])
	watched := lowest(steps)
	switch fell := fmt.Sprintf("the training loss went from %.1f to %.1f in %d steps", begin, end, len(steps)); {
	case end > 0.95*begin:
		if V > 0 {
			fell += fmt.Sprintf("; log V, of a model that knows nothing, is %.1f", math.Log(float64(V)))
		}
		return Finding{fell, Stays}
	case end < begin/5 && watched.last > watched.first:
		return Finding{fmt.Sprintf("%s, the validation loss from %.1f to %.1f", fell, watched.first, watched.last), TooGood}
	case end > 0.4*begin && end > 0.99*third:
		return Finding{fmt.Sprintf("%s, and nothing since step %d", fell, steps[2*quarter].Step), Frequencies}
	default:
		return Finding{What: fell}
	}
}

// watched is how the validation loss has gone.
func watched(rows, steps []training.Row) []Finding {
	w := lowest(rows)
	switch {
	case w.n < 2:
		return []Finding{{What: "there is no validation loss to compare with"}}
	case w.last > 1.03*w.least && mean(steps[len(steps)-len(steps)/8:]) < 0.95*w.train:
		return []Finding{{fmt.Sprintf("the validation loss was lowest after step %d, %.1f, and rose to %.1f, while the training loss went on falling", w.at, w.least, w.last), ByHeart}}
	}
	return []Finding{{What: fmt.Sprintf("the validation loss went from %.1f to %.1f, its lowest was %.1f", w.first, w.last, w.least)}}
}

// validation is the course of the validation loss, and the training loss at its lowest.
type validation struct {
	n, at                     int
	first, least, last, train float64
}

func lowest(rows []training.Row) (w validation) {
	for i, r := range rows {
		if !finite(r.Validation) {
			continue
		}
		if w.n++; w.n == 1 {
			w.first = r.Validation
		}
		if w.n == 1 || r.Validation < w.least {
			w.least, w.at, w.train = r.Validation, r.Step, mean(rows[max(0, i-len(rows)/8):i+1])
		}
		w.last = r.Validation
	}
	return w
}

// jump finds where five losses are far above those of the twenty steps before them, or
// as many as there are.
func jump(steps []training.Row) (step int, from, to float64) {
	for i := 1; i+5 <= len(steps); i++ {
		from, to = mean(steps[max(0, i-20):i]), mean(steps[i:i+5])
		if to > 1.3*from && to > from+0.5 {
			return steps[i].Step, from, to
		}
	}
	return 0, 0, 0
}

// mean is that of the training losses that there are.
func mean(rows []training.Row) float64 {
	sum, n := 0.0, 0
	for _, r := range rows {
		if finite(r.Train) {
			sum, n = sum+r.Train, n+1
		}
	}
	return sum / float64(n)
}
