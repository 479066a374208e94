package strictjson

import (
	"encoding/json"
	"io"
)

// Write writes v as JSON that people can read too.
func Write(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
