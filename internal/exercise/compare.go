package exercise

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

// Equal fails the exercise unless got and want are the same, reporting both and
// the first place where they differ. Slices are compared by element, NaN is equal to
// NaN, a nil slice to an empty one.
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
	for claim, rise := range gradcheck.Slopes(at, gradient, loss) {
		if off := math.Abs(claim - rise); !(off <= tolerance*max(gradcheck.Norm(gradient), 1e-3)) {
			x.fail(fmt.Sprintf("%s: not the gradient\n   got  a slope of %.6g along a random direction\n  want  %.6g, measured", what, claim, rise))
		}
	}
}

func (x *X) compare(what string, got, want any, tolerance float64) {
	x.t.Helper()
	x.compared++
	d := difference("", reflect.ValueOf(got), reflect.ValueOf(want), tolerance)
	if d == "" {
		return
	}
	x.fail(fmt.Sprintf("%s\n   got  %s\n  want  %s\n first difference%s", what, show(got), show(want), d))
}

// show prints a value on one line, at most a few hundred bytes of it.
func show(v any) string {
	s := fmt.Sprintf("%+v", v)
	if text, ok := v.(string); ok {
		s = fmt.Sprintf("%q", text)
	}
	if len(s) > 400 {
		s = strings.ToValidUTF8(s[:400], "") + " …"
	}
	return s
}

// difference describes the first place where got is not want, or is empty.
// Place is how the two are reached from the values compared: "[3]".
func difference(place string, got, want reflect.Value, tolerance float64) string {
	if got.Type() != want.Type() {
		return differ(place, got, want, false)
	}
	switch got.Kind() {
	case reflect.Float32, reflect.Float64:
		return differ(place, got, want, near(got.Float(), want.Float(), tolerance))
	case reflect.Slice:
		for i := range min(got.Len(), want.Len()) {
			if d := difference(fmt.Sprintf("%s[%d]", place, i), got.Index(i), want.Index(i), tolerance); d != "" {
				return d
			}
		}
		if got.Len() != want.Len() {
			return fmt.Sprintf("%s: got length %d, want %d", at(place), got.Len(), want.Len())
		}
		return ""
	case reflect.String:
		return stringDifference(place, got.String(), want.String())
	}
	return differ(place, got, want, got.Equal(want))
}

func stringDifference(place, got, want string) string {
	if got == want {
		return ""
	}
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	return fmt.Sprintf("%s, byte %d: got %q, want %q", at(place), i, cut(got[i:]), cut(want[i:]))
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

func differ(place string, got, want reflect.Value, same bool) string {
	if same {
		return ""
	}
	return fmt.Sprintf("%s: got %v, want %v", at(place), got, want)
}

// at introduces a place; the values compared themselves have none.
func at(place string) string {
	if place == "" {
		return ""
	}
	return " at " + place
}
