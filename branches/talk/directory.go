package talk

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/llm-from-scratch/llm/branches/chat"
	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// The files that tell of a tokenizer. The last is newer than the others.
const (
	tokenizerFile  = "tokenizer.json"
	configFile     = "tokenizer_config.json"
	generationFile = "generation_config.json"
	templateFile   = "chat_template.jinja"
)

// readable is what to take where a tokenizer is not read.
const readable = "take a model with one: Llama 3, Qwen2.5, Qwen3, SmolLM2"

// readDirectory reads the tokenizer in a directory and its form of conversation.
func readDirectory(files fs.FS, dir string) (*Tokenizer, error) {
	t := &Tokenizer{begin: -1, files: map[string][]byte{}}
	for _, name := range []string{tokenizerFile, configFile, generationFile, templateFile} {
		data, err := fs.ReadFile(files, name)
		if errors.Is(err, fs.ErrNotExist) && name != tokenizerFile {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("no tokenizer in %s: %w", dir, err)
		}
		t.files[name] = data
	}
	var err error
	if t.Tokenizer, err = chat.Read(t.files[tokenizerFile]); err != nil {
		return nil, fmt.Errorf("%s: %w; %s", filepath.Join(dir, tokenizerFile), err, readable)
	}
	t.rows = t.Tokenizer.Vocab()
	jinja, err := t.readConfig(dir)
	if err != nil {
		return nil, err
	}
	if jinja != "" {
		t.template, t.Unknown = chat.TemplateOf(jinja)
	}
	if t.ends, err = chat.Stops(files, dir, t.Tokenizer, t.template); err != nil {
		return nil, err
	}
	if t.files[generationFile] == nil { // config.json may have named them, and is written anew
		t.files[generationFile] = asJSON(map[string]any{"eos_token_id": t.ends})
	}
	return t, nil
}

// readConfig finds the token that texts begin with, and returns the template.
func (t *Tokenizer) readConfig(dir string) (jinja string, err error) {
	var c struct {
		AddBOS   bool `json:"add_bos_token"`
		BOS      any  `json:"bos_token"`     // alone or in an object
		Template any  `json:"chat_template"` // one, or several with names
	}
	if data := t.files[configFile]; data != nil {
		if err := strictjson.Unmarshal(data, &c, strictjson.Ignore); err != nil {
			return "", fmt.Errorf("%s: %w", filepath.Join(dir, configFile), err)
		}
	}
	var p struct {
		PostProcessor step `json:"post_processor"`
	}
	if err := strictjson.Unmarshal(t.files[tokenizerFile], &p, strictjson.Ignore); err != nil {
		return "", fmt.Errorf("%s: %w", filepath.Join(dir, tokenizerFile), err)
	}
	begin := p.PostProcessor.first()
	if c.AddBOS && begin == "" {
		begin = text(c.BOS, "content")
	}
	if id, ok := t.ID(begin); ok {
		t.begin = id
	}
	if own := t.files[templateFile]; own != nil {
		return string(own), nil
	}
	if list, ok := c.Template.([]any); ok {
		i := slices.IndexFunc(list, func(v any) bool { return text(v, "name") == "default" })
		if i < 0 {
			return "", nil
		}
		c.Template = list[i]
	}
	return text(c.Template, "template"), nil
}

// text is a text that stands alone or in an object, under a name.
func text(v any, name string) string {
	if object, ok := v.(map[string]any); ok {
		v = object[name]
	}
	s, _ := v.(string)
	return s
}

// A step is what is done to ids in the end, or several of these: of interest is only
// which special token is put before them.
type step struct {
	Processors []step `json:"processors"`
	Single     []struct {
		Special *struct {
			ID string `json:"id"`
		} `json:"SpecialToken"`
	} `json:"single"`
}

func (s step) first() string {
	if len(s.Single) > 0 && s.Single[0].Special != nil {
		return s.Single[0].Special.ID
	}
	for _, p := range s.Processors {
		if first := p.first(); first != "" {
			return first
		}
	}
	return ""
}
