package export

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/llm-from-scratch/llm/branches/llama"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/gpt2files"
	"github.com/llm-from-scratch/llm/internal/llamafiles"
)

// The files of a GGUF export.
const (
	GGUFFile  = "model.gguf"
	Modelfile = "Modelfile"
)

// A GGUF says how a model goes into one file.
type GGUF struct {
	Name      string         // of the model, for people
	Type      gguf.Type      // of the matrices: F32, F16 or Q8_0
	Tokenizer gguf.Tokenizer // see [ReadTokenizer] and [TokenizerOf]
	Assistant bool           // whether it answers in the form of chapter 7
}

// Written tells of a file.
type Written struct {
	Weights int
	Halves  int // the matrices that stay F16 in a file of Q8_0, as their rows are not whole blocks
}

// Write writes a *gpt.Model or a *llama.Model to dir, which it creates if needed: one
// file that llama.cpp runs, and a Modelfile, by which Ollama takes it in. Both are
// there in the end, or none.
func (g GGUF) Write(ctx context.Context, dir string, model any) (w Written, err error) {
	var metadata []gguf.Pair
	var tensors []gguf.Source
	switch m := model.(type) {
	case *gpt.Model:
		metadata, tensors = gpt2files.ToGGUF(gpt2files.Config(m.Config), withBiases(m), g.Type)
	case *llama.Model:
		metadata, tensors = llamafiles.ToGGUF(m.Config.ForFiles(), m.Params(), g.Type)
	default:
		return w, errors.New("a model of this kind has no place in a GGUF file; a GPT-2, a Llama, a Qwen2 and a Qwen3 have")
	}
	vocab := 0
	for _, t := range tensors {
		if t.Name == "token_embd.weight" {
			vocab = t.Shape[0]
		}
		if g.Type == gguf.Q8_0 && t.Type == gguf.F16 {
			w.Halves++
		}
		w.Weights += gpt.Param{Shape: t.Shape}.Size()
	}
	if g.Assistant {
		g.Tokenizer.ChatTemplate = alpaca.jinja
	}
	t, err := padded(g.Tokenizer, vocab)
	if err == nil {
		t, err = withEnds(t)
	}
	if err != nil {
		return w, err
	}
	modelfile, err := modelfile(t)
	if err != nil {
		return w, err
	}
	metadata = append(append(metadata, g.about()...), t.Metadata()...)
	return w, durable.Save(dir, func(dir string) error {
		err := durable.WriteFiles(dir, durable.Files{
			GGUFFile:  func(w io.Writer) error { return gguf.Write(w, metadata, tensors) },
			Modelfile: func(w io.Writer) error { _, err := io.WriteString(w, modelfile); return err },
		})
		return cmp.Or(err, ctx.Err())
	})
}

// about is what a file says of itself. The numbers of file types are llama.cpp's.
func (g GGUF) about() []gguf.Pair {
	fileTypes := map[gguf.Type]uint32{gguf.F32: 0, gguf.F16: 1, gguf.Q8_0: 7}
	return []gguf.Pair{
		{Key: "general.name", Value: g.Name}, {Key: "general.type", Value: "model"},
		{Key: "general.file_type", Value: fileTypes[g.Type]}, {Key: "general.quantization_version", Value: uint32(2)},
	}
}

// padded gives every row of the embedding a token: llama.cpp takes the vocabulary to be
// as large as the list of tokens.
func padded(t gguf.Tokenizer, vocab int) (gguf.Tokenizer, error) {
	if len(t.Tokens) > vocab {
		return t, fmt.Errorf("the tokenizer has %d ids, and the model's embedding %d rows; the files belong to different models", len(t.Tokens), vocab)
	}
	texts, kinds := make([]string, vocab), make([]int32, vocab)
	ids := make(map[string]int, vocab)
	for id := range texts {
		kinds[id] = gguf.Normal
		if id < len(t.Types) {
			kinds[id] = t.Types[id]
		}
		if id < len(t.Tokens) {
			texts[id] = t.Tokens[id]
		}
		if texts[id] == "" {
			texts[id], kinds[id] = fmt.Sprintf("[PAD%d]", id), gguf.Unused
		}
		if other, ok := ids[texts[id]]; ok {
			return t, fmt.Errorf("the tokens %d and %d are both %.60q, which llama.cpp does not take", other, id, texts[id])
		}
		ids[texts[id]] = id
	}
	t.Tokens, t.Types = texts, kinds
	return t, nil
}

// withEnds names a token that ends texts, and one that begins them: where none is named,
// llama.cpp takes number 11 for both, whatever it is.
func withEnds(t gguf.Tokenizer) (gguf.Tokenizer, error) {
	if t.EOS == none {
		t.EOS = t.EOT
	}
	if t.EOS == none {
		return t, errors.New("no file names the token that ends a text (eos_token_id): take all the files of the model")
	}
	if t.BOS == none {
		no := false
		t.BOS, t.AddBOS = t.EOS, &no
	}
	return t, nil
}
