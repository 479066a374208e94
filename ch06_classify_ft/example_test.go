package classify_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/footprint"
)

func ExampleReadMessages() {
	messages, err := classify.ReadMessages(strings.NewReader(
		"ham\tSee you at six\n" +
			"ham\t\"Soon\", she said, and never came\n" +
			"spam\tWIN £1000 cash! Call now\n"))
	for _, m := range messages {
		fmt.Println(m.Label(), m.Text)
	}
	fmt.Println(err)

	messages, err = classify.ReadMessages(strings.NewReader("ham\tok\nspma\tWIN\n"))
	fmt.Println(len(messages), "message,", err)
	// Output:
	// 0 See you at six
	// 0 "Soon", she said, and never came
	// 1 WIN £1000 cash! Call now
	// <nil>
	// 1 message, classify: 1 skipped: line 2: label "spma" is neither ham nor spam
}

func ExamplePractice() {
	for _, m := range classify.Practice(8, rand.New(rand.NewPCG(5, 6))) {
		fmt.Printf("%-4s  %s\n", classify.Classes[m.Label()], m.Text)
	}
	// Output:
	// spam  winner! you are awarded a £184 voucher. reply prize or call 08081 570 107.
	// ham   We won £63 at the pub quiz!
	// ham   The tickets are £82 each, shall I get them? Shall we get some bread today? x
	// ham   Call me this weekend
	// ham   see you today!
	// spam  Someone you know fancies you. Find out who: call 0909 879 0960 T&Cs apply.
	// ham   Hiya, I can't find that film anywhere. Speak soon
	// ham   I passed my test!!
}

// The real collection has 4,827 ham and 747 spam. These stand in for them.
func ExampleSplit() {
	var collection []classify.Message
	for i := range 4827 + 747 {
		m := classify.Message{Spam: i < 747, Text: fmt.Sprint("message ", i)}
		collection = append(collection, m)
	}
	balanced, err := classify.Balance(collection, rand.New(rand.NewPCG(1, 6)))
	train, validation, test := classify.Split(balanced)
	fmt.Println(len(balanced), "messages, error:", err)
	fmt.Println(len(train), len(validation), len(test))
	// Output:
	// 1494 messages, error: <nil>
	// 1045 149 300
}

// A tokenizer of single characters keeps the batch small enough to look at. A
// dot is the padding.
func ExampleExamples_Batches() {
	letters := tokens.NewRunes("abcdefghijklmnopqrstuvwxyz ")
	messages := []classify.Message{
		{Text: "see you"}, {Spam: true, Text: "win"}, {Text: "ok"},
	}
	pad := letters.Vocab()
	examples := classify.NewExamples(messages, letters, 5, pad)
	for b := range examples.Batches(2, nil) {
		for i := range b.B {
			for _, id := range b.Inputs[i*b.T : (i+1)*b.T] {
				if id == pad {
					fmt.Print(".")
				} else {
					fmt.Print(letters.Decode([]int{id}))
				}
			}
			fmt.Println("  targets", b.Targets[i*b.T:(i+1)*b.T])
		}
		fmt.Println()
	}
	// Output:
	// see y  targets [-100 -100 -100 -100 0]
	// win..  targets [-100 -100 1 -100 -100]
	//
	// ok  targets [-100 0]
}

// The loss of a head with two outputs is chapter 5's cross-entropy in a very
// small vocabulary.
func Example_loss() {
	scores := f32.View([]float32{2, 0}, 1, 2)
	fmt.Printf("if it is ham:  %.4f\n", pretrain.CrossEntropy(scores, []int{0}))
	fmt.Printf("if it is spam: %.4f\n", pretrain.CrossEntropy(scores, []int{1}))
	fmt.Printf("a coin:        %.4f\n", math.Log(2))

	pretrain.CrossEntropyBackward(scores, []int{1}, 1)
	fmt.Printf("the gradient, if it is spam: %.4f\n", scores.Data)
	// Output:
	// if it is ham:  0.1269
	// if it is spam: 2.1269
	// a coin:        0.6931
	// the gradient, if it is spam: [0.8808 -0.8808]
}

func ExampleClassifier_NewPass() {
	rng := rand.New(rand.NewPCG(1, 6))
	small := gpt.Config{Vocab: 128, Context: 32, Width: 16, Heads: 2, Layers: 2}
	m := gpt.New(small)
	m.Init(rng)
	c := classify.New(m, rng)
	scores := func(row int, ids ...int) string {
		pass := c.NewPass(gpt.Frozen, 1, len(ids))
		return fmt.Sprintf("%.4f", pass.Forward(ids, len(ids), []int{row}, nil).Data)
	}
	fmt.Println("three tokens               ", scores(2, 70, 71, 72))
	fmt.Println("and padding                ", scores(2, 70, 71, 72, 0, 0, 0))
	fmt.Println("and other padding          ", scores(2, 70, 71, 72, 99, 98, 97))
	fmt.Println("read at the last padding   ", scores(5, 70, 71, 72, 0, 0, 0))
	fmt.Println("read at the first token    ", scores(0, 70, 71, 72))
	fmt.Println("first token, others follow ", scores(0, 70, 10, 20))
	// Output:
	// three tokens                [0.1999 -0.8368]
	// and padding                 [0.1999 -0.8368]
	// and other padding           [0.1999 -0.8368]
	// read at the last padding    [0.1919 -0.7525]
	// read at the first token     [0.6368 -0.1363]
	// first token, others follow  [0.6368 -0.1363]
}

