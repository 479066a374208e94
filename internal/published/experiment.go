package published

import (
	"context"
	"fmt"
	"os"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
)

// An Experiment computes some of the book's numbers again.
type Experiment struct {
	Name  string // what a user types, "verdict-training"
	About string
	Needs []string // the data it reads, by the names of llm data get
	Long  bool     // takes more than a minute
	Run   func(ctx context.Context, lab *Lab) ([]Row, error)
}

// A Lab is what experiments find, and where they tell of their work.
type Lab struct {
	Find func(name string) (path string, ok bool) // data, by the names of llm data get
	GPT2 *tokens.BPE                              // GPT-2's vocabulary

	// Log gets a line of what comes out on the way, as the book prints it, and Step
	// how far a training run has come: steps done, and the tokens and loss of the last.
	Log  func(format string, args ...any)
	Step func(done, total, tokens int, loss float64)
}

// Read returns a file of data, or an error that says how to get it.
func (l *Lab) Read(name string) (string, error) {
	path, ok := l.Find(name)
	if !ok {
		return "", missing(name)
	}
	data, err := os.ReadFile(path)
	return string(data), err
}

// missing is the error of data that is not there.
func missing(name string) error {
	return fmt.Errorf("%s has not been downloaded; go run ./cmd/llm data get %s gets it", name, name)
}
