// Package judge lets a large language model say how good answers are. The model
// runs behind a server that speaks OpenAI's protocol for chats, as the local ones
// do (Ollama, llama.cpp, LM Studio, vLLM).
package judge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// A Judge is a model on a server.
type Judge struct {
	URL     string        // of the server's API: http://localhost:11434/v1
	Model   string        // by the server's name for it
	Key     string        // sent as a bearer token; "" for servers that want none
	Tokens  int           // what an answer may take
	Timeout time.Duration // for one request
}

// KeyVariable names the environment variable in which callers look for a key.
const KeyVariable = "LLM_JUDGE_API_KEY"

// A Case is what is to be judged.
type Case struct {
	Question string // the instruction, with its input
	Wanted   string // a good answer
	Response string // the answer to judge
}

// prompt asks for a number. The published book puts the same question to its
// judge in its own words.
func (c Case) prompt() string {
	return "You grade answers. Below are an instruction, a correct answer to it, and the answer of a student.\n\n" +
		"=== Instruction\n" + c.Question +
		"\n\n=== Correct answer\n" + c.Wanted +
		"\n\n=== The student's answer\n" + c.Response +
		"\n\nGrade the student's answer on a scale from 0 (useless) to 100 (as good as can be). " +
		"Reply with one whole number and nothing else."
}

// Unscored is the error of a case that gets no score while others may: the server is
// silent or overloaded, or the reply is no score.
type Unscored struct{ error }

// Score asks for the score of a case, 0 to 100. An error that is no [Unscored] says
// that the server will not score the next case either, and what to do.
func (j *Judge) Score(ctx context.Context, c Case) (int, error) {
	reply, err := j.ask(ctx, c.prompt())
	if err != nil {
		return 0, err
	}
	score, ok := Parse(reply)
	if !ok {
		return 0, Unscored{fmt.Errorf("the reply is not a number from 0 to 100: %.80q", reply)}
	}
	return score, nil
}

// longestReply bounds what is read of a reply: a number takes a few hundred bytes,
// a model that thinks aloud some thousand.
const longestReply = 1 << 20

// ask returns the model's reply to a prompt.
func (j *Judge) ask(ctx context.Context, prompt string) (string, error) {
	body, err := json.Marshal(map[string]any{
		"model": j.Model, "messages": []map[string]string{{"role": "user", "content": prompt}},
		"temperature": 0, "max_tokens": j.Tokens, "stream": false,
	})
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, j.Timeout)
	defer cancel()
	address := strings.TrimRight(j.URL, "/") + "/chat/completions"
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	q.Header.Set("Content-Type", "application/json")
	if j.Key != "" {
		q.Header.Set("Authorization", "Bearer "+j.Key)
	}
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		return "", j.unreachable(ctx, err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(io.LimitReader(r.Body, longestReply))
	if err != nil {
		return "", j.unreachable(ctx, err)
	}
	if r.StatusCode != http.StatusOK {
		return "", j.refused(address, r.StatusCode, text)
	}
	var reply struct {
		Choices []struct{ Message *struct{ Content string } }
	}
	if err := json.Unmarshal(text, &reply); err != nil || len(reply.Choices) == 0 || reply.Choices[0].Message == nil {
		return "", fmt.Errorf("%s does not reply as OpenAI's chat completions do, but with %.80q; is -url right, up to /v1?", address, text)
	}
	return reply.Choices[0].Message.Content, nil
}

// unreachable tells what to do about a server that did not reply.
func (j *Judge) unreachable(ctx context.Context, err error) error {
	dial, failed := errors.AsType[*net.OpError](err)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return Unscored{fmt.Errorf("no reply from %s within %v; -timeout allows more", j.URL, j.Timeout)}
	case failed && dial.Op == "dial":
		return fmt.Errorf("nobody answers at %s: is the server running, and is -url right? (%w)", j.URL, err)
	}
	return Unscored{fmt.Errorf("the connection to %s failed: %w", j.URL, err)}
}

// refused tells what to do about a reply that is an error.
func (j *Judge) refused(address string, status int, text []byte) error {
	err := fmt.Errorf("%s replies %d %s: %.200q", address, status, http.StatusText(status), bytes.TrimSpace(text))
	switch {
	case status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status >= 500:
		return Unscored{err}
	case status == http.StatusNotFound:
		return fmt.Errorf("%w; does the server have the model %q, and is -url right, up to /v1?", err, j.Model)
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fmt.Errorf("%w; the server wants a key, in the environment variable %s", err, KeyVariable)
	}
	return err
}
