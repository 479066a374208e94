package main

import (
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/fetch"
	"github.com/llm-from-scratch/llm/internal/golden"
)

func TestReproduceLists(t *testing.T) {
	t.Setenv("LLMBOOK_DATA", t.TempDir())
	out := ok(t)
	assert.Regexp(t, `ch03-heads +seconds +none +heads with weights`, out)
	assert.Regexp(t, `ch02-words +seconds +needs the-verdict +a tokenizer`, out)
	assert.Regexp(t, `llm data get [a-z -]*sms-spam the-verdict gets the data`, out)
	assert.Regexp(t, `ch05-training +long +`, out)
	assert.NotContains(t, out, "ch05-gpt2 ", "its weights are not there")
	assert.Contains(t, out, "With published weights there are 4 more")
	assert.Equal(t, 1+len(Experiments)-4+2, strings.Count(out, "\n"), "a heading, the experiments, two lines on what is not there")
}

func TestReproduceCompares(t *testing.T) {
	r := command(t, "ch03", "appendix-d")
	require.Equal(t, 0, r.status, r.stderr)
	assert.Regexp(t, `(?m)^CH03-SIMPLE +PUBLISHED +OURS`, r.out)
	assert.Regexp(t, `(?m)^ch03\[86\] SelfAttention_v1 0 0 +\.2996 +\.2996 +equal$`, r.out)
	assert.Regexp(t, `(?m)^appendix D\[22\] norm +5\.0 +5\.0 +equal$`, r.out)
	assert.Regexp(t, `(?m) 0  all$`, r.out)
	assert.Contains(t, r.stderr, "2 of 3: ch03-heads")
	assert.NotContains(t, r.out, "appendix-d-training", "the name of an experiment is that one's alone")
	assert.Regexp(t, `(?m)^ch02/04\[68\] batch +\[0 1 2 3\] \[1 2 3 4\] +\[0 1 2 3\] \[1 2 3 4\] +equal$`, ok(t, "ch02-numbers"))
}

// A value that nothing explains is a failure, one with a reason is none.
func TestReproduceFails(t *testing.T) {
	all := Experiments
	t.Cleanup(func() { Experiments = all })
	with := func(rows ...Row) {
		Experiments = []Experiment{fixed("one", rows...)}
	}
	with(number("a", "1.0", 1), number("b", "1.0", 1.125), text("c", "x", "y"))
	r := command(t, "one")
	assert.Equal(t, 1, r.status)
	assert.Regexp(t, `(?m)^a +1\.0 +1\.0 +equal$`, r.out)
	assert.Regexp(t, `(?m)^b +1\.0 +1\.1 +off by 0\.12$`, r.out)
	assert.Regexp(t, `(?m)^c +x +y +different$`, r.out)
	assert.True(t, strings.HasSuffix(r.stderr, "reproduce: 2 of 3 values differ, and nothing explains it\n"), r.stderr)

	explained := text("c", "x\ty", "y\nx")
	explained.Why = "of old"
	with(explained)
	r = command(t, "all")
	assert.Equal(t, 0, r.status, r.stderr)
	assert.Contains(t, r.out, `x\ty`)
	assert.Regexp(t, `y\\nx +different: of old`, r.out)
}

func TestReproduceLeavesLongRunsOut(t *testing.T) {
	all := Experiments
	t.Cleanup(func() { Experiments = all })
	long := fixed("ch09-training", text("a", "1", 1))
	long.Long = true
	Experiments = []Experiment{fixed("ch09-short", text("b", "1", 1)), long}
	for args, want := range map[string]bool{"all": false, "ch09": false, "-long all": true, "-long ch09": true, "ch09-training": true} {
		out := ok(t, strings.Fields(args)...)
		assert.Equal(t, want, strings.Contains(out, "CH09-TRAINING"), args)
	}
	Experiments = Experiments[1:]
	r := command(t, "ch09")
	assert.Equal(t, 2, r.status)
	assert.Contains(t, r.stderr, "reproduce: ch09 has only training runs; -long runs them")
}

func TestReproduceWithoutData(t *testing.T) {
	t.Setenv("LLMBOOK_DATA", t.TempDir())
	t.Chdir(t.TempDir())
	assertFails(t, "reproduce: the-verdict: not downloaded yet; go run ./cmd/llm data get the-verdict gets it", "ch02-words")
	assertFails(t, "data get gpt2 gets it", "ch05-gpt2")
	assertFails(t, "data get instructions sms-spam the-verdict gets it", "all")
}

func TestReproduceUsage(t *testing.T) {
	assert.Equal(t, result{0, usage, ""}, command(t, "ch02", "-h"))
	lost, full := io.Pipe()
	lost.Close()
	assert.Equal(t, 1, run(t.Context(), []string{"-h"}, full, io.Discard), "help that could not be written")
	for _, c := range []struct{ args, want string }{
		{"ch99", `there is no experiment "ch99"; go run ./cmd/reproduce lists them`},
		{"all -fast", "flag provided but not defined: -fast"},
	} {
		r := command(t, strings.Fields(c.args)...)
		assert.Equal(t, 2, r.status)
		assert.Contains(t, r.stderr, c.want)
		assert.Empty(t, r.out)
	}
	assert.Equal(t, ok(t, "-long", "ch02-numbers"), ok(t, "ch02-numbers", "--long"))
}

// All data that experiments need can be got, and is read from where it comes to be.
func TestReproduceReadsDownloads(t *testing.T) {
	for _, e := range Experiments {
		for _, name := range e.Needs {
			if !e.needsWeights() {
				_, known := fetch.Named(name)
				assert.True(t, known, "%s needs %s", e.Name, name)
			}
		}
	}
	t.Setenv("LLMBOOK_DATA", filepath.Dir(golden.Data(t, "the-verdict.txt")))
	assert.Regexp(t, `(?m)^ch02\[31\] tokens +4690 +4690 +equal$`, ok(t, "ch02-words"))
}

// fixed is an experiment with these rows.
func fixed(name string, rows ...Row) Experiment {
	return Experiment{Name: name, About: "for a test", Run: func(lab *Lab) { lab.rows = rows }}
}

// result is what a command line did.
type result struct {
	status      int
	out, stderr string
}

func command(t *testing.T, args ...string) result {
	t.Helper()
	var out, stderr strings.Builder
	status := run(t.Context(), args, &out, &stderr)
	return result{status, out.String(), stderr.String()}
}

// ok is command for a command line that must succeed.
func ok(t *testing.T, args ...string) string {
	t.Helper()
	r := command(t, args...)
	require.Equal(t, 0, r.status, r.stderr)
	return r.out
}

func assertFails(t *testing.T, want string, args ...string) {
	t.Helper()
	r := command(t, args...)
	assert.Equal(t, 1, r.status)
	assert.Contains(t, r.stderr, want)
	assert.Equal(t, 1, strings.Count(r.stderr, "\n"), r.stderr)
}
