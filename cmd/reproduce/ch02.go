package main

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

const seed = 123 // of every cell that has one

// generator is what all random numbers come from.
func generator(_ context.Context, _ *Lab, s *sheet) error {
	g := torchrand.New(seed)
	for i := range 5 {
		s.is(fmt.Sprintf("MT19937 number %d", i), g.Uint32())
	}
	s.is("NumPy RandomState number 0", torchrand.NewRandomState(seed).Uint32())
	x := make([]float32, 4)
	torchrand.New(seed).Uniform(x, 0, 1)
	s.is("torch.rand", x)

	// The last sixteen numbers of many are drawn anew where sixteen do not divide them:
	// the third of 18 is drawn twice, the third of 20 not before the fifth.
	few, more := make([]float32, 18), make([]float32, 20)
	torchrand.New(seed).Normal(few)
	torchrand.New(seed).Normal(more)
	s.is("torch.randn of 18 and of 20: the first two are the same", few[0] == more[0] && few[1] == more[1])
	s.is("torch.randn of 18 and of 20: the third is too", few[2] == more[2])
	return nil
}

// words is the tokenizer of cells 18 to 67. The published one is made twice,
// first without the two special tokens, which here are always the last.
func words(_ context.Context, lab *Lab, s *sheet) error {
	story, err := lab.read(theVerdict)
	if err != nil {
		return err
	}
	s.is("ch02[18] characters", len([]rune(story)))
	s.is("ch02[18] begins", story[:99])

	const demo = "Hello, world. This, is a test."
	s.is("ch02[20] split at spaces", quoted(splitKeeping(`\s`, demo)...))
	s.is("ch02[22] and at commas and stops", quoted(splitKeeping(`[,.]|\s`, demo)...))
	s.is("ch02[24] without spaces", quoted(tokens.SplitWords(demo)...))
	s.is("ch02[26] all marks", quoted(tokens.SplitWords("Hello, world. Is this-- a test?")...))

	all := tokens.SplitWords(story)
	s.is("ch02[29] first tokens", strings.Join(all[:30], " "))
	s.is("ch02[31] tokens", len(all))

	w := tokens.NewWords(story)
	s.is("ch02[36] vocabulary", w.Vocab()-2)
	for id := range 51 {
		s.is(fmt.Sprintf("ch02[39] id %d", id), w.Decode([]int{id}))
	}
	ids := w.Encode("\"It's the last he painted, you know,\" \n Mrs. Gisburn said with pardonable pride.")
	s.is("ch02[47] ids", ids)
	s.is("ch02[49] text", w.Decode(ids))
	_, known := w.ID("Hello")
	s.is("ch02[58] knows Hello", known)
	s.is("ch02[60] vocabulary with special tokens", w.Vocab())
	s.is("ch02[61] last tokens",
		[]string{w.Decode([]int{1127}), w.Decode([]int{1128}), w.Decode([]int{1129}), w.Decode([]int{1130}), w.Decode([]int{1131})})
	ids = w.Encode("Hello, do you like tea? <|endoftext|> In the sunlit terraces of the palace.")
	s.is("ch02[66] ids", ids)
	s.is("ch02[67] text", w.Decode(ids))
	return nil
}

// splitKeeping is Python's re.split with the separators kept.
func splitKeeping(separator, text string) []string {
	var parts []string
	end := 0
	for _, at := range regexp.MustCompile(separator).FindAllStringIndex(text, -1) {
		parts = append(parts, text[end:at[0]], text[at[0]:at[1]])
		end = at[1]
	}
	return append(parts, text[end:])
}

func quoted(parts ...string) string { return fmt.Sprintf("%q", parts) }

// bpe encodes the texts of the chapter, its exercises and its bonus material, and
// decodes their ids. The texts are those in the table.
func bpe(_ context.Context, lab *Lab, s *sheet) error {
	t := lab.GPT2
	for _, place := range s.places {
		where, quotedText, ok := strings.Cut(place, " ids of ")
		if plain, err := strconv.Unquote(quotedText); ok && err == nil {
			ids := t.EncodeSpecial(plain)
			s.is(place, ids)
			s.is(where+" text of its ids", t.Decode(ids))
		}
	}
	var pieces []string
	for _, id := range t.Encode("Akwirw ier") {
		pieces = append(pieces, string(t.Bytes(id)))
	}
	s.is("ch02 exercise 2.1 pieces", quoted(pieces...))
	s.is("ch02/02 vocabulary", t.Vocab())
	s.is("ch02/02 end of text", t.EndOfText())
	s.is("ch02/05 bytes of This is some text", []byte("This is some text"))
	for _, text := range []string{"a\nb", "a\n\nb", "\nHello", "Hello\n", "a\r\nb", "Hello \nworld", "Hello\n world", "  Hello World."} {
		s.is(fmt.Sprintf("ch02/05 tests: %q comes back", text), t.Decode(t.Encode(text)))
	}
	_, err := t.EncodeStrict("Hello<|endoftext|>")
	s.is("ch02/05 tests: a special token is refused", err != nil)
	s.is("ch02[84] text of the first targets", t.Decode([]int{290, 4920, 2241, 287, 257}))
	return nil
}

