package pretrain_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/footprint"
)

func ExampleCrossEntropy() {
	logits := f32.View([]float32{
		1, 2, 3,
		1, 2, 3,
		0, 0, 0,
	}, 3, 3)
	no := pretrain.Ignore
	for _, targets := range [][]int{{2, no, no}, {no, 0, no}, {no, no, 1}, {2, 0, 1}} {
		loss := pretrain.CrossEntropy(logits, targets)
		perplexity := pretrain.Perplexity(loss)
		fmt.Printf("targets %4d  loss %.4f  perplexity %.2f\n", targets, loss, perplexity)
	}
	// Output:
	// targets [   2 -100 -100]  loss 0.4076  perplexity 1.50
	// targets [-100    0 -100]  loss 2.4076  perplexity 11.11
	// targets [-100 -100    1]  loss 1.0986  perplexity 3.00
	// targets [   2    0    1]  loss 1.3046  perplexity 3.69
}

// The validation losses of the run in docs/runs, before it, after 100 steps and
// at its end.
func ExamplePerplexity() {
	for _, loss := range []float64{6.945459, 5.130904, 4.040038} {
		fmt.Printf("loss %.3f nats: perplexity %.0f\n", loss, pretrain.Perplexity(loss))
	}
	// Output:
	// loss 6.945 nats: perplexity 1038
	// loss 5.131 nats: perplexity 169
	// loss 4.040 nats: perplexity 57
}

func ExampleCrossEntropyBackward() {
	logits := f32.View([]float32{1, 2, 3}, 1, 3)
	loss := pretrain.CrossEntropyBackward(logits, []int{0}, 1)
	fmt.Printf("loss %.4f, gradient %.4f\n", loss, logits.Data)
	// Output:
	// loss 2.4076, gradient [-0.9100 0.2447 0.6652]
}

// Nudging each logit up and down finds the slopes that the formula promises.
func ExampleCrossEntropyBackward_nudge() {
	logits := f32.View([]float32{1, 2, 3}, 1, 3)
	const h = 0.01
	for j, at := range []float32{1, 2, 3} {
		logits.Data[j] = at + h
		up := pretrain.CrossEntropy(logits, []int{0})
		logits.Data[j] = at - h
		down := pretrain.CrossEntropy(logits, []int{0})
		logits.Data[j] = at
		fmt.Printf("logit %d: slope %.3f\n", j, (up-down)/(2*h))
	}
	// Output:
	// logit 0: slope -0.910
	// logit 1: slope 0.245
	// logit 2: slope 0.665
}

// The loss 50x² + y²/2 is steep along x and gentle along y, where it begins at
// 1 and 1 and should come to 0 and 0.
func Example_steepAndGentle() {
	slopes := func(x, y float64) (float64, float64) { return 100 * x, y }
	descend := func(name string, rate, momentum float64) {
		x, y, mx, my := 1.0, 1.0, 0.0, 0.0
		for range 50 {
			dx, dy := slopes(x, y)
			mx, my = momentum*mx+dx, momentum*my+dy
			x, y = x-rate*mx, y-rate*my
		}
		fmt.Printf("%-24s x %7.2f  y %.2f\n", name, x, y)
	}
	descend("rate 0.0205:", 0.0205, 0)
	descend("rate 0.01:", 0.01, 0)
	descend("rate 0.01, momentum 0.9:", 0.01, 0.9)

	at := []gpt.Param{{Name: "xy", Shape: []int{2}, Data: []float32{1, 1}}}
	slope := []gpt.Param{{Name: "xy", Shape: []int{2}, Data: []float32{0, 0}}}
	settings := pretrain.AdamW{Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8}
	adamw := pretrain.NewOptimizer(settings, at, slope)
	for range 50 {
		slope[0].Data[0], slope[0].Data[1] = 100*at[0].Data[0], at[0].Data[1]
		adamw.Step(0.04, 1)
	}
	fmt.Printf("%-24s x %7.2f  y %.2f\n", "AdamW, rate 0.04:", at[0].Data[0], at[0].Data[1])
	// Output:
	// rate 0.0205:             x   11.47  y 0.35
	// rate 0.01:               x    0.00  y 0.61
	// rate 0.01, momentum 0.9: x   -0.05  y -0.06
	// AdamW, rate 0.04:        x   -0.07  y -0.07
}

