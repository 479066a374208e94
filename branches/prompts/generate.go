package prompts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/llm-from-scratch/llm/branches/chat"
)

// A Writer says how an answer is written.
type Writer struct {
	Pick  func(logits []float32, text []int) int // chooses the next token: see chapter 5's Sampler
	Stops []int                                  // the ids that end an answer, as does a line end
	Most  int                                    // tokens
}

// Answer lets the model write an answer of one line. A prompt that has no room for the
// longest in the context is an error.
func (a *Asker) Answer(p chat.Prompt, w Writer) (string, error) {
	p, _ = cutBlanks(p)
	ids, err := a.tokens.EncodePrompt(p)
	if err != nil {
		return "", err
	}
	if n, most := len(ids)+w.Most, a.model.Sizes().Context; n > most {
		return "", fmt.Errorf("prompts: a prompt with room for its answer has %d tokens, and the model reads %d: take fewer examples, or shorter inputs", n, most)
	}
	start, text := len(ids), ""
	logits := a.next(ids)
	for range w.Most {
		id := w.Pick(logits, ids)
		if slices.Contains(w.Stops, id) {
			break
		}
		ids = append(ids, id)
		if text = strings.TrimLeft(a.tokens.Decode(ids[start:]), " \n"); strings.Contains(text, "\n") {
			break
		}
		logits = a.extend(ids[len(ids)-1:])
	}
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(line), nil
}

// Vote is the answer that was given most often, the first of equals, and its share: of
// several answers that a model has written, that is right more often than one alone
// (self-consistency; Wang and others 2022).
func Vote(answers []string) (answer string, share float64) {
	count := map[string]int{}
	for _, a := range answers {
		count[a]++
	}
	for _, a := range answers {
		if count[a] > count[answer] {
			answer = a
		}
	}
	return answer, float64(count[answer]) / float64(len(answers))
}
