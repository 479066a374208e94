package tokens

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

// aaab are the merges that the chapter learns from "aaabdaaabac".
var aaab = []Merge{{97, 97, 256}, {256, 97, 257}, {257, 98, 258}}

// trained is what TrainBPE learns.
func trained(text string, vocab int) *BPE {
	b, err := TrainBPE(text, vocab)
	if err != nil {
		panic(err)
	}
	return b
}

func TestMain(m *testing.M) { exercise.Main(m) }

func TestExercise1_BytesPerToken(t *testing.T) {
	exercise.Check(t, BytesPerToken, func(x *exercise.X) {
		BytesPerToken := exercise.Watch(x, BytesPerToken)
		learned, bytes := trained("aaabdaaabac", 260), trained("", 257)
		for _, c := range []struct {
			how  string
			b    *BPE
			text string
			want float64
		}{
			{"three merges", learned, "aaabdaaabac", 2.2},
			{"three merges", learned, "aaab", 4},
			{"three merges", learned, "aaabé", 2},
			{"three merges", learned, "", 0},
			{"no merges", bytes, "aaabdaaabac", 1},
			{"no merges", bytes, "大语言模型", 1},
			{"no merges", bytes, "", 0},
		} {
			x.Near(fmt.Sprintf("BytesPerToken of an encoding with %s, for %q", c.how, c.text), BytesPerToken(c.b, c.text), c.want, 1e-9)
		}
	})
}

func TestExercise2_Expand(t *testing.T) {
	exercise.Check(t, Expand, func(x *exercise.X) {
		Expand := exercise.Watch(x, Expand)
		you := []Merge{{228, 189, 256}, {256, 160, 257}}              // 你, byte by byte
		mixed := []Merge{{98, 97, 300}, {300, 300, 299}, {9, 9, 257}} // ids in no order
		for _, c := range []struct {
			merges []Merge
			ids    []int
			want   string
		}{
			{aaab, []int{97, 98}, "ab"},
			{aaab, []int{256}, "aa"},
			{aaab, []int{257, 98}, "aaab"},
			{aaab, []int{258, 100, 258, 97, 99}, "aaabdaaabac"},
			{you, []int{257}, "你"},
			{you, []int{228, 189, 160, 33}, "你!"},
			{mixed, []int{299, 300}, "bababa"},
			{nil, []int{104, 105}, "hi"},
			{aaab, nil, ""},
		} {
			x.Equal(fmt.Sprintf("Expand(%v, %v)", c.merges, c.ids), Expand(c.merges, c.ids), c.want)
		}
	})
}

func TestExercise3_MergePairs(t *testing.T) {
	exercise.Check(t, MergePairs, func(x *exercise.X) {
		MergePairs := exercise.Watch(x, MergePairs)
		for _, c := range []struct {
			m         Merge
			ids, want []int
		}{
			{Merge{1, 2, 9}, []int{1, 2, 3}, []int{9, 3}},
			{Merge{1, 2, 9}, []int{2, 1}, []int{2, 1}},
			{Merge{1, 2, 9}, []int{1, 2, 1, 2, 1}, []int{9, 9, 1}},
			{Merge{7, 7, 9}, []int{7, 7, 7}, []int{9, 7}},
			{Merge{1, 2, 9}, []int{3, 4, 5}, []int{3, 4, 5}},
			{Merge{1, 2, 9}, []int{1}, []int{1}},
			{Merge{1, 2, 9}, nil, nil},
		} {
			before := slices.Clone(c.ids)
			x.Equal(fmt.Sprintf("MergePairs(%v, %v)", c.m, before), MergePairs(c.m, c.ids), c.want)
			x.Equal(fmt.Sprintf("the ids %v after MergePairs(%v, …)", before, c.m), c.ids, before)
		}
	})
}

