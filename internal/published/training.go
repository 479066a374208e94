package published

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/torchrand"
)

// verdictTraining is chapter 5's training run.
var verdictTraining = Experiment{
	Name:  "ch05-training",
	About: "ten epochs of The Verdict: the log of the losses and what the model writes",
	Needs: []string{theVerdict},
	Long:  true,
	Run: func(ctx context.Context, lab *Lab) ([]Row, error) {
		rows, samples, err := chapterCourse.compare(ctx, lab, "ch05[77]", map[int]string{0: "9.781/9.933", 85: ".391/6.452"})
		if err != nil {
			return rows, err
		}
		for _, s := range []struct {
			epoch int
			text  string
		}{
			{1, "Every effort moves you,,,,,,,,,,,,."},
			{9, `?"  "Yes--quite insensible to the irony. She wanted him vindicated--and by me!"  He laughed again`},
			{10, `know," was one of the axioms he laid down across the Sevres and silver of an exquisitely appointed luncheon-table,`},
		} {
			rows = append(rows, contains(fmt.Sprintf("ch05[77] text after epoch %d", s.epoch), s.text, samples[s.epoch-1]))
		}
		return rows, nil
	},
}

// appendixTraining is that of appendix D.
var appendixTraining = Experiment{
	Name:  "appendix-d-training",
	About: "fifteen epochs with warm-up, cosine decay and clipped gradients",
	Needs: []string{theVerdict},
	Long:  true,
	Run: func(ctx context.Context, lab *Lab) ([]Row, error) {
		rows, _, err := appendixCourse.compare(ctx, lab, "appendix D", map[int]string{
			0: "10.934/10.939", 5: "9.151/9.461", 10: "7.949/8.184", 15: "6.362/6.876", 20: "5.851/6.607", 25: "5.750/6.634",
			30: "4.617/6.714", 35: "4.277/6.640", 40: "3.194/6.324", 45: "2.488/6.263", 50: "2.627/6.264", 55: "2.193/6.201",
			60: ".818/6.340", 65: ".735/6.329", 70: ".789/6.390", 75: ".293/6.508", 80: ".224/6.647", 85: ".234/6.746",
			90: ".139/6.827", 95: ".093/6.828", 100: ".057/6.884", 105: ".071/6.917", 110: ".039/6.937", 115: ".032/6.937",
		})
		if err != nil {
			return rows, err
		}
		peer, err := parseLog(appendixPyTorch)
		if err != nil {
			return rows, err
		}
		explain(rows, peer)
		return rows, nil
	},
}

// clippedGradient is cells 26 and 28 of appendix D: one gradient of the untrained
// model, before and after clipping. The batch is the one that is left over from
// the cells before, which draw the learning rates of two times fifteen epochs.
var clippedGradient = Experiment{
	Name:  "appendix-d-gradient",
	About: "the largest value of a gradient, and of the same one clipped",
	Needs: []string{theVerdict},
	Run: func(_ context.Context, lab *Lab) ([]Row, error) {
		v, err := readVerdict(lab)
		if err != nil {
			return nil, err
		}
		loader := torchrand.New(seed)
		var order []int
		for range 2 * appendixCourse.epochs {
			order = loader.Loader(v.train.Len(), true)
		}
		g := torchrand.New(seed)
		m := newGPT(gpt124M(windowSize), g)
		s := newStudent(m, m.Gradient(nil), g, batchSize, windowSize)
		for b := range batches(v.train, order[len(order)-batchSize:]) {
			s.Learn(b, 1, nil)
		}
		var largest float32
		for _, grad := range s.Grads() {
			largest = max(largest, f32.Max(grad.Data))
		}
		return []Row{
			Number("appendix D[26] highest gradient", ".0411", float64(largest)),
			Number("appendix D[28] the same, clipped", ".0185", float64(largest)*pretrain.ClipScale(pretrain.GradNorm(s.Grads()), 1)),
		}, nil
	},
}

// warmup is appendix D's schedule: it climbs from an initial rate, where chapter 5
// climbs from nothing.
type warmup struct {
	pretrain.Schedule
	initial float64
}

func warmUp(initial, peak, least float64, steps, total int) warmup {
	return warmup{pretrain.Schedule{Peak: peak, Min: least, Warmup: steps, Total: total}, initial}
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
	most     int    // batches to evaluate with
	schedule warmup // of all steps
	clipped  int    // the first step whose gradient is clipped to length 1
	adamw    func(params, grads []gpt.Param) stepper
}

// A stepper is an optimiser at work; see [pretrain.Optimizer.Step].
type stepper interface{ Step(rate, scale float64) }

var (
	chapterCourse = course{
		epochs: 10, most: 5, schedule: warmup{Schedule: pretrain.Constant(4e-4, 90)}, clipped: math.MaxInt, adamw: chaptersAdamW,
	}
	appendixCourse = course{
		epochs: 15, most: 1, schedule: warmUp(1e-5, 1e-3, 1e-5, 27, 135),
		clipped: 27, adamw: newOptimizer,
	}
)