func ExampleOptimizer_Step() {
	weights := []gpt.Param{{Name: "w", Shape: []int{2}, Data: []float32{1, 1}}}
	grads := []gpt.Param{{Name: "w", Shape: []int{2}, Data: []float32{0, 0}}}
	settings := pretrain.AdamW{Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8}
	o := pretrain.NewOptimizer(settings, weights, grads)
	for range 3 {
		grads[0].Data[0], grads[0].Data[1] = 100, -0.001 // a steep slope and a gentle one
		o.Step(0.1, 1)
		fmt.Printf("%.3f\n", weights[0].Data)
	}
	// Output:
	// [0.900 1.100]
	// [0.800 1.200]
	// [0.700 1.300]
}

// Without any gradient, decay alone moves the weights: those of a matrix, and
// not a bias.
func ExampleOptimizer_Step_decay() {
	weights := []gpt.Param{
		{Name: "matrix", Shape: []int{1, 1}, Data: []float32{1}},
		{Name: "bias", Shape: []int{1}, Data: []float32{1}},
	}
	grads := []gpt.Param{
		{Name: "matrix", Shape: []int{1, 1}, Data: []float32{0}},
		{Name: "bias", Shape: []int{1}, Data: []float32{0}},
	}
	o := pretrain.NewOptimizer(pretrain.DefaultAdamW, weights, grads)
	for range 3 {
		o.Step(0.1, 1)
		fmt.Printf("matrix %.3f, bias %.3f\n", weights[0].Data[0], weights[1].Data[0])
	}
	// Output:
	// matrix 0.990, bias 1.000
	// matrix 0.980, bias 1.000
	// matrix 0.970, bias 1.000
}

func ExampleClipScale() {
	grads := []gpt.Param{{Name: "w", Shape: []int{2}, Data: []float32{3, 4}}}
	norm := pretrain.GradNorm(grads)
	fmt.Printf("norm %.1f, clipped to 1 by %.1f, to 10 by %.1f\n",
		norm, pretrain.ClipScale(norm, 1), pretrain.ClipScale(norm, 10))
	// Output: norm 5.0, clipped to 1 by 0.2, to 10 by 1.0
}

func ExampleSchedule_Rate() {
	s := pretrain.Schedule{Peak: 1e-3, Min: 1e-4, Warmup: 10, Total: 100}
	for _, step := range []int{0, 4, 9, 10, 55, 99} {
		fmt.Printf("step %2d: %.6f\n", step, s.Rate(step))
	}
	// Output:
	// step  0: 0.000100
	// step  4: 0.000500
	// step  9: 0.001000
	// step 10: 0.001000
	// step 55: 0.000550
	// step 99: 0.000100
}

// A tiny model learns to count: after each id comes the next.
func ExampleTrainer_Steps() {
	ids := make([]int, 400)
	for i := range ids {
		ids[i] = i % 10
	}
	windows, err := embeddings.NewWindows(ids, 8, 8)
	if err != nil {
		panic(err)
	}
	m := gpt.New(gpt.Config{
		Vocab: 10, Context: 8, Width: 16, Heads: 2, Layers: 2, QKVBias: true, TiedHead: true,
	})
	m.Init(rand.New(rand.NewPCG(1, 1)))
	learner := pretrain.NewLanguageModel(m, nil, 4, 8)
	epoch := func(rng *rand.Rand) iter.Seq[embeddings.Batch] { return windows.Batches(4, rng) }

	trainer := pretrain.NewTrainer(learner, epoch, pretrain.Settings{
		Optimizer: pretrain.DefaultAdamW,
		Schedule:  pretrain.Schedule{Peak: 1e-2, Min: 1e-3, Warmup: 10, Total: 100},
		Clip:      1,
		Seed:      1,
	})
	for step := range trainer.Steps(context.Background()) {
		if step.N == 1 || step.N%25 == 0 {
			fmt.Printf("step %3d  loss %.1f\n", step.N, step.Loss)
		}
	}
	for id := range m.Greedy([]int{4, 5}) {
		fmt.Println("4 5", id)
		break
	}
	// Output:
	// step   1  loss 2.3
	// step  25  loss 0.6
	// step  50  loss 0.1
	// step  75  loss 0.0
	// step 100  loss 0.0
	// 4 5 6
}

