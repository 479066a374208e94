package wordpiece

// Input is what a model reads of one text or two: ids, and beside each its type, 0 in
// the first text and 1 in the second.
type Input struct{ IDs, Types []int }

const tooShort = "wordpiece: an input has room for no text; a pair takes at least 4 ids, a single text 3"

// Single returns [CLS] text [SEP], cut so that it has at most so many ids.
func (t *Tokenizer) Single(text string, most int) Input {
	if most < 3 {
		panic(tooShort)
	}
	ids := t.Encode(text)
	return t.input(ids[:min(len(ids), most-2)])
}

// Pair returns [CLS] a [SEP] b [SEP]. Where it has more than so many ids, the longer of
// the two texts loses its end, until both are equally long, and then both do.
func (t *Tokenizer) Pair(a, b string, most int) Input {
	if most < 4 {
		panic(tooShort)
	}
	first, second := t.Encode(a), t.Encode(b)
	for over := len(first) + len(second) + 3 - most; over > 0; over-- {
		if len(first) > len(second) {
			first = first[:len(first)-1]
		} else {
			second = second[:len(second)-1]
		}
	}
	x := t.input(first)
	for _, id := range append(second, t.first[Separator]) {
		x.IDs, x.Types = append(x.IDs, id), append(x.Types, 1)
	}
	return x
}

func (t *Tokenizer) input(ids []int) Input {
	all := append(append([]int{t.first[Class]}, ids...), t.first[Separator])
	return Input{all, make([]int, len(all))}
}
