package main

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// verdictTraining is chapter 5's training run.
func verdictTraining(lab *Lab) {
	samples := chapterCourse.run(lab, "ch05[77]")
	for i, sample := range samples {
		if where := fmt.Sprintf("ch05[77] text after epoch %d", i+1); lab.knows(where) {
			lab.has(where, sample)
		}
	}
}

// appendixTraining is that of appendix D.
func appendixTraining(lab *Lab) {
	appendixCourse.run(lab, "appendix D")
	explain(lab.rows, appendixPyTorch)
}

// clippedGradient is cells 26 and 28 of appendix D: one gradient of the untrained
// model, before and after clipping. The batch is the one that is left over from
// the cells before, which draw the learning rates of two times fifteen epochs.
func clippedGradient(lab *Lab) {
	v, loader := readVerdict(lab), torchrand.New(seed)
	var order []int
	for range 2 * appendixCourse.epochs {
		order = loader.Loader(v.train.Len(), true)
	}
	g := torchrand.New(seed)
	m := newGPT(gpt124M(windowSize), g)
	learner := newStudent(m, m.Gradient(nil), g, batchSize, windowSize)
	for b := range batches(v.train, order[len(order)-batchSize:]) {
		learner.Learn(b, 1, nil)
	}
	var largest float32
	for _, grad := range learner.Grads() {
		largest = max(largest, f32.Max(grad.Data))
	}
	lab.is("appendix D[26] highest gradient", largest)
	lab.is("appendix D[28] the same, clipped", float64(largest)*pretrain.ClipScale(pretrain.GradNorm(learner.Grads()), 1))
}

// warmup is appendix D's schedule: it climbs from an initial rate, where chapter 5
// climbs from nothing.
type warmup struct {
	pretrain.Schedule
	initial float64
}

func warmUp(initial, peak float64) warmup {
	return warmup{pretrain.Schedule{Peak: peak, Min: 1e-5, Warmup: 27, Total: 135}, initial}
}

// Rate is the learning rate of step 0, 1, ….
func (w warmup) Rate(step int) float64 {
	if step < w.Warmup {
		return w.initial + (w.Peak-w.initial)*float64(step)/float64(w.Warmup)
	}
	return w.Schedule.Rate(step)
}

// A course is one of the book's two training runs.
type course struct {
	epochs   int
	most     int                            // batches to evaluate with
	schedule interface{ Rate(int) float64 } // of all steps
	clipped  int                            // the first step whose gradient is clipped to length 1
	adamw    func(params, grads []gpt.Param) stepper
}

// A stepper is an optimiser at work; see [pretrain.Optimizer.Step].
type stepper interface{ Step(rate, scale float64) }

var (
	chapterCourse  = course{10, 5, pretrain.Constant(4e-4, 90), math.MaxInt, chaptersAdamW}
	appendixCourse = course{15, 1, warmUp(1e-5, 1e-3), 27, newOptimizer}
)

// chaptersAdamW is chapter 5's optimiser with PyTorch's settings.
func chaptersAdamW(params, grads []gpt.Param) stepper {
	return pretrain.NewOptimizer(pretrain.AdamW{Beta1: beta1, Beta2: beta2, Epsilon: epsilon, Decay: decay, DecayAll: true}, params, grads)
}

// every is how many steps are between two lines of the log.
const every = 5

// run trains the untrained 124M model as train_model_simple does. It sets the log
// beside the lines that are known, and returns the text that is sampled after each
// epoch.
func (c course) run(lab *Lab, where string) (samples []string) {
	v, g := readVerdict(lab), torchrand.New(seed)
	m := newGPT(gpt124M(windowSize), g)
	s := newStudent(m, m.Gradient(nil), g, batchSize, windowSize)
	adamw := c.adamw(s.Params(), s.Grads())
	step := 0
	for epoch := range c.epochs {
		for b := range batches(v.train, g.Loader(v.train.Len(), true)) {
			check(lab.ctx.Err())
			s.Learn(b, 1, nil)
			scale := 1.
			if step >= c.clipped {
				scale = pretrain.ClipScale(pretrain.GradNorm(s.Grads()), 1)
			}
			adamw.Step(c.schedule.Rate(step), scale)
			if step%every == 0 {
				train, validation := v.evaluate(s, g, c.most)
				lab.Log("Ep %d (Step %06d): Train loss %.3f, Val loss %.3f", epoch+1, step, train, validation)
				if at := fmt.Sprintf("%s step %d", where, step); lab.knows(at + " training") {
					lab.all(at, train, validation)
				}
			}
			step++
		}
		// generate_and_print_sample: the likeliest tokens, in one line
		ids := slices.Concat(start, take(m.Greedy(start), 50))
		samples = append(samples, strings.ReplaceAll(lab.GPT2.Decode(ids), "\n", " "))
		lab.Log("%s", strings.TrimRight(samples[epoch], " "))
	}
	return samples
}

// appendixPyTorch is the log of the same run in PyTorch 1.13, on the x86 processor
// that our runs are recorded on.
//
//go:embed testdata/appendix_d.txt
var appendixPyTorch string

// explain says why rows differ, two of each line of a log: rounding that training
// amplifies. For that, PyTorch itself must have been as far off the published log in
// that line or before, as its own log says: "step 5: 9.151266 9.461455".
func explain(rows []Row, log string) {
	var most float64
	for line := range strings.Lines(log) {
		var step int
		var theirs, off [2]float64
		if n, _ := fmt.Sscanf(line, "step %d: %f %f", &step, &theirs[0], &theirs[1]); n < 3 || len(rows) < 2 {
			continue // the command
		}
		for i := range off {
			printed, _ := strconv.ParseFloat(rows[i].Published, 64)
			off[i] = theirs[i] - printed
			most = max(most, math.Abs(off[i]))
		}
		for i := range off {
			if r := &rows[i]; !r.Equal && math.Abs(r.Off) <= most {
				r.Why = fmt.Sprintf("rounding: PyTorch 1.13 on x86 is off by %.2g, and until here by up to %.2g", off[i], most)
			}
		}
		rows = rows[2:]
	}
}