// windows is the data loader of cells 81 to 102 and of exercise 2.2.
func windows(_ context.Context, lab *Lab, s *sheet) error {
	story, err := lab.read(theVerdict)
	if err != nil {
		return err
	}
	ids := lab.GPT2.Encode(story)
	s.is("ch02[81] tokens", len(ids))
	x, y := must(embeddings.NewWindows(ids[50:], 4, 1)).At(0)
	s.is("ch02[84] x", x)
	s.is("ch02[84] y", y)
	for i := range 4 {
		s.is(fmt.Sprintf("ch02[86] context %d", i+1), lab.GPT2.Decode(x[:i+1])+" ->"+lab.GPT2.Decode(y[i:i+1]))
	}
	for _, c := range []struct {
		where                       string
		batch, length, step, number int
	}{
		{"ch02[97]", 1, 4, 1, 0}, {"ch02[98]", 1, 4, 1, 1}, {"ch02[102]", 8, 4, 4, 0},
		{"ch02 exercise 2.2, stride 2 of 2", 4, 2, 2, 0}, {"ch02 exercise 2.2, stride 2 of 8", 4, 8, 2, 0},
	} {
		w := must(embeddings.NewWindows(ids, c.length, c.step))
		s.is(c.where+" windows", w.Len())
		i := 0
		for b := range w.Batches(c.batch, nil) {
			if i++; i > c.number {
				s.is(c.where+" inputs", b.Inputs)
				s.is(c.where+" targets", b.Targets)
				break
			}
		}
	}
	_, err = embeddings.NewWindows(ids[:4], 4, 1)
	s.is("ch02[94] a text no longer than a window is refused", err != nil)
	e := embeddings.Embedding{Tokens: f32.New(lab.GPT2.Vocab(), 256), Positions: f32.New(4, 256)}
	for b := range must(embeddings.NewWindows(ids, 4, 4)).Batches(8, nil) {
		x := f32.New(len(b.Inputs), 256)
		e.Forward(x, b.Inputs, b.T, 0)
		s.is("ch02[130] token vectors", shape(b.B, b.T, e.Tokens.Cols))
		s.is("ch02[133] position vectors", shape(e.Positions.Rows, e.Positions.Cols))
		s.is("ch02[135] their sums", shape(x.Rows/b.T, b.T, x.Cols))
		break
	}
	return nil
}

// must is for what cannot fail: the experiment's own numbers.
func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// numbersLoader is the bonus notebook whose text is the numbers 0 to 1000.
func numbersLoader(_ context.Context, _ *Lab, s *sheet) error {
	ids := make([]int, 1001)
	for i := range ids {
		ids[i] = i
	}
	w := must(embeddings.NewWindows(ids, 4, 1))
	for i, window := range []int{0, 1, 2, w.Len() - 1} {
		x, y := w.At(window)
		s.is(fmt.Sprintf("ch02/04[%d] batch", 68+i), fmt.Sprint(x, y))
	}
	w = must(embeddings.NewWindows(ids, 4, 4))
	pair := func(i, j int) string {
		x, _ := w.At(i)
		y, _ := w.At(j)
		return fmt.Sprint(x, y)
	}
	s.is("ch02/04[75] last batch of two", pair(w.Len()-2, w.Len()-1))
	order := torchrand.New(seed).Loader(w.Len(), true)
	s.is("ch02/04[76] shuffled, first batch", pair(order[0], order[1]))
	s.is("ch02/04[76] shuffled, last batch", pair(order[len(order)-2], order[len(order)-1]))
	return nil
}

// embedding draws new embeddings and looks rows of them up.
func embedding(_ context.Context, _ *Lab, s *sheet) error {
	e := embeddings.Embedding{Tokens: f32.New(6, 3), Positions: f32.New(4, 3)}
	torchrand.New(seed).Normal(e.Tokens.Data)
	s.is("ch02[111] weight", e.Tokens)
	x := f32.New(4, 3)
	e.Forward(f32.Rows(x, 0, 1), []int{3}, 1, 0)
	s.is("ch02[113] id 3", f32.Rows(x, 0, 1))
	e.Forward(x, []int{2, 3, 5, 1}, 4, 0)
	s.is("ch02[115] ids 2 3 5 1", x)

	table, product := f32.New(4, 5), f32.New(3, 5)
	torchrand.New(seed).Normal(table.Data)
	s.is("ch02/03 weight", table)
	hot := embeddings.OneHot([]int{2, 3, 1}, 4)
	s.is("ch02/03 one-hot", fmt.Sprint(hot.Data))
	f32.Gemm(noTrans, noTrans, 1, hot, table, 0, product)
	s.is("ch02/03 one-hot times weight", product)
	return nil
}
