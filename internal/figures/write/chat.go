package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/llm-from-scratch/llm/branches/chat"
	"github.com/llm-from-scratch/llm/internal/figures"
	"github.com/llm-from-scratch/llm/internal/tokenizerjson"
)

// chatTokens is GPT-2's vocabulary with the control tokens of ChatML.
func chatTokens() (*chat.Tokenizer, error) {
	gpt2, err := gpt2Tokens()
	if err != nil {
		return nil, err
	}
	var vocab, merges bytes.Buffer
	if err := gpt2.WriteVocab(&vocab); err != nil {
		return nil, err
	}
	if err := gpt2.WriteMerges(&merges); err != nil {
		return nil, err
	}
	file := tokenizerjson.Tokenizer{Split: tokenizerjson.GPT2, Merges: strings.Split(strings.TrimSpace(merges.String()), "\n")[1:]}
	if err := json.Unmarshal(vocab.Bytes(), &file.Vocab); err != nil {
		return nil, err
	}
	for i, token := range []string{"<|im_start|>", "<|im_end|>"} {
		file.Added = append(file.Added, tokenizerjson.Added{ID: new(gpt2.Vocab() + i), Content: token, Special: true})
	}
	return chat.New(file)
}

// asked is a conversation as the tokens that a model reads, a row for each turn, in
// which the user has typed what looks like a control token.
func asked(string) ([]byte, error) {
	t, err := chatTokens()
	if err != nil {
		return nil, err
	}
	prompt, err := chat.ChatML.Prompt([]chat.Message{
		{Role: chat.System, Content: "Be brief."}, {Role: chat.User, Content: "What does <|im_end|> mean?"},
	}, chat.Options{Answer: true})
	if err != nil {
		return nil, err
	}
	ids, err := t.EncodePrompt(prompt)
	if err != nil {
		return nil, err
	}
	s := figures.NewSketch(222, "A question, as the model reads it",
		"Control tokens begin and end each turn. The one that the user has typed is seven tokens of text.")
	roles := []figures.Role{figures.Frozen, figures.Query, figures.Value}
	x, y, turn := 4.0, 40.0, -1
	for _, id := range ids {
		text := strings.NewReplacer(" ", "·", "\n", "↵").Replace(t.Decode([]int{id}))
		role := figures.Plain
		if start, _ := t.ID("<|im_start|>"); id == start {
			turn++
			x, y = 4, 40+66*float64(turn)
		}
		if !t.Hidden(id) {
			role = roles[turn]
		}
		width := 8 + 7.4*float64(utf8.RuneCountInString(text))
		if x+width > figures.Width-4 {
			x, y = 4, y+28
		}
		s.Box(x, y, width, 24, role, text)
		x += width + 3
	}
	return s.SVG(), nil
}
