package training

import (
	"fmt"
	"math"
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
func (r Row) line() string { return string(r.appendTo(nil)) }

func (r Row) appendTo(text []byte) []byte {
	text = strconv.AppendInt(text, int64(r.Step), 10)
	for _, v := range [...]float64{r.Train, r.Validation, r.Rate, r.Norm} {
		text = append(text, ',')
		if !math.IsNaN(v) {
			text = strconv.AppendFloat(text, v, 'g', -1, 64)
		}
	}
	return append(text, '\n')
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
		row, err := parseRow(whole)
		if err != nil {
			return nil, fmt.Errorf("line %d %w", len(rows)+2, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// parseRow reads one line of a log.
func parseRow(line string) (Row, error) {
	if n := strings.Count(line, ","); n != 4 {
		return Row{}, fmt.Errorf("has %d fields, not 5", n+1)
	}
	fields := strings.SplitN(line, ",", 5)
	step, err := strconv.Atoi(fields[0])
	if err != nil {
		return Row{}, fmt.Errorf("has the step %q, which is no number", fields[0])
	}
	var values [4]float64
	for i, f := range fields[1:] {
		v, err := strconv.ParseFloat(f, 64)
		if f == "" {
			v, err = math.NaN(), nil
		}
		if err != nil {
			return Row{}, fmt.Errorf("has %q, which is no number", f)
		}
		values[i] = v
	}
	return Row{step, values[0], values[1], values[2], values[3]}, nil
}

// readable are the rows of a log up to a step that can be read, in order. There
// may be fewer than steps: a power cut leaves zeros where lines were.
func readable(text string, step int) (rows []Row, err error) {
	body, ok := strings.CutPrefix(text, header)
	if !ok {
		return nil, fmt.Errorf("line 1 is not %q", strings.TrimSpace(header))
	}
	for line := range strings.Lines(body) {
		row, err := parseRow(strings.TrimSuffix(line, "\n"))
		last := -1
		if len(rows) > 0 {
			last = rows[len(rows)-1].Step
		}
		if err == nil && strings.HasSuffix(line, "\n") && last < row.Step && row.Step <= step {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// Log adds a row to the log.
func (d *Dir) Log(r Row) {
	d.Rows = append(d.Rows, r)
	d.add(logFile, r.line(), nil)
}

// log is the log so far.
func (d *Dir) log() []byte {
	text := []byte(header)
	for _, r := range d.Rows {
		text = r.appendTo(text)
	}
	return text
}

// Plot draws the log so far, or leaves it to the next save.
func (d *Dir) Plot() {
	d.live = d.live && nil == write(d.file(plotFile), d.plot())
}

// plot is the picture of the log so far.
func (d *Dir) plot() []byte {
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
	return figures.Lines(d.Title, "step", "loss", train, validation)
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
