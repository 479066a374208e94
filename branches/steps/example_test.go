package steps_test

import (
	"fmt"
	"strings"

	"github.com/llm-from-scratch/llm/branches/steps"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// The sizes that llm pretrain has by default, at each station.
func ExampleNamed() {
	sizes := gpt.Config{Vocab: 1024, Context: 128, Width: 128, Heads: 4, Layers: 4, QKVBias: true, TiedHead: true}
	for _, name := range steps.Names {
		c, _ := steps.Named(name, sizes)
		fmt.Printf("%-8s hidden width %3d, %d heads of keys: %d weights\n", name, c.Hidden, c.KVHeads, c.ParamCount())
	}
	// Output:
	// gpt2     hidden width 512, 4 heads of keys: 940800 weights
	// rmsnorm  hidden width 512, 4 heads of keys: 939648 weights
	// swiglu   hidden width 342, 4 heads of keys: 941360 weights
	// nobias   hidden width 345, 4 heads of keys: 940672 weights
	// rotary   hidden width 356, 4 heads of keys: 941184 weights
	// llama    hidden width 398, 2 heads of keys: 940160 weights
}

// One block at both ends: what there is to train.
func ExampleModel_Params() {
	sizes := gpt.Config{Vocab: 20, Context: 8, Width: 12, Heads: 2, Layers: 1, QKVBias: true, TiedHead: true}
	for _, name := range []string{"gpt2", "llama"} {
		c, _ := steps.Named(name, sizes)
		fmt.Println(name)
		for _, p := range steps.New(c).Params() {
			if block, ok := strings.CutPrefix(p.Name, "h.0."); ok && len(p.Shape) == 2 {
				fmt.Println("  ", block, p.Shape)
			}
		}
	}
	// Output:
	// gpt2
	//    attn.c_attn.weight [12 36]
	//    attn.c_proj.weight [12 12]
	//    mlp.c_fc.weight [12 48]
	//    mlp.c_proj.weight [48 12]
	// llama
	//    attn.c_attn.weight [12 24]
	//    attn.c_proj.weight [12 12]
	//    mlp.gate.weight [43 12]
	//    mlp.up.weight [43 12]
	//    mlp.c_proj.weight [12 43]
}
