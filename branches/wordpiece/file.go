package wordpiece

import (
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/llm-from-scratch/llm/internal/bertfiles"
)

// Load reads the vocabulary in the directory dir of a file system: tokenizer.json or,
// where there is none, vocab.txt, with what tokenizer_config.json says of case and
// accents. The directory's name stands in messages.
func Load(files fs.FS, dir string) (*Tokenizer, error) {
	v, err := bertfiles.ReadVocabulary(files, dir)
	if err != nil {
		return nil, err
	}
	t := New(v.Pieces, Normalizer{v.Lower, v.Strip, v.Chinese, v.Clean})
	t.longest = v.Longest
	t.special = slices.Compact(slices.Sorted(slices.Values(append(t.special, v.Special...))))
	return t, nil
}

// WriteVocab writes vocab.txt: one piece a line, in the order of the ids.
func (t *Tokenizer) WriteVocab(w io.Writer) error {
	_, err := io.WriteString(w, strings.Join(t.pieces, "\n")+"\n")
	return err
}
