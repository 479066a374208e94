package main

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/spf13/cobra"

	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/internal/meter"
	"github.com/llm-from-scratch/llm/internal/plaintext"
)

// spamFilter is where llm classify train leaves its filter.
const spamFilter = "runs/spam"

// readMessages reads labelled messages from path, or invents n of them where
// path is empty. The sum is that of the file.
func readMessages(cmd *cobra.Command, path string, n int, seed uint64) (messages []classify.Message, sum string, err error) {
	if path == "" {
		return classify.Practice(n, rand.New(rand.NewPCG(seed, 10))), "", nil
	}
	return readFile(cmd, path, "messages", "sms-spam", classify.ReadMessages)
}

func classifyEvalCommand() *cobra.Command {
	var dir, data string
	var asJSON, parts bool
	cmd := command("classify", "eval", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		filter, err := loadFilter(dir)
		if err != nil {
			return orTrain(err, "classify train")
		}
		if parts && data != "" {
			return usagef("-parts counts the parts of what the filter was trained with; it takes no -data")
		}
		messages, what, err := evaluationParts(cmd, dir, data)
		if err != nil {
			return err
		}
		if !parts {
			messages, what = messages[len(messages)-1:], what[len(what)-1:]
		}
		return classifyEval(cmd, filter, messages, what, asJSON)
	})
	modelFlag(cmd, &dir, spamFilter, "the filter")
	cmd.Flags().StringVar(&data, "data", "", "`file` of messages: ham or spam, a tab, the text; or a name among the downloads (default what training held out)")
	strictFlag(cmd)
	cmd.Flags().BoolVar(&parts, "parts", false, "count the messages to train with and to watch as well")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// classifyReport is what llm classify eval -json prints.
type classifyReport struct {
	Accuracy  float64                   `json:"accuracy"`
	Messages  int                       `json:"messages"`
	Confusion map[string]map[string]int `json:"confusion"`       // actual, predicted
	Parts     map[string]float64        `json:"parts,omitempty"` // accuracy by what the messages were for
}

// count lets the filter sort messages, and stops when it is told to.
func count(cmd *cobra.Command, filter *classify.Filter, messages []classify.Message) (classify.Confusion, error) {
	const batch, some = 8, 8 * 8
	m := meter.New(cmd.ErrOrStderr(), 0, int64(len(messages)), meter.Of("messages sorted"))
	defer m.Clear()
	var counts classify.Confusion
	for part := range slices.Chunk(messages, some) {
		if err := cmd.Context().Err(); err != nil {
			return counts, err
		}
		for actual, row := range classify.Evaluate(filter.Classifier, filter.Examples(part), batch) {
			for answered, n := range row {
				counts[actual][answered] += n
			}
		}
		m.Add(len(part))
	}
	return counts, nil
}

// classifyEval counts the last part in full, and of the others the accuracy.
func classifyEval(cmd *cobra.Command, filter *classify.Filter, parts [][]classify.Message, names []string, asJSON bool) error {
	var c classify.Confusion
	accuracies := map[string]float64{}
	for i, messages := range parts {
		var err error
		if c, err = count(cmd, filter, messages); err != nil {
			return err
		}
		accuracies[names[i]] = c.Accuracy()
		if !asJSON {
			fmt.Fprintf(cmd.OutOrStdout(), "%.2f%% of %d %s sorted right\n", 100*c.Accuracy(), c.Total(), names[i])
		}
	}
	if !asJSON {
		fmt.Fprintf(cmd.OutOrStdout(), "\n%v\n", c)
		return nil
	}
	report := classifyReport{Accuracy: c.Accuracy(), Messages: c.Total(), Confusion: map[string]map[string]int{}}
	if len(parts) > 1 {
		report.Parts = accuracies
	}
	for actual, row := range c {
		report.Confusion[classify.Classes[actual]] = map[string]int{classify.Classes[0]: row[0], classify.Classes[1]: row[1]}
	}
	return printJSON(cmd.OutOrStdout(), report, "  ")
}

func classifyRunCommand() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := command("classify", "run [TEXT...]", cobra.ArbitraryArgs, func(cmd *cobra.Command, texts []string) error {
		filter, err := loadFilter(dir)
		if err != nil {
			return orTrain(err, "classify train")
		}
		for _, text := range texts {
			if text, err = plaintext.String("the message", []byte(text)); err != nil {
				return err
			}
			sortOne(cmd, filter, text, asJSON)
		}
		if len(texts) > 0 {
			return cmd.Context().Err()
		}
		for line, err := range lines(cmd.Context(), cmd.InOrStdin()) {
			if err != nil {
				return err
			}
			sortOne(cmd, filter, line, asJSON)
		}
		return nil
	})
	modelFlag(cmd, &dir, spamFilter, "the filter")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// sorted is a line of llm classify run -json.
type sorted struct {
	Text        string  `json:"text"`
	Class       string  `json:"class"`
	Probability float64 `json:"probability"`
}

func sortOne(cmd *cobra.Command, filter *classify.Filter, text string, asJSON bool) {
	class, p := filter.Classify(text)
	if asJSON {
		printJSON(cmd.OutOrStdout(), sorted{text, classify.Classes[class], p}, "")
		return
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%-4s %5.1f%%  %s\n", classify.Classes[class], 100*p, text)
}
