package instruct

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

func TestMain(m *testing.M) { exercise.Main(m) }

func TestExercise1_ShortPrompt(t *testing.T) {
	exercise.Check(t, ShortPrompt, func(x *exercise.X) {
		ShortPrompt := exercise.Watch(x, ShortPrompt)
		for _, c := range []struct {
			entry Entry
			want  string
		}{
			{Entry{Instruction: "Name the plural.", Input: "lens", Output: "lenses"}, "<|user|>\nName the plural.\nlens\n<|assistant|>\n"},
			{Entry{Instruction: "Say what seven is.", Output: "a number"}, "<|user|>\nSay what seven is.\n<|assistant|>\n"},
			{Entry{Instruction: "Add.\nThen stop.", Input: "1\n2"}, "<|user|>\nAdd.\nThen stop.\n1\n2\n<|assistant|>\n"},
			{Entry{}, "<|user|>\n\n<|assistant|>\n"},
		} {
			x.Equal(fmt.Sprintf("ShortPrompt of the instruction %q and the input %q", c.entry.Instruction, c.entry.Input), ShortPrompt(c.entry), c.want)
		}
	})
}

func TestExercise2_ShiftedTargets(t *testing.T) {
	exercise.Check(t, ShiftedTargets, func(x *exercise.X) {
		ShiftedTargets := exercise.Watch(x, ShiftedTargets)
		ids := []int{5, 6}
		x.Equal("ShiftedTargets of 5 6, end 99, T 5", ShiftedTargets(ids, 99, 5), []int{6, 99, -100, -100, -100})
		x.Equal("the ids afterwards", ids, []int{5, 6})
		x.Equal("ShiftedTargets of 0 1 2 3 4, end 50256, T 5", ShiftedTargets([]int{0, 1, 2, 3, 4}, 50256, 5), []int{1, 2, 3, 4, 50256})
		x.Equal("ShiftedTargets of 0 1 2 3 4, end 99, T 3", ShiftedTargets([]int{0, 1, 2, 3, 4}, 99, 3), []int{1, 2, 3})
		x.Equal("ShiftedTargets of 7, end 99, T 3", ShiftedTargets([]int{7}, 99, 3), []int{99, -100, -100})
		x.Equal("ShiftedTargets of 4 99 4, end 99, T 5: the end may also stand inside", ShiftedTargets([]int{4, 99, 4}, 99, 5), []int{99, 4, 99, -100, -100})
	})
}

func TestExercise3_MaskedTargets(t *testing.T) {
	exercise.Check(t, MaskedTargets, func(x *exercise.X) {
		MaskedTargets := exercise.Watch(x, MaskedTargets)
		targets := []int{2, 3, 4, 5, 99}
		x.Equal("MaskedTargets of 2 3 4 5 99, asked 3", MaskedTargets(targets, 3), []int{-100, -100, 4, 5, 99})
		x.Equal("the targets afterwards", targets, []int{2, 3, 4, 5, 99})
		x.Equal("MaskedTargets of 8 9 99 -100, asked 2", MaskedTargets([]int{8, 9, 99, -100}, 2), []int{-100, 9, 99, -100})
		x.Equal("MaskedTargets of 8 99, asked 1: nothing to hide", MaskedTargets([]int{8, 99}, 1), []int{8, 99})
		x.Equal("MaskedTargets of 8 99, asked 0: no prompt", MaskedTargets([]int{8, 99}, 0), []int{8, 99})
		x.Equal("MaskedTargets of 8 9, asked 7: a row cut off inside its prompt", MaskedTargets([]int{8, 9}, 7), []int{-100, -100})
	})
}

func TestExercise4_WhatMustGo(t *testing.T) {
	exercise.Check(t, WhatMustGo, func(x *exercise.X) {
		WhatMustGo := exercise.Watch(x, WhatMustGo)
		for _, c := range []struct {
			preamble                      int
			exchanges                     []int
			question, room, context, want int
		}{
			{20, []int{40, 50, 30}, 10, 30, 128, 2},
			{20, []int{40, 50, 30}, 10, 30, 180, 0}, // exactly full
			{20, []int{40, 50, 30}, 10, 30, 179, 1},
			{20, []int{10, 90, 5}, 10, 30, 128, 2}, // without the 90 alone all would fit, but the 10 is older
			{20, []int{5, 10, 90}, 10, 30, 128, 3},
			{20, []int{40, 50, 30}, 10, 30, 60, 3},
			{20, []int{40, 50, 30}, 10, 30, 59, -1},
			{20, nil, 78, 30, 128, 0},
			{20, nil, 79, 30, 128, -1},
			{20, []int{1}, 10, 30, 60, 1},
		} {
			before := slices.Clone(c.exchanges)
			x.Equal(fmt.Sprintf("WhatMustGo(%d, %v, %d, %d, %d)", c.preamble, c.exchanges, c.question, c.room, c.context),
				WhatMustGo(c.preamble, c.exchanges, c.question, c.room, c.context), c.want)
			x.Equal("the exchanges afterwards", c.exchanges, before)
		}
	})
}

