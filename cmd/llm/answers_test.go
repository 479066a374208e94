package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tinyAssistant is the directory of an assistant that knows nothing, which the
// tests share and do not change.
var tinyAssistant = sync.OnceValues(func() (string, error) {
	from, err := model()
	if err != nil {
		return "", err
	}
	dir, data := filepath.Join(modelParent, "assistant"), filepath.Join(modelParent, "entries.json")
	entries := `[` + strings.Repeat(`{"instruction": "Say hi.", "input": "", "output": "hi", "kind": "greeting"},`, 49) +
		`{"instruction": "Say hi.", "input": "you", "output": "hi <&> you"}]`
	if err := os.WriteFile(data, []byte(entries), 0o644); err != nil {
		return "", err
	}
	var out, stderr strings.Builder
	args := []string{"instruct", "train", "-model", from, "-out", dir, "-data", data, "-epochs", "1", "-stop", "1"}
	run(context.Background(), args, strings.NewReader(""), &out, &stderr)
	return dir, nil
})

// evalArgs is the command that answers five instructions, not in full.
func evalArgs(t *testing.T, more ...string) []string {
	t.Helper()
	dir, err := tinyAssistant()
	require.NoError(t, err)
	return append([]string{"instruct", "eval", "-model", dir, "-n", "3"}, more...)
}

func readList(t *testing.T, path string) (list []map[string]any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(read(t, path)), &list))
	return list
}

// countdown is a context that is cancelled when it has been looked at n times.
type countdown struct {
	context.Context
	n *atomic.Int32
}

func (c countdown) Err() error {
	if c.n.Add(-1) < 0 {
		return context.Canceled
	}
	return c.Context.Err()
}

func TestAnswersAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "answers.json")
	text := ok(t, evalArgs(t, "-answers", path)...)
	whole := read(t, path)
	list := readList(t, path)
	require.Len(t, list, 5)
	for _, x := range list {
		assert.Equal(t, "Say hi.", x["instruction"])
		assert.Equal(t, "", x["input"])
		assert.Equal(t, "hi", x["output"])
		assert.IsType(t, "", x["model_response"])
		assert.Equal(t, false, x["right"])
		assert.Positive(t, x["loss"])
		assert.NotContains(t, x, "score")
	}

	// Ctrl-C after some answers, and after none; the same command goes on.
	for _, looks := range []int32{11, 0} {
		path := filepath.Join(t.TempDir(), "answers.json")
		var n atomic.Int32
		n.Store(looks)
		r := llmIn(t, countdown{t.Context(), &n}, "", evalArgs(t, "-answers", path)...)
		require.Equal(t, statusInterrupted, r.status, r.stderr)
		assert.Contains(t, r.stderr, "of 5 answers are in "+path)
		some := len(readList(t, path))
		assert.Equal(t, looks > 0, some > 0)
		assert.Less(t, some, 5)

		r = llm(t, evalArgs(t, "-answers", path)...)
		assert.Equal(t, statusFailed, r.status)
		assertOneLine(t, r, path+" exists: go on with it by -resume")
		assert.Equal(t, text, ok(t, evalArgs(t, "-answers", path, "-resume")...))
		assert.Equal(t, whole, read(t, path))
		assert.Equal(t, text, ok(t, evalArgs(t, "-answers", path, "-resume")...), "nothing is left to do")
		assert.Equal(t, text, ok(t, evalArgs(t, "-answers", path, "-force")...))
	}

	// What -force replaces stays until there is an answer.
	var none atomic.Int32
	r := llmIn(t, countdown{t.Context(), &none}, "", evalArgs(t, "-answers", path, "-force")...)
	require.Equal(t, statusInterrupted, r.status, r.stderr)
	assert.Equal(t, whole, read(t, path))

	few := filepath.Join(t.TempDir(), "few.json")
	assert.Contains(t, ok(t, evalArgs(t, "-answers", few, "-limit", "2")...), "2 instructions held out")
	assert.Len(t, readList(t, few), 2)
	ok(t, evalArgs(t, "-answers", few, "-resume")...)
	assert.Equal(t, whole, read(t, few))
}

