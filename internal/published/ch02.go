package published

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/torchrand"
)

// words is the tokenizer of cells 18 to 67. The published one is made twice,
// first without the two special tokens, which here are always the last.
func words(_ context.Context, lab *Lab) ([]Row, error) {
	text, err := lab.Read(theVerdict)
	if err != nil {
		return nil, err
	}
	var s sheet
	s.text("ch02[18] characters", 20479, len([]rune(text)))
	s.text("ch02[18] begins", "I HAD always thought Jack Gisburn rather a cheap genius--though a good fellow enough--so it was no ", text[:99])

	const demo = "Hello, world. This, is a test."
	s.text("ch02[20] split at spaces", quoted("Hello,", " ", "world.", " ", "This,", " ", "is", " ", "a", " ", "test."),
		quoted(splitKeeping(`\s`, demo)...))
	s.text("ch02[22] and at commas and stops",
		quoted("Hello", ",", "", " ", "world", ".", "", " ", "This", ",", "", " ", "is", " ", "a", " ", "test", ".", ""),
		quoted(splitKeeping(`[,.]|\s`, demo)...))
	s.text("ch02[24] without spaces", quoted("Hello", ",", "world", ".", "This", ",", "is", "a", "test", "."), quoted(tokens.SplitWords(demo)...))
	s.text("ch02[26] all marks", quoted("Hello", ",", "world", ".", "Is", "this", "--", "a", "test", "?"),
		quoted(tokens.SplitWords("Hello, world. Is this-- a test?")...))

	all := tokens.SplitWords(text)
	s.text("ch02[29] first tokens", "I HAD always thought Jack Gisburn rather a cheap genius -- though a good fellow enough -- so it was no great surprise to me to hear that , in",
		strings.Join(all[:30], " "))
	s.text("ch02[31] tokens", 4690, len(all))

	w := tokens.NewWords(text)
	s.text("ch02[36] vocabulary", 1130, w.Vocab()-2)
	for id, word := range strings.Fields(`! " ' ( ) , -- . : ; ? A Ah Among And Are Arrt As At Be Begin Burlington But By Carlo
		Chicago Claude Come Croft Destroyed Devonshire Don Dubarry Emperors Florence For Gallery Gideon Gisburn Gisburns
		Grafton Greek Grindle Grindles HAD Had Hang Has He Her Hermia`) {
		s.text(fmt.Sprintf("ch02[39] id %d", id), word, w.Decode([]int{id}))
	}
	const said = "\"It's the last he painted, you know,\" \n Mrs. Gisburn said with pardonable pride."
	ids := w.Encode(said)
	s.text("ch02[47] ids", "[1 56 2 850 988 602 533 746 5 1126 596 5 1 67 7 38 851 1108 754 793 7]", ids)
	s.text("ch02[49] text", `" It' s the last he painted, you know," Mrs. Gisburn said with pardonable pride.`, w.Decode(ids))
	_, known := w.ID("Hello")
	s.text("ch02[58] knows Hello", false, known)
	s.text("ch02[60] vocabulary with special tokens", 1132, w.Vocab())
	s.text("ch02[61] last tokens", "[younger your yourself <|endoftext|> <|unk|>]",
		[]string{w.Decode([]int{1127}), w.Decode([]int{1128}), w.Decode([]int{1129}), w.Decode([]int{1130}), w.Decode([]int{1131})})
	ids = w.Encode("Hello, do you like tea? <|endoftext|> In the sunlit terraces of the palace.")
	s.text("ch02[66] ids", "[1131 5 355 1126 628 975 10 1130 55 988 956 984 722 988 1131 7]", ids)
	s.text("ch02[67] text", "<|unk|>, do you like tea? <|endoftext|> In the sunlit terraces of the <|unk|>.", w.Decode(ids))
	return s, nil
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

// bpe encodes the texts of the chapter, its exercises and its bonus material.
func bpe(_ context.Context, lab *Lab) ([]Row, error) {
	var s sheet
	t := lab.GPT2
	for _, c := range []struct{ where, text, ids string }{
		{"ch02[74]", "Hello, do you like tea? <|endoftext|> In the sunlit terracesof someunknownPlace.",
			"[15496 11 466 345 588 8887 30 220 50256 554 262 4252 18250 8812 2114 1659 617 34680 27271 13]"},
		{"ch02 exercise 2.1", "Akwirw ier", "[33901 86 343 86 220 959]"},
		{"ch02/02 compare", "Hello, world. Is this-- a test?", "[15496 11 995 13 1148 428 438 257 1332 30]"},
		{"ch02/05 text", "This is some text", "[1212 318 617 2420]"},
		{"ch02/05 tests", "Hello,", "[15496 11]"},
		{"ch02/05 tests", "Implementations", "[3546 26908 602]"},
		{"ch02/05 tests", "asdf asdfasdf a!!, @aba 9asdf90asdfk", "[292 7568 355 7568 292 7568 257 3228 11 2488 15498 860 292 7568 3829 292 7568 74]"},
		{"ch02/05 tests", "\n", "[198]"},
		{"ch02/05 tests", "\r", "[201]"},
		{"ch02/05 tests", " ", "[220]"},
		{"ch02/05 tests", tokens.EndOfText, "[50256]"},
		{"ch04[15]", "Every effort moves you", "[6109 3626 6100 345]"},
		{"ch04[15]", "Every day holds a", "[6109 1110 6622 257]"},
		{"ch04[90]", "Hello, I am", "[15496 11 314 716]"},
		{"ch06[62]", "Do you have time", "[5211 345 423 640]"},
		{"ch07 exercise 7.1", "<|user|>", "[27 91 7220 91 29]"},
	} {
		ids := t.EncodeSpecial(c.text)
		s.text(fmt.Sprintf("%s ids of %q", c.where, c.text), c.ids, ids)
		s.text(fmt.Sprintf("%s text of its ids", c.where), c.text, t.Decode(ids))
	}
	s.text("ch02 exercise 2.1 pieces", quoted("Ak", "w", "ir", "w", " ", "ier"), pieces(t, "Akwirw ier"))
	s.text("ch02/02 vocabulary", 50257, t.Vocab())
	s.text("ch02/02 end of text", 50256, t.EndOfText())
	s.text("ch02/05 bytes of This is some text", "[84 104 105 115 32 105 115 32 115 111 109 101 32 116 101 120 116]", []byte("This is some text"))
	for _, text := range []string{"a\nb", "a\n\nb", "\nHello", "Hello\n", "a\r\nb", "Hello \nworld", "Hello\n world", "  Hello World."} {
		s.text(fmt.Sprintf("ch02/05 tests: %q comes back", text), text, t.Decode(t.Encode(text)))
	}
	_, err := t.EncodeStrict("Hello<|endoftext|>")
	s.text("ch02/05 tests: a special token is refused", true, err != nil)
	s.text("ch02[84] text of the first targets", " and established himself in a", t.Decode([]int{290, 4920, 2241, 287, 257}))
	return s, nil
}

// pieces is text as the tokens that its ids stand for.
func pieces(t *tokens.BPE, text string) string {
	var all []string
	for _, id := range t.Encode(text) {
		all = append(all, string(t.Bytes(id)))
	}
	return quoted(all...)
}

// windows is the data loader of cells 81 to 102 and of exercise 2.2.
func windows(_ context.Context, lab *Lab) ([]Row, error) {
	text, err := lab.Read(theVerdict)
	if err != nil {
		return nil, err
	}
	var s sheet
	ids := lab.GPT2.Encode(text)
	s.text("ch02[81] tokens", 5145, len(ids))

	w, err := embeddings.NewWindows(ids[50:], 4, 1)
	if err != nil {
		return nil, err
	}
	x, y := w.At(0)
	s.text("ch02[84] x", "[290 4920 2241 287]", x)
	s.text("ch02[84] y", "[4920 2241 287 257]", y)
	for i, want := range []string{" and -> established", " and established -> himself", " and established himself -> in", " and established himself in -> a"} {
		s.text(fmt.Sprintf("ch02[86] context %d", i+1), want, lab.GPT2.Decode(x[:i+1])+" ->"+lab.GPT2.Decode(y[i:i+1]))
	}

	for _, c := range []struct {
		where                string
		batch, length, step  int
		number               int // of the batch
		windows              int
		wantInput, wantPairs string
	}{
		{"ch02[97]", 1, 4, 1, 0, 5141, "[40 367 2885 1464]", "[367 2885 1464 1807]"},
		{"ch02[98]", 1, 4, 1, 1, 5141, "[367 2885 1464 1807]", "[2885 1464 1807 3619]"},
		{"ch02[102]", 8, 4, 4, 0, 1286,
			"[40 367 2885 1464 1807 3619 402 271 10899 2138 257 7026 15632 438 2016 257 922 5891 1576 438 568 340 373 645 1049 5975 284 502 284 3285 326 11]",
			"[367 2885 1464 1807 3619 402 271 10899 2138 257 7026 15632 438 2016 257 922 5891 1576 438 568 340 373 645 1049 5975 284 502 284 3285 326 11 287]"},
		{"ch02 exercise 2.2, stride 2 of 2", 4, 2, 2, 0, 2572, "[40 367 2885 1464 1807 3619 402 271]", "[367 2885 1464 1807 3619 402 271 10899]"},
		{"ch02 exercise 2.2, stride 2 of 8", 4, 8, 2, 0, 2569,
			"[40 367 2885 1464 1807 3619 402 271 2885 1464 1807 3619 402 271 10899 2138 1807 3619 402 271 10899 2138 257 7026 402 271 10899 2138 257 7026 15632 438]",
			"[367 2885 1464 1807 3619 402 271 10899 1464 1807 3619 402 271 10899 2138 257 3619 402 271 10899 2138 257 7026 15632 271 10899 2138 257 7026 15632 438 2016]"},
	} {
		w, err := embeddings.NewWindows(ids, c.length, c.step)
		if err != nil {
			return nil, err
		}
		s.text(c.where+" windows", c.windows, w.Len())
		i := 0
		for b := range w.Batches(c.batch, nil) {
			if i == c.number {
				s.text(c.where+" inputs", c.wantInput, b.Inputs)
				s.text(c.where+" targets", c.wantPairs, b.Targets)
				break
			}
			i++
		}
	}

	_, err = embeddings.NewWindows(ids[:4], 4, 1)
	s.text("ch02[94] a text no longer than a window is refused", true, err != nil)
	if w, err = embeddings.NewWindows(ids, 4, 4); err != nil {
		return nil, err
	}
	e := embeddings.Embedding{Tokens: f32.New(lab.GPT2.Vocab(), 256), Positions: f32.New(4, 256)}
	for b := range w.Batches(8, nil) {
		x := f32.New(len(b.Inputs), 256)
		e.Forward(x, b.Inputs, b.T, 0)
		s.text("ch02[130] token vectors", "(8, 4, 256)", shape(b.B, b.T, e.Tokens.Cols))
		s.text("ch02[133] position vectors", "(4, 256)", shape(e.Positions.Rows, e.Positions.Cols))
		s.text("ch02[135] their sums", "(8, 4, 256)", shape(x.Rows/b.T, b.T, x.Cols))
		break
	}
	return s, nil
}

// numbersLoader is the bonus notebook whose text is the numbers 0 to 1000.
func numbersLoader(context.Context, *Lab) ([]Row, error) {
	var s sheet
	ids := make([]int, 1001)
	for i := range ids {
		ids[i] = i
	}
	w, err := embeddings.NewWindows(ids, 4, 1)
	if err != nil {
		return nil, err
	}
	for _, c := range []struct {
		cell   string
		window int
		want   string
	}{{"68", 0, "[0 1 2 3] [1 2 3 4]"}, {"69", 1, "[1 2 3 4] [2 3 4 5]"}, {"70", 2, "[2 3 4 5] [3 4 5 6]"}, {"71", w.Len() - 1, "[996 997 998 999] [997 998 999 1000]"}} {
		x, y := w.At(c.window)
		s.text("ch02/04["+c.cell+"] batch", c.want, fmt.Sprint(x, y))
	}

	if w, err = embeddings.NewWindows(ids, 4, 4); err != nil {
		return nil, err
	}
	pair := func(i, j int) string {
		x, _ := w.At(i)
		y, _ := w.At(j)
		return fmt.Sprint(x, y)
	}
	s.text("ch02/04[75] last batch of two", "[992 993 994 995] [996 997 998 999]", pair(w.Len()-2, w.Len()-1))
	order := torchrand.New(seed).Loader(w.Len(), true)
	s.text("ch02/04[76] shuffled, first batch", "[32 33 34 35] [464 465 466 467]", pair(order[0], order[1]))
	s.text("ch02/04[76] shuffled, last batch", "[880 881 882 883] [112 113 114 115]", pair(order[len(order)-2], order[len(order)-1]))
	return s, nil
}

// embedding draws new embeddings and looks rows of them up.
func embedding(context.Context, *Lab) ([]Row, error) {
	var s sheet
	e := embeddings.Embedding{Tokens: f32.New(6, 3), Positions: f32.New(4, 3)}
	torchrand.New(seed).Normal(e.Tokens.Data)
	s.matrix("ch02[111] weight",
		".3374 -.1778 -.1690/.9178 1.5810 1.3010/1.2753 -.2010 -.1606/-.4015 .9666 -1.1481/-1.1589 .3255 -.6315/-2.8400 -.7849 -1.4096", e.Tokens)
	for _, c := range []struct {
		where, want string
		ids         []int
	}{
		{"ch02[113] id 3", "-.4015 .9666 -1.1481", []int{3}},
		{"ch02[115] ids 2 3 5 1", "1.2753 -.2010 -.1606/-.4015 .9666 -1.1481/-2.8400 -.7849 -1.4096/.9178 1.5810 1.3010", []int{2, 3, 5, 1}},
	} {
		x := f32.New(len(c.ids), 3)
		e.Forward(x, c.ids, len(c.ids), 0)
		s.matrix(c.where, c.want, x)
	}

	table := f32.New(4, 5)
	torchrand.New(seed).Normal(table.Data)
	s.matrix("ch02/03 weight", ".3374 -.1778 -.3035 -.5880 1.5810/1.3010 1.2753 -.2010 -.1606 -.4015/.6957 -1.8061 -1.1589 .3255 -.6315/-2.8400 -.7849 -1.4096 -.4076 .7953", table)
	hot := embeddings.OneHot([]int{2, 3, 1}, 4)
	s.text("ch02/03 one-hot", "[0 0 1 0 0 0 0 1 0 1 0 0]", hot.Data)
	product := f32.New(3, 5)
	f32.Gemm(noTrans, noTrans, 1, hot, table, 0, product)
	s.matrix("ch02/03 one-hot times weight", ".6957 -1.8061 -1.1589 .3255 -.6315/-2.8400 -.7849 -1.4096 -.4076 .7953/1.3010 1.2753 -.2010 -.1606 -.4015", product)
	return s, nil
}
