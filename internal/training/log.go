package training

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/figures"
	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// Row is what the log says of one step. A loss that was not measured is NaN.
type Row struct {
	Step       int     // steps done; 0 before training
	Train      float64 // loss of the step's own batches, before the step
	Validation float64 // loss on what is not trained on, after the step
	Rate, Norm float64 // learning rate, length of the gradient before clipping
}

const header = "step,train_loss,validation_loss,learning_rate,gradient_norm\n"

// log is the log so far, every number in full.
func (c *record) log() []byte {
	text := []byte(header)
	for _, r := range c.rows {
		text = strconv.AppendInt(text, int64(r.Step), 10)
		for _, v := range [...]float64{r.Train, r.Validation, r.Rate, r.Norm} {
			text = append(text, ',')
			if !math.IsNaN(v) {
				text = strconv.AppendFloat(text, v, 'g', -1, 64)
			}
		}
		text = append(text, '\n')
	}
	return text
}

// OpenLog reads the log of the run in dir, of whatever kind, and of its options those
// that o has.
func OpenLog(dir string, o any) (rows []Row, err error) {
	err = durable.Read(dir, func(files fs.FS) error {
		name := filepath.Join(dir, logFile)
		text, err := fs.ReadFile(files, logFile)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("%s holds no training run (there is no %s)", dir, name)
		case err != nil:
			return err
		case !strings.HasPrefix(strings.ReplaceAll(string(text), "\r\n", "\n"), header):
			return fmt.Errorf("%s is the log of another program, or damaged: its first line is not %s", name, strings.TrimSpace(header))
		}
		rows = ReadLog(string(text), math.MaxInt)
		if text, err = fs.ReadFile(files, optionsFile); err == nil {
			err = strictjson.Unmarshal(text, o, strictjson.Ignore)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(dir, optionsFile), err)
		}
		return nil
	})
	return rows, err
}

// ReadLog returns the rows of a log up to a step that can be read, in order. There
// may be fewer than steps, where somebody or a power cut has damaged them.
func ReadLog(text string, step int) (rows []Row) {
	last := -1
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		if row, ok := parseRow(line); ok && last < row.Step && row.Step <= step {
			rows, last = append(rows, row), row.Step
		}
	}
	return rows
}

// parseRow reads one line of a log, if it is whole.
func parseRow(line string) (Row, bool) {
	fields := strings.Split(line, ",")
	last := len(fields) - 1
	var ended bool
	if fields[last], ended = strings.CutSuffix(fields[last], "\n"); !ended || last != 4 {
		return Row{}, false
	}
	var values [5]float64
	for i, f := range fields {
		v, err := strconv.ParseFloat(f, 64)
		if f == "" {
			v, err = math.NaN(), nil
		}
		if err != nil {
			return Row{}, false
		}
		values[i] = v
	}
	step, err := strconv.Atoi(fields[0])
	return Row{step, values[1], values[2], values[3], values[4]}, err == nil
}

// plot is the picture of the log so far.
func (c *record) plot() []byte {
	train := figures.Series{Name: "training"}
	validation := figures.Series{Name: "validation"}
	for _, r := range c.rows {
		if !math.IsNaN(r.Train) {
			train.X, train.Y = append(train.X, float64(r.Step)), append(train.Y, r.Train)
		}
		if !math.IsNaN(r.Validation) {
			validation.X, validation.Y = append(validation.X, float64(r.Step)), append(validation.Y, r.Validation)
		}
	}
	return figures.Lines(c.title, "step", "loss", train, validation)
}

// recent is the mean training loss of the steps since the validation loss was
// last measured before the last row, NaN if there is none.
func (c *record) recent() float64 {
	sum, n := 0.0, 0
	for i := len(c.rows) - 1; i >= 0; i-- {
		r := c.rows[i]
		if n > 0 && !math.IsNaN(r.Validation) || math.IsNaN(r.Train) {
			break
		}
		sum += r.Train
		n++
	}
	return sum / float64(n)
}
