package prompts

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

func TestMain(m *testing.M) { exercise.Main(m) }

func TestExercise1_ReadLine(t *testing.T) {
	exercise.Check(t, ReadLine, func(x *exercise.X) {
		ReadLine := exercise.Watch(x, ReadLine)
		for _, c := range []struct{ line, want string }{
			{`Hi`, "Hi"},
			{`Hi!\nLabel: ham`, "Hi!\nLabel: ham"},
			{`C:\\new`, `C:\new`},
			{`a\n\nb`, "a\n\nb"},
			{`\\\n`, "\\\n"},
			{`\\\\n`, `\\n`},
			{`50\%`, `50\%`},
			{`end\`, `end\`},
			{`é\n`, "é\n"},
			{``, ""},
		} {
			x.Equal("the line "+c.line, ReadLine(c.line), c.want)
		}
		rng := rand.New(rand.NewPCG(1, 1))
		for range 200 {
			text := make([]byte, rng.IntN(9))
			for i := range text {
				text[i] = "\\n\na"[rng.IntN(4)]
			}
			x.Equal(fmt.Sprintf("what Line makes of %q", text), ReadLine(Line(string(text))), string(text))
		}
	})
}

// pieces is a tokenizer that always takes the longest of its tokens, or one byte.
func pieces(tokens ...string) func(text string) []int {
	return func(text string) (ids []int) {
		for text != "" {
			id, n := 1000+int(text[0]), 1
			for i, token := range tokens {
				if len(token) > n && strings.HasPrefix(text, token) {
					id, n = i, len(token)
				}
			}
			ids, text = append(ids, id), text[n:]
		}
		return ids
	}
}

func TestExercise2_EndIDs(t *testing.T) {
	exercise.Check(t, EndIDs, func(x *exercise.X) {
		EndIDs := exercise.Watch(x, EndIDs)
		encode := pieces("ham", " ham", "ok", " sp", "am", "  ")
		for _, c := range []struct {
			context, answer string
			want            []int
		}{
			{"L: ", "ham", []int{1}},
			{"L:", " ham", []int{1}},
			{"L:", "ham", []int{0}},
			{"L: ", "spam", []int{3, 4}},
			{"L:  ", "ham", []int{5, 0}},
			{"It is o", "k", []int{1000 + 'k'}},
			{"It is o", "k ham", []int{1000 + 'k', 1}},
			{"L:\n", "ham", []int{0}},
			{"ham ", "ham", []int{1}},
		} {
			x.Equal(fmt.Sprintf("the answer %q behind %q, with tokens for \"ham\", \" ham\", \"ok\", \" sp\", \"am\" and two blanks, 0 to 5", c.answer, c.context),
				EndIDs(encode, c.context, c.answer), c.want)
		}
	})
}

func TestExercise3_CalibratedAnswer(t *testing.T) {
	exercise.Check(t, CalibratedAnswer, func(x *exercise.X) {
		CalibratedAnswer := exercise.Watch(x, CalibratedAnswer)
		for _, c := range []struct {
			p       []float64
			nothing [][]float64
			want    int
		}{
			{[]float64{.3, .7}, [][]float64{{.2, .8}, {.1, .9}}, 0},
			{[]float64{.3, .7}, [][]float64{{.5, .5}}, 1},
			{[]float64{.1, .9}, [][]float64{{.1, .9}}, 0},
			{[]float64{.25, .75}, [][]float64{{.2, .8}, {.4, .6}}, 1},
			{[]float64{.2, .3, .5}, [][]float64{{.2, .2, .6}}, 1},
			{[]float64{.06, .94}, [][]float64{{.02, .98}, {.02, .98}, {.1, .9}}, 0},
			{[]float64{.04, .4, .56}, [][]float64{{.02, .3, .68}}, 0},
			{[]float64{.25, .75}, [][]float64{{.01, .99}, {.59, .41}}, 1},
			{[]float64{.1, .25, .65}, [][]float64{{.3, .2, .5}, {.1, .2, .7}}, 1},
		} {
			before := slices.Clone(c.p)
			x.Equal(fmt.Sprintf("%v, and %v for nothing", c.p, c.nothing), CalibratedAnswer(c.p, c.nothing), c.want)
			x.Equal("p afterwards", c.p, before)
		}
	})
}

func TestExercise4_IDsToRead(t *testing.T) {
	exercise.Check(t, IDsToRead, func(x *exercise.X) {
		IDsToRead := exercise.Watch(x, IDsToRead)
		for _, c := range []struct {
			prompts [][]int
			want    int
		}{
			{[][]int{{1, 2, 3}, {1, 2, 4, 5}, {1, 2, 4}}, 6},
			{[][]int{{1, 2, 3}}, 3},
			{nil, 0},
			{[][]int{{1, 2}, {1, 2}, {1, 2}}, 4},
			{[][]int{{1, 2, 3}, {2, 3}}, 5},
			{[][]int{{1, 2, 3}, {4}, {1, 2, 3}}, 7},
			{[][]int{{1}, {1, 2, 3}, {1}}, 4},
			{[][]int{{7, 7, 7, 7}, {7, 8, 7, 7}, {7, 8, 7, 9}}, 8},
		} {
			x.Equal(fmt.Sprintf("the prompts %v", c.prompts), IDsToRead(c.prompts), c.want)
		}
	})
}

func TestExercise5_CopyNext(t *testing.T) {
	exercise.Check(t, CopyNext, func(x *exercise.X) {
		CopyNext := exercise.Watch(x, CopyNext)
		for _, c := range []struct {
			ids  []int
			want int
		}{
			{[]int{1, 2, 3, 9, 2, 4, 1, 2}, 3},
			{[]int{1, 2, 3, 1}, 2},
			{[]int{1, 2, 1, 3, 1}, 3},
			{[]int{1, 2, 3}, -1},
			{[]int{5}, -1},
			{nil, -1},
			{[]int{5, 5}, 5},
			{[]int{1, 2, 3, 7, 2, 3, 8, 9, 2, 3}, 8},
			{[]int{1, 2, 3, 7, 2, 3, 8, 1, 2, 3}, 7},
			{[]int{2, 3, 2, 4, 2, 3, 2}, 4},
		} {
			before := slices.Clone(c.ids)
			x.Equal(fmt.Sprintf("the ids %v", c.ids), CopyNext(c.ids), c.want)
			x.Equal("the ids afterwards", c.ids, before)
		}
		rng := rand.New(rand.NewPCG(1, 1))
		ids := make([]int, Copies.T+1)
		period := Copies.Draw(ids, rng)
		for n := period + 1; n < len(ids); n++ {
			x.Equal(fmt.Sprintf("the first %d of ids that repeat after %d", n, period), CopyNext(ids[:n]), ids[n])
		}
	})
}
