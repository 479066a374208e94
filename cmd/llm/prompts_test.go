package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	forms "github.com/llm-from-scratch/llm/branches/chat"
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

// A long answer is so unlikely that its probability is none in float32.
func TestPromptEvalLongAnswer(t *testing.T) {
	out := ok(t, "prompt", "eval", "-model", pretrained(t), "-data", messagesFile(t), "-most", "3", "-shots", "0", "-instruction", "",
		"-case", `{input}\n`, "-answers", "ham,this message is an advertisement which nobody has asked for")
	assert.Regexp(t, `\n 0 examples, draw 1: +\d+\.\d% right, .* calibrated +\d+\.\d%`, out)
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

// A prompt begins with the token that the model's texts begin with, once; a conversation
// as its template has it.
func TestPromptBegins(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "begun")
	require.NoError(t, os.CopyFS(dir, os.DirFS("../../branches/talk/testdata/small")))
	path := filepath.Join(dir, "tokenizer_config.json")
	config := strings.Replace(read(t, path), `{`, `{"add_bos_token": true, "bos_token": "<|endoftext|>", `, 1)
	for _, config := range []string{config, strings.Replace(config, `"chat_template"`, `"none"`, 1)} {
		require.NoError(t, os.WriteFile(path, []byte(config), 0o644))
		o := prompting{path: dir}
		_, err := o.load(promptEvalCommand())
		require.NoError(t, err)
		ids, err := o.tokens.EncodePrompt(forms.Prompt{{Text: "hot"}})
		require.NoError(t, err)
		require.Equal(t, append([]int{279}, o.tokens.Encode("hot")...), ids)
	}
	require.NoError(t, os.WriteFile(path, []byte(config), 0o644))
	o := prompting{path: dir, conversation: true}
	form, err := o.load(promptEvalCommand())
	require.NoError(t, err)
	p, err := form.Prompt([]forms.Message{{Role: forms.User, Content: "hot"}}, forms.Options{})
	require.NoError(t, err)
	ids, err := o.tokens.EncodePrompt(p)
	require.NoError(t, err)
	require.NotContains(t, ids, 279)
}

// A model of today, from its one file.
func TestPromptEvalGGUF(t *testing.T) {
	path := golden.Model(t, "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
	out := ok(t, "prompt", "eval", "-model", path, "-most", "4", "-shots", "2", "-draws", "1")
	assert.Contains(t, out, "4 messages, 924 more to draw examples from\n 2 examples, draw 1: ")
	assert.Contains(t, ok(t, "prompt", "eval", "-model", path, "-most", "2", "-shots", "0", "-conversation"), " 0 examples, draw 1: ")
}

// The page says what is recorded.
func TestPromptPage(t *testing.T) {
	text := func(path string) string {
		return strings.Join(strings.Fields(read(t, filepath.Join("../../docs", path))), " ")
	}
	page, runs, shared := text("branch_prompts.md"), text("runs/prompts.txt"), text("runs/shared.txt")
	for recorded, said := range map[string]string{
		"0 examples, draw 1: 48.0% right, 99% called spam; calibrated 46.0%":                                       "calls 99 of 100 messages spam and is right with 48. Taking its preference away does not help, 46",
		"16 examples, 5 draws: 81.6% (61.0 to 94.0) right, calibrated 91.6% (88.0 to 95.0); the draws' vote 94.0%": "right with 61 to 94 messages, 81.6 on average. The bad ones call most messages spam. What they answer to nothing shows it, and calibrated the same draws are right with 88 to 95, 91.6 on average. Their vote is right with 94.",
		"2 examples, draw 1: 49.0% right, 100% called spam; calibrated 51.0%":                                      "calibrated they are right with 51, 58 and 93",
		"16 examples, draw 1: 38 of 62 right":                                                                      "Behind sixteen solved ones 38 are right, in one draw.",
		"0 examples, draw 1: 0 of 62 right":                                                                        "Without an example none is right",
		"4 examples, draw 1: 58.0% right, 7% called spam; calibrated 58.0%":                                        "51, 58 and 93",
		"8 examples, draw 1: 52.0% right, 97% called spam; calibrated 93.0%":                                       "it is right with 52, since it calls 97 of 100 messages spam",
	} {
		assert.True(t, strings.Contains(runs, recorded), recorded)
		assert.True(t, strings.Contains(page, said), said)
	}
	for _, recorded := range []string{"shared=false-2 1 498781156478 ns/op 498.8 ms/message 583.0 tokens/message", "shared=true-2 1 60800104799 ns/op 60.80 ms/message 33.56 tokens/message"} {
		assert.True(t, strings.Contains(shared, recorded), recorded)
	}
	assert.True(t, strings.Contains(page, "583 tokens each to read, or 34 where the beginning was shared: 499 s and 61 s"))
}