// A run that stops after five steps and is resumed ends with the weights of one
// that did not stop.
func ExampleTrainer_Resume() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ids := []int{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4, 3}
	windows, err := embeddings.NewWindows(ids, 4, 2)
	if err != nil {
		panic(err)
	}
	begin := func() (*gpt.Model, *pretrain.Trainer) {
		m := gpt.New(gpt.Config{
			Vocab: 10, Context: 4, Width: 8, Heads: 2, Layers: 1, TiedHead: true,
		})
		m.Init(rand.New(rand.NewPCG(1, 1)))
		epoch := func(rng *rand.Rand) iter.Seq[embeddings.Batch] { return windows.Batches(2, rng) }
		s := pretrain.Settings{
			Optimizer: pretrain.DefaultAdamW, Schedule: pretrain.Constant(0.01, 8), Dropout: 0.1, Seed: 1,
		}
		return m, pretrain.NewTrainer(pretrain.NewLanguageModel(m, nil, 2, 4), epoch, s)
	}

	straight, trainer := begin()
	for range trainer.Steps(context.Background()) {
	}

	m, trainer := begin()
	for step := range trainer.Steps(context.Background()) {
		if step.N == 5 {
			break
		}
	}
	noFiles := func(dir string) error { return nil } // SaveModel would write the weights
	if err := trainer.Save(dir, noFiles); err != nil {
		panic(err)
	}
	stopped, trainer := begin() // another day
	for i, p := range stopped.Params() {
		copy(p.Data, m.Params()[i].Data) // LoadModel does this from a file
	}
	if err := trainer.Resume(dir); err != nil {
		panic(err)
	}
	fmt.Println("steps done:", trainer.Done())
	for step := range trainer.Steps(context.Background()) {
		fmt.Println("step", step.N)
	}
	same := true
	for i, p := range straight.Params() {
		same = same && slices.Equal(p.Data, stopped.Params()[i].Data)
	}
	fmt.Println("the same bits:", same)
	// Output:
	// steps done: 5
	// step 6
	// step 7
	// step 8
	// the same bits: true
}

// A text that is pure chance can be learned by heart and not be understood.
func Example_overfitting() {
	rng := rand.New(rand.NewPCG(1, 1))
	chance := func() embeddings.Windows {
		ids := make([]int, 65)
		for i := range ids {
			ids[i] = rng.IntN(10)
		}
		windows, err := embeddings.NewWindows(ids, 8, 8)
		if err != nil {
			panic(err)
		}
		return windows
	}
	train, validation := chance(), chance()
	m := gpt.New(gpt.Config{
		Vocab: 10, Context: 8, Width: 32, Heads: 2, Layers: 2, QKVBias: true, TiedHead: true,
	})
	m.Init(rng)
	learner := pretrain.NewLanguageModel(m, nil, 8, 8)
	epoch := func(rng *rand.Rand) iter.Seq[embeddings.Batch] { return train.Batches(8, rng) }
	trainer := pretrain.NewTrainer(learner, epoch, pretrain.Settings{
		Optimizer: pretrain.DefaultAdamW, Schedule: pretrain.Constant(0.003, 150), Clip: 1, Seed: 1,
	})
	for step := range trainer.Steps(context.Background()) {
		if step.N == 1 || step.N%50 == 0 {
			loss, _ := pretrain.Evaluate(learner, validation.Batches(8, nil), 0)
			fmt.Printf("step %3d  training %.0f  validation %.0f\n", step.N, step.Loss, loss)
		}
	}
	// Output:
	// step   1  training 2  validation 2
	// step  50  training 0  validation 4
	// step 100  training 0  validation 6
	// step 150  training 0  validation 7
}

