package chat

import (
	"io/fs"
	"slices"

	"github.com/llm-from-scratch/llm/internal/llamafiles"
)

// Stops returns the ids at which an answer ends: all that the files of a model's
// directory name, and those of the template's ends that the tokenizer has.
func Stops(files fs.FS, dir string, t *Tokenizer, form Template) ([]int, error) {
	stops, texts, err := llamafiles.Ends(files, dir)
	if err != nil {
		return nil, err
	}
	stops = append(stops, t.IDs(append(texts, form.Ends...))...)
	slices.Sort(stops)
	return slices.Compact(stops), nil
}
