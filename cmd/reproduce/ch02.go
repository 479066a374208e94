package main

import (
	"fmt"
	"iter"
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
func generator(lab *Lab) {
	g := torchrand.New(seed)
	lab.each("MT19937 number %d", func(int) any { return g.Uint32() })
	lab.is("NumPy RandomState number 0", torchrand.NewRandomState(seed).Uint32())
	x := make([]float32, 4)
	torchrand.New(seed).Uniform(x, 0, 1)
	lab.is("torch.rand", x)

	// The last sixteen numbers of many are drawn anew where sixteen do not divide them:
	// the third of 18 is drawn twice, the third of 20 not before the fifth.
	few, more := make([]float32, 18), make([]float32, 20)
	torchrand.New(seed).Normal(few)
	torchrand.New(seed).Normal(more)
	lab.is("torch.randn of 18 and of 20: the first two are the same", few[0] == more[0] && few[1] == more[1])
	lab.is("torch.randn of 18 and of 20: the third is too", few[2] == more[2])
}

// words is the tokenizer of cells 18 to 67. The published one is made twice,
// first without the two special tokens, which here are always the last.
func words(lab *Lab) {
	story := lab.read(theVerdict)
	lab.all("ch02[18]", len([]rune(story)), story[:99])

	const demo = "Hello, world. This, is a test."
	lab.is("ch02[20] split at spaces", quoted(splitKeeping(`\s`, demo)))
	lab.is("ch02[22] and at commas and stops", quoted(splitKeeping(`[,.]|\s`, demo)))
	lab.is("ch02[24] without spaces", quoted(tokens.SplitWords(demo)))
	lab.is("ch02[26] all marks", quoted(tokens.SplitWords("Hello, world. Is this-- a test?")))

	all := tokens.SplitWords(story)
	lab.is("ch02[29] first tokens", strings.Join(all[:30], " "))
	lab.is("ch02[31] tokens", len(all))

	w := tokens.NewWords(story)
	word := func(id int) any { return w.Decode([]int{id}) }
	lab.is("ch02[36] vocabulary", w.Vocab()-2)
	lab.each("ch02[39] id %d", word)
	ids := w.Encode("\"It's the last he painted, you know,\" \n Mrs. Gisburn said with pardonable pride.")
	lab.is("ch02[47] ids", ids)
	lab.is("ch02[49] text", w.Decode(ids))
	_, known := w.ID("Hello")
	lab.is("ch02[58] knows Hello", known)
	lab.is("ch02[60] vocabulary with special tokens", w.Vocab())
	lab.is("ch02[61] last tokens", []any{word(1127), word(1128), word(1129), word(1130), word(1131)})
	ids = w.Encode("Hello, do you like tea? <|endoftext|> In the sunlit terraces of the palace.")
	lab.is("ch02[66] ids", ids)
	lab.is("ch02[67] text", w.Decode(ids))
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

func quoted(parts []string) string { return fmt.Sprintf("%q", parts) }

// bpe encodes the texts of the chapter, its exercises and its bonus material, and
// decodes their ids. The texts are those in the table.
func bpe(lab *Lab) {
	t := lab.GPT2
	for _, place := range lab.places {
		where, quotedText, ok := strings.Cut(place, " ids of ")
		if plain, err := strconv.Unquote(quotedText); ok && err == nil {
			ids := t.EncodeSpecial(plain)
			lab.is(place, ids)
			lab.is(where+" text of its ids", t.Decode(ids))
		}
	}
	var pieces []string
	for _, id := range t.Encode("Akwirw ier") {
		pieces = append(pieces, string(t.Bytes(id)))
	}
	lab.is("ch02 exercise 2.1 pieces", quoted(pieces))
	lab.is("ch02/02 vocabulary", t.Vocab())
	lab.is("ch02/02 end of text", t.EndOfText())
	lab.is("ch02/05 bytes of This is some text", []byte("This is some text"))
	for _, text := range []string{"a\nb", "a\n\nb", "\nHello", "Hello\n", "a\r\nb", "Hello \nworld", "Hello\n world", "  Hello World."} {
		lab.is(fmt.Sprintf("ch02/05 tests: %q comes back", text), t.Decode(t.Encode(text)))
	}
	_, err := t.EncodeStrict("Hello<|endoftext|>")
	lab.is("ch02/05 tests: a special token is refused", err != nil)
	lab.is("ch02[84] text of the first targets", t.Decode([]int{290, 4920, 2241, 287, 257}))
}

// windows is the data loader of cells 81 to 102 and of exercise 2.2.
func windows(lab *Lab) {
	ids := lab.GPT2.Encode(lab.read(theVerdict))
	lab.is("ch02[81] tokens", len(ids))
	x, y := must(embeddings.NewWindows(ids[50:], 4, 1)).At(0)
	lab.all("ch02[84]", x, y)
	lab.each("ch02[86] context %d", func(n int) any { return lab.GPT2.Decode(x[:n]) + " ->" + lab.GPT2.Decode(y[n-1:n]) })
	for _, c := range []struct {
		where                       string
		batch, length, step, number int
	}{
		{"ch02[97]", 1, 4, 1, 0}, {"ch02[98]", 1, 4, 1, 1}, {"ch02[102]", 8, 4, 4, 0},
		{"ch02 exercise 2.2, stride 2 of 2", 4, 2, 2, 0}, {"ch02 exercise 2.2, stride 2 of 8", 4, 8, 2, 0},
	} {
		w := must(embeddings.NewWindows(ids, c.length, c.step))
		b := take(w.Batches(c.batch, nil), c.number+1)[c.number]
		lab.all(c.where, w.Len(), b.Inputs, b.Targets)
	}
	_, err := embeddings.NewWindows(ids[:4], 4, 1)
	lab.is("ch02[94] a text no longer than a window is refused", err != nil)
	e := embeddings.Embedding{Tokens: f32.New(lab.GPT2.Vocab(), 256), Positions: f32.New(4, 256)}
	b := take(must(embeddings.NewWindows(ids, 4, 4)).Batches(8, nil), 1)[0]
	vectors := f32.New(len(b.Inputs), 256)
	e.Forward(vectors, b.Inputs, b.T, 0)
	lab.is("ch02[130] token vectors", shape(b.B, b.T, e.Tokens.Cols))
	lab.is("ch02[133] position vectors", shape(e.Positions.Rows, e.Positions.Cols))
	lab.is("ch02[135] their sums", shape(vectors.Rows/b.T, b.T, vectors.Cols))
}

// take returns the first n of what comes.
func take[T any](all iter.Seq[T], n int) (first []T) {
	for x := range all {
		if first = append(first, x); len(first) == n {
			break
		}
	}
	return first
}

// numbersLoader is the bonus notebook whose text is the numbers 0 to 1000.
func numbersLoader(lab *Lab) {
	ids := span(0, 1001)
	w := must(embeddings.NewWindows(ids, 4, 1))
	for i, window := range []int{0, 1, 2, w.Len() - 1} {
		x, y := w.At(window)
		lab.is(fmt.Sprintf("ch02/04[%d] batch", 68+i), fmt.Sprint(x, y))
	}
	w = must(embeddings.NewWindows(ids, 4, 4))
	pair := func(i, j int) string {
		x, _ := w.At(i)
		y, _ := w.At(j)
		return fmt.Sprint(x, y)
	}
	lab.is("ch02/04[75] last batch of two", pair(w.Len()-2, w.Len()-1))
	order := torchrand.New(seed).Loader(w.Len(), true)
	lab.all("ch02/04[76]", pair(order[0], order[1]), pair(order[len(order)-2], order[len(order)-1]))
}

// span is from to to-1.
func span(from, to int) (list []int) {
	for i := from; i < to; i++ {
		list = append(list, i)
	}
	return list
}

// embedding draws new embeddings and looks rows of them up.
func embedding(lab *Lab) {
	e := embeddings.Embedding{Tokens: f32.New(6, 3), Positions: f32.New(4, 3)}
	torchrand.New(seed).Normal(e.Tokens.Data)
	lab.is("ch02[111] weight", e.Tokens)
	x := f32.New(4, 3)
	e.Forward(f32.Rows(x, 0, 1), []int{3}, 1, 0)
	lab.is("ch02[113] id 3", f32.Rows(x, 0, 1))
	e.Forward(x, []int{2, 3, 5, 1}, 4, 0)
	lab.is("ch02[115] ids 2 3 5 1", x)

	table := f32.New(4, 5)
	torchrand.New(seed).Normal(table.Data)
	lab.is("ch02/03 weight", table)
	hot := embeddings.OneHot([]int{2, 3, 1}, 4)
	lab.is("ch02/03 one-hot", fmt.Sprint(hot.Data))
	lab.is("ch02/03 one-hot times weight", product(hot, table))
}
