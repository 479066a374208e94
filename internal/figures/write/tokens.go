package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pkoukk/tiktoken-go-loader/assets"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	"github.com/llm-from-scratch/llm/internal/compare/benchfmt"
	"github.com/llm-from-scratch/llm/internal/corpus"
	"github.com/llm-from-scratch/llm/internal/figures"
)

// twister is the text that chapter 1 trains on, and phrase the one it encodes then.
const (
	twister = `Betty Botter bought some butter, but she said the butter's bitter.
If I put it in my batter, it will make my batter bitter.
But a bit of better butter will make my batter better.
`
	phrase = "a bitter butterfly"
)

// A run of slots is a token: how many letters or bytes wide, and what stands in it.
type run struct {
	slots int
	role  figures.Role
	text  string // a single line, or for "" nothing is drawn: no token is there
}

// strip draws runs one after the other, so that rows of them stand letter under letter.
func strip(s figures.Sketch, x, y, slot float64, runs []run) {
	for _, r := range runs {
		if r.text != "" {
			s.Box(x, y, slot*float64(r.slots), 24, r.role, r.text)
		}
		x += slot * float64(r.slots)
	}
}

// lettered is a run for each text, as wide as its letters. A space shows as a dot.
func lettered(role figures.Role, texts ...string) (runs []run) {
	for _, text := range texts {
		runs = append(runs, run{len([]rune(text)), role, strings.ReplaceAll(text, " ", "·")})
	}
	return runs
}

// decoded are the texts of ids, one by one.
func decoded(t tokens.Tokenizer, ids []int) (texts []string) {
	for _, id := range ids {
		texts = append(texts, t.Decode([]int{id}))
	}
	return texts
}

// gpt2Tokens is the tokenizer that GPT-2 was published with.
func gpt2Tokens() (*tokens.BPE, error) {
	ranks, err := assets.Assets.Open("r50k_base.tiktoken")
	if err != nil {
		return nil, err
	}
	defer ranks.Close()
	return tokens.ReadRanks(ranks)
}

// splits shows one phrase as four tokenizers cut it.
func splits(string) ([]byte, error) {
	runes, words := tokens.NewRunes(twister), tokens.NewWords(twister)
	trained, err := tokens.TrainBPE(twister, 256+20+1)
	if err != nil {
		return nil, err
	}
	gpt2, err := gpt2Tokens()
	if err != nil {
		return nil, err
	}
	var whole []run // words, between which the spaces are lost
	for i, word := range tokens.SplitWords(phrase) {
		if i > 0 {
			whole = append(whole, run{slots: 1})
		}
		r := run{len(word), figures.Data, word}
		if _, known := words.ID(word); !known {
			r.role, r.text = figures.Plain, tokens.Unknown
		}
		whole = append(whole, r)
	}
	s := figures.NewSketch(258, "One text, cut by four tokenizers", "The phrase "+phrase+" in characters, in words of which one is unknown, in the tokens of a small and of GPT-2's byte-pair encoding.")
	for i, row := range []struct {
		name string
		t    tokens.Tokenizer
		runs []run
	}{
		{"characters", runes, lettered(figures.Data, decoded(runes, runes.Encode(phrase))...)},
		{"words", words, whole},
		{"BPE after 20 merges", trained, lettered(figures.Data, decoded(trained, trained.Encode(phrase))...)},
		{"GPT-2: BPE after 50,000 merges", gpt2, lettered(figures.Data, decoded(gpt2, gpt2.Encode(phrase))...)},
	} {
		y := 46 + 54*float64(i)
		s.Note(5, y-6, "start", row.name)
		s.Note(347, y-6, "end", fmt.Sprintf("%d tokens, of %s", len(row.t.Encode(phrase)), thousands(row.t.Vocab())))
		strip(s, 5, y, 19, row.runs)
	}
	return s.SVG(), nil
}

// merges carries out the first merges on the chapter's eleven bytes.
func merges() []byte {
	var text []int
	for _, c := range []byte("aaabdaaabac") {
		text = append(text, int(c))
	}
	learned := tokens.LearnMerges([][]int{slices.Clone(text)}, 256, 3)
	s := figures.NewSketch(236, "Three merges of the most frequent pair", "Eleven tokens become nine, seven and five, as 256 stands for aa, 257 for aaa and 258 for aaab.")
	wide := map[int]int{}
	name := func(id int) string {
		if id < 256 {
			return string(rune(id))
		}
		return strconv.Itoa(id)
	}
	for k := range len(learned) + 1 {
		y, note := 50+52*float64(k), "the bytes"
		if k > 0 {
			m := learned[k-1]
			wide[m.Token] = max(1, wide[m.Left]) + max(1, wide[m.Right])
			note = fmt.Sprintf("%d is %s and %s", m.Token, name(m.Left), name(m.Right))
		}
		var runs []run
		ids := tokens.ApplyMerges(learned[:k], slices.Clone(text))
		for _, id := range ids {
			r := run{max(1, wide[id]), figures.Plain, name(id)}
			if id >= 256 {
				r.role = figures.Data
			}
			runs = append(runs, r)
		}
		s.Note(5, y-6, "start", note)
		s.Note(347, y-6, "end", fmt.Sprintf("%d tokens", len(ids)))
		strip(s, 5, y, 31, runs)
	}
	return s.SVG()
}

