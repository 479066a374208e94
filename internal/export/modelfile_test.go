package export_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"text/template"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/chat"
	"github.com/llm-from-scratch/llm/branches/talk"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/export"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/golden"
)

// modelfile writes a model with this template and returns the text of the Modelfile.
func modelfile(t testing.TB, jinja string, assistant bool) (string, error) {
	tok := madeUp(20)
	tok.ChatTemplate = jinja
	m := gpt.New(gpt.Config{Vocab: 20, Context: 8, Width: 8, Heads: 2, Layers: 1, TiedHead: true})
	dir := t.TempDir()
	if _, err := (export.GGUF{Tokenizer: tok, Assistant: assistant}).Write(t.Context(), dir, m); err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(dir, export.Modelfile))
	require.NoError(t, err)
	return string(text), nil
}

// ollama is the prompt that Ollama makes of a conversation by a Modelfile: it puts the
// system message in front where there is none, and runs the template.
func ollama(t testing.TB, modelfile string, messages []chat.Message) string {
	part := func(name string) string {
		found := regexp.MustCompile(`(?s)` + name + ` """(.*?)"""\n`).FindStringSubmatch(modelfile)
		if found == nil {
			return ""
		}
		return found[1]
	}
	if system := part("SYSTEM"); system != "" && messages[0].Role != chat.System {
		messages = append([]chat.Message{{Role: chat.System, Content: system}}, messages...)
	}
	data := map[string]any{"Messages": messages, "System": "", "Prompt": messages[len(messages)-1].Content}
	if messages[0].Role == chat.System {
		data["System"] = messages[0].Content
	}
	var out strings.Builder
	require.NoError(t, template.Must(template.New("").Parse(part("TEMPLATE"))).Execute(&out, data))
	return out.String()
}

// The published templates, as far as they tell the families apart.
var published = map[string]chat.Template{
	"{{'<|im_start|>' + m.role}} <|im_end|>":                                                      chat.ChatML,
	"<|im_start|> You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>": chat.SmolLM2,
	"<|im_start|> You are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>": chat.Qwen25,
	"<|im_start|> enable_thinking":                                                                chat.Qwen3,
	"<|start_header_id|> <|eot_id|>":                                                              chat.Llama3,
	"<|start_header_id|> Cutting Knowledge Date <|eot_id|>":                                       chat.Llama31,
}

// What Ollama sends is what the family was trained on, but for the token that begins a
// text, which llama.cpp puts there, and for today's date.
func TestModelfile(t *testing.T) {
	for jinja, family := range published {
		file, err := modelfile(t, jinja, false)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(file, "FROM ./model.gguf\n"))
		for _, end := range family.Ends {
			require.Contains(t, file, `PARAMETER stop "`+end+"\"\n")
		}
		for _, messages := range [][]chat.Message{
			{{Role: chat.User, Content: "Hi"}},
			{{Role: chat.System, Content: "Be brief."}, {Role: chat.User, Content: "Hi {{ .Role }}"}},
			{{Role: chat.User, Content: "Hi"}, {Role: chat.Assistant, Content: "Hello\nto you"}, {Role: chat.User, Content: "And \"now\"?"}},
		} {
			prompt, err := family.Prompt(messages, chat.Options{Answer: true, Date: "26 Jul 2024"})
			require.NoError(t, err)
			want := strings.TrimPrefix(prompt.String(), "<|begin_of_text|>")
			want = strings.Replace(want, "Today Date: 26 Jul 2024\n", "", 1)
			require.Equal(t, want, ollama(t, file, messages), family.Name)
		}
	}
	_, err := modelfile(t, "[INST] {{ messages }} [/INST]", false)
	require.ErrorContains(t, err, "no Modelfile can be written: chat: a chat template of a family that is not built here")
}

// An assistant of chapter 7 is asked in its form, by Ollama and by the template in the
// file, which llama.cpp's Python package renders.
func TestModelfileOfAnAssistant(t *testing.T) {
	file, err := modelfile(t, "", true)
	require.NoError(t, err)
	entry := instruct.Entry{Instruction: "What is the opposite of hot?"}
	messages := []chat.Message{{Role: chat.User, Content: entry.Instruction}}
	require.Equal(t, entry.Prompt(), ollama(t, file, messages))
	m, bpe := gpt2(t, 32, true, true)
	path, _, _ := written(t, m, export.GGUF{Tokenizer: tokenizer(t, bpe), Assistant: true})
	longer := append(messages, chat.Message{Role: chat.Assistant, Content: "cold"}, chat.Message{Role: chat.User, Content: "And of big?"})
	two := entry.Prompt() + "cold\n\n### Instruction:\nAnd of big?\n\n### Response:\n"
	require.Equal(t, two, ollama(t, file, longer))
	a := llamaCPP(t, path, map[string]any{"prompts": [][]int{}, "new": 0, "chats": [][]chat.Message{messages, longer}})
	require.Equal(t, []string{entry.Prompt(), two}, a.Chats)
}