// What stands in a file must be answers to what is asked.
func TestForeignAnswers(t *testing.T) {
	for text, want := range map[string]string{
		``:   "not a JSON list of answers",
		`{}`: "not a JSON list of answers",
		`[{"instruction": "Say hi.", "output": "hi", "note": "mine"}]`:            "note",
		`[{"instruction": "", "output": "hi"}]`:                                   "answer 1 has no instruction",
		`[{"instruction": "Say ho.", "output": "ho", "model_response": "hm"}]`:    "answer 1 is not to a question that is asked now",
		`[{"instruction": "Say hi.", "output": "hi", "kind": "greeting"}]`:        "answer 1 has no loss",
		strings.Repeat(" ", 3) + `[{"instruction": "Say hi.", "output": "hi"}] x`: "something follows the JSON value",
		`[{"instruction": "Say hi.", "output": "hi", "output": "ho"}]`:            "output",
	} {
		path := file(t, "answers.json", text)
		r := llm(t, evalArgs(t, "-answers", path, "-resume")...)
		assert.Equal(t, statusFailed, r.status)
		assertOneLine(t, r, want)
		assert.Contains(t, r.stderr, path)
		assert.Equal(t, text, read(t, path), "it is left alone")
	}
	r := llm(t, evalArgs(t, "-answers", filepath.Join(t.TempDir(), "no", "such", "place.json"))...)
	assert.Equal(t, statusFailed, r.status)
	assertOneLine(t, r, "no such file")
}

// judged is the server of a fake judge, which replies to the n-th request with
// what reply returns, or fails where that is empty.
func judged(t *testing.T, reply func(n int, prompt string) string) string {
	t.Helper()
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Messages []struct{ Content string }
		}
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&q))
		text := reply(int(asked.Add(1)), q.Messages[0].Content)
		if text == "" {
			http.Error(w, "no such model", http.StatusNotFound)
			return
		}
		json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"message": map[string]any{"content": text}}}})
	}))
	t.Cleanup(s.Close)
	return s.URL + "/v1"
}

// bookAnswers is a file as the published book's program writes it.
func bookAnswers(t *testing.T) string {
	t.Helper()
	return file(t, "answers.json", `[
    {"instruction": "Rewrite it.", "input": "a <b>", "output": "A.", "model_response": "B."},
    {"instruction": "Name one.", "input": "", "output": "X.", "model_response": "Y."},
    {"instruction": "Name two.", "input": "", "output": "X.", "model_response": "Z."}]`)
}

func TestJudge(t *testing.T) {
	path := bookAnswers(t)
	url := judged(t, func(n int, prompt string) string {
		switch {
		case strings.Contains(prompt, "Rewrite it.\n\n### Input:\na <b>") && strings.Contains(prompt, "B."):
			return "80"
		case strings.Contains(prompt, "Name one."):
			return "Score: 41/100"
		}
		return "Hard to say."
	})
	args := []string{"instruct", "judge", "-answers", path, "-url", url, "-judge-model", "fake"}
	out := ok(t, args...)
	assert.Equal(t, "answer 3 has no score: the reply is not a number from 0 to 100: \"Hard to say.\"\n"+
		"mean score 60.50 of 2 answers, judged by fake\n", out)
	list := readList(t, path)
	assert.Equal(t, map[string]any{"instruction": "Rewrite it.", "input": "a <b>", "output": "A.", "model_response": "B.",
		"score": 80., "judge": "fake"}, list[0])
	assert.Equal(t, 41., list[1]["score"])
	assert.NotContains(t, list[2], "score")
	assert.Contains(t, list[2]["unscored"], "Hard to say.")

	assert.Equal(t, out, ok(t, args...), "what has a score keeps it")

	// Another judge does not mix its scores with those of the first.
	r := llm(t, append(args, "-judge-model", "other")...)
	assert.Equal(t, statusFailed, r.status)
	assertOneLine(t, r, `answer 1 was judged by "fake"; -force judges all anew`)
	assert.Contains(t, ok(t, append(args, "-judge-model", "other", "-force", "-limit", "2")...), "judged by other")
	assert.Equal(t, "other", readList(t, path)[1]["judge"])
}

