package llamafiles

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// The names of tensors in a GGUF file, beside Hugging Face's.
var inGGUF = strings.NewReplacer(
	"model.layers.", "blk.", "model.embed_tokens", "token_embd", "model.norm", "output_norm", "lm_head", "output",
	"input_layernorm", "attn_norm", "post_attention_layernorm", "ffn_norm",
	"self_attn.q_proj", "attn_q", "self_attn.k_proj", "attn_k", "self_attn.v_proj", "attn_v", "self_attn.o_proj", "attn_output",
	"self_attn.q_norm", "attn_q_norm", "self_attn.k_norm", "attn_k_norm",
	"mlp.gate_proj", "ffn_gate", "mlp.up_proj", "ffn_up", "mlp.down_proj", "ffn_down",
)

// scalingName is the tensor that divides the frequencies of the positions, in place
// of all that config.json says of their scaling.
const scalingName = "rope_freqs.weight"

// FromGGUF reads a configuration from the metadata of a GGUF file. It is an error if
// the model computes anything that branches/llama does not.
func FromGGUF(f *gguf.File) (c Config, err error) {
	if c.ModelType, err = gguf.Value[string](f, "general.architecture"); err != nil {
		return c, err
	}
	if architectures[c.ModelType] == "" {
		return c, fmt.Errorf("%s: general.architecture is %s; only %s", f.Name, c.ModelType, built)
	}
	_, shape, ok := f.Tensor("token_embd.weight")
	if !ok || len(shape) != 2 {
		return c, fmt.Errorf("%s: no tensor token_embd.weight of rows and columns: there is no whole model in the file", f.Name)
	}
	c.Vocab = shape[0] // which metadata need not say
	m := metadata{File: f, arch: c.ModelType + "."}
	if err := cmp.Or(m.sizes(&c), m.built(c)); err != nil {
		return c, err
	}
	_, _, head := f.Tensor("output.weight")
	_, _, c.Bias = f.Tensor("blk.0.attn_output.bias")
	_, _, c.MLPBias = f.Tensor("blk.0.ffn_up.bias")
	c.Tied, c.Rope.Type, c.Rope.Partial = !head, "default", 1
	if _, _, ok := f.Tensor(scalingName); ok {
		return c, c.Rope.scaling(f, c.HeadDim)
	}
	return c, nil
}

// metadata are those of one architecture. The first error stays.
type metadata struct {
	*gguf.File
	arch string
	err  error
}

// count returns a number of things; one that is missing is other, or an error if
// that is negative.
func (m *metadata) count(key string, other int) int {
	n, err := m.Count(m.arch+key, other)
	m.err = cmp.Or(m.err, err)
	return n
}

// float returns the number that somebody meant who wrote it down as a float32: 1e-5,
// not 9.99999974737875e-06.
func (m *metadata) float(key string, other float32) float64 {
	v, err := gguf.Optional(m.File, m.arch+key, other)
	m.err = cmp.Or(m.err, err)
	meant, _ := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
	return meant
}

const needed = -1

// sizes reads the numbers.
func (m *metadata) sizes(c *Config) error {
	const epsilon = "attention.layer_norm_rms_epsilon"
	c.Context, c.Width = m.count("context_length", needed), m.count("embedding_length", needed)
	c.Hidden, c.Layers = m.count("feed_forward_length", needed), m.count("block_count", needed)
	c.Heads = m.count("attention.head_count", needed)
	c.KVHeads = m.count("attention.head_count_kv", c.Heads)
	c.HeadDim = m.count("attention.key_length", c.Width/max(1, c.Heads))
	c.Epsilon, c.Rope.Theta = m.float(epsilon, needed), m.float("rope.freq_base", 10000)
	switch {
	case m.err != nil:
		return m.err
	case c.Epsilon == needed:
		return fmt.Errorf("%s: metadata %q is missing", m.Name, m.arch+epsilon)
	case c.Layers > len(m.Names()): // before memory is spent on them
		return fmt.Errorf("%s: %sblock_count is %d, and there are only %d tensors", m.Name, m.arch, c.Layers, len(m.Names()))
	}
	return nil
}