func TestExercise4_NextMerge(t *testing.T) {
	exercise.Check(t, NextMerge, func(x *exercise.X) {
		NextMerge := exercise.Watch(x, NextMerge)
		ids := []int{97, 97, 97, 98, 100, 97, 97, 97, 98, 97, 99}
		before := slices.Clone(ids)
		once := NextMerge(ids, 256)
		x.Equal(`NextMerge of the bytes of "aaabdaaabac" with 256`, once, []int{256, 97, 98, 100, 256, 97, 98, 97, 99})
		x.Equal("the argument afterwards", ids, before)
		checkNextMergeTies(x)
		twice := NextMerge(once, 257)
		x.Equal("and then with 257", twice, []int{257, 98, 100, 257, 98, 97, 99})
		x.Equal("and then with 258", NextMerge(twice, 258), []int{258, 100, 258, 97, 99})

		for _, c := range []struct{ ids, want []int }{
			{[]int{1, 2, 3, 4, 3, 4, 1, 2}, []int{9, 3, 4, 3, 4, 9}}, // a tie: 1 2 comes first
			{[]int{3, 4, 1, 2, 1, 2, 3, 4}, []int{9, 1, 2, 1, 2, 9}}, // a tie: 3 4 comes first
			{[]int{1, 2, 7, 7, 7, 7, 1, 2}, []int{1, 2, 9, 9, 1, 2}}, // 7 7 three times, overlapping
			{[]int{5, 6, 5, 6, 5, 6}, []int{9, 9, 9}},                // at both ends
			{[]int{7, 7, 7, 7, 7}, []int{9, 9, 7}},                   // a run
			{[]int{1, 2, 3}, []int{1, 2, 3}},                         // nothing twice
			{[]int{4}, []int{4}}, {nil, nil},                         // no pair at all
		} {
			x.Equal(fmt.Sprintf("NextMerge(%v, 9)", c.ids), NextMerge(c.ids, 9), c.want)
		}
	})
}

// checkNextMergeTies lets nobody pass who decides between equals by chance: of 29
// pairs that occur twice, the same must win a hundred times.
func checkNextMergeTies(x *exercise.X) {
	var ids []int
	for i := range 60 {
		ids = append(ids, i%30)
	}
	same, first := true, NextMerge(slices.Clone(ids), 99)
	for range 99 {
		same = same && slices.Equal(first, NextMerge(slices.Clone(ids), 99))
	}
	x.True(same, "called 100 times with the same ids, in which 29 pairs occur twice, it did not always merge the same one\n   does the choice depend on the order of a map?")
}

func TestExercise5_SplitDigits(t *testing.T) {
	exercise.Check(t, SplitDigits, func(x *exercise.X) {
		SplitDigits := exercise.Watch(x, SplitDigits)
		for _, c := range []struct {
			text string
			want []string
		}{
			{"in 1704, h2o", []string{"in", " 1", "7", "0", "4", ",", " h", "2", "o"}},
			{"7", []string{"7"}},
			{"12  34", []string{"1", "2", " ", " 3", "4"}},
			{"٣٤ ½", []string{"٣", "٤", " ½"}},
			{" ٣٤", []string{" ٣", "٤"}},
			{"no digits, it's text", []string{"no", " digits", ",", " it", "'s", " text"}},
			{"\xff12", []string{"\xff", "1", "2"}},
			{"  ", []string{"  "}},
			{"", nil},
		} {
			x.Equal(fmt.Sprintf("SplitDigits(%q)", c.text), SplitDigits(c.text), c.want)
		}
	})
}

func TestExercise6_HalfVocabulary(t *testing.T) {
	exercise.Check(t, HalfVocabulary, func(x *exercise.X) {
		HalfVocabulary := exercise.Watch(x, HalfVocabulary)
		tokens, loss := HalfVocabulary()
		x.True(tokens != 228154, "228154 tokens are those to learn from; the ones to validate with stand behind them in the same line")
		x.True(tokens != 21350, "21350 tokens is what a vocabulary of 1,024 makes of the text: did the command have -vocab 512?")
		x.True(tokens == 26663, "%d is not the number of tokens to validate with: the line that begins with text: ends with it", tokens)
		x.Found(loss, "experiment-1.6.txt", 0.15)
	})
}

func TestExercise7_EncodePiece(t *testing.T) {
	exercise.Check(t, EncodePiece, func(x *exercise.X) {
		EncodePiece := exercise.Watch(x, EncodePiece)
		abcd := []Merge{{99, 100, 256}, {97, 98, 257}, {98, 256, 258}} // cd, ab, bcd
		bcFirst := []Merge{{98, 99, 256}, {97, 98, 257}}
		for _, c := range []struct {
			merges []Merge
			piece  string
			want   []int
		}{
			{abcd, "abcd", []int{257, 256}},
			{abcd, "bcd", []int{258}},
			{bcFirst, "abc", []int{97, 256}}, // bc goes before ab, which stands further left
			{bcFirst, "abab", []int{257, 257}},
			{abcd, "cdabcd", []int{256, 257, 256}},
			{aaab, "aaabdaaabac", []int{258, 100, 258, 97, 99}},
			{aaab, "aaaa", []int{256, 256}},
			{aaab, "aaa", []int{257}},
			{aaab, "é", []int{195, 169}},
			{nil, "ab", []int{97, 98}},
			{aaab, "", nil},
		} {
			x.Equal(fmt.Sprintf("EncodePiece(%v, %q)", c.merges, c.piece), EncodePiece(c.merges, c.piece), c.want)
		}
		rng := rand.New(rand.NewPCG(1, 7))
		for range 50 {
			merges := LearnMerges([][]int{bytesOf(abcs(rng, 300))}, 256, 40)
			piece := abcs(rng, 60)
			x.Equal(fmt.Sprintf("EncodePiece with %d merges, and what ApplyMerges makes of %q", len(merges), piece),
				EncodePiece(merges, piece), ApplyMerges(merges, bytesOf(piece)))
		}
	})
}

