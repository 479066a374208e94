package gpt2files

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// The names of tensors in a GGUF file, beside Hugging Face's.
var inGGUF = strings.NewReplacer(
	"h.", "blk.", "wte", "token_embd", "wpe", "position_embd", "ln_f", "output_norm", "lm_head", "output",
	"ln_1", "attn_norm", "attn.c_attn", "attn_qkv", "attn.c_proj", "attn_output",
	"ln_2", "ffn_norm", "mlp.c_fc", "ffn_up", "mlp.c_proj", "ffn_down",
)

// inFile is a parameter under the name and of the shape that it has in a GGUF file.
// There, the matrices of the blocks have a row for each output, here for each input.
func inFile(p safetensors.Tensor) (t safetensors.Tensor, turned bool) {
	t = safetensors.Tensor{Name: inGGUF.Replace(p.Name), Shape: p.Shape, Data: p.Data}
	turned = len(p.Shape) == 2 && strings.HasPrefix(p.Name, "h.")
	if turned {
		t.Shape = []int{p.Shape[1], p.Shape[0]}
	}
	return t, turned
}

// transpose sets to to the matrix with so many columns, as one with as many rows.
func transpose(to, from []float32, cols int) {
	rows := len(from) / cols
	for i := range rows {
		for j := range cols {
			to[j*rows+i] = from[i*cols+j]
		}
	}
}

// ToGGUF is what [FromGGUF] and [ReadGGUF] read: the metadata of a model, without its
// tokenizer, and its tensors, the matrices of type t as far as [gguf.Type.For] has it,
// but for the positions.
func ToGGUF[P safetensors.Named](c Config, params []P, t gguf.Type) (metadata []gguf.Pair, tensors []gguf.Source) {
	metadata = []gguf.Pair{
		{Key: "general.architecture", Value: "gpt2"},
		{Key: "gpt2.context_length", Value: uint32(c.Context)}, {Key: "gpt2.embedding_length", Value: uint32(c.Width)},
		{Key: "gpt2.feed_forward_length", Value: uint32(4 * c.Width)}, {Key: "gpt2.block_count", Value: uint32(c.Layers)},
		{Key: "gpt2.attention.head_count", Value: uint32(c.Heads)}, {Key: "gpt2.attention.layer_norm_epsilon", Value: float32(1e-5)},
	}
	for _, p := range params {
		file, turned := inFile(safetensors.Tensor(p))
		s := gguf.Source{Name: file.Name, Shape: file.Shape, Type: t.For(file.Shape), Values: func() []float32 {
			if !turned {
				return file.Data
			}
			values := make([]float32, len(file.Data))
			transpose(values, file.Data, file.Shape[0])
			return values
		}}
		if s.Name == "position_embd.weight" {
			s.Type = gguf.F32
		}
		tensors = append(tensors, s)
	}
	return metadata, tensors
}

// FromGGUF reads a configuration from the metadata of a GGUF file. What chapter 4 has
// built in must be so.
func FromGGUF(f *gguf.File) (c Config, err error) {
	arch, err := gguf.Value[string](f, "general.architecture")
	if err == nil && arch != "gpt2" {
		err = fmt.Errorf("%s: general.architecture is %s, not gpt2", f.Name, arch)
	}
	if err != nil {
		return c, err
	}
	_, shape, ok := f.Tensor("token_embd.weight")
	if !ok || len(shape) != 2 {
		return c, fmt.Errorf("%s: no tensor token_embd.weight of rows and columns: there is no whole model in the file", f.Name)
	}
	c.Vocab = shape[0]
	inner := 0
	for _, size := range []struct {
		key string
		to  *int
	}{
		{"context_length", &c.Context}, {"embedding_length", &c.Width}, {"block_count", &c.Layers},
		{"attention.head_count", &c.Heads}, {"feed_forward_length", &inner},
	} {
		n, sizeErr := f.Count("gpt2."+size.key, -1)
		*size.to, err = n, cmp.Or(err, sizeErr)
	}
	epsilon, epsilonErr := gguf.Value[float32](f, "gpt2.attention.layer_norm_epsilon")
	_, _, c.QKVBias = f.Tensor("blk.0.attn_qkv.bias")
	_, _, head := f.Tensor("output.weight")
	c.TiedHead = !head
	switch err := cmp.Or(err, epsilonErr); {
	case err != nil:
		return c, err
	case inner != 4*c.Width:
		return c, fmt.Errorf("%s: gpt2.feed_forward_length is %d; only 4 times the width, %d, is built here", f.Name, inner, 4*c.Width)
	case epsilon != 1e-5:
		return c, fmt.Errorf("%s: gpt2.attention.layer_norm_epsilon is %v; only 1e-05 is built here", f.Name, epsilon)
	case c.Layers > len(f.Names()): // before memory is spent on them
		return c, fmt.Errorf("%s: gpt2.block_count is %d, and there are only %d tensors", f.Name, c.Layers, len(f.Names()))
	}
	return c, nil
}

// ReadGGUF is [ReadWeights] for a GGUF file.
func ReadGGUF[P safetensors.Named](f *gguf.File, shapes, params func() []P) error {
	var there []safetensors.Tensor
	for _, p := range shapes() {
		t, _ := inFile(safetensors.Tensor(p))
		there = append(there, t)
	}
	if err := safetensors.CheckAll(f, f.Name, "GPT-2", there, func(string) bool { return false }); err != nil {
		return err
	}
	for _, p := range params() {
		p := safetensors.Tensor(p)
		t, turned := inFile(p)
		if turned {
			t.Data = make([]float32, len(p.Data))
		}
		if err := f.Read(t); err != nil {
			return err
		}
		if turned {
			transpose(p.Data, t.Data, t.Shape[1])
		}
	}
	return nil
}

// TokenizerFromGGUF returns the id of each token, and the merges, two tokens with a
// space between them, of GPT-2's tokenizer or of one that was trained like it.
func TokenizerFromGGUF(f *gguf.File) (ids map[string]int, merges []string, err error) {
	t, err := f.Tokenizer()
	if err != nil {
		return nil, nil, err
	}
	if t.Model != "gpt2" || t.Pre != "" && t.Pre != "gpt-2" {
		return nil, nil, fmt.Errorf("%s: the tokenizer is %.60q, and cuts texts as %.60q; a GPT-2 has gpt2 and gpt-2", f.Name, t.Model, t.Pre)
	}
	ids = make(map[string]int, len(t.Tokens))
	for id, token := range t.Tokens {
		ids[token] = id
	}
	return ids, t.Merges, nil
}
