package rundir

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/llm-from-scratch/llm/internal/figures"
)

// Row is what the log says of one step. A loss that was not measured is NaN.
type Row struct {
	Step       int     // steps done; 0 before training
	Train      float64 // loss of the step's own batches, before the step
	Validation float64 // loss on what is not trained on, after the step
	Rate, Norm float64 // learning rate, length of the gradient before clipping
}

const header = "step,train_loss,validation_loss,learning_rate,gradient_norm\n"

// line is the row as the log has it, every number in full.
func (r Row) line() string {
	s := strconv.Itoa(r.Step)
	for _, v := range []float64{r.Train, r.Validation, r.Rate, r.Norm} {
		s += ","
		if !math.IsNaN(v) {
			s += strconv.FormatFloat(v, 'g', -1, 64)
		}
	}
	return s + "\n"
}

// Parse reads a log. A last line that was not written to its end is left out.
func Parse(text string) ([]Row, error) {
	body, ok := strings.CutPrefix(text, header)
	if !ok {
		return nil, fmt.Errorf("line 1 is not %q", strings.TrimSpace(header))
	}
	var rows []Row
	for line := range strings.Lines(body) {
		whole, ok := strings.CutSuffix(line, "\n")
		if !ok {
			break
		}
		fields := strings.Split(whole, ",")
		if len(fields) != 5 {
			return nil, fmt.Errorf("line %d has %d fields, not 5", len(rows)+2, len(fields))
		}
		var values [5]float64
		for i, f := range fields {
			v, err := strconv.ParseFloat(f, 64)
			if f == "" {
				v, err = math.NaN(), nil
			}
			if err != nil {
				return nil, fmt.Errorf("line %d: %q is not a number", len(rows)+2, f)
			}
			values[i] = v
		}
		rows = append(rows, Row{int(values[0]), values[1], values[2], values[3], values[4]})
	}
	return rows, nil
}

// Log adds a row to the log.
func (d *Dir) Log(r Row) error {
	d.Rows = append(d.Rows, r)
	return d.append(logFile, r.line())
}

// Plot draws the log so far.
func (d *Dir) Plot(title string) error {
	train := figures.Series{Name: "training"}
	validation := figures.Series{Name: "validation"}
	for _, r := range d.Rows {
		if !math.IsNaN(r.Train) {
			train.X, train.Y = append(train.X, float64(r.Step)), append(train.Y, r.Train)
		}
		if !math.IsNaN(r.Validation) {
			validation.X, validation.Y = append(validation.X, float64(r.Step)), append(validation.Y, r.Validation)
		}
	}
	return os.WriteFile(d.file(plotFile), figures.Lines(title, "step", "loss", train, validation), 0o644)
}

// Recent is the mean training loss of the steps since the validation loss was
// last measured before the last row, NaN if there is none.
func (d *Dir) Recent() float64 {
	sum, n := 0.0, 0
	for i := len(d.Rows) - 1; i >= 0; i-- {
		r := d.Rows[i]
		if n > 0 && !math.IsNaN(r.Validation) || math.IsNaN(r.Train) {
			break
		}
		sum += r.Train
		n++
	}
	return sum / float64(n)
}
