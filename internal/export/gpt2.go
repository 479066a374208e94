package export

import (
	"cmp"
	"fmt"
	"strings"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// The name of the architecture, and of the tensors beside Hugging Face's.
const gpt2 = "gpt2"

var gpt2Names = strings.NewReplacer(
	"h.", "blk.", "wte", "token_embd", "wpe", "position_embd", "ln_f", "output_norm", "lm_head", "output",
	"ln_1", "attn_norm", "attn.c_attn", "attn_qkv", "attn.c_proj", "attn_output",
	"ln_2", "ffn_norm", "mlp.c_fc", "ffn_up", "mlp.c_proj", "ffn_down",
)

// fromGPT2 is what a GGUF file says of a GPT-2, and its tensors.
func fromGPT2(m *gpt.Model, t gguf.Type) (metadata []gguf.Pair, tensors []gguf.Source) {
	c := m.Config
	metadata = []gguf.Pair{
		{Key: "general.architecture", Value: gpt2},
		{Key: "gpt2.context_length", Value: uint32(c.Context)}, {Key: "gpt2.embedding_length", Value: uint32(c.Width)},
		{Key: "gpt2.feed_forward_length", Value: uint32(4 * c.Width)}, {Key: "gpt2.block_count", Value: uint32(c.Layers)},
		{Key: "gpt2.attention.head_count", Value: uint32(c.Heads)}, {Key: "gpt2.attention.layer_norm_epsilon", Value: float32(1e-5)},
	}
	for _, p := range withBiases(m) {
		s := gguf.Source{Name: gpt2Names.Replace(p.Name), Shape: p.Shape, Values: func() []float32 { return p.Data }}
		if turned(p) {
			s.Shape = []int{p.Shape[1], p.Shape[0]}
			s.Values = func() []float32 { return transposed(p.Data, p.Shape[1]) }
		}
		if s.Type = t.For(s.Shape); p.Name == "wpe.weight" {
			s.Type = gguf.F32
		}
		tensors = append(tensors, s)
	}
	return metadata, tensors
}

// turned says whether a matrix has a row for each of its outputs in a GGUF file: the
// matrices of the blocks, which have one for each of their inputs here.
func turned(p gpt.Param) bool { return len(p.Shape) == 2 && strings.HasPrefix(p.Name, "h.") }

// transposed returns the matrix with so many columns as one with as many rows.
func transposed(data []float32, cols int) []float32 {
	out, rows := make([]float32, len(data)), len(data)/cols
	for i := range rows {
		for j := range cols {
			out[j*rows+i] = data[i*cols+j]
		}
	}
	return out
}

// LoadGPT2 reads the model in a GGUF file of the architecture gpt2, and its tokenizer.
func LoadGPT2(f *gguf.File) (*gpt.Model, *tokens.BPE, error) {
	c, err := gpt2Config(f)
	if err != nil {
		return nil, nil, err
	}
	bpe, err := gpt2Tokenizer(f)
	if err != nil {
		return nil, nil, err
	}
	if bpe.Vocab() != c.Vocab {
		return nil, nil, fmt.Errorf("%s: %d tokens, and the embedding has %d rows", f.Name, bpe.Vocab(), c.Vocab)
	}
	var there []safetensors.Tensor
	for _, p := range c.Params() {
		there = append(there, inFile(p))
	}
	if err := safetensors.CheckAll(f, f.Name, "GPT-2", there, func(string) bool { return false }); err != nil {
		return nil, nil, err
	}
	m := gpt.New(c)
	for _, p := range m.Params() {
		t := inFile(p)
		if turned(p) {
			t.Data = make([]float32, len(p.Data))
		}
		if err := f.Read(t); err != nil {
			return nil, nil, err
		}
		if turned(p) {
			copy(p.Data, transposed(t.Data, t.Shape[1]))
		}
	}
	return m, bpe, nil
}

// inFile is a parameter under the name and of the shape that it has in a GGUF file.
func inFile(p gpt.Param) safetensors.Tensor {
	t := safetensors.Tensor{Name: gpt2Names.Replace(p.Name), Shape: p.Shape, Data: p.Data}
	if turned(p) {
		t.Shape = []int{p.Shape[1], p.Shape[0]}
	}
	return t
}

// gpt2Config reads the sizes. What chapter 4 has built in must be so.
func gpt2Config(f *gguf.File) (c gpt.Config, err error) {
	arch, err := gguf.Value[string](f, "general.architecture")
	if err == nil && arch != gpt2 {
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
	var inner int
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
	if err := c.Validate(); err != nil {
		return c, fmt.Errorf("%s: %w", f.Name, err)
	}
	return c, nil
}

// gpt2Tokenizer reads GPT-2's tokenizer, or one that was trained like it.
func gpt2Tokenizer(f *gguf.File) (*tokens.BPE, error) {
	t, err := f.Tokenizer()
	if err != nil {
		return nil, err
	}
	if t.Model != gpt2 || t.Pre != "" && t.Pre != "gpt-2" {
		return nil, fmt.Errorf("%s: the tokenizer is %.60q, %.60q; a GPT-2 has gpt2 and gpt-2", f.Name, t.Model, t.Pre)
	}
	ids := make(map[string]int, len(t.Tokens))
	for id, token := range t.Tokens {
		ids[token] = id
	}
	bpe, err := tokens.ParseBPE(ids, t.Merges)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return bpe, nil
}
