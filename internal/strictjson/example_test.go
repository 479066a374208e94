package strictjson_test

import (
	"fmt"

	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// Six texts that encoding/json takes without a word.
func ExampleUnmarshal() {
	for _, text := range []string{
		`{"n_layer": 2, "n_layer": 3}`,
		`{"n_layer": 2, "N_LAYER": 3}`,
		`{"N_LAYER": 3}`,
		`{"n_layer": null}`,
		"{\"n_layer\": 2}\n{\"n_layer\": 3}",
		`{"n_layers": 2}`,
	} {
		var config struct {
			Layers int `json:"n_layer"`
		}
		fmt.Println(strictjson.Unmarshal([]byte(text), &config, strictjson.Refuse))
	}
	// Output:
	// byte 15: "n_layer" comes twice, first at byte 1
	// byte 15: "N_LAYER": the key comes as "n_layer", too, at byte 1
	// byte 1: "N_LAYER": the key is spelt "n_layer"
	// byte 12: "n_layer": null, where a value belongs
	// line 2: something follows the JSON value
	// byte 1: "n_layers": there is no such key
}