// chaptersAdamW is chapter 5's optimiser with PyTorch's settings.
func chaptersAdamW(params, grads []gpt.Param) stepper {
	return pretrain.NewOptimizer(pretrain.AdamW{Beta1: beta1, Beta2: beta2, Epsilon: epsilon, Decay: decay, DecayAll: true}, params, grads)
}

// A logged line of a training run.
type logged struct {
	step              int
	train, validation float64
}

// every is how many steps are between two lines of the log.
const every = 5

// start is how the samples begin: "Every effort moves you".
var start = []int{6109, 3626, 6100, 345}

// run trains the untrained 124M model as train_model_simple does, and returns
// the log and the text that is sampled after each epoch.
func (c course) run(ctx context.Context, lab *Lab, v verdict) (log []logged, samples []string, err error) {
	g := torchrand.New(seed)
	m := newGPT(gpt124M(windowSize), g)
	s := newStudent(m, m.Gradient(nil), g, batchSize, windowSize)
	adamw := c.adamw(s.Params(), s.Grads())
	step := 0
	for epoch := range c.epochs {
		for b := range batches(v.train, g.Loader(v.train.Len(), true)) {
			if err := ctx.Err(); err != nil {
				return log, samples, err
			}
			loss, scale := s.Learn(b, 1, nil), 1.
			if step >= c.clipped {
				scale = pretrain.ClipScale(pretrain.GradNorm(s.Grads()), 1)
			}
			adamw.Step(c.schedule.Rate(step), scale)
			lab.Step(step+1, c.schedule.Total, len(b.Inputs), loss)
			if step%every == 0 {
				train, validation := v.evaluate(s, g, c.most)
				log = append(log, logged{step, train, validation})
				lab.Log("Ep %d (Step %06d): Train loss %.3f, Val loss %.3f", epoch+1, step, train, validation)
			}
			step++
		}
		text := sample(lab, m, 50)
		samples = append(samples, text)
		lab.Log("%s", strings.TrimRight(text, " "))
	}
	return log, samples, nil
}

// sample is generate_and_print_sample: the likeliest tokens, in one line.
func sample(lab *Lab, m *gpt.Model, n int) string {
	ids := append(slices.Clone(start), take(m, start, n)...)
	return strings.ReplaceAll(lab.GPT2.Decode(ids), "\n", " ")
}

// compare runs the course and sets its log beside the lines that are known, such
// as "9.781/9.933".
func (c course) compare(ctx context.Context, lab *Lab, where string, known map[int]string) (rows []Row, samples []string, err error) {
	v, err := readVerdict(lab)
	if err != nil {
		return nil, nil, err
	}
	log, samples, err := c.run(ctx, lab, v)
	for _, l := range log {
		if line, ok := known[l.step]; ok {
			rows = append(rows, l.rows(where, line)...)
		}
	}
	return rows, samples, err
}

// appendixPyTorch is the log of the same run in PyTorch 1.13, on the x86 processor
// that our runs are recorded on.
//
//go:embed testdata/appendix_d.txt
var appendixPyTorch string

// parseLog reads lines such as "step 5: 9.151266 9.461455".
func parseLog(text string) (log []logged, err error) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "$") {
			continue // the command
		}
		var l logged
		if _, err := fmt.Sscanf(line, "step %d: %f %f", &l.step, &l.train, &l.validation); err != nil {
			return nil, fmt.Errorf("published: %q is no line of a log: %w", line, err)
		}
		log = append(log, l)
	}
	return log, nil
}

// explain says why rows differ, two of each line of a log: rounding that training
// amplifies. For that, PyTorch itself must have been as far off the
// published log in that line or before.
func explain(rows []Row, peer []logged) {
	var most float64
	for _, p := range peer {
		if len(rows) < 2 {
			return
		}
		var off [2]float64
		for i, theirs := range [2]float64{p.train, p.validation} {
			printed, _ := strconv.ParseFloat(rows[i].Published, 64) // Number has parsed it before
			off[i] = theirs - printed
			most = max(most, math.Abs(off[i]))
		}
		for i := range off {
			if r := &rows[i]; !r.Equal() && math.Abs(r.Off) <= most {
				r.Why = fmt.Sprintf("rounding: PyTorch 1.13 on x86 is off by %.2g, and until here by up to %.2g", off[i], most)
			}
		}
		rows = rows[2:]
	}
}

// rows compares a line of the log with a published one.
func (l logged) rows(where, published string) []Row {
	train, validation, _ := strings.Cut(published, "/")
	at := fmt.Sprintf("%s step %d", where, l.step)
	return []Row{Number(at+" training", train, l.train), Number(at+" validation", validation, l.validation)}
}

// contains is the row of a text of which a part was published.
func contains(where, published, ours string) Row {
	if strings.Contains(ours, published) {
		ours = published
	}
	return Row{Where: where, Published: published, Ours: ours}
}
