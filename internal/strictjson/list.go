package strictjson

import (
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/llm-from-scratch/llm/internal/plaintext"
)

// List reads the members of a list, each to be read by [Unmarshal]: what is wrong within
// one, other than that it is not JSON, is not an error of the list. null is nil.
func List(data []byte) (list []*json.RawMessage, err error) {
	text, err := plaintext.String("", data)
	if err == nil {
		err = decode(source(text), &list, Ignore, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	}
	return list, err
}
