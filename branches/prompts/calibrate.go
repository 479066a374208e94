package prompts

import (
	"fmt"
	"iter"
	"slices"
)

// ContentFree are inputs that say nothing. What a model answers to them it answers for
// other reasons than the input: how common a word is, which example stood last.
var ContentFree = []string{"N/A", "[MASK]", ""}

// Prior is what probabilities the answers have without an input, after the same examples
// in the same order: the mean over the inputs of [ContentFree]. The examples are shared.
func (a *Asker) Prior(t Task, examples []Example, answers []string, by Measure) ([]float64, error) {
	prior := make([]float64, len(answers))
	for _, input := range ContentFree {
		prompt, beginning, err := t.Prompt(examples, input)
		if err == nil {
			err = a.Share(beginning)
		}
		if err != nil {
			return nil, err
		}
		scores, err := a.Scores(prompt, answers)
		if err != nil {
			return nil, err
		}
		for i, p := range by.Probabilities(scores) {
			prior[i] += p / float64(len(ContentFree))
		}
	}
	return prior, nil
}

// Calibrate divides the probabilities of answers by their prior ones, and makes them sum
// to 1 again (Zhao, Wallace, Feng, Klein, Singh 2021).
func Calibrate(p, prior []float64) []float64 {
	calibrated, sum := make([]float64, len(p)), 0.0
	for i := range p {
		calibrated[i] = p[i] / prior[i]
		sum += calibrated[i]
	}
	for i := range calibrated {
		calibrated[i] /= sum
	}
	return calibrated
}

// A Chooser picks the examples that stand before an input.
type Chooser func(input string) []Example

// Always picks the same examples for all inputs.
func Always(examples []Example) Chooser { return func(string) []Example { return examples } }

// A Verdict is what a model makes of an input whose right answer is known.
type Verdict struct {
	Example
	Raw, Calibrated []float64 // the probabilities of the answers
}

// Check is the error of the first prompt that [Asker.Sort] could not ask: about an input
// of the exam, or about none.
func (a *Asker) Check(t Task, choose Chooser, exam []Example, answers []string) error {
	var inputs []string
	for _, e := range exam {
		inputs = append(inputs, e.Input)
	}
	for i, input := range append(inputs, ContentFree...) {
		p, _, err := t.Prompt(choose(input), input)
		if err == nil {
			_, _, err = a.encode(p, answers)
		}
		if err != nil {
			return fmt.Errorf("input %d, %.40q: %w", i+1, input, err)
		}
	}
	return nil
}

// Sort asks about each input of an exam. The prior is computed when the examples are no
// longer those of the input before.
func (a *Asker) Sort(t Task, choose Chooser, exam []Example, answers []string, by Measure) iter.Seq2[Verdict, error] {
	return func(yield func(Verdict, error) bool) {
		var prior []float64
		var before []Example
		for _, e := range exam {
			shots := choose(e.Input)
			prompt, _, err := t.Prompt(shots, e.Input)
			if err == nil && (prior == nil || !slices.Equal(shots, before)) {
				prior, err = a.Prior(t, shots, answers, by)
				before = shots
			}
			var scores []Score
			if err == nil {
				scores, err = a.Scores(prompt, answers)
			}
			if err != nil {
				yield(Verdict{}, err)
				return
			}
			if raw := by.Probabilities(scores); !yield(Verdict{e, raw, Calibrate(raw, prior)}, nil) {
				return
			}
		}
	}
}
