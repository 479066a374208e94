package instruct_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

func TestPracticeIsFixedByItsSeed(t *testing.T) {
	assert.Equal(t, practice(1), practice(1))
	assert.NotEqual(t, practice(1), practice(2))
}

// A question may have one answer only, or "exact" means nothing; and two equal
// questions could lie on both sides of a split.
func TestPracticeAsksNothingTwice(t *testing.T) {
	for seed := range uint64(3) {
		asked := make(map[[2]string]string)
		for _, e := range practice(seed) {
			q := [2]string{e.Instruction, e.Input}
			if other, twice := asked[q]; twice {
				t.Errorf("%q is asked twice: %q and %q", q, other, e.Output)
			}
			asked[q] = e.Output
			if e.Instruction == "" || e.Output == "" || strings.Contains(e.Instruction, "%") {
				t.Errorf("not a question and an answer: %+v", e)
			}
		}
	}
}

func TestPracticeHeldOutIsNew(t *testing.T) {
	entries := practice(1)
	assert.Greater(t, len(entries), 500)
	train, validation, test := instruct.Split(entries)
	for _, e := range append(append([]instruct.Entry{}, validation...), test...) {
		assert.NotContains(t, train, e)
	}
}

// Every kind is there, in all three parts, and neither yes nor no wins by
// being frequent.
func TestPracticeIsBalanced(t *testing.T) {
	train, validation, test := instruct.Split(practice(1))
	count := func(entries []instruct.Entry) map[string]int {
		n := make(map[string]int)
		for _, e := range entries {
			require.NotEmpty(t, e.Kind)
			n[e.Kind]++
			if e.Kind == "yes or no" {
				n[e.Output]++
			}
		}
		return n
	}
	n := count(train)
	for kind := range n {
		assert.Greater(t, count(validation)[kind], 0, kind)
		assert.Greater(t, count(test)[kind], 1, kind)
	}
	assert.InDelta(t, n["yes"], n["no"], 0.2*float64(n["yes"]))
	t.Log(n)
}
