package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	forms "github.com/llm-from-scratch/llm/branches/chat"
	"github.com/llm-from-scratch/llm/branches/prompts"
	"github.com/llm-from-scratch/llm/branches/talk"
	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/internal/meter"
)

// prompting is a model, and what it is asked.
type prompting struct {
	path, instruction, text string
	shots                   []int
	draws, most             int
	seed                    uint64
	conversation            bool
	answers                 []string
	nearest                 bool

	model      gpt.Decoder
	tokens     prompts.Tokenizer
	task       prompts.Task
	pool, exam []prompts.Example
}

// open reads the model, a directory or a GGUF file of one of today, and prepares the task.
func (o *prompting) open(cmd *cobra.Command) error {
	for _, k := range o.shots {
		if err := inRange(ranged{"shots", k, 0, 1 << 12}, ranged{"draws", o.draws, 1, 1 << 12}, ranged{"most", o.most, 1, 1 << 20}); err != nil {
			return err
		}
	}
	form, err := o.load(cmd)
	if err != nil {
		return err
	}
	switch {
	case !o.conversation:
		form = nil
	case form == nil:
		return usagef("-conversation needs a model whose file names a form of conversation")
	}
	o.task, err = prompts.NewTask(o.instruction, strings.ReplaceAll(o.text, `\n`, "\n"), form)
	if err != nil {
		return usagef("-case: %w", err)
	}
	o.exam = o.exam[:min(o.most, len(o.exam))]
	for _, r := range o.rounds() { // no prompt fails late
		if err := prompts.NewAsker(o.model, o.tokens).Check(o.task, r.choose, o.exam, o.answers); err != nil {
			return fmt.Errorf("with %d examples: %w", r.shots, err)
		}
	}
	return nil
}

// load reads the model, and the form of conversation that it has learned, if any.
func (o *prompting) load(cmd *cobra.Command) (*forms.Template, error) {
	m, t, err := loadModel(cmd, o.path, "pretrain")
	if err != nil {
		return nil, err
	}
	o.model = m
	switch t := t.(type) {
	case *tokens.BPE:
		o.tokens = prompts.Plain{BPE: t}
	case *talk.Tokenizer: // it can still be asked in plain text
		o.tokens = t
	case *talk.Form:
		if o.tokens = t.Tokenizer; o.conversation { // how that begins is in the template
			o.tokens = t.Tokenizer.Tokenizer
		}
		return &t.Template, nil
	}
	return nil, nil
}

// A round asks about the whole exam after one draw of examples.
type round struct {
	shots, draw int
	choose      prompts.Chooser
}

// rounds are all there are: without examples, or with the nearest, there is nothing to draw.
func (o *prompting) rounds() (list []round) {
	for _, k := range o.shots {
		for draw := range o.draws {
			r := round{k, draw + 1, prompts.Always(prompts.Balanced(o.pool, k, rand.New(rand.NewPCG(o.seed, uint64(k)<<16|uint64(draw)))))}
			if o.nearest {
				r.choose = func(input string) []prompts.Example { return prompts.Nearest(o.pool, input, k) }
			}
			if list = append(list, r); k == 0 || o.nearest {
				break
			}
		}
	}
	return list
}

func promptEvalCommand() *cobra.Command {
	var o prompting
	var data string
	cmd := command("prompt", "eval", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		if len(o.answers) != len(classify.Classes) {
			return usagef("-answers takes two, what to answer to ham and what to spam")
		}
		messages, _, err := readMessages(cmd, data, defaultClassify.Messages, o.seed)
		if err != nil {
			return err
		}
		held := classifyOptions{Settings: classify.Settings{Settings: pretrain.Settings{Seed: o.seed}}, tuning: tuning{source: source{Data: data}}}
		parts, err := held.split(messages)
		if err != nil {
			return err
		}
		o.pool, o.exam = o.examples(parts[0]), o.examples(parts[2])
		if err := o.open(cmd); err != nil {
			return err
		}
		return o.run(cmd)
	})
	modelFlag(cmd, &o.path, newton, "the model")
	flags := cmd.Flags()
	flags.StringVar(&data, "data", "", "`file` of messages: ham or spam, a tab, the text; or a name among the downloads (default invented ones)")
	strictFlag(cmd)
	flags.StringSliceVar(&o.answers, "answers", classify.Classes[:], "what to answer to ham and to spam")
	flags.StringVar(&o.instruction, "instruction", "Say of each message whether it is spam or ham.", "what every prompt begins with")
	flags.StringVar(&o.text, "case", `Message: {input}\nLabel: `, "what asks about one {input}; \\n is a line end")
	flags.BoolVar(&o.conversation, "conversation", false, "ask in the form of a conversation that the model's file names")
	flags.IntSliceVar(&o.shots, "shots", []int{0, 4, 16}, "how many examples stand in the prompt")
	flags.IntVar(&o.draws, "draws", 5, "how often other examples are drawn")
	flags.IntVar(&o.most, "most", 100, "how many of the messages held out to ask about")
	flags.Uint64Var(&o.seed, "seed", 1, "of all that is random")
	flags.BoolVar(&o.nearest, "nearest", false, "before each message the examples that are most like it")
	return cmd
}

