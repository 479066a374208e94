package llama_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/llama"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// SmolLM2 as published in 2024, its smallest size.
var smolLM2 = llama.Config{
	Vocab: 49152, Context: 8192, Width: 576, Hidden: 1536, Layers: 30,
	Heads: 9, KVHeads: 3, HeadDim: 64, Rotary: layers.Rotary{Theta: 100000}, Epsilon: 1e-5, TiedHead: true,
}

func ExampleConfig_ParamCount() {
	fmt.Println("SmolLM2:", smolLM2.ParamCount())
	fmt.Println("GPT-2:  ", gpt.GPT2Small.ParamCount())
	// Output:
	// SmolLM2: 134515008
	// GPT-2:   124439808
}

func ExampleConfig_CacheBytes() {
	own := smolLM2
	own.KVHeads = own.Heads
	fmt.Println("a token in the cache:    ", smolLM2.CacheBytes(), "bytes")
	fmt.Println("had each head its own:   ", own.CacheBytes(), "bytes")
	fmt.Println("of a text of 8,192 saved:", (own.CacheBytes()-smolLM2.CacheBytes())*8192>>20, "MiB")
	// Output:
	// a token in the cache:     46080 bytes
	// had each head its own:    138240 bytes
	// of a text of 8,192 saved: 720 MiB
}

func ExampleModel_Params() {
	c := llama.Config{
		Vocab: 10, Context: 8, Width: 8, Hidden: 12, Layers: 1, Heads: 4, KVHeads: 2, HeadDim: 2,
		Rotary: layers.Rotary{Theta: 10000}, Epsilon: 1e-5, TiedHead: true,
	}
	for _, p := range llama.New(c).Params() {
		fmt.Println(p.Name, p.Shape)
	}
	// Output:
	// model.embed_tokens.weight [10 8]
	// model.layers.0.input_layernorm.weight [8]
	// model.layers.0.self_attn.q_proj.weight [8 8]
	// model.layers.0.self_attn.k_proj.weight [4 8]
	// model.layers.0.self_attn.v_proj.weight [4 8]
	// model.layers.0.self_attn.o_proj.weight [8 8]
	// model.layers.0.post_attention_layernorm.weight [8]
	// model.layers.0.mlp.gate_proj.weight [12 8]
	// model.layers.0.mlp.up_proj.weight [12 8]
	// model.layers.0.mlp.down_proj.weight [8 12]
	// model.norm.weight [8]
}

// Without weights worth the name it writes nonsense; all that writes knows it.
func ExampleModel_NewCache() {
	c := llama.Config{
		Vocab: 50, Context: 32, Width: 16, Hidden: 24, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 4,
		Rotary: layers.Rotary{Theta: 10000}, Epsilon: 1e-5, TiedHead: true,
	}
	m := llama.New(c)
	m.Init(rand.New(rand.NewPCG(1, 2)))
	whole := m.NewCache().Extend([]int{5, 17, 3})
	steps := m.NewCache()
	steps.Extend([]int{5, 17})
	fmt.Println(gpt.Argmax(whole) == gpt.Argmax(steps.Extend([]int{3})), steps.Len())
	// Output:
	// true 3
}