// The numbers are those of GPT-2 with 124 million parameters.
func ExampleTrainedParams() {
	c := gpt.GPT2Small
	last := classify.LastBlock(c.Layers)
	fmt.Println("head only: ", classify.TrainedParams(c, classify.HeadOnly))
	fmt.Println("last block:", classify.TrainedParams(c, last))
	fmt.Println("all:       ", classify.TrainedParams(c, classify.All))
	// Output:
	// head only:  1538
	// last block: 7090946
	// all:        124441346
}

// In millions of bytes: GPT-2 with 124 million parameters and batches of eight
// messages, all as long as the longest of the real collection that is trained
// with.
func Example_memory() {
	c := gpt.GPT2Small
	for _, layers := range []struct {
		name   string
		trains func(string) bool
	}{{"last block", classify.LastBlock(c.Layers)}, {"all", classify.All}} {
		for _, T := range []int{120, 1024} {
			m := footprint.Of(c, 8, T, false, layers.trains)
			m.Logits = 0 // the head's two scores a message are next to nothing
			fmt.Printf("%-10s %4d tokens: weights %d MB, gradients and averages %4d, activations %4d, in all %4d\n",
				layers.name, T, m.Weights/1e6, (m.Gradients+m.Averages)/1e6, m.Activations/1e6, m.Total()/1e6)
		}
	}
	// Output:
	// last block  120 tokens: weights 497 MB, gradients and averages   85, activations  106, in all  689
	// last block 1024 tokens: weights 497 MB, gradients and averages   85, activations  907, in all 1489
	// all         120 tokens: weights 497 MB, gradients and averages 1493, activations  626, in all 2617
	// all        1024 tokens: weights 497 MB, gradients and averages 1493, activations 5342, in all 7333
}

func ExampleConfusion() {
	counts := classify.Confusion{{50, 10}, {5, 35}}
	fmt.Print(counts)
	fmt.Println(counts.Accuracy(), "of", counts.Total())
	// Output:
	//         answered ham   spam
	// is ham            50     10
	// is spam            5     35
	// 0.85 of 100
}

// A matrix of six numbers, changed by five.
func ExampleLowRank_Merge() {
	change := classify.LowRank{
		A:     f32.View([]float32{1, 2}, 2, 1),
		B:     f32.View([]float32{10, 20, 30}, 1, 3),
		Scale: 0.5,
	}
	base := f32.View([]float32{1, 1, 1, 1, 1, 1}, 2, 3)
	w := f32.New(2, 3)
	change.Merge(w, base)
	show(w)

	// The gradients of A and B, if only the middle of the first row of w had one.
	grad := classify.LowRank{A: f32.New(2, 1), B: f32.New(1, 3)}
	change.Backward(&grad, f32.View([]float32{0, 1, 0, 0, 0, 0}, 2, 3))
	fmt.Println("dA", grad.A.Data, "dB", grad.B.Data)
	// Output:
	// [6 11 16]
	// [11 21 31]
	// dA [10 0] dB [0 0.5 0]
}

func show(m blas32.General) {
	for i := range m.Rows {
		fmt.Println(f32.Row(m, i))
	}
}

// Everything together, with a very small GPT that has learned nothing before,
// and bytes for tokens. What is printed of the losses is rounded: their last
// digits need not be the same on every kind of processor.
func Example() {
	rng := rand.New(rand.NewPCG(5, 6))
	messages, err := classify.Balance(classify.Practice(1500, rng), rng)
	if err != nil {
		fmt.Println(err)
		return
	}
	train, _, test := classify.Split(messages)

	bpe, err := tokens.TrainBPE("", 257)
	if err != nil {
		fmt.Println(err)
		return
	}
	model := gpt.New(gpt.Config{Vocab: 257, Context: 64, Width: 16, Heads: 2, Layers: 2})
	model.Init(rng)

	classifier := classify.New(model, rng)
	filter := &classify.Filter{Classifier: classifier, Tokenizer: bpe, Longest: 64}
	examples := filter.Examples(train)
	settings := classify.Settings{Batch: 8, Epochs: 4}
	settings.Schedule.Peak, settings.Optimizer, settings.Clip = 4e-3, pretrain.DefaultAdamW, 1
	learner := classify.NewLearner(classifier, classify.All, 8, examples.Longest())
	trainer := pretrain.NewTrainer(learner, examples.Epoch(8), settings.Training(examples.Len()))
	sum := 0.0
	for step := range trainer.Steps(context.Background()) {
		sum += step.Loss
		if step.N%120 == 0 {
			fmt.Printf("step %d  mean loss %.1f\n", step.N, sum/120)
			sum = 0
		}
	}
	counts := classify.Evaluate(classifier, filter.Examples(test), 8)
	fmt.Println("better than 90 in 100:", counts.Accuracy() > 0.9)
	for _, text := range []string{
		"Are you free at six? Call me",
		"URGENT! You have won £500 cash! Call 0909 879 0123.",
		"Ha, I got a text that I won £500 cash. Call you tonight",
	} {
		class, p := filter.Classify(text)
		fmt.Printf("%-4s surely: %-5v %s\n", classify.Classes[class], p > 0.9, text)
	}
	// Output:
	// step 120  mean loss 0.5
	// step 240  mean loss 0.2
	// better than 90 in 100: true
	// ham  surely: true  Are you free at six? Call me
	// spam surely: true  URGENT! You have won £500 cash! Call 0909 879 0123.
	// ham  surely: true  Ha, I got a text that I won £500 cash. Call you tonight
}
