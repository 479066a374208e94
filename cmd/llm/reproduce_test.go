package main

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/fetch"
	"github.com/llm-from-scratch/llm/internal/golden"
	"github.com/llm-from-scratch/llm/internal/published"
)

func TestReproduceLists(t *testing.T) {
	t.Setenv("LLMBOOK_DATA", t.TempDir())
	out := ok(t, "reproduce")
	assert.Regexp(t, `ch03-heads +seconds +none +heads with weights`, out)
	assert.Regexp(t, `ch02-words +seconds +needs the-verdict +a tokenizer`, out)
	assert.Regexp(t, `llm data get [a-z -]*sms-spam the-verdict gets the data`, out)
	assert.Regexp(t, `ch05-training +long +`, out)
	assert.NotContains(t, out, "ch05-gpt2 ", "its weights are not there")
	assert.Contains(t, out, "With published weights there are 4 more")

	var list []listed
	require.NoError(t, json.Unmarshal([]byte(ok(t, "reproduce", "-json")), &list))
	require.Len(t, list, len(published.Experiments)-4)
	assert.Equal(t, "generator", list[0].Name)
	assert.Empty(t, list[0].Needs)
	assert.Equal(t, []string{"the-verdict"}, list[1].Missing)
}

func TestReproduceCompares(t *testing.T) {
	r := llm(t, "reproduce", "ch03", "appendix-d")
	require.Equal(t, statusOK, r.status, r.stderr)
	assert.Regexp(t, `(?m)^CH03-SIMPLE +PUBLISHED +OURS`, r.out)
	assert.Regexp(t, `(?m)^ch03\[86\] SelfAttention_v1 0 0 +\.2996 +\.2996 +equal$`, r.out)
	assert.Regexp(t, `(?m)^appendix D\[22\] norm +5\.0 +5\.0 +equal$`, r.out)
	assert.Regexp(t, `(?m) 0  all$`, r.out)
	assert.Contains(t, r.stderr, "2 of 3: ch03-heads")
	assert.NotContains(t, r.out, "appendix-d-training", "the name of an experiment is that one's alone")

	var rows []compared
	require.NoError(t, json.Unmarshal([]byte(ok(t, "reproduce", "-json", "ch02-numbers")), &rows))
	require.NotEmpty(t, rows)
	assert.Equal(t, compared{"ch02-numbers", "ch02/04[68] batch", "[0 1 2 3] [1 2 3 4]", "[0 1 2 3] [1 2 3 4]", true, 0, ""}, rows[0])
}

// A value that nothing explains is a failure, one with a reason is none.
func TestReproduceFails(t *testing.T) {
	all := published.Experiments
	t.Cleanup(func() { published.Experiments = all })
	with := func(rows ...published.Row) {
		published.Experiments = []published.Experiment{fixed("one", rows...)}
	}
	with(published.Number("a", "1.0", 1), published.Number("b", "1.0", 1.125), published.Text("c", "x", "y"))
	r := llm(t, "reproduce", "one")
	assert.Equal(t, statusFailed, r.status)
	assert.Regexp(t, `(?m)^a +1\.0 +1\.0 +equal$`, r.out)
	assert.Regexp(t, `(?m)^b +1\.0 +1\.1 +off by 0\.12$`, r.out)
	assert.Regexp(t, `(?m)^c +x +y +different$`, r.out)
	assert.True(t, strings.HasSuffix(r.stderr, "llm: 2 of 3 values differ, and nothing explains it\n"), r.stderr)

	explained := published.Text("c", "x\ty", "y\nx")
	explained.Why = "of old"
	with(explained)
	r = llm(t, "reproduce", "all")
	assert.Equal(t, statusOK, r.status, r.stderr)
	assert.Contains(t, r.out, `x\ty`)
	assert.Regexp(t, `y\\nx +different: of old`, r.out)
}

func TestReproduceLeavesLongRunsOut(t *testing.T) {
	all := published.Experiments
	t.Cleanup(func() { published.Experiments = all })
	long := fixed("ch09-training", published.Text("a", 1, 1))
	long.Long = true
	published.Experiments = []published.Experiment{fixed("ch09-short", published.Text("b", 1, 1)), long}
	for args, want := range map[string]bool{"all": false, "ch09": false, "-long all": true, "-long ch09": true, "ch09-training": true} {
		out := ok(t, append([]string{"reproduce"}, strings.Fields(args)...)...)
		assert.Equal(t, want, strings.Contains(out, "CH09-TRAINING"), args)
	}
	published.Experiments = published.Experiments[1:]
	r := llm(t, "reproduce", "ch09")
	assert.Equal(t, statusUsage, r.status)
	assertOneLine(t, r, "ch09 has only training runs; -long runs them")
}

func TestReproduceWithoutData(t *testing.T) {
	t.Setenv("LLMBOOK_DATA", t.TempDir())
	t.Chdir(t.TempDir())
	assertFails(t, "ch02-words needs data that has not been downloaded", "reproduce", "ch02-words")
	assertFails(t, "llm data get gpt2 gets it", "reproduce", "ch05-gpt2")
	assertFails(t, "ch05-gpt2 needs data that has not been downloaded", "reproduce", "ch05-gpt2")
	assertFails(t, "more need data that has not been downloaded", "reproduce", "all")
	assertFails(t, "sms-spam the-verdict gets it", "reproduce", "all")
}

// All data that experiments need can be got, and is read from where it comes to be.
func TestReproduceReadsDownloads(t *testing.T) {
	for _, e := range published.Experiments {
		for _, name := range e.Needs {
			if !e.NeedsWeights() {
				_, known := fetch.Named(name)
				assert.True(t, known, "%s needs %s", e.Name, name)
			}
		}
	}
	t.Setenv("LLMBOOK_DATA", filepath.Dir(golden.Data(t, "the-verdict.txt")))
	assert.Regexp(t, `(?m)^ch02\[31\] tokens +4690 +4690 +equal$`, ok(t, "reproduce", "ch02-words"))
}

// fixed is an experiment with these rows.
func fixed(name string, rows ...published.Row) published.Experiment {
	return published.Experiment{Name: name, About: "for a test", Run: func(context.Context, *published.Lab) ([]published.Row, error) { return rows, nil }}
}