// The tokenizer of a directory as it is published, and what beside it is said of it.
func TestReadTokenizer(t *testing.T) {
	const bytelevel = `"type": "ByteLevel", "add_prefix_space": false, "use_regex": true`
	one := func(post string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(`{"added_tokens": [{"id": 3, "content": "<s>", "special": true}, {"id": 5, "content": "<think>", "special": false}],
			"pre_tokenizer": {` + bytelevel + `}, "post_processor": ` + post + `, "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "<s>": 3}, "merges": [["a", "b"]]}}`)}
	}
	no, yes := false, true
	want := gguf.Tokenizer{Model: "gpt2", Pre: "gpt-2", Tokens: []string{"a", "b", "ab", "<s>", "", "<think>"}, Types: []int32{1, 1, 1, 3, 0, 4},
		Merges: []string{"a b"}, BOS: -1, EOS: -1, EOT: -1, AddBOS: &no}
	files := fstest.MapFS{"tokenizer.json": one("null")}
	got, err := export.ReadTokenizer(files, "dir")
	require.NoError(t, err)
	require.Equal(t, want, got)

	files["tokenizer.json"] = one(`{"type": "Sequence", "processors": [{"type": "ByteLevel"}, {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}]}]}`)
	files["config.json"] = &fstest.MapFile{Data: []byte(`{"bos_token_id": 3, "eos_token_id": [2, 1]}`)}
	files["tokenizer_config.json"] = &fstest.MapFile{Data: []byte(`{"chat_template": [{"name": "tool_use", "template": "x"}, {"name": "default", "template": "y"}]}`)}
	want.AddBOS, want.BOS, want.EOS, want.ChatTemplate = &yes, 3, 2, "y"
	got, err = export.ReadTokenizer(files, "dir")
	require.NoError(t, err)
	require.Equal(t, want, got)

	files["tokenizer_config.json"] = &fstest.MapFile{Data: []byte(`{"bos_token": {"content": "a"}, "eos_token": "<s>", "add_bos_token": false, "chat_template": "z"}`)}
	files["chat_template.jinja"] = &fstest.MapFile{Data: []byte("newer")}
	want.AddBOS, want.BOS, want.EOS, want.ChatTemplate = &no, 0, 3, "newer"
	got, err = export.ReadTokenizer(files, "dir")
	require.NoError(t, err)
	require.Equal(t, want, got)

	for wrong, data := range map[string]string{
		"the id 4194304 is not between": `{"pre_tokenizer": {` + bytelevel + `}, "model": {"vocab": {"a": 4194304}, "merges": []}}`,
		"both have the id 0":            `{"pre_tokenizer": {` + bytelevel + `}, "model": {"vocab": {"a": 0, "b": 0}, "merges": []}}`,
		"a GGUF file has no word for a tokenizer that cuts texts as gpt-2 does, with NFC true and ignore_merges false": `{"normalizer": {"type": "NFC"}, "pre_tokenizer": {` + bytelevel + `}, "model": {"vocab": {"a": 0}, "merges": []}}`,
	} {
		_, err := export.ReadTokenizer(fstest.MapFS{"tokenizer.json": &fstest.MapFile{Data: []byte(data)}}, "dir")
		require.ErrorContains(t, err, filepath.Join("dir", "tokenizer.json")+": ")
		require.ErrorContains(t, err, wrong)
	}
	_, err = export.ReadTokenizer(fstest.MapFS{}, "dir")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// A model that was read from a GGUF file, fine-tuned and saved to a directory says the
// same of its tokenizer when it is exported.
func TestTokenizerThereAndBack(t *testing.T) {
	path := golden.Model(t, "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
	f, err := gguf.Open(path)
	require.NoError(t, err)
	defer f.Close()
	want, err := f.Tokenizer()
	require.NoError(t, err)
	tok, err := talk.OpenTokenizer(path)
	require.NoError(t, err)
	files := fstest.MapFS{}
	for name, write := range tok.Files() {
		var b bytes.Buffer
		require.NoError(t, write(&b))
		files[name] = &fstest.MapFile{Data: b.Bytes()}
	}
	got, err := export.ReadTokenizer(files, "dir")
	require.NoError(t, err)
	require.Equal(t, want, got)
}
