package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

func TestGenerateStops(t *testing.T) {
	dir := pretrained(t)
	write := func(args ...string) string {
		return ok(t, append([]string{"generate", "-model", dir, "-n", "60"}, append(args, "The Rays")...)...)
	}
	whole := strings.TrimSuffix(write(), "\n")
	written := strings.TrimPrefix(whole, "The Rays")
	for from := 1; from+2 < len(written); from += 7 {
		stop := written[from : from+2] // may be parts of two tokens
		if strings.ContainsAny(stop, "\n\t\\") {
			continue
		}
		at := strings.Index(written, stop)
		assert.Equal(t, "The Rays"+written[:at]+"\n", write("-stop", stop), "%q", stop)
		assert.Equal(t, "The Rays"+written[:at]+"\n", write("-stop", "not to be found", "-stop="+stop), "%q", stop)
	}
	assert.Equal(t, whole+"\n", write("-stop", "not to be found"))
	require.NotContains(t, written, "The Rays")
	assert.Equal(t, whole+"\n", write("-stop", "The Rays"), "in the prompt it does not count")
}

func TestStopStringsHaveLineEnds(t *testing.T) {
	s := sampling{Options: instruct.Options{Stop: []string{`a\n\nb`, `\t`, `\\n`, `.`}}}
	s.Sampler.Temperature, s.Sampler.RepetitionPenalty = 1, 1
	require.NoError(t, s.check())
	assert.Equal(t, []string{"a\n\nb", "\t", `\n`, "."}, s.Stop)
}

func TestGenerateOptionsMatter(t *testing.T) {
	dir := pretrained(t)
	write := func(args ...string) string {
		return ok(t, append([]string{"generate", "-model", dir, "-n", "40"}, append(args, "The Rays")...)...)
	}
	greedy := write("-temperature", "0")
	assert.Equal(t, greedy, write("-temperature", "5", "-min-p", "1"))
	assert.Equal(t, greedy, write("-temperature", "5", "-top-k", "1"))
	assert.NotEqual(t, greedy, write("-temperature", "5", "-min-p", "0.01"))
	assert.Equal(t, greedy, write("-temperature", "0", "-repetition-penalty", "1"))
	penalized := write("-temperature", "0", "-repetition-penalty", "10")
	assert.NotEqual(t, greedy, penalized)
	assert.Equal(t, penalized, write("-temperature", "5", "-min-p", "1", "-repetition-penalty", "10"))
}

func TestGenerateTellsItsSpeed(t *testing.T) {
	dir := pretrained(t)
	for n, want := range map[int]string{1: `^\d+ tokens read, first token after \d+\.\d{3} s, 1 written\n$`, 9: `, 9 written, \d+\.\d tokens/s\n$`} {
		r := llm(t, "generate", "-model", dir, "-n", fmt.Sprint(n), "The Rays")
		assert.Equal(t, 0, r.status)
		assert.Regexp(t, want, r.stderr)
	}
	long := llm(t, "generate", "-model", dir, "-n", "3", strings.Repeat("Light ", 200))
	assert.Contains(t, long.stderr, "160 tokens read")
	stopped := llm(t, "generate", "-model", dir, "-n", "3", "-temperature", "0", "-int8", "x")
	assert.Contains(t, stopped.stderr, "1 tokens read")
}

// An interrupted command still ends its line, and tells what it measured.
func TestGenerateInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out := &cancelling{after: 5, cancel: cancel}
	var stderr strings.Builder
	status := run(ctx, []string{"generate", "-model", pretrained(t), "-n", "1000000", "The"}, strings.NewReader(""), out, &stderr)
	assert.Equal(t, statusInterrupted, status)
	assert.True(t, strings.HasSuffix(out.text.String(), "\n"), "%q", out.text.String())
	assert.Contains(t, stderr.String(), "written")
	assert.Equal(t, 1, strings.Count(stderr.String(), "\n"), stderr.String())
}

// cancelling cancels after some writes.
type cancelling struct {
	text   strings.Builder
	after  int
	cancel func()
}

func (c *cancelling) Write(p []byte) (int, error) {
	if c.after--; c.after == 0 {
		c.cancel()
	}
	return c.text.Write(p)
}

// chatOptions let an untrained assistant answer with what it has not read.
var chatOptions = []string{"-repetition-penalty", "10", "-n", "4"}

// chatted is what llm chat answers, line by line.
func chatted(t *testing.T, dir, in string, args ...string) (lines []string, stderr string) {
	t.Helper()
	args = append(append([]string{"chat", "-model", dir}, chatOptions...), args...)
	r := llmIn(t, t.Context(), in, args...)
	require.Equal(t, 0, r.status, r.stderr)
	return strings.Split(strings.TrimSuffix(r.out, "\n"), "\n"), r.stderr
}

// said is what the library answers to the same.
func said(t *testing.T, pieces func(yield func(string, error) bool)) string {
	t.Helper()
	var whole strings.Builder
	for piece, err := range pieces {
		require.NoError(t, err)
		whole.WriteString(piece)
	}
	return whole.String()
}

