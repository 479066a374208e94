package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/golden"
)

var anyTime = regexp.MustCompile(`\d+ ms`)

// A line for each draw and one for all; the same again but for the time.
func TestPromptEval(t *testing.T) {
	dir, data := pretrained(t), messagesFile(t)
	args := []string{"prompt", "eval", "-model", dir, "-data", data, "-most", "3", "-shots", "0,2", "-draws", "2", "-instruction", "", "-case", `{input}\n`}
	out := ok(t, args...)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 5)
	assert.Equal(t, "3 messages, 42 more to draw examples from", lines[0])
	for i, want := range []string{`^ 0 examples, draw 1: `, `^ 2 examples, draw 1: `, `^ 2 examples, draw 2: `, `^ 2 examples, 2 draws: \d+\.\d% \(\d+\.\d to \d+\.\d\) right, calibrated `} {
		assert.Regexp(t, want, lines[i+1])
	}
	assert.Equal(t, anyTime.ReplaceAllString(out, ""), anyTime.ReplaceAllString(ok(t, args...), ""))
	nearest := ok(t, append(args, "-nearest")...)
	assert.Equal(t, 3, strings.Count(nearest, "\n"))
}

func TestPromptEvalRefuses(t *testing.T) {
	dir, data := pretrained(t), messagesFile(t)
	for args, want := range map[string]string{
		"-answers ham":                         "-answers takes two, what to answer to ham and what to spam",
		"-shots -1":                            "-shots cannot be -1; it takes 0 to 4096",
		"-draws 0":                             "-draws cannot be 0",
		"-most 0":                              "-most cannot be 0",
		"-case {message}":                      "-case: prompts: a case has the place {input} and no other",
		"-case <{input}>":                      `-case: prompts: behind {input} stands ">"`,
		"-conversation":                        "-conversation needs a model whose file names a form of conversation",
		"-shots 0,30":                          "with 30 examples: input 1, ",
		"-instruction= -case={input} -shots 0": `with 0 examples: input `,
		"-model none.gguf":                     "none.gguf",
		"-model " + t.TempDir():                "pretrain makes one",
		"-data " + t.TempDir():                 "reading the messages",
		"-answers a,b,c -shots 0":              "-answers takes two",
		"-model " + data + ".gguf":             "no such file",
	} {
		result := llm(t, append([]string{"prompt", "eval", "-model", dir, "-data", data}, strings.Fields(args)...)...)
		assert.NotEqual(t, statusOK, result.status, args)
		assert.Contains(t, result.stderr, want, args)
		assert.Empty(t, result.out, args)
	}
}

// A model of today, from its one file.
func TestPromptEvalGGUF(t *testing.T) {
	path := golden.Model(t, "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
	out := ok(t, "prompt", "eval", "-model", path, "-most", "4", "-shots", "2", "-draws", "1")
	assert.Contains(t, out, "4 messages, 924 more to draw examples from\n 2 examples, draw 1: ")
	assert.Contains(t, ok(t, "prompt", "eval", "-model", path, "-most", "2", "-shots", "0", "-conversation"), " 0 examples, draw 1: ")
}
