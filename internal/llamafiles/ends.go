package llamafiles

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// Ends are the ids and the texts of the tokens that end an answer, as
// generation_config.json, config.json and tokenizer_config.json name them, each where
// it is there. Each is incomplete in some published model.
func Ends(files fs.FS, dir string) (ids []int, texts []string, err error) {
	for _, name := range []string{"generation_config.json", ConfigFile, "tokenizer_config.json"} {
		data, err := fs.ReadFile(files, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var f struct {
			IDs  any `json:"eos_token_id"` // one or several
			Text any `json:"eos_token"`    // alone or in an object
		}
		if err == nil {
			err = strictjson.Unmarshal(data, &f, strictjson.Ignore)
		}
		if err == nil {
			ids, err = appendIDs(ids, f.IDs)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
		}
		if object, ok := f.Text.(map[string]any); ok {
			f.Text = object["content"]
		}
		if text, ok := f.Text.(string); ok {
			texts = append(texts, text)
		}
	}
	return ids, texts, nil
}

// appendIDs appends an id, several or none.
func appendIDs(ids []int, v any) ([]int, error) {
	list, ok := v.([]any)
	if !ok && v != nil {
		list = []any{v}
	}
	for _, id := range list {
		n, ok := id.(float64)
		if !ok || n < 0 || n != float64(int32(n)) {
			return nil, fmt.Errorf("eos_token_id is %v; it takes ids", v)
		}
		ids = append(ids, int(n))
	}
	return ids, nil
}