// What has a score keeps it when the server or the user ends the work, and the
// same command goes on there.
func TestJudgeGoesOn(t *testing.T) {
	path := bookAnswers(t)
	url := judged(t, func(n int, prompt string) string {
		if n == 2 {
			return ""
		}
		return "50"
	})
	args := []string{"instruct", "judge", "-answers", path, "-url", url}
	r := llm(t, args...)
	assert.Equal(t, statusFailed, r.status)
	assertOneLine(t, r, url+`/chat/completions replies 404 Not Found: "no such model"; does the server have the model "llama3"`)
	assert.Contains(t, r.stderr, "1 of 3 answers have a score, and the same command goes on")
	assert.Equal(t, 50., readList(t, path)[0]["score"])
	assert.Equal(t, "mean score 50.00 of 3 answers, judged by llama3\n", ok(t, args...))

	path = bookAnswers(t)
	ctx, cancel := context.WithCancel(t.Context())
	url = judged(t, func(n int, prompt string) string {
		if n == 2 {
			cancel()
			<-ctx.Done()
			time.Sleep(10 * time.Millisecond) // until the request is given up
		}
		return "70"
	})
	r = llmIn(t, ctx, "", "instruct", "judge", "-answers", path, "-url", url)
	assert.Equal(t, statusInterrupted, r.status, r.stderr)
	assert.Contains(t, r.stderr, "1 of 3 answers in "+path+" have a score")
	assert.Equal(t, 70., readList(t, path)[0]["score"])

	// Nobody is there, and nothing is lost.
	before := read(t, path)
	r = llm(t, "instruct", "judge", "-answers", path, "-url", "http://127.0.0.1:1/v1")
	assert.Equal(t, statusFailed, r.status)
	assertOneLine(t, r, "nobody answers at http://127.0.0.1:1/v1: is the server running")
	assert.Equal(t, before, read(t, path))

	// Nor is an old score when a new one does not come.
	require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(before, `"score": 70`, `"score": 7`)), 0o644))
	url = judged(t, func(int, string) string { return "" })
	r = llm(t, "instruct", "judge", "-answers", path, "-url", url, "-force")
	assert.Equal(t, statusFailed, r.status)
	assert.Contains(t, r.stderr, "1 of 3 answers have a score, and the same command judges all anew")
	assert.Equal(t, 7., readList(t, path)[0]["score"])

	// A judge that only ever talks is given up.
	url = judged(t, func(int, string) string { return "Well." })
	path = bookAnswers(t)
	r = llm(t, "instruct", "judge", "-answers", path, "-url", url)
	assert.Equal(t, statusFailed, r.status)
	assertOneLine(t, r, "3 answers in a row got no score")
}

func TestJudgeKey(t *testing.T) {
	var key atomic.Value
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key.Store(r.Header.Get("Authorization"))
		http.Error(w, "", http.StatusUnauthorized)
	}))
	t.Cleanup(s.Close)
	t.Setenv("LLM_JUDGE_API_KEY", "secret")
	r := llm(t, "instruct", "judge", "-answers", bookAnswers(t), "-url", s.URL)
	assert.Equal(t, statusFailed, r.status)
	assertOneLine(t, r, "the server wants a key, in the environment variable LLM_JUDGE_API_KEY")
	assert.NotContains(t, r.stderr, "secret")
	assert.Equal(t, "Bearer secret", key.Load())
}
