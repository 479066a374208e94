package llama_test

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/llama"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/golden"
)

func loadGGUF(t testing.TB, path string) *llama.Model {
	f, err := gguf.Open(path)
	require.NoError(t, err)
	defer f.Close()
	m, err := llama.LoadGGUF(f)
	require.NoError(t, err)
	return m
}

// The same model in both layouts, bit for bit.
func TestGoldenGGUF(t *testing.T) {
	golden.Large(t)
	require.Equal(t, load(t, "llama/llama-bf16/"), loadGGUF(t, golden.Path(t, "llama/gguf/llama-bf16.gguf")))
}

// ggufFile is a file of metadata and F32 tensors, in this order.
type ggufFile struct {
	meta    []any // keys and values
	tensors []gpt.Param
}

func (w ggufFile) write(t testing.TB) *gguf.File {
	b := binary.LittleEndian.AppendUint64([]byte("GGUF\x03\x00\x00\x00"), uint64(len(w.tensors)))
	text := func(s string) { b = append(binary.LittleEndian.AppendUint64(b, uint64(len(s))), s...) }
	u32 := func(n uint32) { b = binary.LittleEndian.AppendUint32(b, n) }
	b = binary.LittleEndian.AppendUint64(b, uint64(len(w.meta)/2))
	for i := 0; i < len(w.meta); i += 2 {
		text(w.meta[i].(string))
		switch v := w.meta[i+1].(type) {
		case string:
			u32(8)
			text(v)
		case int:
			u32(4)
			u32(uint32(v))
		case float64:
			u32(6)
			u32(math.Float32bits(float32(v)))
		}
	}
	var data []byte
	for _, p := range w.tensors {
		text(p.Name)
		u32(uint32(len(p.Shape)))
		for i := range p.Shape {
			b = binary.LittleEndian.AppendUint64(b, uint64(p.Shape[len(p.Shape)-1-i]))
		}
		u32(0)
		b = binary.LittleEndian.AppendUint64(b, uint64(len(data)))
		for i := range p.Size() {
			v := float32(0)
			if p.Data != nil {
				v = p.Data[i]
			}
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
		}
		data = append(data, make([]byte, -len(data)&31)...)
	}
	path := filepath.Join(t.TempDir(), "model.gguf")
	require.NoError(t, os.WriteFile(path, append(append(b, make([]byte, -len(b)&31)...), data...), 0o666))
	f, err := gguf.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

func vector(name string, data ...float32) gpt.Param {
	return gpt.Param{Name: name, Shape: []int{len(data)}, Data: data}
}

func matrix(name string, cols int, data ...float32) gpt.Param {
	return gpt.Param{Name: name, Shape: []int{len(data) / cols, cols}, Data: data}
}

// smallGGUF is a model of one block: C 2, two heads of 4 that share a key.
func smallGGUF(arch string, more ...any) ggufFile {
	w := ggufFile{meta: append([]any{
		"general.architecture", arch, arch + ".context_length", 8192, arch + ".embedding_length", 2, arch + ".feed_forward_length", 1,
		arch + ".block_count", 1, arch + ".attention.head_count", 2, arch + ".attention.head_count_kv", 1, arch + ".attention.key_length", 4,
		arch + ".attention.value_length", 4, arch + ".attention.layer_norm_rms_epsilon", 1e-6,
	}, more...)}
	w.tensors = []gpt.Param{
		matrix("token_embd.weight", 2, 1, 2, 3, 4, 5, 6), vector("output_norm.weight", 1, 1),
		vector("blk.0.attn_norm.weight", 1, 1), vector("blk.0.ffn_norm.weight", 1, 1),
		matrix("blk.0.attn_q.weight", 2, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 10, 10.5, 11, 11.5, 12, 12.5, 13, 13.5),
		matrix("blk.0.attn_k.weight", 2, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5), matrix("blk.0.attn_v.weight", 2, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5),
		matrix("blk.0.attn_output.weight", 8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16),
		matrix("blk.0.ffn_gate.weight", 2, 1, 2), matrix("blk.0.ffn_up.weight", 2, 1, 2), matrix("blk.0.ffn_down.weight", 1, 1, 2),
	}
	return w
}

// In a file of the architecture llama the rows of queries and keys, and nothing else,
// have another order: by the heads of the keys for keys.
func TestGGUFOrder(t *testing.T) {
	m, err := llama.LoadGGUF(smallGGUF("llama").write(t))
	require.NoError(t, err)
	a := m.Blocks[0].Attention
	require.Equal(t, []float32{0, 0.5, 2, 2.5, 1, 1.5, 3, 3.5, 10, 10.5, 12, 12.5, 11, 11.5, 13, 13.5}, a.Query.W.Data)
	require.Equal(t, []float32{0, 0.5, 2, 2.5, 1, 1.5, 3, 3.5}, a.Key.W.Data)
	require.Equal(t, []float32{0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5}, a.Value.W.Data)
	want := llama.Config{Vocab: 3, Context: 8192, Width: 2, Hidden: 1, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 4, Rotary: layers.Rotary{Theta: 10000}, Epsilon: 1e-6, TiedHead: true}
	require.Equal(t, want, m.Config)

	w := smallGGUF("qwen2", "qwen2.rope.freq_base", 1e6)
	w.tensors = append(w.tensors, vector("blk.0.attn_q.bias", 0, 1, 2, 3, 4, 5, 6, 7), vector("blk.0.attn_k.bias", 0, 1, 2, 3), vector("blk.0.attn_v.bias", 0, 1, 2, 3), matrix("output.weight", 2, 1, 2, 3, 4, 5, 6))
	m, err = llama.LoadGGUF(w.write(t))
	require.NoError(t, err)
	a = m.Blocks[0].Attention
	require.Equal(t, []float32{0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5}, a.Key.W.Data)
	require.Equal(t, []float32{0, 1, 2, 3}, a.Key.B)
	want.QKVBias, want.TiedHead, want.Rotary.Theta = true, false, 1e6
	require.Equal(t, want, m.Config)

	w.meta = smallGGUF("qwen3").meta
	w.tensors = append(smallGGUF("").tensors, vector("blk.0.attn_q_norm.weight", 1, 2, 3, 4), vector("blk.0.attn_k_norm.weight", 1, 2, 3, 4))
	m, err = llama.LoadGGUF(w.write(t))
	require.NoError(t, err)
	require.True(t, m.Config.QKNorm)
	require.Equal(t, []float32{1, 2, 3, 4}, m.Blocks[0].Attention.KeyNorm.Weight)

	w = smallGGUF("llama") // biases of all
	w.tensors = append(w.tensors, vector("blk.0.attn_q.bias", 0, 1, 2, 3, 4, 5, 6, 7), vector("blk.0.attn_k.bias", 0, 1, 2, 3), vector("blk.0.attn_v.bias", 0, 1, 2, 3), vector("blk.0.attn_output.bias", 1, 2))
	m, err = llama.LoadGGUF(w.write(t))
	require.NoError(t, err)
	require.Equal(t, []float32{0, 2, 1, 3, 4, 6, 5, 7}, m.Blocks[0].Attention.Query.B)
	require.Equal(t, []float32{0, 1, 2, 3}, m.Blocks[0].Attention.Value.B)
}

// The stretch of Llama 3 is found again from what divides the frequencies.
func TestGGUFStretch(t *testing.T) {
	for _, want := range []layers.Scaling{{Factor: 8, Low: 1, High: 4, Context: 8192}, {Factor: 32, Low: 1, High: 4, Context: 8192}, {Factor: 8, Low: 1, High: 4, Context: 48}} {
		const D = 64
		plain, stretched := layers.Rotary{Theta: 500000}, layers.Rotary{Theta: 500000, Scaling: want}
		divisors := make([]float32, D/2)
		for i, f := range plain.Frequencies(D) {
			divisors[i] = f / stretched.Frequencies(D)[i]
		}
		w := smallGGUF("llama", "llama.rope.freq_base", 500000.0)
		for i, value := range w.meta {
			if value == 4 {
				w.meta[i] = D
			}
		}
		w.tensors = append(w.tensors[:4:4], append(w.tensors[8:], matrix("blk.0.attn_q.weight", 2, make([]float32, 2*D*2)...), matrix("blk.0.attn_k.weight", 2, make([]float32, D*2)...),
			matrix("blk.0.attn_v.weight", 2, make([]float32, D*2)...), matrix("blk.0.attn_output.weight", 2*D, make([]float32, 2*D*2)...), vector("rope_freqs.weight", divisors...))...)
		m, err := llama.LoadGGUF(w.write(t))
		require.NoError(t, err)
		require.Equal(t, want, m.Config.Rotary.Scaling)
		divisors[3] = 1.5
		_, err = llama.LoadGGUF(w.write(t))
		require.ErrorContains(t, err, `tensor "rope_freqs.weight" divides frequency 3 by 1.5, as no stretch of Llama 3's does: take the model's original files`)
	}
}

// What is not built, or not there, is refused by its name.
func TestGGUFRefused(t *testing.T) {
	for want, w := range map[string]ggufFile{
		`general.architecture is mamba; only gpt2, llama, qwen2 and qwen3 are built here: take`:                                             smallGGUF("mamba"),
		`llama.expert_count is 8; only models without experts are built here: take another model`:                                           smallGGUF("llama", "llama.expert_count", 8),
		`llama.attention.sliding_window is 512; only models with full attention are built here: take another model`:                         smallGGUF("llama", "llama.attention.sliding_window", 512),
		`llama.rope.dimension_count is 2; only heads that turn as a whole are built here: take another model`:                               smallGGUF("llama", "llama.rope.dimension_count", 2),
		`llama.rope.scaling.type is yarn; only positions as in pretraining, or stretched as in Llama 3, are built here: take another model`: smallGGUF("llama", "llama.rope.scaling.type", "yarn"),
		`llama.rope.scaling.factor is 4; only positions as in pretraining, or stretched as in Llama 3, are built here: take another model`:  smallGGUF("llama", "llama.rope.scaling.factor", 4.0),
		`metadata "llama.block_count" is missing`:                                                   {meta: append(smallGGUF("llama").meta[:8:8], smallGGUF("llama").meta[10:]...), tensors: smallGGUF("").tensors},
		`metadata "llama.attention.layer_norm_rms_epsilon" is missing`:                              {meta: smallGGUF("llama").meta[:18], tensors: smallGGUF("").tensors},
		`llama.block_count is 99, and there are only 11 tensors`:                                    {meta: append(append(smallGGUF("llama").meta[:8:8], "llama.block_count", 99), smallGGUF("llama").meta[10:]...), tensors: smallGGUF("").tensors},
		`no tensor token_embd.weight of rows and columns: there is no whole model in the file`:      {meta: smallGGUF("llama").meta, tensors: smallGGUF("").tensors[1:]},
		`tensor "blk.0.ffn_down.weight" is missing`:                                                 {meta: smallGGUF("llama").meta, tensors: smallGGUF("").tensors[:10]},
		`tensor "blk.0.attn_q.bias" is missing`:                                                     smallGGUF("qwen2"),
		`tensor "blk.0.attn_q_norm.weight" is missing`:                                              smallGGUF("qwen3"),
		`tensor "extra" belongs to no model of this configuration`:                                  {meta: smallGGUF("llama").meta, tensors: append(smallGGUF("").tensors, vector("extra", 1))},
		`metadata "llama.attention.head_count_kv" is of type string, where a whole number belongs`:  {meta: append(append(smallGGUF("llama").meta[:12:12], "llama.attention.head_count_kv", "1"), smallGGUF("llama").meta[14:]...), tensors: smallGGUF("").tensors},
		`metadata "llama.context_length" is 1000000000; it must be at least 0, and at most 1048576`: {meta: append([]any{"general.architecture", "llama", "llama.context_length", 1000000000}, smallGGUF("llama").meta[4:]...), tensors: smallGGUF("").tensors},
	} {
		f := w.write(t)
		_, err := llama.LoadGGUF(f)
		assert.ErrorContains(t, err, f.Name+": "+want)
	}
}

// realSmolLM2 is a real model, in few bits.
func realSmolLM2(t testing.TB) *llama.Model {
	golden.Large(t)
	return loadGGUF(t, golden.Model(t, "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"))
}

// It scores the next token as PyTorch's transformers does.
func TestSmolLM2Logits(t *testing.T) {
	m := realSmolLM2(t)
	var want struct {
		Prompts []struct {
			IDs       []int
			Top       []int     `json:"top20_ids"`
			Logits    []float32 `json:"top20_logits"`
			LogSumExp float64
			Norms     []float64 `json:"hidden_norms"`
		}
		Text struct {
			IDs    []int
			Losses []float64
			Mean   float64 `json:"mean_loss"`
		}
	}
	golden.JSON(t, "smollm2/logits.json", &want)
	for _, p := range want.Prompts {
		logits := m.NewCache().Extend(p.IDs)
		var got []float32
		for _, id := range p.Top {
			got = append(got, logits[id])
		}
		golden.Close(t, "logits", got, p.Logits, 1e-5)
		require.Equal(t, p.Top[0], gpt.Argmax(logits))
	}
	ids := want.Text.IDs
	pass, n := m.NewPass(gpt.Frozen, 1, len(ids)), len(ids)-1
	logits := f32.New(n, m.Config.Vocab)
	m.Logits(logits, f32.Rows(pass.Forward(ids, len(ids), nil), 0, n))
	// From block 12 on a text's vectors have a norm of 22,700 together, where the last one
	// has 120. That costs digits: kernels that add in another order are 1.3e-4 off.
	require.InDelta(t, want.Text.Mean, pretrain.CrossEntropy(logits, ids[1:]), 5e-4)
}

// It writes the same texts, too, to the last token.
func TestSmolLM2Greedy(t *testing.T) {
	m := realSmolLM2(t)
	var want struct {
		Prompts []struct {
			Question string
			Prompt   []int `json:"prompt_ids"`
			IDs      []int
		}
	}
	golden.JSON(t, "smollm2/greedy.json", &want)
	if testing.Short() {
		want.Prompts = want.Prompts[:1]
	}
	for _, w := range want.Prompts {
		var got []int
		for id := range gpt.Continue(m, m.NewCache(), w.Prompt, func(logits []float32, _ []int) int { return gpt.Argmax(logits) }) {
			if got = append(got, id); len(got) == len(w.IDs) {
				break
			}
		}
		require.Equal(t, w.IDs, got, w.Question)
	}
}