func ExampleEvaluate() {
	windows, err := embeddings.NewWindows([]int{0, 1, 2, 3, 4, 5, 6, 7, 8}, 4, 4)
	if err != nil {
		panic(err)
	}
	m := gpt.New(gpt.Config{Vocab: 10, Context: 4, Width: 8, Heads: 2, Layers: 1, TiedHead: true})
	m.Init(rand.New(rand.NewPCG(1, 1)))
	loss, n := pretrain.Evaluate(pretrain.NewLanguageModel(m, nil, 2, 4), windows.Batches(2, nil), 0)
	fmt.Printf("%d batch: loss %.1f, perplexity about %.0f\n", n, loss, pretrain.Perplexity(loss))
	// Output: 1 batch: loss 2.3, perplexity about 10
}

func ExampleSplitText() {
	train, validation := pretrain.SplitText("0123456789", 0.9)
	fmt.Println(train, validation)
	// Output: 012345678 9
}

func ExampleSampler_Candidates() {
	words := []string{"forward", "toward", "closer", "pizza"}
	logits := []float32{6.75, 6.28, 4.51, -1.89}
	for _, s := range []pretrain.Sampler{
		{},
		{Temperature: 0.1},
		{Temperature: 1},
		{Temperature: 5},
		{Temperature: 5, TopK: 3},
		{Temperature: 1, TopP: 0.9},
	} {
		fmt.Printf("temperature %3.1f  top-k %d  top-p %.1f:", s.Temperature, s.TopK, s.TopP)
		ids, probabilities := s.Candidates(logits)
		for i, id := range ids {
			fmt.Printf("  %s %.3f", words[id], probabilities[i])
		}
		fmt.Println()
	}
	// Output:
	// temperature 0.0  top-k 0  top-p 0.0:  forward 1.000
	// temperature 0.1  top-k 0  top-p 0.0:  forward 0.991  toward 0.009  closer 0.000  pizza 0.000
	// temperature 1.0  top-k 0  top-p 0.0:  forward 0.577  toward 0.361  closer 0.061  pizza 0.000
	// temperature 5.0  top-k 0  top-p 0.0:  forward 0.367  toward 0.334  closer 0.234  pizza 0.065
	// temperature 5.0  top-k 3  top-p 0.0:  forward 0.392  toward 0.357  closer 0.251
	// temperature 1.0  top-k 0  top-p 0.9:  forward 0.615  toward 0.385
}

// The same logits, hotter and hotter: min-p asks for a fifth of the likeliest.
func ExampleSampler_Candidates_minP() {
	words := []string{"forward", "toward", "closer", "pizza"}
	logits := []float32{6.75, 6.28, 4.51, -1.89}
	for _, temperature := range []float32{0.7, 1, 2, 5} {
		s := pretrain.Sampler{Temperature: temperature, MinP: 0.2}
		fmt.Printf("temperature %.1f:", temperature)
		ids, probabilities := s.Candidates(logits)
		for i, id := range ids {
			fmt.Printf("  %s %.3f", words[id], probabilities[i])
		}
		fmt.Println()
	}
	// Output:
	// temperature 0.7:  forward 0.662  toward 0.338
	// temperature 1.0:  forward 0.615  toward 0.385
	// temperature 2.0:  forward 0.472  toward 0.373  closer 0.154
	// temperature 5.0:  forward 0.392  toward 0.357  closer 0.251
}

// A greedy model that has said forward, and forward again, without a penalty and
// with two.
func ExampleSampler_Penalize() {
	words := []string{"forward", "toward", "closer", "pizza"}
	text := []int{0, 0, 3} // forward, forward, pizza
	for _, theta := range []float32{1, 1.2, 2} {
		logits := []float32{6.75, 6.28, 4.51, -1.89}
		s := pretrain.Sampler{RepetitionPenalty: theta}
		s.Penalize(logits, text)
		fmt.Printf("penalty %.1f: %5.2f -> %s\n", theta, logits, words[s.Next(nil)(logits, nil)])
	}
	// Output:
	// penalty 1.0: [ 6.75  6.28  4.51 -1.89] -> forward
	// penalty 1.2: [ 5.62  6.28  4.51 -2.27] -> toward
	// penalty 2.0: [ 3.38  6.28  4.51 -3.78] -> toward
}