// examples are messages with the words that the prompt has for their classes.
func (o *prompting) examples(messages []classify.Message) (list []prompts.Example) {
	for _, m := range messages {
		list = append(list, prompts.Example{Input: m.Text, Answer: o.answers[m.Label()]})
	}
	return list
}

// A tally counts what the model sorts without calibration and with it.
type tally struct {
	right, spam [2]float64   // percent
	draws       [2][]float64 // right in each draw of as many examples
	votes       [][]string   // what is answered to each message, calibrated, in all these draws
}

// run prints a line for each round, and one for all draws of as many examples.
func (o *prompting) run(cmd *cobra.Command) error {
	rounds, n, out := o.rounds(), float64(len(o.exam)), cmd.OutOrStdout()
	fmt.Fprintf(out, "%d messages, %d more to draw examples from\n", len(o.exam), len(o.pool))
	m := meter.New(cmd.ErrOrStderr(), 0, int64(len(o.exam)*len(rounds)), meter.Of("messages sorted"))
	defer m.Clear()
	t := tally{votes: make([][]string, len(o.exam))}
	for i, r := range rounds {
		asker, begin := prompts.NewAsker(o.model, o.tokens), time.Now()
		if err := o.round(cmd, &t, asker, r, m); err != nil {
			return err
		}
		m.Clear()
		fmt.Fprintf(out, "%2d examples, draw %d: %5.1f%% right, %3.0f%% called %s; calibrated %5.1f%%, %3.0f%%; %.1f tokens and %.0f ms a message\n",
			r.shots, r.draw, t.right[0], t.spam[0], o.answers[1], t.right[1], t.spam[1], float64(asker.Read())/n, time.Since(begin).Seconds()*1000/n)
		if i == len(rounds)-1 || rounds[i+1].shots != r.shots {
			if r.draw > 1 {
				fmt.Fprintf(out, "%2d examples, %d draws: %s right, calibrated %s; the draws' vote %.1f%%\n",
					r.shots, r.draw, spread(t.draws[0]), spread(t.draws[1]), o.voted(t.votes))
			}
			t = tally{votes: make([][]string, len(o.exam))}
		}
	}
	return nil
}

// round sorts all messages after one draw of examples.
func (o *prompting) round(cmd *cobra.Command, t *tally, asker *prompts.Asker, r round, m *meter.Meter) error {
	t.right, t.spam = [2]float64{}, [2]float64{}
	percent, at := 100/float64(len(o.exam)), 0
	for v, err := range asker.Sort(o.task, r.choose, o.exam, o.answers, prompts.Sum) {
		if err = cmp.Or(cmd.Context().Err(), err); err != nil {
			return err
		}
		for way, p := range [][]float64{v.Raw, v.Calibrated} {
			answer := o.answers[slices.Index(p, slices.Max(p))]
			if answer == v.Answer {
				t.right[way] += percent
			}
			if answer == o.answers[1] {
				t.spam[way] += percent
			}
			if way == 1 {
				t.votes[at] = append(t.votes[at], answer)
			}
		}
		at++
		m.Add(1)
	}
	for way := range t.draws {
		t.draws[way] = append(t.draws[way], t.right[way])
	}
	return nil
}

// voted is how many percent are sorted right by what most draws say.
func (o *prompting) voted(votes [][]string) (percent float64) {
	for i, e := range o.exam {
		if answer, _ := prompts.Vote(votes[i]); answer == e.Answer {
			percent += 100 / float64(len(o.exam))
		}
	}
	return percent
}

// spread is the mean of percentages, and from where to where they go.
func spread(percent []float64) string {
	sum := 0.0
	for _, p := range percent {
		sum += p
	}
	return fmt.Sprintf("%.1f%% (%.1f to %.1f)", sum/float64(len(percent)), slices.Min(percent), slices.Max(percent))
}
