package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"

	"github.com/spf13/cobra"

	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/cmd/llm/internal/corpus"
)

// spamFilter is where llm classify train leaves its filter.
const spamFilter = "runs/spam"

func classifyCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "classify",
		Short: "Fine-tune a model to tell spam from ham",
		Long: `Classify makes a pretrained model a spam filter: train, then eval on messages that
were held out, then run on your own.`,
		Example: `llm classify train
llm classify eval
llm classify run "You have won £900 cash! Txt WIN to 80888 now" "See you at six"`,
	}, classifyTrainCommand(), classifyEvalCommand(), classifyRunCommand())
}

// readMessages reads labelled messages from path, or invents n of them where
// path is empty. The sum is that of the file.
func readMessages(path string, n int, seed uint64) (messages []classify.Message, sum string, err error) {
	if path == "" {
		return classify.Practice(n, rand.New(rand.NewPCG(seed, 10))), "", nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, "", fmt.Errorf("reading the messages: %w; %s data get sms-spam gets the real ones", err, program())
	}
	messages, err = classify.ReadMessages(bytes.NewReader(data))
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", path, err)
	}
	return messages, corpus.Sum(data), nil
}

func classifyEvalCommand() *cobra.Command {
	var dir, data string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "eval",
		Short: "Count what a filter gets right",
		Long: `Eval lets a filter sort the messages that its training held out, and counts. With
-data it sorts all messages of another file.`,
		Example: `llm classify eval
llm classify eval -model runs/sms -json
llm classify eval -data messages.tsv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := classify.Load(dir)
			if err != nil {
				return orTrain(err, "classify train")
			}
			messages, what, err := heldOutMessages(dir, data)
			if err != nil {
				return err
			}
			return classifyEval(cmd, filter, messages, what, asJSON)
		},
	}
	cmd.Flags().StringVar(&dir, "model", spamFilter, "`directory` of the filter")
	cmd.Flags().StringVar(&data, "data", "", "`file` of messages: ham or spam, a tab, the text (default what training held out)")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// classifyReport is what llm classify eval -json prints.
type classifyReport struct {
	Accuracy  float64                   `json:"accuracy"`
	Messages  int                       `json:"messages"`
	Confusion map[string]map[string]int `json:"confusion"` // actual, predicted
}

func classifyEval(cmd *cobra.Command, filter *classify.Filter, messages []classify.Message, what string, asJSON bool) error {
	c := classify.Evaluate(filter.Classifier, filter.Examples(messages), 16)
	out := cmd.OutOrStdout()
	if asJSON {
		report := classifyReport{c.Accuracy(), c.Total(), map[string]map[string]int{}}
		for actual, row := range c {
			report.Confusion[classify.Classes[actual]] = map[string]int{classify.Classes[0]: row[0], classify.Classes[1]: row[1]}
		}
		return writeJSON(out, report)
	}
	_, err := fmt.Fprintf(out, "%.2f%% of %d %s sorted right\n\n%v\n", 100*c.Accuracy(), c.Total(), what, c)
	return err
}

func classifyRunCommand() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "run [TEXT...]",
		Short: "Sort your own messages",
		Long: `Run says for each message, an argument or else a line of the standard input, whether
it is ham or spam, and how sure the filter is.`,
		Example: `llm classify run "You have won £900 cash! Txt WIN to 80888 now" "See you at six"
llm classify run < messages.txt
llm classify run -json "See you at six"     {"text":…,"class":"ham","probability":…}`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, texts []string) error {
			filter, err := classify.Load(dir)
			if err != nil {
				return orTrain(err, "classify train")
			}
			if len(texts) > 0 {
				return sortAll(cmd, filter, texts, asJSON)
			}
			for line, err := range lines(cmd.Context(), cmd.InOrStdin()) {
				if err == nil {
					err = sortAll(cmd, filter, []string{line}, asJSON)
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "model", spamFilter, "`directory` of the filter")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// sorted is a line of llm classify run -json.
type sorted struct {
	Text        string  `json:"text"`
	Class       string  `json:"class"`
	Probability float64 `json:"probability"`
}

func sortAll(cmd *cobra.Command, filter *classify.Filter, texts []string, asJSON bool) error {
	for _, text := range texts {
		class, p := filter.Classify(text)
		var err error
		if asJSON {
			err = writeLine(cmd.OutOrStdout(), sorted{text, classify.Classes[class], p})
		} else {
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%-4s %5.1f%%  %s\n", classify.Classes[class], 100*p, text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
