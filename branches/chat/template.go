package chat

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// A Template is the form of conversations that a family of models was trained on.
type Template struct {
	Name   string
	Ends   []string // the control tokens that end an answer
	roles  []string // the roles that it knows, nil for any
	render func(p *Prompt, messages []Message, o Options)
}

// Options are what a template leaves open.
type Options struct {
	Answer     bool   // whether the prompt ends where the answer begins
	NoThinking bool   // whether Qwen3 is kept from thinking before it answers
	Date       string // today, which Llama 3.1 is told, "26 Jul 2024"
}

// Prompt returns the messages in the family's form.
func (t Template) Prompt(messages []Message, o Options) (Prompt, error) {
	for i, m := range messages {
		if t.roles != nil && !slices.Contains(t.roles, m.Role) {
			return nil, fmt.Errorf("chat: message %d has the role %.60q; the template of %s knows %s", i+1, m.Role, t.Name, strings.Join(t.roles, ", "))
		}
	}
	var p Prompt
	t.render(&p, messages, o)
	return p, nil
}

// usual are the roles that all templates know.
var usual = []string{System, User, Assistant}

// The families, and ChatML as most others have it, with no word of their own.
var (
	ChatML  = Template{"ChatML", chatMLEnds, nil, chatML("")}
	SmolLM2 = Template{"SmolLM2", chatMLEnds, nil, chatML(smolSystem)}
	Qwen25  = Template{"Qwen2.5", chatMLEnds, usual, chatML(qwenSystem)}
	Qwen3   = Template{"Qwen3", chatMLEnds, usual, qwen3}
	Llama3  = Template{"Llama 3", llamaEnds, usual, llama3}
	Llama31 = Template{"Llama 3.1", llamaEnds, usual, llama31}
)

// What SmolLM2 and Qwen2.5 are told where nobody tells them anything.
const (
	smolSystem = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
	qwenSystem = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
)

// The tokens that end an answer.
var (
	chatMLEnds = []string{"<|im_end|>", "<|endoftext|>"}
	llamaEnds  = []string{"<|eot_id|>", "<|end_of_text|>", "<|eom_id|>"}
)

// open begins a turn of ChatML, and close ends it.
func (p *Prompt) open(role string) {
	p.control("<|im_start|>")
	p.text(role + "\n")
}

func (p *Prompt) close() {
	p.control("<|im_end|>")
	p.text("\n")
}

// turn is a whole turn of ChatML.
func (p *Prompt) turn(role, content string) {
	p.open(role)
	p.text(content)
	p.close()
}

// chatML renders turns one after another. A conversation without a system message
// begins with the given one, unless that is empty.
func chatML(system string) func(p *Prompt, messages []Message, o Options) {
	return func(p *Prompt, messages []Message, o Options) {
		if system != "" && (len(messages) == 0 || messages[0].Role != System) {
			p.turn(System, system)
		}
		for _, m := range messages {
			p.turn(m.Role, m.Content)
		}
		if o.Answer {
			p.open(Assistant)
		}
	}
}

// qwen3 is ChatML in which answers begin with their reasoning. Only that of the
// answers after the last question is kept.
func qwen3(p *Prompt, messages []Message, o Options) {
	last := lastQuestion(messages)
	for i, m := range messages {
		reasoning, answer := "", m.Content
		if m.Role == Assistant {
			reasoning, answer = thoughts(m.Content)
		}
		p.open(m.Role)
		if m.Role == Assistant && i > last && (i == len(messages)-1 || reasoning != "") {
			p.think("\n" + strings.Trim(reasoning, "\n") + "\n")
			answer = strings.TrimLeft(answer, "\n")
		}
		p.text(answer)
		p.close()
	}
	if o.Answer {
		p.open(Assistant)
		if o.NoThinking {
			p.think("\n\n")
		}
	}
}

// think writes down reasoning. None is how the model is told that it has thought
// already.
func (p *Prompt) think(reasoning string) {
	p.control("<think>")
	p.text(reasoning)
	p.control("</think>")
	p.text("\n\n")
}

// lastQuestion is the index of the last message of the user that is no result of a
// tool.
func lastQuestion(messages []Message) int {
	for i, m := range slices.Backward(messages) {
		result := strings.HasPrefix(m.Content, "<tool_response>") && strings.HasSuffix(m.Content, "</tool_response>")
		if m.Role == User && !result {
			return i
		}
	}
	return len(messages) - 1
}

// thoughts parts an answer from the reasoning before it.
func thoughts(content string) (reasoning, answer string) {
	before, _, ok := strings.Cut(content, "</think>")
	if !ok {
		return "", content
	}
	answer = content[strings.LastIndex(content, "</think>")+len("</think>"):]
	before = strings.TrimRight(before, "\n")
	if at := strings.LastIndex(before, "<think>"); at >= 0 {
		before = before[at+len("<think>"):]
	}
	return strings.TrimLeft(before, "\n"), strings.TrimLeft(answer, "\n")
}

// header begins a turn of Llama 3.
func (p *Prompt) header(role string) {
	p.control("<|start_header_id|>")
	p.text(role)
	p.control("<|end_header_id|>")
	p.text("\n\n")
}

// message is a whole turn of Llama 3, without the white space at its ends.
func (p *Prompt) message(role, content string) {
	p.header(role)
	p.text(strings.TrimFunc(content, blank))
	p.control("<|eot_id|>")
}

// blank is white space as the published templates trim it, which run in Python.
func blank(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

func llama3(p *Prompt, messages []Message, o Options) {
	p.control("<|begin_of_text|>")
	for _, m := range messages {
		p.message(m.Role, m.Content)
	}
	if o.Answer {
		p.header(Assistant)
	}
}

// llama31 tells the model first what day it is, and until when it has read.
func llama31(p *Prompt, messages []Message, o Options) {
	p.control("<|begin_of_text|>")
	p.header(System)
	p.text("Cutting Knowledge Date: December 2023\nToday Date: " + o.Date + "\n\n")
	if len(messages) > 0 && messages[0].Role == System {
		p.text(strings.TrimFunc(messages[0].Content, blank))
		messages = messages[1:]
	}
	p.control("<|eot_id|>")
	for _, m := range messages {
		p.message(m.Role, m.Content)
	}
	if o.Answer {
		p.header(Assistant)
	}
}

// TemplateOf recognises the form from what is published beside a model, in the
// language Jinja, as the chat_template of tokenizer_config.json or of a GGUF file.
func TemplateOf(jinja string) (Template, error) {
	for _, family := range []struct {
		signs []string
		t     Template
	}{
		{[]string{"<|start_header_id|>", "Cutting Knowledge Date"}, Llama31},
		{[]string{"<|start_header_id|>", "<|eot_id|>"}, Llama3},
		{[]string{"<|im_start|>", "enable_thinking"}, Qwen3},
		{[]string{"<|im_start|>", qwenSystem}, Qwen25},
		{[]string{"<|im_start|>", smolSystem}, SmolLM2},
		{[]string{"<|im_start|>", "<|im_end|>"}, ChatML},
	} {
		if !slices.ContainsFunc(family.signs, func(sign string) bool { return !strings.Contains(jinja, sign) }) {
			return family.t, nil
		}
	}
	return Template{}, fmt.Errorf("chat: a chat template of a family that is not built here, %.60q; ChatML, SmolLM2, Qwen2.5, Qwen3 and Llama 3 are", jinja)
}
