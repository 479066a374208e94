package talk

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/llm-from-scratch/llm/branches/chat"
	"github.com/llm-from-scratch/llm/branches/llama"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/strictjson"
	"github.com/llm-from-scratch/llm/internal/tokenizerjson"
)

// openGGUF reads all of a model from one file.
func openGGUF(path string) (gpt.Network, pretrain.Tokenizer, error) {
	f, err := gguf.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	if isGPT2(f) {
		m, bpe, err := LoadGPT2(f)
		return both(m, bpe, err)
	}
	t, err := readGGUF(f)
	if err != nil {
		return nil, nil, err
	}
	m, err := llama.LoadGGUF(f)
	if err != nil {
		return nil, nil, err
	}
	return join(path, m, t)
}

// readGGUF reads the tokenizer of a GGUF file and its form of conversation.
func readGGUF(f *gguf.File) (*Tokenizer, error) {
	said, err := f.Tokenizer()
	if err != nil {
		return nil, err
	}
	t := &Tokenizer{begin: -1}
	file, err := chat.DescribeGGUF(said)
	if err == nil {
		t.Tokenizer, err = chat.New(file)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; %s", f.Name, err, readable)
	}
	t.rows = t.Tokenizer.Vocab()
	if said.AddBOS == nil && said.Pre == tokenizerjson.Llama3 || said.AddBOS != nil && *said.AddBOS {
		t.begin = said.BOS
	}
	for _, id := range []int{said.EOS, said.EOT} {
		if id >= 0 {
			t.ends = append(t.ends, id)
		}
	}
	if said.ChatTemplate != "" {
		t.template, t.Unknown = chat.TemplateOf(said.ChatTemplate)
	}
	t.ends = append(t.ends, t.IDs(t.template.Ends)...)
	t.files, err = directoryOf(said, file, t.begin >= 0, t.ends)
	return t, err
}

// directoryOf are the files of a directory that say what a GGUF file says of the
// tokenizer.
func directoryOf(said gguf.Tokenizer, file tokenizerjson.Tokenizer, begins bool, ends []int) (map[string][]byte, error) {
	config := map[string]any{
		"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": false,
		"add_bos_token": begins, "chat_template": said.ChatTemplate,
	}
	generation := map[string]any{"eos_token_id": slices.Compact(slices.Sorted(slices.Values(ends)))}
	if said.BOS >= 0 {
		config["bos_token"], generation["bos_token_id"] = said.Tokens[said.BOS], said.BOS
	}
	if said.EOS >= 0 {
		config["eos_token"] = said.Tokens[said.EOS]
	}
	if said.ChatTemplate == "" {
		delete(config, "chat_template")
	}
	var one bytes.Buffer
	if err := file.Write(&one); err != nil {
		return nil, err
	}
	return map[string][]byte{tokenizerFile: one.Bytes(), configFile: asJSON(config), generationFile: asJSON(generation)}, nil
}

// asJSON is v as JSON, which it can be.
func asJSON(v any) []byte {
	var b bytes.Buffer
	if err := strictjson.Write(&b, v); err != nil {
		panic(notJSON)
	}
	return b.Bytes()
}

const notJSON = "talk: what is to be written is no JSON"
