package exercise

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

// Equal fails the exercise unless got and want are the same, reporting both and
// the first place where they differ. Slices are compared by element, matrices by row,
// NaN is equal to NaN, a nil slice to an empty one.
func (x *X) Equal(what string, got, want any) {
	x.t.Helper()
	x.compare(what, got, want, 0)
}

// Near is Equal with every float allowed to be off by tolerance.
func (x *X) Near(what string, got, want any, tolerance float64) {
	x.t.Helper()
	x.compare(what, got, want, tolerance)
}

// True fails the exercise with what, formatted with args, unless ok.
func (x *X) True(ok bool, what string, args ...any) {
	x.t.Helper()
	x.compared++
	if !ok {
		x.fail(fmt.Sprintf(what, args...))
	}
}

// Slope checks a gradient that the reader derived. The function loss reads the
// values in at, and gradient is what the attempt says d(loss)/d(at) is. Its slopes
// along random directions, see [gradcheck.Slopes], must be the measured ones, up to
// tolerance relative to the gradient's length.
func (x *X) Slope(what string, loss func() float64, at, gradient []float32, tolerance float64) {
	x.t.Helper()
	x.Equal(what+": length", len(gradient), len(at))
	off, length := 0.0, max(gradcheck.Norm(gradient), 1e-3)
	for claim, rise := range gradcheck.Slopes(at, gradient, loss) {
		off = max(off, math.Abs(claim-rise))
	}
	if !(off <= tolerance*length) {
		x.fail(fmt.Sprintf("%s: this is not the gradient\n%s", what, worst(loss, at, gradient)))
	}
}

// worst shows the value whose slope is farthest from its gradient, measured roughly.
func worst(loss func() float64, at, gradient []float32) (text string) {
	most := -1.0
	for i, v := range at {
		const h = 1e-2
		at[i] = v + h
		up := loss()
		at[i] = v - h
		slope := (up - loss()) / (2 * h)
		at[i] = v
		if off := math.Abs(slope - float64(gradient[i])); !(off <= most) {
			most, text = off, fmt.Sprintf("   got   %.3g at [%d]\n   want  about %.3g there: how fast the loss rises when that value does", gradient[i], i, slope)
		}
	}
	return text
}

var recorded = regexp.MustCompile(`(?m)^(unchanged|changed): +([-0-9.e+]+)$`)

// Found checks the number that a reader found by an experiment, up to tolerance,
// against the one that a line of the record says, "changed: 2.71". The record is a
// file of docs/runs with the command that made it. What the model gives as the book
// has it, the record says in another, "unchanged: 2.43".
func (x *X) Found(got float64, record string, tolerance float64) {
	x.t.Helper()
	x.compared++
	text, err := os.ReadFile(filepath.Join(strings.Repeat("../", strings.Count(x.dir, "/")+1), "docs", "runs", record))
	numbers := map[string]float64{}
	for _, m := range recorded.FindAllStringSubmatch(string(text), -1) {
		numbers[m[1]], err = strconv.ParseFloat(m[2], 64)
	}
	if want, unchanged := numbers["changed"], numbers["unchanged"]; err != nil || len(numbers) != 2 {
		panic(fmt.Sprintf("exercise: docs/runs/%s has no lines \"changed: NUMBER\" and \"unchanged: NUMBER\": %v", record, err))
	} else if !near(got, want, tolerance) {
		way := "high"
		if !(got > want) {
			way = "low"
		}
		message := fmt.Sprintf("%v is too %s: the recorded run found another number, and up to %v away from it is right", got, way, tolerance)
		if near(got, unchanged, tolerance) {
			message += "\n   this looks like the number of the unchanged model: did the change reach the run?"
		}
		x.fail(message + "\n   the command is on the page, with what to change")
	}
}

func (x *X) compare(what string, got, want any, tolerance float64) {
	x.t.Helper()
	x.compared++
	g, w := plain(reflect.ValueOf(got)), plain(reflect.ValueOf(want))
	if d := difference(nil, g, w, tolerance); d != nil {
		within := ""
		if tolerance >= 1e-6 {
			within = fmt.Sprintf(", give or take %v", tolerance)
		}
		x.fail(fmt.Sprintf("%s\n   got   %s\n   want  %s%s%s", what, block(g, d.path), block(w, d.path), within, d))
	}
}

// A place is the first where got is not want.
type place struct {
	path      []int  // the indices that lead there from the values compared
	within    string // "in the length", "at byte 3"
	got, want string
}

func (p *place) String() string {
	at := ""
	if len(p.path) == 2 {
		at = fmt.Sprintf(" at row %d, column %d", p.path[0], p.path[1])
	} else {
		for _, i := range p.path {
			at += fmt.Sprintf("[%d]", i)
		}
		at = strings.Replace(at, "[", " at [", 1)
	}
	if p.within != "" {
		at += " " + p.within
	}
	if at == "" {
		return ""
	}
	return fmt.Sprintf("\n   first difference%s: got %s, want %s", at, p.got, p.want)
}

// difference is the first place below path where got is not want, or nil.
func difference(path []int, got, want reflect.Value, tolerance float64) *place {
	if !got.IsValid() || !want.IsValid() || got.Type() != want.Type() {
		if got.IsValid() || want.IsValid() {
			return &place{path, "", inline(got), inline(want)}
		}
		return nil
	}
	same := false
	switch got.Kind() {
	case reflect.Float32, reflect.Float64:
		same = near(got.Float(), want.Float(), tolerance)
	case reflect.Slice, reflect.Array:
		for i := range min(got.Len(), want.Len()) {
			if d := difference(append(path[:len(path):len(path)], i), plain(got.Index(i)), plain(want.Index(i)), tolerance); d != nil {
				return d
			}
		}
		if got.Len() != want.Len() {
			return &place{path, "in the length", fmt.Sprint(got.Len()), fmt.Sprint(want.Len())}
		}
		return nil
	case reflect.String:
		return stringDifference(path, got.String(), want.String())
	default:
		same = reflect.DeepEqual(got.Interface(), want.Interface())
	}
	if same {
		return nil
	}
	return &place{path, "", inline(got), inline(want)}
}

func stringDifference(path []int, got, want string) *place {
	if got == want {
		return nil
	}
	if len(got)+len(want) < 60 {
		return &place{path, "", strconv.Quote(got), strconv.Quote(want)}
	}
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	return &place{path, fmt.Sprint("at byte ", i), strconv.Quote(cut(got[i:])), strconv.Quote(cut(want[i:]))}
}

func cut(s string) string {
	if len(s) > 20 {
		return s[:20]
	}
	return s
}

// near reports whether two floats are within tolerance of each other; both NaN,
// or both the same infinity, also are.
func near(got, want, tolerance float64) bool {
	return got == want || math.Abs(got-want) <= tolerance || math.IsNaN(got) && math.IsNaN(want)
}