func TestChat(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "roomy") // for a prompt with a history
	ok(t, tiny("-data", book(t), "-out", dir, "-context", "700", "-steps", "2", "-every", "2")...)
	a, err := instruct.Load(dir)
	require.NoError(t, err)
	options := instruct.Options{Sampler: pretrain.Sampler{RepetitionPenalty: 10}, MaxTokens: 4}
	questions := []instruct.Entry{{Instruction: "Say hi."}, {Instruction: "Say hi.", Input: "you"}, {Instruction: "Go."}}
	var alone, together []string
	c := a.NewConversation()
	for _, q := range questions {
		alone = append(alone, said(t, a.Respond(t.Context(), q.Instruction, q.Input, options)))
		together = append(together, said(t, c.Say(t.Context(), q.Instruction, q.Input, options)))
	}
	require.NotEqual(t, alone, together, "the history has an effect")
	require.Equal(t, alone[0], together[0])

	const in = "Say hi.\n Say hi. |you\nGo.\n\nnever read\n"
	got, stderr := chatted(t, dir, in)
	assert.Equal(t, together, got)
	assert.Empty(t, stderr)
	require.Zero(t, c.Forgotten())
	got, stderr = chatted(t, dir, in, "-history=false")
	assert.Equal(t, alone, got)
	assert.Empty(t, stderr)

	got, _ = chatted(t, dir, "Say hi.\n/reset\nSay hi. | you\n/reset\nGo.\n")
	assert.Equal(t, alone, got)
	got, stderr = chatted(t, dir, "/help\n/nonsense\n| only material\nGo.\n")
	assert.Equal(t, chatHelp+alone[2], strings.Join(got, "\n"))
	assert.Equal(t, "llm: no /nonsense here; there are /reset and /help\nllm: there is no instruction before the bar\n", stderr)

	int8, _ := chatted(t, dir, in, "-int8")
	assert.Len(t, int8, len(questions))
	again, _ := chatted(t, dir, in, "-int8")
	assert.Equal(t, int8, again)
}

// What no longer fits is forgotten, which is said once, and never an error.
func TestChatForgets(t *testing.T) {
	dir := pretrained(t)
	many := strings.Repeat("Say hi.\n", 8)
	got, stderr := chatted(t, dir, many)
	assert.Len(t, got, 8)
	assert.Equal(t, "llm: the context of 160 tokens is full: from here on the oldest exchanges are forgotten\n", stderr)
	_, stderr = chatted(t, dir, many+"/reset\n"+many)
	assert.Equal(t, 2, strings.Count(stderr, "\n"), "once in each conversation")
	got, stderr = chatted(t, dir, "Say hi.\nSay hi.\n", "-n", "1000")
	assert.Equal(t, got[0], got[1], "with all of the context for the answer, none is left for a history")
	assert.Contains(t, stderr, "forgotten")
}

// An instruction that cannot be answered does not end the chat.
func TestChatTooLong(t *testing.T) {
	dir := pretrained(t)
	r := llmIn(t, t.Context(), strings.Repeat("Say hi. ", 200)+"\nGo.\n", append([]string{"chat", "-model", dir}, chatOptions...)...)
	assert.Equal(t, 0, r.status)
	assert.Contains(t, r.stderr, "the model reads at most 160")
	alone, _ := chatted(t, dir, "Go.\n")
	assert.Equal(t, "\n"+alone[0]+"\n", r.out)
}

func TestChatStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out := &cancelling{after: 1, cancel: cancel}
	var stderr strings.Builder
	status := run(ctx, append([]string{"chat", "-model", pretrained(t)}, chatOptions...), strings.NewReader("Say hi.\nGo.\n"), out, &stderr)
	assert.Equal(t, statusInterrupted, status)
	assert.True(t, strings.HasSuffix(out.text.String(), "\n"), "%q", out.text.String())
	assert.Empty(t, stderr.String())
}

// Where the only entry to watch is too long for the model, the run says so and
// shows no loss that nobody measured.
func TestNothingToWatch(t *testing.T) {
	entries := `[` + strings.Repeat(`{"instruction": "Say light.", "output": "light"},`, 3) + `{"instruction": "` + strings.Repeat("Say ray. ", 99) + `", "output": "ray"}]`
	model, data := pretrained(t), file(t, "few.json", entries)
	t.Chdir(t.TempDir())
	out := ok(t, "instruct", "train", "-model", model, "-data", data, "-epochs", "2", "-out", "few")
	assert.Contains(t, out, ", 0 to watch, ")
	assert.Contains(t, out, "\nnothing is left to watch: there is no validation loss\n")
	assert.Regexp(t, `\nstep +2  training loss \d+\.\d+\n`, out)
	assert.NotContains(t, out, "NaN")
	assert.NotContains(t, read(t, "few", "log.csv"), "NaN")
	assert.NotContains(t, read(t, "few", "loss.svg"), "NaN")
}
