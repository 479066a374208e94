package bert

import (
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/llm-from-scratch/llm/branches/wordpiece"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/bertfiles"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// Load reads the model in the directory dir of a file system, as Hugging Face's libraries
// save a BertModel, BertForMaskedLM or BertForSequenceClassification: what stands on top
// of the encoder is what the file of weights holds. The directory's name stands in
// messages.
func Load(files fs.FS, dir string) (m *Model, err error) {
	j, err := bertfiles.ReadConfig(files, dir)
	if err != nil {
		return nil, err
	}
	weights, err := bertfiles.OpenWeights(files, dir, &j)
	if err != nil {
		return nil, err
	}
	defer weights.Close()
	c := Config(j)
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, bertfiles.ConfigFile), err)
	}
	err = bertfiles.ReadWeights(weights, c.Params(), func() []gpt.Param {
		m = New(c)
		return m.Params()
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// LoadModel reads the model and the vocabulary in a directory, such as [Save] wrote.
func LoadModel(dir string) (m *Model, t *wordpiece.Tokenizer, err error) {
	err = durable.Read(dir, func(files fs.FS) error {
		if m, err = Load(files, dir); err != nil {
			return err
		}
		if t, err = wordpiece.Load(files, dir); err == nil && t.Vocab() > m.Config.Vocab {
			err = fmt.Errorf("%s: the vocabulary has %d pieces, and the model knows %d", dir, t.Vocab(), m.Config.Vocab)
		}
		return err
	})
	return m, t, err
}

// Save writes a model and its vocabulary to dir, created if needed: all files or, with an
// error, none. Hugging Face's libraries read them.
func Save(dir string, m *Model, t *wordpiece.Tokenizer) error {
	return durable.Save(dir, func(dir string) error {
		return durable.WriteFiles(dir, durable.Files{
			bertfiles.ConfigFile: func(w io.Writer) error { return bertfiles.WriteConfig(w, bertfiles.Config(m.Config)) },
			safetensors.ModelFile: func(w io.Writer) error {
				return safetensors.Write(w, safetensors.F32, m.Params(), map[string]string{"format": "pt"})
			},
			bertfiles.VocabFile: t.WriteVocab,
		})
	})
}