// abcs draws n letters of three.
func abcs(rng *rand.Rand, n int) string {
	var text strings.Builder
	for range n {
		text.WriteByte("abc"[rng.IntN(3)])
	}
	return text.String()
}

// bytesOf are the ids that text has before any merge.
func bytesOf(text string) []int {
	var ids []int
	for _, c := range []byte(text) {
		ids = append(ids, int(c))
	}
	return ids
}

func TestExercise8_Truncate(t *testing.T) {
	exercise.Check(t, Truncate, func(x *exercise.X) {
		Truncate := exercise.Watch(x, Truncate)
		hand := []int{17250, 50169, 233, 0}
		for n, want := range [][]int{{}, {17250}, {17250}, {17250, 50169, 233}, hand, hand} {
			x.Equal(fmt.Sprintf("GPT-2's ids of \"Hi 👋!\" with n = %d", n), Truncate(gpt2(), hand, n), want)
		}
		bytes := trained("", 257)
		for _, c := range []struct {
			text string
			n    int
			want string
		}{
			{"aé", 2, "a"},
			{"a好b", 3, "a"},
			{"a好b", 4, "a好"},
			{"😉", 3, ""},
			{"no accent", 5, "no ac"},
			{"\xffok", 2, "\xffo"},   // a byte that is no text stays
			{"ok\xff!", 3, "ok\xff"}, // also at the end
			{"\x80好好", 5, "\x80好"},   // both at once
			{"\uFFFD!", 3, "\uFFFD"}, // '�' itself is a whole character
			{"ends", 100, "ends"},
			{"", 7, ""},
		} {
			got := bytes.Decode(Truncate(bytes, bytes.Encode(c.text), c.n))
			x.Equal(fmt.Sprintf("%q, one id a byte, with n = %d", c.text, c.n), got, c.want)
		}
	})
}

func TestExercise9_LearnFromWords(t *testing.T) {
	exercise.Check(t, LearnFromWords, func(x *exercise.X) {
		LearnFromWords := exercise.Watch(x, LearnFromWords)
		for _, c := range []struct {
			words  []string
			counts []int
			n      int
			want   []Merge
		}{
			{[]string{"abab", "cd"}, []int{1, 2}, 9, []Merge{{97, 98, 256}, {99, 100, 257}}},
			{[]string{"aaabdaaabac"}, []int{1}, 9, aaab},
			{[]string{"aaabdaaabac"}, []int{1}, 2, aaab[:2]},
			{[]string{"ab", "ac", "abc"}, []int{1, 5, 1}, 2, []Merge{{97, 99, 256}, {97, 98, 257}}},
			{[]string{"é"}, []int{3}, 9, []Merge{{195, 169, 256}}},
			{[]string{"ab", "cd"}, []int{1, 1}, 9, nil},
			{nil, nil, 9, nil},
		} {
			x.Equal(fmt.Sprintf("LearnFromWords(%q, %d, %d)", c.words, c.counts, c.n), LearnFromWords(c.words, c.counts, c.n), c.want)
		}
		rng := rand.New(rand.NewPCG(1, 9))
		for range 50 {
			checkLearnFromScrawls(x, rng)
		}
	})
}

// checkLearnFromScrawls compares an attempt with LearnMerges on a text of random
// words, each as often as it occurs.
func checkLearnFromScrawls(x *exercise.X, rng *rand.Rand) {
	var words []string
	var counts []int
	var text [][]int
	for range 60 {
		word := abcs(rng, rng.IntN(6))
		text = append(text, bytesOf(word))
		if at := slices.Index(words, word); at >= 0 {
			counts[at]++
		} else {
			words, counts = append(words, word), append(counts, 1)
		}
	}
	x.Equal(fmt.Sprintf("LearnFromWords(%q, %d, 20), and what LearnMerges finds in their text", words, counts),
		LearnFromWords(words, counts, 20), LearnMerges(text, 256, 20))
}