func TestExercise5_FromNothing(t *testing.T) {
	exercise.Check(t, FromNothing, func(x *exercise.X) {
		FromNothing := exercise.Watch(x, FromNothing)
		percent := FromNothing()
		x.True(percent <= 0 || percent > 1, "%v is no percentage: give the number in front of the %% sign, as it is printed", percent)
		x.Found(percent, "experiment-7.5.txt", 5)
	})
}

func TestExercise6_SharedWords(t *testing.T) {
	exercise.Check(t, SharedWords, func(x *exercise.X) {
		SharedWords := exercise.Watch(x, SharedWords)
		for _, c := range []struct {
			answer, wanted string
			want           float64
		}{
			{"The sky is blue.", "the blue sky", 6. / 7},
			{"the blue sky", "The sky is blue.", 6. / 7},
			{"yes", "no", 0},
			{"Yes!", "\"yes\"", 1},
			{"(a) cat", "A cat.", 1},
			{"the the the", "the cat", 2. / 5}, // shared once
			{"the cat", "the the the", 2. / 5},
			{"the cat the", "the dog the", 4. / 6},
			{"a number", "a  number\n", 1},
			{"well - it rains", "It rains", 4. / 6}, // a hyphen is no mark of the list, and so a word
			{"it rains ... ?", "It rains", 1},
			{"it's 3.5 metres", "its 3.5 metres", 4. / 6}, // marks inside a word stay
			{"ÄPFEL", "äpfel", 1},
			{"", "yes", 0},
			{"yes", "", 0},
			{"", "", 1},
			{"?!", "", 1},
		} {
			x.Near(fmt.Sprintf("SharedWords(%q, %q)", c.answer, c.wanted), SharedWords(c.answer, c.wanted), c.want, 1e-9)
		}
	})
}

// chances are logits whose softmax is p, lifted by a number that must not matter.
func chances(lift float64, p ...float64) []float32 {
	var logits []float32
	for _, q := range p {
		logits = append(logits, float32(math.Log(q)+lift))
	}
	return logits
}

func TestExercise7_Choose(t *testing.T) {
	exercise.Check(t, Choose, func(x *exercise.X) {
		Choose := exercise.Watch(x, Choose)
		prompt := append(make([]int, 0, 8), 7, 9)
		begins := func(text []int) {
			ok := len(text) >= 2 && slices.Equal(text[:2], prompt)
			x.True(ok, "logits was given the text %v, which does not begin with the prompt %v", text, prompt)
		}
		always := func(text []int) []float32 { begins(text); return chances(0, .6, .1, .3) }
		// An answer 0 wants to go on with 0, and hardly ever ends; after 1 it is over.
		last := func(text []int) []float32 {
			begins(text)
			switch text[len(text)-1] {
			case 0:
				return chances(500, .9, .02, .08)
			case 1:
				return chances(-3, .05, .05, .9)
			}
			return chances(0, .6, .3, .1)
		}
		for _, c := range []struct {
			what    string
			logits  func([]int) []float32
			answers [][]int
			want    int
		}{
			{"the example", always, [][]int{{1}, {0, 0}}, 1},
			{"the example, in the other order", always, [][]int{{0, 0}, {1}}, 0},
			{"the example with the empty answer", always, [][]int{{1}, {}}, 1},
			{"the example with the empty answer and a 0", always, [][]int{{}, {0}}, 1}, // 1.20 and 0.86
			{"one answer only", always, [][]int{{1, 1, 1}}, 0},
			{"three equal answers", always, [][]int{{0}, {0}, {0}}, 0},
			{"answers of which one ends well", last, [][]int{{0}, {1}}, 1},                // means of 1.52 and 0.65
			{"answers of different lengths", last, [][]int{{1}, {0, 0, 0, 0, 0}}, 1},      // 0.65 and 0.58
			{"answers that end early and late", last, [][]int{{0, 0}, {0, 1}, {1, 1}}, 0}, // 1.05, 1.51 and 1.44
		} {
			answers := make([][]int, len(c.answers))
			for i, a := range c.answers {
				answers[i] = append(make([]int, 0, 9), a...)
			}
			x.Equal(fmt.Sprintf("Choose of %s, %v", c.what, c.answers), Choose(c.logits, prompt, answers, 2), c.want)
			x.Equal("the answers afterwards", answers, c.answers)
			x.Equal("the prompt afterwards", prompt, []int{7, 9})
		}
	})
}