// A text ends at "###", which comes one mark at a time. The first mark was another
// matter.
func ExampleText() {
	t, _ := tokens.TrainBPE("a prism bends light. a prism bends light. ", 280)
	ids := t.Encode("a prism #1 bends light.\n### Instruction")
	for piece := range pretrain.Text(t, slices.Values(ids), "###", "Question:") {
		fmt.Printf("%q ", piece)
	}
	// Output:
	// "a" " prism" " " "#1" " bends" " light" "." "\n"
}

// A thousand tokens by chance: each about as often as its probability says.
func ExampleSampler_Next() {
	words := []string{"forward", "toward", "closer", "pizza"}
	logits := []float32{6.75, 6.28, 4.51, -1.89}
	for _, s := range []pretrain.Sampler{
		{Temperature: 1}, {Temperature: 5}, {Temperature: 5, TopK: 3},
	} {
		rng := rand.New(rand.NewPCG(1, 1))
		times := map[string]int{}
		for range 1000 {
			times[words[s.Next(rng)(logits, nil)]]++
		}
		fmt.Println(times)
	}
	// Output:
	// map[closer:69 forward:559 toward:372]
	// map[closer:244 forward:356 pizza:71 toward:329]
	// map[closer:255 forward:384 toward:361]
}

func ExampleGenerate() {
	m := gpt.New(gpt.Config{
		Vocab: 10, Context: 8, Width: 16, Heads: 2, Layers: 2, QKVBias: true, TiedHead: true,
	})
	m.Init(rand.New(rand.NewPCG(1, 1)))
	n := 0
	s := pretrain.Sampler{TopK: 1, Temperature: 1}
	for id := range pretrain.Generate(m, []int{4}, s, rand.New(rand.NewPCG(1, 1))) {
		fmt.Print(id, " ")
		if n++; n == 5 {
			break
		}
	}
	// Output:
	// 8 8 5 5 5
}

func ExampleSaveModel() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	bpe, err := tokens.TrainBPE("light and colours", 260)
	if err != nil {
		panic(err)
	}
	m := gpt.New(gpt.Config{
		Vocab: bpe.Vocab(), Context: 8, Width: 8, Heads: 2, Layers: 1, TiedHead: true,
	})
	if err := pretrain.SaveModel(filepath.Join(dir, "model"), m, bpe); err != nil {
		panic(err)
	}
	again, _, err := pretrain.LoadModel(filepath.Join(dir, "model"))
	fmt.Println(again.Config == m.Config, err)

	_, _, err = pretrain.LoadModel("no-such-place")
	fmt.Println(err)
	// Output:
	// true <nil>
	// no model in no-such-place: stat no-such-place: no such file or directory
}

// What one token of training takes, counted and by the rule of thumb, and what
// memory.
func Example_cost() {
	newton := gpt.Config{
		Vocab: 1024, Context: 128, Width: 128, Heads: 4, Layers: 4, QKVBias: true, TiedHead: true,
	}
	for _, m := range []struct {
		name string
		gpt.Config
		B, T    int
		dropout bool
	}{{"newton", newton, 8, 128, false}, {"GPT-2 small", gpt.GPT2Small, 4, 1024, true}} {
		flops := 3 * float64(m.ForwardFLOPs(m.B, m.T)) / float64(m.B*m.T)
		rule := 6 * float64(m.ParamCount())
		memory := float64(footprint.Of(m.Config, m.B, m.T, m.dropout, nil).Total()) / (1 << 20)
		fourfold := 4 * float64(m.WeightBytes()) / (1 << 20)
		fmt.Printf("%s: %d weights\n", m.name, m.ParamCount())
		fmt.Printf("  a token:  %.3g FLOPs counted, %.3g by the rule\n", flops, rule)
		fmt.Printf("  memory:   %.0f MiB, four times the weights is %.0f\n", memory, fourfold)
	}
	// Output:
	// newton: 940800 weights
	//   a token:  6.29e+06 FLOPs counted, 5.64e+06 by the rule
	//   memory:   61 MiB, four times the weights is 14
	// GPT-2 small: 124439808 weights
	//   a token:  8.54e+08 FLOPs counted, 7.47e+08 by the rule
	//   memory:   5531 MiB, four times the weights is 1899
}