// roundTrip is a text on its way to ids and back.
func roundTrip(string) ([]byte, error) {
	bpe, err := tokens.TrainBPE(twister, 256+20+1)
	if err != nil {
		return nil, err
	}
	const text = "a bütter"
	var characters, bytes, pieces, ids []run
	for _, c := range text {
		characters = append(characters, run{len(string(c)), figures.Plain, strings.ReplaceAll(string(c), " ", "·")})
	}
	for _, b := range []byte(text) {
		bytes = append(bytes, run{1, figures.Plain, fmt.Sprintf("%02x", b)})
	}
	for piece := range tokens.Split(text) {
		pieces = append(pieces, run{len(piece), figures.Plain, strings.ReplaceAll(piece, " ", "·")})
	}
	for _, id := range bpe.Encode(text) {
		ids = append(ids, run{len(bpe.Bytes(id)), figures.Data, strconv.Itoa(id)})
	}
	s := figures.NewSketch(258, "From a text to ids, and back", "A text as characters, as bytes, as pieces, and as ids, which stand for those bytes again.")
	for i, row := range []struct {
		name string
		runs []run
	}{{"characters", characters}, {"bytes", bytes}, {"pieces: no token reaches across", pieces}, {"ids", ids}} {
		y := 46 + 54*float64(i)
		s.Note(30, y-6, "start", fmt.Sprintf("%d %s", len(row.runs), row.name))
		strip(s, 30, y, 32, row.runs)
	}
	s.Arrow(15, 46, 15, 232)
	s.Arrow(335, 232, 335, 46)
	s.Note(15, 248, "start", "Encode")
	s.Note(347, 248, "end", "Decode")
	return s.SVG(), nil
}

// vocabulary is how many tokens Newton's Opticks has after more and more merges.
func vocabulary(string) ([]byte, error) {
	book, err := corpus.Read("")
	if err != nil {
		return nil, err
	}
	sizes := []int{257, 513, 1025, 2049, 4097, 8193}
	s := figures.NewSketch(216, "A larger vocabulary, a shorter book", "Newton's Opticks in tokens, after more and more merges.")
	s.Note(4, 42, "start", "vocabulary")
	s.Note(80, 42, "start", "tokens of the Opticks")
	for i, size := range sizes {
		bpe, err := tokens.TrainBPE(book.Text, size)
		if err != nil {
			return nil, err
		}
		n, y := float64(len(bpe.Encode(book.Text))), 52+27*float64(i)
		s.Note(68, y+14, "end", thousands(size))
		s.Box(80, y, 212*n/float64(len(book.Text)), 20, figures.Data)
		s.Note(86+212*n/float64(len(book.Text)), y+14, "start", thousands(int(n)))
	}
	return s.SVG(), nil
}

// halves shows a stream that keeps an unfinished character back.
func halves(string) ([]byte, error) {
	gpt2, err := gpt2Tokens()
	if err != nil {
		return nil, err
	}
	const text, slot = "Hi 👋!", 40.0
	s := figures.NewSketch(196, "Tokens come, characters are printed", "The bytes of a hand are divided between two tokens, and it is printed when the second has come.")
	var bytes, ids, printed []run
	for _, b := range []byte(text) {
		bytes = append(bytes, run{1, figures.Plain, fmt.Sprintf("%02x", b)})
	}
	stream := tokens.NewStream(gpt2)
	for _, id := range gpt2.Encode(text) {
		n := len(gpt2.Bytes(id))
		ids = append(ids, run{n, figures.Data, strconv.Itoa(id)})
		printed = append(printed, run{n, figures.Plain, fmt.Sprintf("%q", stream.Next(id))})
	}
	for i, row := range []struct {
		name string
		runs []run
	}{{"bytes", bytes}, {"tokens", ids}, {"printed when the token has come", printed}} {
		y := 46 + 54*float64(i)
		s.Note(16, y-6, "start", row.name)
		strip(s, 16, y, slot, row.runs)
	}
	return s.SVG(), nil
}

// paces are how fast chapter 1's text is learned from and encoded, idea by idea, as
// recorded.
func paces(docs string) ([]byte, error) {
	file := filepath.Join(docs, "runs", "tokens.txt")
	out, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	record := benchfmt.Record{Out: string(out)}
	s := figures.NewSketch(290, "What each idea bought, in MB/s", "Learning and encoding become faster with each idea.")
	for _, part := range []struct {
		y, unit     float64
		title, name string
		steps       [][2]string
	}{
		{44, 15, "learning", "Learning/", [][2]string{{"1_three_loops", "three loops"}, {"2_different_words", "each word once"}, {"3_places_and_a_queue", "places and a queue"}}},
		{150, 3, "encoding", "Encoding/", [][2]string{{"1_merges_in_their_order", "merges in order"}, {"2_lowest_rank_first", "lowest rank first"},
			{"3_table_of_pairs", "a table of pairs"}, {"4_map_of_words", "a map of words"}, {"5_recent_words", "recent words"}}},
	} {
		s.Text(4, part.y, "start", figures.Plain, part.title)
		var values []float64
		for i, step := range part.steps {
			s.Note(122, part.y+24*float64(i)+22, "end", step[1])
			values = append(values, record.Number(part.name+step[0], "MB/s"))
		}
		bars(s, 130, part.y+8, part.unit, figures.Data, "%.3g", values)
	}
	if record.Err != nil {
		return nil, fmt.Errorf("%s: %w", file, record.Err)
	}
	return s.SVG(), nil
}
