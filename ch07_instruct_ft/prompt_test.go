package instruct_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

func TestPromptText(t *testing.T) {
	e := instruct.Entry{Instruction: "Name the opposite.", Input: "hot", Output: "cold"}
	const head = "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n" +
		"### Instruction:\nName the opposite."
	assert.Equal(t, head+"\n\n### Input:\nhot", e.Question())
	assert.Equal(t, head+"\n\n### Input:\nhot\n\n### Response:\n", e.Prompt())
	assert.Equal(t, head+"\n\n### Input:\nhot\n\n### Response:\ncold", e.Text())
	e.Input = ""
	assert.Equal(t, head+"\n\n### Response:\ncold", e.Text())
}

func TestReadEntries(t *testing.T) {
	got, err := instruct.ReadEntries(strings.NewReader(
		`[{"instruction": "Say hi.", "input": "", "output": "hi"}, {"instruction": "Copy.", "input": "a", "output": "a", "source": "me"}]`))
	require.NoError(t, err)
	assert.Equal(t, []instruct.Entry{{Instruction: "Say hi.", Output: "hi"}, {Instruction: "Copy.", Input: "a", Output: "a"}}, got)
}

func TestReadEntriesReadsWhatWasWritten(t *testing.T) {
	want := instruct.Practice(1)
	text, err := json.Marshal(want)
	require.NoError(t, err)
	got, err := instruct.ReadEntries(strings.NewReader(string(text)))
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestReadEntriesErrors(t *testing.T) {
	const good = `{"instruction": "Say hi.", "output": "hi"}`
	for name, c := range map[string]struct{ text, want string }{
		"empty file":       {"", "not a JSON list"},
		"not JSON":         {"Below is an instruction", "not a JSON list"},
		"an object":        {good, "not a JSON list"},
		"empty list":       {"[]", "empty"},
		"no instruction":   {"[" + good + `, {"output": "x"}]`, "entry 2: no instruction"},
		"no output":        {"[" + good + "," + good + `, {"instruction": "x"}]`, "entry 3: no output"},
		"wrong type":       {`[{"instruction": 7}]`, "entry 1: "},
		"bad entry":        {"[" + good + `, {"instruction": "a" "b"}]`, "entry 2: "},
		"breaks off":       {"[" + good, "breaks off after entry 1"},
		"breaks off after": {"[" + good + ",", "entry 2: "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := instruct.ReadEntries(strings.NewReader(c.text))
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestSplit(t *testing.T) {
	for _, n := range []int{0, 1, 7, 20, 1100, 1723} {
		entries := make([]instruct.Entry, n)
		for i := range entries {
			entries[i].Instruction = string(rune('a' + i))
		}
		train, validation, test := instruct.Split(entries)
		assert.Equal(t, n, len(train)+len(validation)+len(test))
		var all []instruct.Entry
		for _, part := range [][]instruct.Entry{train, test, validation} {
			all = append(all, part...)
		}
		assert.ElementsMatch(t, entries, all)
	}
	train, validation, test := instruct.Split(make([]instruct.Entry, 1100))
	assert.Equal(t, []int{935, 55, 110}, []int{len(train), len(validation), len(test)})
}
