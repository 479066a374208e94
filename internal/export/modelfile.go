package export

import (
	"errors"
	"fmt"
	"strings"

	"github.com/llm-from-scratch/llm/branches/chat"
	"github.com/llm-from-scratch/llm/internal/gguf"
)

// A form is how a family's conversations are written, for programs that do not ask
// this book: for Ollama in the language of text/template, and for the others in Jinja
// where no file has it.
type form struct {
	template, system string
	jinja            string
	stops            []string
}

// What ChatML and Llama 3 have for each message.
const (
	chatML = `{{ range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
`
	llama3 = `{{ range .Messages }}<|start_header_id|>{{ .Role }}<|end_header_id|>

{{ .Content }}<|eot_id|>{{ end }}<|start_header_id|>assistant<|end_header_id|>

`
	// Llama 3.1 is told what it knows. What day it is, Ollama's own template leaves out, too.
	llama31 = `<|start_header_id|>system<|end_header_id|>

Cutting Knowledge Date: December 2023

{{ .System }}<|eot_id|>{{ range .Messages }}{{ if ne .Role "system" }}<|start_header_id|>{{ .Role }}<|end_header_id|>

{{ .Content }}<|eot_id|>{{ end }}{{ end }}<|start_header_id|>assistant<|end_header_id|>

`
)

// forms are those of the families that package chat knows, by their names. A system
// message that a family has of its own is Ollama's to put in, and so is the token that
// a text begins with, where the file asks for one.
var forms = map[string]form{
	chat.ChatML.Name:  {template: chatML},
	chat.SmolLM2.Name: {template: chatML, system: "You are a helpful AI assistant named SmolLM, trained by Hugging Face"},
	chat.Qwen25.Name:  {template: chatML, system: "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."},
	chat.Qwen3.Name:   {template: chatML},
	chat.Llama3.Name:  {template: llama3},
	chat.Llama31.Name: {template: llama31},
}

// alpaca is the form of chapter 7.
var alpaca = form{
	template: `Below is an instruction that describes a task. Write a response that appropriately completes the request.
{{- range .Messages }}{{ if eq .Role "user" }}

### Instruction:
{{ .Content }}{{ else if eq .Role "assistant" }}

### Response:
{{ .Content }}{{ end }}{{ end }}

### Response:
`,
	jinja: `{{ 'Below is an instruction that describes a task. Write a response that appropriately completes the request.' }}` +
		`{% for m in messages %}{% if m['role'] == 'user' %}{{ '\n\n### Instruction:\n' + m['content'] }}` +
		`{% elif m['role'] == 'assistant' %}{{ '\n\n### Response:\n' + m['content'] }}{% endif %}{% endfor %}` +
		`{% if add_generation_prompt %}{{ '\n\n### Response:\n' }}{% endif %}`,
	stops: []string{"<|endoftext|>", "### Instruction:"},
}

// modelfile is the text of a Modelfile, by which Ollama takes a model in: a
// template that is not one of its own it does not find in the other file, and it
// would send the bare question and never stop.
func modelfile(t gguf.Tokenizer) (string, error) {
	f := form{template: "{{ .Prompt }}"} // a model that goes on with a text
	switch family, err := chat.TemplateOf(t.ChatTemplate); {
	case t.ChatTemplate == alpaca.jinja:
		f = alpaca
	case t.ChatTemplate != "" && err != nil:
		return "", fmt.Errorf("no Modelfile can be written: %w", err)
	case t.ChatTemplate != "":
		f = forms[family.Name]
		f.stops = family.Ends
	}
	if t.AddBOS != nil && !*t.AddBOS && t.BOS != none && strings.Contains(f.template, "<|start_header_id|>") {
		f.template = t.Tokens[t.BOS] + f.template
	}
	if f.stops == nil && t.EOS != none {
		f.stops = []string{t.Tokens[t.EOS]}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "FROM ./%s\nTEMPLATE \"\"\"%s\"\"\"\n", GGUFFile, f.template)
	if f.system != "" {
		fmt.Fprintf(&b, "SYSTEM \"\"\"%s\"\"\"\n", f.system)
	}
	for _, stop := range f.stops {
		if strings.ContainsAny(stop, "\"\n") {
			return "", errors.New("a token that ends answers has a quotation mark, which a Modelfile does not take")
		}
		fmt.Fprintf(&b, "PARAMETER stop \"%s\"\n", stop)
	}
	return b.String(), nil
}
