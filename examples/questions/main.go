// Questions asks a model of today chapter 7's practice questions, which the chapter's
// assistant was trained for: behind a few solved ones, and with no training at all.
//
//	go run ./examples/questions SmolLM2-135M-Instruct.Q4_1.gguf
//	go run ./examples/questions -shots 16 -samples 5 SmolLM2-135M-Instruct.Q4_1.gguf   # and lets five answers vote
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"strings"

	"github.com/llm-from-scratch/llm/branches/prompts"
	"github.com/llm-from-scratch/llm/branches/talk"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

func main() {
	var o options
	flag.IntVar(&o.shots, "shots", 4, "how many solved questions stand in the prompt")
	flag.IntVar(&o.draws, "draws", 3, "how often others are drawn")
	flag.IntVar(&o.samples, "samples", 0, "answers to draw by chance, which vote")
	flag.IntVar(&o.most, "most", 62, "how many questions to ask")
	flag.Uint64Var(&o.seed, "seed", 1, "of all that is random")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, flag.Args(), o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "questions:", err)
		os.Exit(1)
	}
}

type options struct {
	shots, draws, samples, most int
	seed                        uint64
}

// run prints for each draw of solved questions how many answers are right.
func run(ctx context.Context, args []string, o options, out io.Writer) error {
	if len(args) != 1 || o.shots < 0 || o.draws < 1 || o.samples < 0 || o.most < 1 {
		return errors.New("go run ./examples/questions [-shots N] [-draws N] [-samples N] [-most N] FILE.gguf")
	}
	a, stops, err := open(args[0])
	if err != nil {
		return err
	}
	learn, _, test := instruct.Split(instruct.Practice(rand.New(rand.NewPCG(o.seed, 7))))
	pool, exam := examples(learn), examples(test)
	exam = exam[:min(o.most, len(exam))]
	for draw := range o.draws {
		shots := prompts.Balanced(pool, o.shots, rand.New(rand.NewPCG(o.seed, uint64(draw))))
		likeliest, vote, err := ask(ctx, a, shots, exam, stops, o)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%d examples, draw %d: %d of %d right", o.shots, draw+1, likeliest, len(exam))
		if o.samples > 0 {
			fmt.Fprintf(out, ", and %d by the vote of %d", vote, o.samples)
		}
		fmt.Fprintln(out)
	}
	return nil
}

// open reads a model of today, and the tokens that end a text.
func open(path string) (*prompts.Asker, []int, error) {
	m, t, err := talk.Open(path)
	if err != nil {
		return nil, nil, err
	}
	form, ok := t.(*talk.Form)
	if !ok {
		return nil, nil, fmt.Errorf("%s: not a model of today that has learned to answer", path)
	}
	return prompts.NewAsker(m, form.Tokenizer), []int{form.EndOfText()}, nil
}

// examples are entries as one asks them in a line.
func examples(entries []instruct.Entry) (list []prompts.Example) {
	for _, e := range entries {
		list = append(list, prompts.Example{Input: strings.TrimSuffix(e.Instruction+" | "+e.Input, " | "), Answer: e.Output})
	}
	return list
}

// ask counts the likeliest answers that are right, and the votes of those drawn.
func ask(ctx context.Context, a *prompts.Asker, shots, exam []prompts.Example, stops []int, o options) (likeliest, vote int, err error) {
	task, err := prompts.NewTask("", "Question: {input}\nAnswer: ", nil)
	if err != nil {
		return 0, 0, err
	}
	greedy := prompts.Writer{Pick: pretrain.Sampler{}.Next(nil), Stops: stops, Most: 12}
	chance := greedy
	chance.Pick = pretrain.Sampler{Temperature: 0.7}.Next(rand.New(rand.NewPCG(o.seed, 14)))
	for _, e := range exam {
		prompt, beginning, err := task.Prompt(shots, e.Input)
		if err == nil {
			err = a.Share(beginning)
		}
		var answers []string
		for i := 0; i <= o.samples && err == nil; i++ {
			w := chance
			if i == 0 {
				w = greedy
			}
			var text string
			text, err = a.Answer(prompt, w)
			answers = append(answers, text)
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return 0, 0, err
		}
		if answers[0] == e.Answer {
			likeliest++
		}
		if voted, _ := prompts.Vote(answers[1:]); voted == e.Answer {
			vote++
		}
	}
	return likeliest, vote, nil
}