// built is an error for a model that computes something else.
func (m *metadata) built(c Config) error {
	const positions = "positions as in pretraining, or stretched as in Llama 3,"
	kind, err := gguf.Optional(m.File, m.arch+"rope.scaling.type", "none")
	m.err = cmp.Or(m.err, err)
	for _, field := range []struct {
		key  string
		got  any
		want []any
		only string
	}{
		{"expert_count", m.count("expert_count", 0), []any{0}, "models without experts"},
		{"attention.sliding_window", min(m.count("attention.sliding_window", 0), c.Context), []any{0, c.Context}, "models with full attention"},
		{"attention.value_length", m.count("attention.value_length", c.HeadDim), []any{c.HeadDim}, "heads with values as long as keys"},
		{"rope.dimension_count", m.count("rope.dimension_count", c.HeadDim), []any{c.HeadDim}, "heads that turn as a whole"},
		{"rope.scaling.type", kind, []any{"none"}, positions},
		{"rope.scaling.factor", m.float("rope.scaling.factor", 1), []any{0.0, 1.0}, positions},
		{"rope.scale_linear", m.float("rope.scale_linear", 1), []any{0.0, 1.0}, positions},
	} {
		if m.err == nil && !slices.Contains(field.want, field.got) {
			return fmt.Errorf("%s: %s%s is %v; only %s are built here: take another model", m.Name, m.arch, field.key, field.got, field.only)
		}
	}
	return m.err
}

// scaling finds the numbers that config.json has, from what they divide each of the
// D/2 frequencies by. Low and High are 1 and 4 in all models of Llama 3; the factor is
// the last divisor, and one that is between 1 and the factor tells the context.
func (r *Rope) scaling(f *gguf.File, D int) error {
	divisors := safetensors.Tensor{Name: scalingName, Shape: []int{D / 2}}
	if err := f.Check(divisors); err != nil {
		return err
	}
	divisors.Data = make([]float32, D/2)
	if err := f.Read(divisors); err != nil {
		return err
	}
	*r = Rope{Type: "llama3", Theta: r.Theta, Partial: 1, Factor: float64(slices.Max(divisors.Data)), Low: 1, High: 4}
	for i, d := range divisors.Data {
		if keep := r.keep(float64(d)); keep > 0.001 && keep < 0.999 {
			r.Context = int(math.Round((r.Low + keep*(r.High-r.Low)) / r.turns(i, D)))
		}
	}
	for i, want := range r.divisors(D) {
		if d := divisors.Data[i]; r.Context == 0 || math.Abs(float64(want-d)) > 1e-3*float64(want) {
			return fmt.Errorf("%s: tensor %q divides frequency %d by %v, as no stretch of Llama 3's does: take the model's original files", f.Name, scalingName, i, d)
		}
	}
	return nil
}

// keep is how much of a frequency stays, from what it is divided by.
func (r *Rope) keep(divisor float64) float64 { return (1/divisor - 1/r.Factor) / (1 - 1/r.Factor) }

// turns is how often frequency i of D/2 turns in a context of one token.
func (r *Rope) turns(i, D int) float64 {
	return math.Pow(r.Theta, -2*float64(i)/float64(D)) / (2 * math.Pi)
}

// divisors are what each of the D/2 frequencies is divided by.
func (r *Rope) divisors(D int) []float32 {
	list := make([]float32, D/2)
	for i := range list {
		keep := min(1, max(0, (float64(r.Context)*r.turns(i, D)-r.Low)/(r.High-r.Low)))
		list[i] = float32(1 / ((1-keep)/r.Factor + keep))
	}
	return list
}

// ReadGGUF is [ReadWeights] for a GGUF file, of which c is the configuration.
func ReadGGUF[P safetensors.Named](f *gguf.File, c Config, shapes, params func() []P) error {
	var there []safetensors.Tensor
	for _, p := range shapes() {
		t := safetensors.Tensor(p)
		t.Name = inGGUF.Replace(t.Name)
		there = append(there, t)
	}
	err := safetensors.CheckAll(f, f.Name, "model", there, func(name string) bool { return name == scalingName })
	if err != nil {
		return err
	}
	for _, p := range params() {
		t := safetensors.Tensor(p)
		name := t.Name
		t.Name = inGGUF.Replace(name)
		if err := f.Read(t); err != nil {
			return err
		}
		if c.pairs(name) {
			halvesFirst(t.Data, c.HeadDim, len(t.Data)/t.Shape[0])
		}
	}
	return nil
}

// pairs says whether a GGUF file has the rows of a tensor in pairs: in the
// architecture llama, those of the queries and keys, of their biases as well.
func (c Config) pairs(name string) bool {
	return c.ModelType == "llama" && (strings.Contains(name, "q_proj") || strings.Contains(name, "k_proj"))
}

// halvesFirst puts the rows of every head of D in another order. In a GGUF file of
// the architecture llama, the columns of a head that turn together are neighbours:
// 0, D/2, 1, D/2+1, and so on. Here they are half a head apart.
func halvesFirst(rows []float32, D, width int) {
	head := make([]float32, D*width)
	for ; len(rows) > 0; rows = rows[len(head):] {
		copy(head, rows)
		for i := range D {
			from := i%(D/2)*2 + i/(D/2)
			copy(rows[i*width:(i+1)*width], head[from*width:(from+1)*width])
		}
	}
}
