package chat

import (
	"fmt"
	"strings"
)

// A Message is one turn of a conversation. Its role is System, User or Assistant.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// The roles: who sets the tone, who asks, who answers.
const (
	System    = "system"
	User      = "user"
	Assistant = "assistant"
)

// A Part of a prompt is a control token, which only a template writes, or text.
type Part struct {
	Text    string
	Control bool
}

// A Prompt is a conversation in the form that a family of models wants it in.
type Prompt []Part

// String is the prompt in one string. What was a control token and what somebody has
// typed can no longer be told apart in it.
func (p Prompt) String() string {
	var s strings.Builder
	for _, part := range p {
		s.WriteString(part.Text)
	}
	return s.String()
}

func (p *Prompt) control(token string) { *p = append(*p, Part{token, true}) }

// text adds text. What stands beside text is one with it, as the tokenizer may merge
// across the border.
func (p *Prompt) text(text string) {
	if last := len(*p) - 1; last >= 0 && !(*p)[last].Control {
		(*p)[last].Text += text
		return
	}
	*p = append(*p, Part{Text: text})
}

// EncodePrompt returns the ids of a prompt: the control tokens as such, and all text
// as plain text. A tokenizer without one of the control tokens is an error: the
// template is not that of its model.
func (t *Tokenizer) EncodePrompt(p Prompt) ([]int, error) {
	var ids []int
	for _, part := range p {
		if !part.Control {
			ids = t.append(ids, part.Text)
			continue
		}
		id, ok := t.ID(part.Text)
		if !ok {
			return nil, fmt.Errorf("chat: the tokenizer has no token %s, which the template writes", part.Text)
		}
		ids = append(ids, id)
	}
	return ids, nil
}
