package export

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/llamafiles"
	"github.com/llm-from-scratch/llm/internal/strictjson"
	"github.com/llm-from-scratch/llm/internal/tokenizerjson"
)

// none is an id that there is not.
const none = -1

// TokenizerOf is what a GGUF file says of chapter 1's tokenizer.
func TokenizerOf(bpe *tokens.BPE) (gguf.Tokenizer, error) {
	var file bytes.Buffer
	if err := writeTokenizer(&file, bpe); err != nil {
		return gguf.Tokenizer{}, err
	}
	t, err := parseTokenizer(file.Bytes())
	t.BOS, t.EOS = bpe.EndOfText(), bpe.EndOfText()
	return t, err
}

// ReadTokenizer is the same for the tokenizer in the directory of a model of today:
// tokenizer.json, and what other files say of its ends and of conversations.
func ReadTokenizer(files fs.FS, dir string) (t gguf.Tokenizer, err error) {
	var config struct {
		BOS any `json:"bos_token_id"`
	}
	var settings struct {
		BOS      any   `json:"bos_token"`
		AddBOS   *bool `json:"add_bos_token"`
		Template any   `json:"chat_template"`
	}
	data, err := fs.ReadFile(files, "tokenizer.json")
	if err != nil {
		return t, fmt.Errorf("no tokenizer in %s: %w", dir, err)
	}
	if t, err = parseTokenizer(data); err != nil {
		return t, fmt.Errorf("%s: %w", filepath.Join(dir, "tokenizer.json"), err)
	}
	if err := cmp.Or(optional(files, dir, "config.json", &config), optional(files, dir, "tokenizer_config.json", &settings)); err != nil {
		return t, err
	}
	ids, texts, err := llamafiles.Ends(files, dir)
	if err != nil {
		return t, err
	}
	t.BOS, t.EOS = first(t, []any{settings.BOS, config.BOS}), first(t, append(anys(texts), anys(ids)...))
	t.AddBOS, t.ChatTemplate = cmp.Or(settings.AddBOS, t.AddBOS), jinja(settings.Template)
	if data, err := fs.ReadFile(files, "chat_template.jinja"); err == nil {
		t.ChatTemplate = string(data)
	}
	return t, nil
}

// optional reads a file in JSON, if it is there.
func optional(files fs.FS, dir, name string, v any) error {
	data, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = strictjson.Unmarshal(data, v, strictjson.Ignore)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
	}
	return nil
}

func anys[T any](list []T) (all []any) {
	for _, v := range list {
		all = append(all, v)
	}
	return all
}

// first is the first token that the files name, by its id, its text, or an object that
// has the text.
func first(t gguf.Tokenizer, named []any) int {
	for _, v := range named {
		if object, ok := v.(map[string]any); ok {
			v = object["content"]
		}
		id := none
		switch v := v.(type) {
		case int:
			id = v
		case float64:
			id = int(v)
		case string:
			id = slices.Index(t.Tokens, v)
		}
		if id >= 0 && id < len(t.Tokens) {
			return id
		}
	}
	return none
}

// jinja is a chat template, or of several that have names the default.
func jinja(v any) string {
	list, _ := v.([]any)
	for _, one := range list {
		if named, ok := one.(map[string]any); ok && named["name"] == "default" {
			v = named["template"]
		}
	}
	text, _ := v.(string)
	return text
}

// parseTokenizer reads a tokenizer.json. Begin and end are elsewhere.
func parseTokenizer(data []byte) (t gguf.Tokenizer, err error) {
	f, err := tokenizerjson.Parse(data)
	if err != nil {
		return t, err
	}
	if f.NFC != (f.Split == tokenizerjson.Qwen2) || f.Whole != (f.Split == tokenizerjson.Llama3) {
		return t, fmt.Errorf("a GGUF file has no word for a tokenizer that cuts texts as %s does, with NFC %t and ignore_merges %t", f.Split, f.NFC, f.Whole)
	}
	kinds := map[string]int32{}
	for _, a := range f.Added {
		f.Vocab[a.Content], kinds[a.Content] = *a.ID, gguf.UserDefined
		if a.Special {
			kinds[a.Content] = gguf.Control
		}
	}
	n := 0
	for token, id := range f.Vocab {
		if id < 0 || id >= mostIDs {
			return t, fmt.Errorf("token %.60q: the id %d is not between 0 and %d", token, id, mostIDs-1)
		}
		n = max(n, id+1)
	}
	t = gguf.Tokenizer{Model: "gpt2", Pre: f.Split, Tokens: make([]string, n), Types: make([]int32, n), Merges: f.Merges, BOS: none, EOS: none, EOT: none}
	for token, id := range f.Vocab {
		if other := t.Tokens[id]; other != "" {
			return t, fmt.Errorf("the tokens %.60q and %.60q both have the id %d", min(other, token), max(other, token), id)
		}
		t.Tokens[id], t.Types[id] = token, cmp.Or(kinds[token], gguf.Normal)
	}
	adds, err := addsBOS(data)
	if adds || f.Split != tokenizerjson.Llama3 {
		t.AddBOS = &adds
	} // else, as Llama 3's first files do not say it, and llama.cpp knows
	return t, err
}

// mostIDs bounds the ids in a file, so that a wrong one costs no memory.
const mostIDs = 1 << 22

// addsBOS says whether a tokenizer.json puts a special token before every text.
func addsBOS(data []byte) (adds bool, err error) {
	type step struct {
		Type   string           `json:"type"`
		Single []map[string]any `json:"single"`
		Steps  []step           `json:"processors"`
	}
	var f struct {
		After *step `json:"post_processor"`
	}
	if err := strictjson.Unmarshal(data, &f, strictjson.Ignore); err != nil {
		return false, err
	}
	if f.After != nil {
		for _, s := range append(f.After.Steps, *f.After) {
			adds = adds || s.Type == "TemplateProcessing" && len(s.Single) > 0 && s.Single[0]["SpecialToken"] != nil
		}
	}
	return adds, nil
}
