package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

var hot = answer{Entry: instruct.Entry{Instruction: "Name the opposite of hot.", Output: "cold"}, Response: "freezing"}

// server runs a fake one, which gets the number of each request from 1.
func server(t *testing.T, handle func(n int, w http.ResponseWriter, r *http.Request)) (*judge, *atomic.Int32) {
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handle(int(asked.Add(1)), w, r)
	}))
	t.Cleanup(s.Close)
	return &judge{url: s.URL + "/v1", model: "fake", tokens: 50, timeout: time.Minute}, &asked
}

// say replies as OpenAI's servers do.
func say(w http.ResponseWriter, text string) {
	json.NewEncoder(w).Encode(map[string]any{
		"id": "x", "object": "chat.completion",
		"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": text}}},
	})
}

func TestJudgeScores(t *testing.T) {
	j, asked := server(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, http.MethodPost, r.Method)
		assert.Equal(t, "/v1/chat/completions", r.URL.Path)
		assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
		assert.Equal(t, "Bearer secret", r.Header.Get("Authorization"))
		var q map[string]any
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&q))
		assert.Equal(t, "fake", q["model"])
		assert.Equal(t, 0., q["temperature"], "must be sent")
		assert.Equal(t, 50., q["max_tokens"])
		assert.Equal(t, false, q["stream"])
		m := q["messages"].([]any)[0].(map[string]any)
		assert.Equal(t, "user", m["role"])
		for _, part := range []string{hot.Question(), hot.Output, hot.Response, "100"} {
			assert.Contains(t, m["content"], part)
		}
		say(w, "60")
	})
	j.key = "secret"
	j.url += "/"
	score, err := j.score(t.Context(), hot)
	require.NoError(t, err)
	assert.Equal(t, 60, score)
	assert.EqualValues(t, 1, asked.Load())
}

func TestJudgeFailures(t *testing.T) {
	hangUp := func(w http.ResponseWriter) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			c.Close()
		}
	}
	for name, c := range map[string]struct {
		handle   func(w http.ResponseWriter)
		unscored bool // others may still be scored
		want     string
	}{
		"garbage":     {func(w http.ResponseWriter) { say(w, "Very good!") }, true, `"Very good!"`},
		"empty":       {func(w http.ResponseWriter) { say(w, "") }, true, "not a number"},
		"500":         {func(w http.ResponseWriter) { http.Error(w, "out of memory", http.StatusInternalServerError) }, true, "replies 500 Internal Server Error: \"out of memory\""},
		"429":         {func(w http.ResponseWriter) { http.Error(w, "slow down", http.StatusTooManyRequests) }, true, "429"},
		"hangs up":    {hangUp, true, "failed"},
		"wrong model": {func(w http.ResponseWriter) { http.Error(w, `{"error": "model not found"}`, http.StatusNotFound) }, false, `does the server have the model "fake"`},
		"no key":      {func(w http.ResponseWriter) { http.Error(w, "", http.StatusUnauthorized) }, false, "LLM_JUDGE_API_KEY"},
		"bad request": {func(w http.ResponseWriter) { http.Error(w, "no such field", http.StatusBadRequest) }, false, "replies 400 Bad Request: \"no such field\""},
		"a web page":  {func(w http.ResponseWriter) { fmt.Fprint(w, "<html>hello</html>") }, false, "is -url right, up to /v1?"},
		"wrong JSON":  {func(w http.ResponseWriter) { fmt.Fprint(w, `{"response": "85"}`) }, false, "is -url right, up to /v1?"},
		"no choice":   {func(w http.ResponseWriter) { fmt.Fprint(w, `{"choices": []}`) }, false, "is -url right"},
		"no message":  {func(w http.ResponseWriter) { fmt.Fprint(w, `{"choices": [{"text": "85"}]}`) }, false, "is -url right"},
		"a null":      {func(w http.ResponseWriter) { fmt.Fprint(w, `{"choices": [{"message": {"content": null}}]}`) }, true, "not a number"},
		"two values":  {func(w http.ResponseWriter) { fmt.Fprint(w, `{"choices": [{"message": {"content": "85"}}]} {}`) }, false, "is -url right"},
		"Latin-1": {func(w http.ResponseWriter) {
			fmt.Fprint(w, "{\"choices\": [{\"message\": {\"content\": \"85 \xe9\"}}]}")
		}, false, "is -url right"},
		"cut off JSON": {func(w http.ResponseWriter) { fmt.Fprint(w, `{"choices": [`) }, false, "is -url right"},
	} {
		t.Run(name, func(t *testing.T) {
			j, asked := server(t, func(_ int, w http.ResponseWriter, _ *http.Request) { c.handle(w) })
			_, err := j.score(t.Context(), hot)
			require.ErrorContains(t, err, c.want)
			var u unscored
			assert.Equal(t, c.unscored, errorsAs(err, &u))
			assert.EqualValues(t, 1, asked.Load())
			if name != "garbage" && name != "empty" && name != "a null" {
				assert.ErrorContains(t, err, j.url)
			}
		})
	}
}

func errorsAs(err error, u *unscored) bool {
	found, ok := err.(unscored)
	*u = found
	return ok
}

func TestNoJudge(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := "http://" + l.Addr().String() + "/v1"
	require.NoError(t, l.Close())
	j := &judge{url: address, timeout: time.Minute}
	_, err = j.score(t.Context(), hot)
	assert.ErrorContains(t, err, "nobody answers at "+address+": is the server running")
	assert.NotErrorAs(t, err, new(unscored))

	for _, address := range []string{"localhost:11434/v1", "::", "nonsense"} {
		j.url = address
		_, err = j.score(t.Context(), hot)
		assert.ErrorContains(t, err, address)
	}
}

// A server that does not reply in time, and one that is still silent when the
// user has had enough.
func TestSilentJudge(t *testing.T) {
	silent := make(chan struct{})
	j, asked := server(t, func(_ int, w http.ResponseWriter, r *http.Request) { <-silent })
	t.Cleanup(func() { close(silent) })
	j.timeout = time.Second // in which a busy machine gets as far as to ask
	_, err := j.score(t.Context(), hot)
	assert.ErrorAs(t, err, new(unscored))
	assert.ErrorContains(t, err, "-timeout allows more")
	assert.EqualValues(t, 1, asked.Load())

	j.timeout = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err = j.score(ctx, hot)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestParseScore(t *testing.T) {
	for reply, want := range map[string]int{
		"85": 85, " 85.\n": 85, "0": 0, "100": 100, "**85**": 85, "85/100": 85, "Score: 85": 85, "85 out of 100.": 85,
		"I would give it 85 out of 100": 85, "100/100": 100, "85%": 85, "The score is 85 (85/100).": 85, "\"85\"": 85,
		"<think>Between 60 and 70? 65.</think>\n\n70": 70, "On the scale from 0 to 100: 40": 40, "0-100: 12": 12,
		"Score: 85\n\nIt names 2 of the 3 planets.": 85, "Here is the grade:\n\n**90**\n\nThe 1st sentence is good.": 90,

		"": -1, "Good": -1, "101": -1, "-5": -1, "8.5": -1, "85.5": -1, "1,000": -1, "between 60 and 70": -1, "60\n70": -1,
		"It has 3 errors in 2 lines": -1, "99999999999999999999": -1, "<think>85": 85, "eighty-five": -1, "−5": -1,
		"-5\n85": -1,
	} {
		score, ok := parseScore(reply)
		if want < 0 {
			assert.False(t, ok, "%q gave %d", reply, score)
			continue
		}
		assert.True(t, ok, reply)
		assert.Equal(t, want, score, reply)
	}
}
