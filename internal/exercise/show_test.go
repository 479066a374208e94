package exercise

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A spy is a test whose failure is looked at.
type spy struct {
	*testing.T
	message string
}

func (s *spy) Helper() {}

func (s *spy) Fatal(args ...any) {
	s.message = fmt.Sprint(args...)
	panic(s)
}

// said is what an attempt is told when check fails, or nothing.
func said(t *testing.T, check func(x *X)) (message string) {
	s := &spy{T: t}
	defer func() {
		if r := recover(); r != nil {
			if r != s {
				panic(r)
			}
			message = strings.TrimPrefix(s.message, "exercise 3.1, F: ")
		}
	}()
	check(&X{t: s, number: "3.1", name: "F"})
	return ""
}

// matrix is laid out like gonum's.
type matrix struct {
	Rows, Cols int
	Data       []float32
	Stride     int
}

func TestWhatIsSaid(t *testing.T) {
	equal := func(got, want any) string { return said(t, func(x *X) { x.Equal("it", got, want) }) }
	counted := make([]int, 500)
	for i := range counted {
		counted[i] = i
	}
	changed := append([]int{}, counted...)
	changed[300] = -1
	strided := matrix{2, 2, []float32{1, 2, 99, 3, 4}, 3}
	for message, said := range map[string]string{
		"it\n   got   3\n   want  4": equal(3, 4),
		"it\n   got   [1 2]\n   want  [1 3]\n   first difference at [1]: got 2, want 3":                                                                                                                                     equal([]int{1, 2}, []int{1, 3}),
		"it\n   got   []\n   want  [1]\n   first difference in the length: got 0, want 1":                                                                                                                                   equal([]int(nil), []int{1}),
		"it\n   got   row 0  [1 2]\n         row 1  [3 4]\n   want  row 0  [1 2]\n         row 1  [3 5]\n   first difference at row 1, column 1: got 4, want 5":                                                             equal(strided, matrix{2, 2, []float32{1, 2, 3, 5}, 2}),
		"it\n   got   [… 292 293 294 295 296 297 298 299 -1 301 302 303 304 305 306 307 …]\n   want  [… 292 293 294 295 296 297 298 299 300 301 302 303 304 305 306 307 …]\n   first difference at [300]: got -1, want 300": equal(changed, counted),
		"it\n   got   \"be\"\n   want  \"bee\"": equal("be", "bee"),
		"it\n   got   \"" + strings.Repeat("a", 50) + "\" …\n   want  \"" + strings.Repeat("a", 50) + "\" …\n   first difference at byte 70: got \"b\", want \"c\"": equal(strings.Repeat("a", 70)+"b", strings.Repeat("a", 70)+"c"),
		"it\n   got   wrong\n   want  nil": equal(errors.New("wrong"), nil),
		"it\n   got   [NaN]\n   want  [0], give or take 0.5\n   first difference at [0]: got NaN, want 0": said2(t, []float64{math.NaN()}, []float64{0}),
	} {
		require.Equal(t, message, said)
	}
	require.Empty(t, equal(strided, matrix{2, 2, []float32{1, 2, 3, 4}, 2}), "a stride is no difference")
	require.Empty(t, equal([]int{}, []int(nil)))
	require.Empty(t, equal(math.NaN(), math.NaN()))
	require.Empty(t, equal(error(nil), nil))
	require.Empty(t, equal(map[string]int{"a": 1}, map[string]int{"a": 1}))
	wide := make([][]int, 100)
	for i := range wide {
		wide[i] = counted
	}
	other := append([][]int{}, wide...)
	other[50] = changed
	text := equal(other, wide)
	require.Less(t, len(text), 4000)
	require.Contains(t, text, "row 50  [… 292 293 294 295 296 297 298 299 -1 301")
	require.Contains(t, text, "row 49  [… 292 293 294 295 296 297 298 299 300 301")
	require.Contains(t, text, "first difference at row 50, column 300: got -1, want 300")
}

func said2(t *testing.T, got, want any) string {
	return said(t, func(x *X) { x.Near("it", got, want, 0.5) })
}

func TestArgumentsAreShort(t *testing.T) {
	type pair struct{ A, B int }
	long := strings.Repeat("x", 1000)
	for want, v := range map[string]any{
		`"red"`: "red", "[1 2]": []int{1, 2}, "[[1 2] [3 4]]": matrix{2, 2, []float32{1, 2, 3, 4}, 2}, "pair{A: 1, B: 2}": pair{1, 2},
		"*exercise.pair": &pair{}, "nil": (*pair)(nil), "func()": func() {}, `"` + long[:50] + `" …`: long,
		"matrix{Rows: 9, Cols: 9, Data: [], Stride: 9}": matrix{9, 9, nil, 9},
	} {
		require.Equal(t, want, inline(reflect.ValueOf(v)))
	}
	require.Less(t, len(inline(reflect.ValueOf(make([][]float64, 1000)))), 100)
}

func TestSlope(t *testing.T) {
	at := []float32{1, 2, 3}
	loss := func() (sum float64) {
		for _, v := range at {
			sum += float64(v) * float64(v) / 2
		}
		return sum
	}
	slope := func(gradient ...float32) string {
		return said(t, func(x *X) { x.Slope("it", loss, at, gradient, 1e-3) })
	}
	require.Empty(t, slope(1, 2, 3))
	require.Equal(t, "it: this is not the gradient\n   got   -2 at [1]\n   want  about 2 there: how fast the loss rises when that value does", slope(1, -2, 3))
	require.Contains(t, slope(1, 2, float32(math.NaN())), "got   NaN at [2]")
	require.Contains(t, slope(1, 2), "it: length")
}

func TestFound(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, mkdirs(root, "docs/runs", "ch03_toy"))
	write(t, root, "docs/runs/heads.txt", "$ go run ./cmd/llm pretrain -heads 1\n\nunchanged: 2.43\nchanged: 2.71\n")
	t.Chdir(root + "/ch03_toy")
	found := func(n float64) string { return said(t, func(x *X) { x.Found(n, "heads.txt", 0.05) }) }
	require.Empty(t, found(2.71))
	require.Empty(t, found(2.75))
	require.Contains(t, found(2.9), "2.9 is too high: the recorded run found another number, and up to 0.05 away from it is right\n   the command")
	require.Contains(t, found(0), "0 is too low")
	require.Contains(t, found(2.44), "this looks like the number of the unchanged model")
	require.NotContains(t, found(2.9), "unchanged")
	require.NotContains(t, found(2.9), "2.71", "it is for the reader to find")
	require.Panics(t, func() { said(t, func(x *X) { x.Found(1, "none.txt", 0.05) }) })
}

func TestSummary(t *testing.T) {
	require.Empty(t, summary(nil))
	require.Equal(t, "chapter 3: 0 of 2 exercises solved; waiting for you: 3.9 3.10\n           go run ./cmd/llm exercises 3.9\n", summary(map[string]State{"3.10": Todo, "3.9": Todo}))
	require.Equal(t, "chapter 3: 1 of 3 exercises solved; not right yet: 3.2; waiting for you: 3.1\n           go run ./cmd/llm exercises 3.2\n", summary(map[string]State{"3.1": Todo, "3.2": Wrong, "3.3": Solved}))
	require.Equal(t, "chapter 3: 1 of 1 exercises solved\n", summary(map[string]State{"3.1": Solved}))
	require.Equal(t, "branch layers: 1 of 1 exercises solved\n", summary(map[string]State{"layers.1": Solved}))
}
