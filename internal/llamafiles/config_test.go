package llamafiles_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/llamafiles"
)

// sizes are what every config.json says.
const sizes = `"vocab_size": 10, "hidden_size": 12, "intermediate_size": 20, "num_hidden_layers": 4, "num_attention_heads": 3`

func read(text string) (llamafiles.Config, error) {
	return llamafiles.ReadConfig(fstest.MapFS{"config.json": {Data: []byte(text)}}, "dir")
}

// The same positions in all layouts, and what stands nowhere is as transformers has it.
func TestLayouts(t *testing.T) {
	for text, want := range map[string]llamafiles.Rope{
		``:                       {Type: "default", Theta: 10000, Partial: 1},
		`, "rope_theta": 500000`: {Type: "default", Theta: 500000, Partial: 1},
		`, "rope_theta": 5, "rope_parameters": {"rope_type": "default", "rope_theta": 7}`: {Type: "default", Theta: 7, Partial: 1},
		`, "rope_theta": 5, "rope_scaling": {"type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 48}`: {
			Type: "llama3", OldType: "llama3", Theta: 5, Partial: 1, Factor: 8, Low: 1, High: 4, Context: 48,
		},
		`, "rope_scaling": null, "head_dim": null, "num_key_value_heads": null`: {Type: "default", Theta: 10000, Partial: 1},
	} {
		c, err := read(`{"model_type": "llama", ` + sizes + text + `}`)
		require.NoError(t, err, text)
		require.Equal(t, want, c.Rope, text)
		require.Equal(t, []int{3, 4}, []int{c.KVHeads, c.HeadDim}, text)
	}
}

// The type is the same to those who ask for it and to those who read all, where only the
// architectures say it, too.
func TestKind(t *testing.T) {
	for text, want := range map[string]string{
		`"model_type": "qwen3", "architectures": ["LlamaForCausalLM"]`: "qwen3",
		`"architectures": ["Qwen2ForCausalLM"]`:                        "qwen2",
		`"architectures": ["Other", "LlamaForCausalLM"]`:               "llama",
		`"architectures": ["MistralForCausalLM"]`:                      "MistralForCausalLM",
		`"architectures": ["GPT2LMHeadModel"]`:                         "gpt2",
		`"architectures": []`:                                          "gpt2",
	} {
		text = `{` + text + `, ` + sizes + `}`
		require.Equal(t, want, llamafiles.Kind(fstest.MapFS{"config.json": {Data: []byte(text)}}), text)
		if c, err := read(text); err == nil {
			require.Equal(t, want, c.ModelType)
		}
	}
	require.Equal(t, "gpt2", llamafiles.Kind(fstest.MapFS{}))
}

// A window acts where it is switched on, and on the layers from max_window_layers on
// or those that layer_types names. Qwen2.5 names one and switches it off.
func TestWindows(t *testing.T) {
	for text, ok := range map[string]bool{
		`"sliding_window": 32768, "use_sliding_window": false, "max_window_layers": 0`:                                                    true,
		`"sliding_window": null, "use_sliding_window": true`:                                                                              true,
		`"sliding_window": 8, "use_sliding_window": true, "max_window_layers": 4`:                                                         true,
		`"sliding_window": 8, "use_sliding_window": true, "max_window_layers": 3`:                                                         false,
		`"sliding_window": 8, "use_sliding_window": true, "max_window_layers": 4, "layer_types": ["full_attention", "sliding_attention"]`: false,
		`"sliding_window": 8, "use_sliding_window": true, "max_window_layers": 0, "layer_types": ["full_attention"]`:                      true,
	} {
		_, err := read(`{"model_type": "qwen2", ` + sizes + `, ` + text + `}`)
		if ok {
			require.NoError(t, err, text)
		} else {
			require.EqualError(t, err, "dir/config.json: sliding_window is in use; only full attention is built here", text)
		}
	}
}

// What is not built is refused by its name.
func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		`"model_type": "mistral"`:                                                   "model_type is mistral; only gpt2, llama, qwen2 and qwen3 are built here: take a model of Llama 3, Qwen2.5, Qwen3 or SmolLM2",
		`"architectures": ["MistralForCausalLM"]`:                                   "model_type is MistralForCausalLM; only gpt2, llama, qwen2 and qwen3 are built here: take a model of Llama 3, Qwen2.5, Qwen3 or SmolLM2",
		`"model_type": "llama", "hidden_act": "gelu"`:                               "hidden_act is gelu; only silu is built here",
		`"model_type": "llama", "rope_scaling": {"rope_type": "yarn", "factor": 4}`: "rope_type is yarn; only default and llama3 are built here",
		`"model_type": "llama", "rope_scaling": {"type": "linear", "factor": 4}`:    "rope_type is linear; only default and llama3 are built here",
		`"model_type": "llama", "partial_rotary_factor": 0.5`:                       "partial_rotary_factor is 0.5; only 1 is built here",
		`"model_type": "qwen3", "num_experts": 8`:                                   "num_experts is set; only models without experts are built here",
		`"model_type": "llama", "quantization_config": {"bits": 4}`:                 "quantization_config is set; only F32, F16 and BF16 are read: take the model's original files",
		`"model_type": "llama", "num_attention_heads": 5, "num_key_value_heads": 5`: "hidden_size 12 is not divisible by num_attention_heads 5, and there is no head_dim",
	} {
		all := sizes
		if strings.Contains(text, "num_attention_heads") {
			all = `"vocab_size": 10, "hidden_size": 12, "intermediate_size": 20, "num_hidden_layers": 4`
		}
		_, err := read(`{` + text + `, ` + all + `}`)
		require.EqualError(t, err, "dir/config.json: "+want)
	}
	_, err := llamafiles.ReadConfig(fstest.MapFS{}, "dir")
	require.ErrorContains(t, err, "no model in dir")
}
