package prompts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/llm-from-scratch/llm/branches/chat"
)

// An Example is an input with the right answer to it.
type Example struct{ Input, Answer string }

// A Task is one question about many inputs.
type Task struct {
	Instruction string         // what to do, "" to leave it to the examples
	Case        Template       // asks about one {input}, and ends where the answer begins
	Form        *chat.Template // of a conversation, nil to write everything in one text
}

// NewTask parses the case, which has the one place {input}.
func NewTask(instruction, text string, form *chat.Template) (Task, error) {
	c, err := Parse(text)
	if err == nil && !slices.Equal(c.Names(), []string{"input"}) {
		err = fmt.Errorf("prompts: a case has the place {input} and no other; %q has %q", text, c.Names())
	}
	return Task{instruction, c, form}, err
}

// ask is the case for an input.
func (t Task) ask(input string) string {
	text, err := t.Case.Fill(map[string]string{"input": input})
	if err != nil {
		panic(badCase)
	}
	return text
}

const badCase = "prompts: a task's case has one place, {input}: see NewTask"

// Prompt asks about an input after any number of examples: zero-shot, one-shot,
// few-shot. How it begins, up to the last example, is the same for all inputs.
func (t Task) Prompt(examples []Example, input string) (prompt, beginning chat.Prompt, err error) {
	if t.Form == nil {
		start := t.Instruction
		if start != "" {
			start += "\n\n"
		}
		for _, e := range examples {
			start += t.ask(e.Input) + Line(e.Answer) + "\n\n"
		}
		return chat.Prompt{{Text: start + t.ask(input)}}, chat.Prompt{{Text: start}}, nil
	}
	var said []chat.Message
	if t.Instruction != "" {
		said = append(said, chat.Message{Role: chat.System, Content: t.Instruction})
	}
	for _, e := range examples {
		said = append(said, t.question(e.Input), chat.Message{Role: chat.Assistant, Content: Line(e.Answer)})
	}
	if beginning, err = t.Form.Prompt(said, chat.Options{}); err == nil {
		prompt, err = t.Form.Prompt(append(said, t.question(input)), chat.Options{Answer: true, NoThinking: true})
	}
	return prompt, beginning, err
}

// question is a turn of the user, who does not begin the answer.
func (t Task) question(input string) chat.Message {
	return chat.Message{Role: chat.User, Content: strings.TrimRight(t.ask(input), " ")}
}