func TestExercise8_FewestPlaces(t *testing.T) {
	exercise.Check(t, FewestPlaces, func(x *exercise.X) {
		FewestPlaces := exercise.Watch(x, FewestPlaces)
		for _, c := range []struct {
			lengths    []int
			size, want int
		}{
			{[]int{5, 2, 9, 2}, 2, 22},
			{[]int{10, 10, 1}, 2, 21},
			{[]int{10, 1, 1}, 2, 12},
			{[]int{9, 1, 9, 1, 1}, 3, 21},
			{[]int{7, 7, 7}, 3, 21},
			{[]int{8, 6, 4}, 1, 18},
			{[]int{3, 5}, 9, 10},
			{[]int{4}, 8, 4},
			{nil, 3, 0},
		} {
			checkPlaces(x, FewestPlaces(c.lengths, c.size), c.lengths, c.size, c.want)
		}
		rng := rand.New(rand.NewPCG(7, 8))
		draw := func(n int) []int {
			lengths := make([]int, n)
			for i := range lengths {
				lengths[i] = 1 + rng.IntN(20)
			}
			return lengths
		}
		for range 30 {
			lengths, size := draw(1+rng.IntN(7)), 2+rng.IntN(2)
			checkPlaces(x, FewestPlaces(lengths, size), lengths, size, fewest(lengths, size))
		}
		// As many batches as are full, so there is only one way to cut what is sorted.
		lengths, want := draw(400), 0
		for batch := range slices.Chunk(slices.Sorted(slices.Values(lengths)), 8) {
			want += batch[7] * 8
		}
		checkPlaces(x, FewestPlaces(lengths, 8), lengths, 8, want)
	})
}

// checkPlaces looks whether batches hold each entry once, are not too many and none too
// large, and take only as many places as they must.
func checkPlaces(x *exercise.X, batches [][]int, lengths []int, size, want int) {
	of := fmt.Sprintf("FewestPlaces of %d entries, size %d", len(lengths), size)
	if len(lengths) < 10 {
		of = fmt.Sprintf("FewestPlaces(%v, %d)", lengths, size)
	}
	var all []int
	places := 0
	for _, batch := range batches {
		longest := 0
		for _, i := range batch {
			x.True(0 <= i && i < len(lengths), "%s: there is a %d in a batch, and the indices are 0 to %d", of, i, len(lengths)-1)
			longest = max(longest, lengths[i])
		}
		x.True(len(batch) <= size, "%s: a batch has %d entries", of, len(batch))
		places += longest * len(batch)
		all = append(all, batch...)
	}
	each := make([]int, len(lengths))
	for i := range each {
		each[i] = i
	}
	slices.Sort(all)
	x.Equal(of+": the indices in all batches together, in order", all, each)
	x.Equal(of+": the number of batches", len(batches), (len(lengths)+size-1)/size)
	x.Equal(of+": the places", places, want)
}

// fewest finds the fewest places by trying all ways: each entry goes into each batch.
func fewest(lengths []int, size int) int {
	k, least := (len(lengths)+size-1)/size, math.MaxInt
	count, longest := make([]int, k), make([]int, k)
	var deal func(i int)
	deal = func(i int) {
		if i == len(lengths) {
			places := 0
			for b := range k {
				places += count[b] * longest[b]
			}
			least = min(least, places)
			return
		}
		for b := range k {
			if was := longest[b]; count[b] < size {
				count[b], longest[b] = count[b]+1, max(was, lengths[i])
				deal(i + 1)
				count[b], longest[b] = count[b]-1, was
			}
		}
	}
	deal(0)
	return least
}
