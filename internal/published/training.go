package published

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
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
		return rows, err
	},
}

// A course is one of the book's two training runs.
type course struct {
	epochs   int
	most     int               // batches to evaluate with
	schedule pretrain.Schedule // of all steps
	clipped  int               // the first step whose gradient is clipped to length 1
}

var (
	chapterCourse  = course{epochs: 10, most: 5, schedule: pretrain.Constant(4e-4, 90), clipped: math.MaxInt}
	appendixCourse = course{epochs: 15, most: 1, schedule: pretrain.Schedule{Initial: 1e-5, Peak: 1e-3, Min: 1e-5, Warmup: 27, Total: 135}, clipped: 27}
)

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
// the log and the text that is sampled after each epoch. If noise is not nil,
// every step is followed by a nudge.
func (c course) run(ctx context.Context, lab *Lab, v verdict, noise *rand.Rand) (log []logged, samples []string, err error) {
	g := torchrand.New(seed)
	m := newGPT(gpt124M(windowSize), g)
	s := newStudent(m, m.Gradient(nil), g, batchSize, windowSize)
	adamw := pretrain.NewOptimizer(pretrain.AdamW{Beta1: .9, Beta2: .999, Epsilon: 1e-8, Decay: .1, DecayAll: true}, s.Params(), s.Grads())
	step := 0
	for epoch := range c.epochs {
		for b := range batches(v.train, g.Loader(v.train.Len(), true)) {
			if err := ctx.Err(); err != nil {
				return log, samples, err
			}
			loss, scale := s.Learn(b, 1, nil), 1.
			if step >= c.clipped {
				scale = pretrain.ClipScale(pretrain.Norm(s.Grads()), 1)
			}
			adamw.Step(c.schedule.Rate(step), scale)
			if noise != nil {
				nudge(m, noise)
			}
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

// nudge moves every weight to a float32 beside it, up or down by chance. After
// each step, it stands for what another order of sums does to all that is computed.
func nudge(m *gpt.Model, rng *rand.Rand) {
	for _, p := range m.Params() {
		var bits uint64
		for i, v := range p.Data {
			if i%64 == 0 {
				bits = rng.Uint64()
			}
			if v != 0 {
				p.Data[i] = math.Float32frombits(math.Float32bits(v) + uint32(bits&1)*2 - 1)
			}
			bits >>= 1
		}
	}
}

// sample is generate_and_print_sample: the likeliest tokens, in one line.
func sample(lab *Lab, m *gpt.Model, n int) string {
	ids := append(slices.Clone(start), take(m, start, n)...)
	return strings.ReplaceAll(lab.GPT2.Decode(ids), "\n", " ")
}

// compare runs the course and sets its log beside the lines that are known, such
// as "9.781/9.933". If some differ, it runs the course a second time, with nudges,
// to learn what rounding can do.
func (c course) compare(ctx context.Context, lab *Lab, where string, known map[int]string) (rows []Row, samples []string, err error) {
	v, err := readVerdict(lab)
	if err != nil {
		return nil, nil, err
	}
	log, samples, err := c.run(ctx, lab, v, nil)
	if err != nil {
		return nil, nil, err
	}
	differs := false
	for _, l := range log {
		if line, ok := known[l.step]; ok {
			both := l.rows(where, line)
			rows = append(rows, both...)
			differs = differs || !both[0].Equal() || !both[1].Equal()
		}
	}
	if !differs {
		return rows, samples, nil
	}
	lab.Log("once more, with every weight moved to a float32 beside it after each step:")
	nudged, _, err := c.run(ctx, lab, v, rand.New(rand.NewPCG(seed, 1)))
	if err != nil {
		return nil, nil, err
	}
	explain(rows, log, nudged, known)
	return rows, samples, nil
}

// amplified is how many times as much as a nudged run another library's run may be
// off and still count as explained: a nudge is one rounding, a step of training is
// thousands.
const amplified = 10

// explain says why rows differ: with each step, rounding moves a run further from
// its twin. Rows that differ by more than that are left unexplained.
func explain(rows []Row, log, nudged []logged, known map[int]string) {
	var most float64
	for i, l := range log {
		twin := nudged[i]
		most = max(most, math.Abs(twin.train-l.train), math.Abs(twin.validation-l.validation))
		if _, ok := known[l.step]; !ok {
			continue
		}
		for j, moved := range []float64{twin.train - l.train, twin.validation - l.validation} {
			if r := &rows[j]; !r.Equal() && math.Abs(r.Off) <= amplified*most+rounding(r.Published) {
				r.Why = fmt.Sprintf("rounding: one float32 more or less for each weight and step moves this by %.5f, and no line so far by more than %.5f", moved, most)
			}
		}
		rows = rows[2:]
	}
}

// rounding is how far off a number is that was rounded as printed.
func rounding(printed string) float64 {
	_, fraction, _ := strings.Cut(printed, ".")
	return math.Pow10(-len(fraction)) / 2
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
