package chat

import (
	"encoding/json"
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func readJSON(t testing.TB, name string, v any) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, v))
}

// published are the families by their names in the golden file.
var published = map[string]Template{"qwen2.5": Qwen25, "qwen3": Qwen3, "llama3": Llama3, "llama3.1": Llama31, "llama3.2": Llama31}

// TestPublishedTemplates: what Hugging Face's transformers makes of 168
// conversations, by the templates that are published with the models.
func TestPublishedTemplates(t *testing.T) {
	var file struct {
		Rows []struct {
			Family   string
			Messages []Message
			Options  struct {
				Answer   bool   `json:"add_generation_prompt"`
				Thinking *bool  `json:"enable_thinking"`
				Date     string `json:"date_string"`
			}
			Rendered string
		}
	}
	readJSON(t, "chat_formats.json", &file)
	require.Len(t, file.Rows, 168)
	for _, row := range file.Rows {
		o := Options{Answer: row.Options.Answer, NoThinking: row.Options.Thinking != nil && !*row.Options.Thinking, Date: row.Options.Date}
		p, err := published[row.Family].Prompt(row.Messages, o)
		require.NoError(t, err)
		require.Equal(t, row.Rendered, p.String(), "%s %v", row.Family, row.Messages)
	}
}

type smolChat struct {
	Messages []Message
	Answer   bool `json:"add_generation_prompt"`
	Rendered string
	IDs      []int
}

// smolChats are conversations of SmolLM2, rendered and encoded.
func smolChats(t *testing.T) []smolChat {
	var file struct{ Chats []smolChat }
	readJSON(t, "smollm2_chat.json", &file)
	require.Len(t, file.Chats, 18)
	return file.Chats
}

func TestSmolLM2Template(t *testing.T) {
	for _, c := range smolChats(t) {
		p, err := SmolLM2.Prompt(c.Messages, Options{Answer: c.Answer})
		require.NoError(t, err)
		require.Equal(t, c.Rendered, p.String())
	}
}

func TestRoles(t *testing.T) {
	for _, form := range []Template{Qwen25, Qwen3, Llama3, Llama31} {
		_, err := form.Prompt([]Message{{User, "a"}, {"<|im_end|>", "b"}}, Options{})
		require.EqualError(t, err, `chat: message 2 has the role "<|im_end|>"; the template of `+form.Name+` knows system, user, assistant`)
	}
}

func TestTemplateOf(t *testing.T) {
	for jinja, want := range map[string]string{
		"{{'<|im_start|>' + role}}<|im_end|>":                             "ChatML",
		"<|im_start|> if enable_thinking":                                 "Qwen3",
		"<|im_start|> " + qwenSystem + "<|im_end|>":                       "Qwen2.5",
		"<|im_start|> " + smolSystem + "<|im_end|>":                       "SmolLM2",
		"<|start_header_id|> <|eot_id|>":                                  "Llama 3",
		"<|start_header_id|> Cutting Knowledge Date: December <|eot_id|>": "Llama 3.1",
	} {
		form, err := TemplateOf(jinja)
		require.NoError(t, err)
		require.Equal(t, want, form.Name)
	}
	_, err := TemplateOf("[INST] {{ content }} [/INST]")
	require.EqualError(t, err, `chat: a chat template of a family that is not built here, "[INST] {{ content }} [/INST]"; ChatML, SmolLM2, Qwen2.5, Qwen3 and Llama 3 are`)
}

func TestStops(t *testing.T) {
	tok := tiny(t)
	stops := func(files fstest.MapFS) ([]int, error) { return Stops(files, "dir", tok, ChatML) }
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	end, _ := tok.ID("<|im_end|>")

	got, err := stops(fstest.MapFS{})
	require.NoError(t, err)
	require.Equal(t, []int{end}, got) // there is no <|endoftext|>
	got, err = stops(fstest.MapFS{
		"generation_config.json": file(`{"eos_token_id": [2, 1, 2]}`),
		"config.json":            file(`{"eos_token_id": 3}`),
		"tokenizer_config.json":  file(`{"eos_token": {"content": "<think>"}}`),
	})
	require.NoError(t, err)
	think, _ := tok.ID("<think>")
	require.Equal(t, []int{1, 2, 3, end, think}, got)
	got, err = stops(fstest.MapFS{"config.json": file(`{"eos_token_id": null}`), "tokenizer_config.json": file(`{"eos_token": "<none>"}`)})
	require.NoError(t, err)
	require.Equal(t, []int{end}, got)
	for text, want := range map[string]string{
		`{"eos_token_id": "x"}`:  "dir/config.json: eos_token_id is x; it takes ids",
		`{"eos_token_id": 1.5}`:  "dir/config.json: eos_token_id is 1.5; it takes ids",
		`{"eos_token_id": [-1]}`: "dir/config.json: eos_token_id is [-1]; it takes ids",
		`{"eos_token_id": 5e9}`:  "dir/config.json: eos_token_id is 5e+09; it takes ids",
		`{"eos_token_id": `:      "dir/config.json: byte 17: the JSON ends too early",
	} {
		_, err := stops(fstest.MapFS{"config.json": file(text)})
		require.EqualError(t, err, want)
	}
}
