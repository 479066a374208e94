package instruct_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
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
	want := practice(1)
	text, err := json.Marshal(want)
	require.NoError(t, err)
	got, err := instruct.ReadEntries(strings.NewReader(string(text)))
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

// What is no entry is left out and named. The others are read.
func TestReadEntriesSkips(t *testing.T) {
	const good = `{"instruction": "Say hi.", "output": "hi\r\nthere\r"}`
	for name, c := range map[string]struct{ text, want string }{
		"no instruction": {`{"output": "x"}`, "entry 2: no instruction"},
		"no output":      {`{"instruction": "x", "output": " \n"}`, "entry 2: no output"},
		"wrong type":     {`{"instruction": 7}`, `entry 2: byte 16: "instruction": a number, where a string belongs`},
		"no object":      {`"text"`, `entry 2: byte 0: a string, where an object belongs`},
		"null":           {`null`, "entry 2: null"},
		"null inside":    {`{"instruction": "x", "output": null}`, `entry 2: byte 31: "output": null, where a value belongs`},
		"a key twice":    {`{"output": "x", "instruction": "x", "output": "y"}`, `entry 2: byte 36: "output" comes twice, first at byte 1`},
		"case":           {`{"instruction": "x", "Output": "y"}`, `entry 2: byte 21: "Output": the key is spelt "output"`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := instruct.ReadEntries(strings.NewReader("[" + good + ",\n" + strings.ReplaceAll(c.text, "\n", `\n`) + ", " + good + "]"))
			assert.EqualError(t, err, "instruct: 1 skipped: "+c.want)
			e := instruct.Entry{Instruction: "Say hi.", Output: "hi\nthere\n"}
			assert.Equal(t, []instruct.Entry{e, e}, got)
		})
	}
}

// Half of a UTF-16 pair is no character, and no reason to refuse the others.
func TestReadEntriesSkipsHalfAPair(t *testing.T) {
	got, err := instruct.ReadEntries(strings.NewReader(`[{"instruction": "\ud800", "output": "y"}, {"instruction": "x", "output": "y"}]`))
	assert.ErrorContains(t, err, `instruct: 1 skipped: entry 1: byte 17: "instruction": invalid surrogate pair`)
	assert.Len(t, got, 1)
}

func TestReadEntriesErrors(t *testing.T) {
	const good = `{"instruction": "Say hi.", "output": "hi"}`
	for name, c := range map[string]struct{ text, want string }{
		"empty file":     {"", "reading a JSON list of entries: byte 0: the JSON ends too early"},
		"not JSON":       {"Below is an instruction", "reading a JSON list of entries: byte 0"},
		"an object":      {good, "reading a JSON list of entries: byte 0: an object, where a list belongs"},
		"empty list":     {"[]", "the list of entries is empty"},
		"nothing good":   {"[{}, 7]", "2 skipped: entry 1: no instruction; entry 2: byte 0: a number, where an object belongs"},
		"bad entry":      {"[" + good + `, {"instruction": "a" "b"}]`, "byte 65: "},
		"breaks off":     {"[" + good, "the JSON ends too early"},
		"a comma behind": {"[" + good + ",", "the JSON ends too early"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := instruct.ReadEntries(strings.NewReader(c.text))
			assert.ErrorContains(t, err, c.want)
			assert.True(t, strings.HasPrefix(err.Error(), "instruct: "), err)
			assert.Empty(t, got)
		})
	}
}

// The files of testdata came with reports of programs that read them wrong.
func TestReadEntriesOfReports(t *testing.T) {
	for name, c := range map[string]struct {
		entries int
		err     string
	}{
		"bom.json":              {40, ""},
		"escapes.json":          {40, ""},
		"long-watch.json":       {40, ""},
		"empty-output.json":     {39, "1 skipped: entry 8: no output"},
		"min-two-lists.json":    {0, "something follows the JSON value"},
		"trailing-garbage.json": {0, "something follows the JSON value"},
		"min-latin1.json":       {0, "line 1: the byte 0xa3 is not UTF-8"},
	} {
		f, err := os.Open("testdata/" + name)
		require.NoError(t, err)
		got, err := instruct.ReadEntries(f)
		require.NoError(t, f.Close())
		assert.Len(t, got, c.entries, name)
		if c.err == "" {
			assert.NoError(t, err, name)
		} else {
			assert.ErrorContains(t, err, c.err, name)
		}
	}
}

// FuzzReadEntries: what was read can be written and read again.
func FuzzReadEntries(f *testing.F) {
	names, err := filepath.Glob("testdata/*.json")
	require.NoError(f, err)
	for _, name := range names {
		data, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte(`[{"instruction": "a", "output": "b", "Output": "c"}, null, {"instruction": "a", "output": "\ud800"}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := instruct.ReadEntries(bytes.NewReader(data))
		if len(entries) == 0 {
			require.Error(t, err)
			return
		}
		text, err := json.Marshal(entries)
		require.NoError(t, err)
		again, err := instruct.ReadEntries(bytes.NewReader(text))
		require.NoError(t, err)
		require.Equal(t, entries, again)
	})
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
