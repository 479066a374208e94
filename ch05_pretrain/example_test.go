package pretrain_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/llm-from-scratch/llm/ch01_tokens"
	"github.com/llm-from-scratch/llm/ch02_embeddings"
	"github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
)

func ExampleCrossEntropy() {
	logits := f32.View([]float32{
		1, 2, 3,
		1, 2, 3,
		0, 0, 0,
	}, 3, 3)
	for _, targets := range [][]int{{2, pretrain.Ignore, pretrain.Ignore}, {pretrain.Ignore, 0, pretrain.Ignore}, {2, 0, 1}} {
		loss := pretrain.CrossEntropy(logits, targets)
		fmt.Printf("targets %4d  loss %.4f  perplexity %.2f\n", targets, loss, pretrain.Perplexity(loss))
	}
	// Output:
	// targets [   2 -100 -100]  loss 0.4076  perplexity 1.50
	// targets [-100    0 -100]  loss 2.4076  perplexity 11.11
	// targets [   2    0    1]  loss 1.3046  perplexity 3.69
}

func ExampleCrossEntropyBackward() {
	logits := f32.View([]float32{1, 2, 3}, 1, 3)
	loss := pretrain.CrossEntropyBackward(logits, []int{0}, 1)
	fmt.Printf("loss %.4f, gradient %.4f\n", loss, logits.Data)
	// Output:
	// loss 2.4076, gradient [-0.9100 0.2447 0.6652]
}

func ExampleOptimizer_Step() {
	weights := []gpt.Param{{Name: "w", Shape: []int{2}, Data: []float32{1, 1}}}
	grads := []gpt.Param{{Name: "w", Shape: []int{2}, Data: []float32{0, 0}}}
	o := pretrain.NewOptimizer(pretrain.AdamW{Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8}, weights, grads)
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

func ExampleClipScale() {
	grads := []gpt.Param{{Name: "w", Shape: []int{2}, Data: []float32{3, 4}}}
	norm := pretrain.Norm(grads)
	fmt.Printf("norm %.1f, clipped to 1 by %.1f, to 10 by %.1f\n", norm, pretrain.ClipScale(norm, 1), pretrain.ClipScale(norm, 10))
	// Output: norm 5.0, clipped to 1 by 0.2, to 10 by 1.0
}

func ExampleSchedule_Rate() {
	s := pretrain.Schedule{Peak: 1e-3, Min: 1e-4, Warmup: 10, Total: 100}
	for _, step := range []int{0, 5, 10, 55, 99} {
		fmt.Printf("step %2d: %.6f\n", step, s.Rate(step))
	}
	// Output:
	// step  0: 0.000000
	// step  5: 0.000500
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
	m := gpt.New(gpt.Config{Vocab: 10, Context: 8, Width: 16, Heads: 2, Layers: 2, QKVBias: true, TiedHead: true})
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
	// step  25  loss 0.7
	// step  50  loss 0.1
	// step  75  loss 0.0
	// step 100  loss 0.0
	// 4 5 6
}

func ExampleEvaluate() {
	windows, err := embeddings.NewWindows([]int{0, 1, 2, 3, 4, 5, 6, 7, 8}, 4, 4)
	if err != nil {
		panic(err)
	}
	m := gpt.New(gpt.Config{Vocab: 10, Context: 4, Width: 8, Heads: 2, Layers: 1, TiedHead: true})
	m.Init(rand.New(rand.NewPCG(1, 1)))
	loss := pretrain.Evaluate(pretrain.NewLanguageModel(m, nil, 2, 4), windows.Batches(2, nil), 0)
	fmt.Printf("loss %.1f, perplexity about %.0f\n", loss, pretrain.Perplexity(loss))
	// Output: loss 2.3, perplexity about 10
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

func ExampleGenerate() {
	m := gpt.New(gpt.Config{Vocab: 10, Context: 8, Width: 16, Heads: 2, Layers: 2, QKVBias: true, TiedHead: true})
	m.Init(rand.New(rand.NewPCG(1, 1)))
	n := 0
	for id := range pretrain.Generate(m, []int{4}, pretrain.Sampler{TopK: 1, Temperature: 1}, rand.New(rand.NewPCG(1, 1))) {
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
	m := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: 8, Width: 8, Heads: 2, Layers: 1, TiedHead: true})
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
