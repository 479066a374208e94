package tokens

import (
	"fmt"
	"slices"
	"testing"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

func TestExercise1_NextMerge(t *testing.T) {
	exercise.Check(t, NextMerge, func(x *exercise.X) {
		ids := []int{97, 97, 97, 98, 100, 97, 97, 97, 98, 97, 99}
		before := slices.Clone(ids)
		once := NextMerge(ids, 256)
		x.Equal(`NextMerge of the bytes of "aaabdaaabac" with 256`, once, []int{256, 97, 98, 100, 256, 97, 98, 97, 99})
		x.Equal("the argument afterwards", ids, before)
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

func TestExercise2_Truncate(t *testing.T) {
	exercise.Check(t, Truncate, func(x *exercise.X) {
		hand := []int{17250, 50169, 233, 0}
		for n, want := range [][]int{{}, {17250}, {17250}, {17250, 50169, 233}, hand, hand} {
			x.Equal(fmt.Sprintf("GPT-2's ids of \"Hi 👋!\" with n = %d", n), Truncate(gpt2(), hand, n), want)
		}
		bytes, err := TrainBPE("", 257)
		x.True(err == nil, "TrainBPE: %v", err)
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
