package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// A judge is a large language model behind a server that speaks OpenAI's protocol
// for chats, as the local ones do (Ollama, llama.cpp, LM Studio, vLLM).
type judge struct {
	url     string        // of the server's API: http://localhost:11434/v1
	model   string        // by the server's name for it
	key     string        // sent as a bearer token; "" for servers that want none
	tokens  int           // what a reply may take
	timeout time.Duration // for one request
}

// keyVariable names the environment variable that holds the key.
const keyVariable = "LLM_JUDGE_API_KEY"

// unscored is the error of an answer that gets no score while others may: the server
// is silent or overloaded, or the reply is no score.
type unscored struct{ error }

// score asks how good an answer is, from 0 to 100. The published book puts the same
// question to its judge in its own words. An error that is not [unscored] says that
// the server will not score the next answer either, and what to do.
func (j *judge) score(ctx context.Context, x answer) (int, error) {
	reply, err := j.ask(ctx, "You grade answers. Below are an instruction, a correct answer to it, and the answer of a student.\n\n"+
		"=== Instruction\n"+x.Question()+
		"\n\n=== Correct answer\n"+x.Output+
		"\n\n=== The student's answer\n"+x.Response+
		"\n\nGrade the student's answer on a scale from 0 (useless) to 100 (as good as can be). "+
		"Reply with one whole number and nothing else.")
	if err != nil {
		return 0, err
	}
	score, ok := parseScore(reply)
	if !ok {
		return 0, unscored{fmt.Errorf("the reply is not a number from 0 to 100: %.80q", reply)}
	}
	return score, nil
}

// longestReply bounds what is read of a reply: a number takes a few hundred bytes,
// a model that thinks aloud some thousand.
const longestReply = 1 << 20

// ask returns the model's reply to a prompt.
func (j *judge) ask(ctx context.Context, prompt string) (string, error) {
	body, err := json.Marshal(map[string]any{
		"model": j.model, "messages": []map[string]string{{"role": "user", "content": prompt}},
		"temperature": 0, "max_tokens": j.tokens, "stream": false,
	})
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, j.timeout)
	defer cancel()
	address := strings.TrimRight(j.url, "/") + "/chat/completions"
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	q.Header.Set("Content-Type", "application/json")
	if j.key != "" {
		q.Header.Set("Authorization", "Bearer "+j.key)
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
	return content(address, text)
}

// content is what a reply says; it is empty where a model only thought.
func content(address string, text []byte) (string, error) {
	var reply struct {
		Choices []struct {
			Message *struct {
				Content *string `json:"content"`
			} `json:"message"`
		} `json:"choices"`
	}
	if err := strictjson.Unmarshal(text, &reply, strictjson.Ignore); err != nil || len(reply.Choices) == 0 || reply.Choices[0].Message == nil {
		return "", fmt.Errorf("%s does not reply as OpenAI's chat completions do, but with %.80q; is -url right, up to /v1?", address, text)
	}
	if said := reply.Choices[0].Message.Content; said != nil {
		return *said, nil
	}
	return "", nil
}

// unreachable tells what to do about a server that did not reply.
func (j *judge) unreachable(ctx context.Context, err error) error {
	dial, failed := errors.AsType[*net.OpError](err)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return unscored{fmt.Errorf("no reply from %s within %v; -timeout allows more", j.url, j.timeout)}
	case failed && dial.Op == "dial":
		return fmt.Errorf("nobody answers at %s: is the server running, and is -url right? (%w)", j.url, err)
	}
	return unscored{fmt.Errorf("the connection to %s failed: %w", j.url, err)}
}

// refused tells what to do about a reply that is an error.
func (j *judge) refused(address string, status int, text []byte) error {
	err := fmt.Errorf("%s replies %d %s: %.200q", address, status, http.StatusText(status), bytes.TrimSpace(text))
	switch {
	case status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status >= 500:
		return unscored{err}
	case status == http.StatusNotFound:
		return fmt.Errorf("%w; does the server have the model %q, and is -url right, up to /v1?", err, j.model)
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fmt.Errorf("%w; the server wants a key, in the environment variable %s", err, keyVariable)
	}
	return err
}

var (
	thought = regexp.MustCompile(`(?s)^.*</think>`)                           // what some models think aloud first
	outOf   = regexp.MustCompile(`(?i)\s*(?:/|\bout of|\bof)\s*(?:a )?100\b`) // "85/100", "85 out of 100"
	scale   = regexp.MustCompile(`(?i)\b0\s*(?:to|-|–)\s*100\b`)              // "on the scale from 0 to 100"
	number  = regexp.MustCompile(`[-−]?\d[\d.,]*`)
	alone   = regexp.MustCompile(`(?im)^\W*(?:score|grade)?\W*(\d+)\W*$`) // a line that is nothing else
)

// parseScore finds the score in a model's reply: the whole number from 0 to 100 in
// it, however it is dressed. Where there are several, one of them must have a
// line to itself; any doubt is no score.
func parseScore(reply string) (score int, ok bool) {
	reply = thought.ReplaceAllString(reply, "")
	reply = scale.ReplaceAllString(reply, " ")
	reply = outOf.ReplaceAllString(reply, "")
	if score, ok := agreed(number.FindAllString(reply, -1)); ok {
		return score, true
	}
	var lines []string
	for _, match := range alone.FindAllStringSubmatch(reply, -1) {
		if strings.ContainsAny(match[0], "-−") {
			return 0, false
		}
		lines = append(lines, match[1])
	}
	return agreed(lines)
}

// agreed is the score that all of these texts are.
func agreed(texts []string) (score int, ok bool) {
	score = -1
	for _, text := range texts {
		n, err := strconv.Atoi(strings.TrimRight(text, ".,"))
		if err != nil || n < 0 || n > 100 || score >= 0 && score != n {
			return 0, false
		}
		score = n
	}
	return score, score >= 0
}
