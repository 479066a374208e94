package bert_test

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/bert"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

func ExampleGELU() {
	for _, x := range []float32{-3, -1, 0, 1, 3} {
		fmt.Printf("%2.0f  exact %8.5f  by tanh %8.5f  slope %8.5f\n", x, bert.GELU(x), gpt.GELU(x), bert.GELUSlope(x))
	}
	// Output:
	// -3  exact -0.00405  by tanh -0.00364  slope -0.01195
	// -1  exact -0.15866  by tanh -0.15881  slope -0.08332
	//  0  exact  0.00000  by tanh  0.00000  slope  0.50000
	//  1  exact  0.84134  by tanh  0.84119  slope  1.08332
	//  3  exact  2.99595  by tanh  2.99636  slope  1.01195
}

// base is the smaller of the two models that were published in 2018.
var base = bert.Config{
	Vocab: 30522, Context: 512, Width: 768, Hidden: 3072, Layers: 12, Heads: 12, Types: 2, Epsilon: 1e-12, Pooler: true,
}

func ExampleConfig_ParamCount() {
	minilm := base
	minilm.Width, minilm.Hidden, minilm.Layers = 384, 1536, 6
	fmt.Println("BERT base:", base.ParamCount())
	fmt.Println("MiniLM:   ", minilm.ParamCount())
	// Output:
	// BERT base: 109482240
	// MiniLM:    22713216
}

// A model that has learned nothing still shows who sees whom: six positions, of which
// the last two are padding.
func ExamplePass_Weights() {
	c := bert.Config{Vocab: 20, Context: 8, Width: 8, Hidden: 16, Layers: 1, Heads: 1, Types: 2, Epsilon: 1e-12}
	m := bert.New(c)
	m.Init(rand.New(rand.NewPCG(1, 1)))
	p := m.NewPass(gpt.Frozen, 1, 6)
	p.Forward(bert.Input{IDs: []int{2, 7, 8, 3, 0, 0}, T: 6, Real: []int{4}}, nil)
	weights := p.Weights(0, 0, 0)
	for i := range 3 {
		fmt.Printf("%.2f\n", weights.Data[6*i:6*i+6])
	}
	// Output:
	// [0.25 0.25 0.25 0.25 0.00 0.00]
	// [0.25 0.25 0.25 0.25 0.00 0.00]
	// [0.25 0.25 0.25 0.25 0.00 0.00]
}

func ExampleModel_Params() {
	c := bert.Config{Vocab: 20, Context: 8, Width: 4, Hidden: 16, Layers: 1, Heads: 2, Types: 2, Epsilon: 1e-12, Masked: true}
	for _, p := range c.Params() {
		fmt.Println(p.Name, p.Shape)
	}
	// Output:
	// bert.embeddings.word_embeddings.weight [20 4]
	// bert.embeddings.position_embeddings.weight [8 4]
	// bert.embeddings.token_type_embeddings.weight [2 4]
	// bert.embeddings.LayerNorm.weight [4]
	// bert.embeddings.LayerNorm.bias [4]
	// bert.encoder.layer.0.attention.self.query.weight [4 4]
	// bert.encoder.layer.0.attention.self.query.bias [4]
	// bert.encoder.layer.0.attention.self.key.weight [4 4]
	// bert.encoder.layer.0.attention.self.key.bias [4]
	// bert.encoder.layer.0.attention.self.value.weight [4 4]
	// bert.encoder.layer.0.attention.self.value.bias [4]
	// bert.encoder.layer.0.attention.output.dense.weight [4 4]
	// bert.encoder.layer.0.attention.output.dense.bias [4]
	// bert.encoder.layer.0.attention.output.LayerNorm.weight [4]
	// bert.encoder.layer.0.attention.output.LayerNorm.bias [4]
	// bert.encoder.layer.0.intermediate.dense.weight [16 4]
	// bert.encoder.layer.0.intermediate.dense.bias [16]
	// bert.encoder.layer.0.output.dense.weight [4 16]
	// bert.encoder.layer.0.output.dense.bias [4]
	// bert.encoder.layer.0.output.LayerNorm.weight [4]
	// bert.encoder.layer.0.output.LayerNorm.bias [4]
	// cls.predictions.bias [20]
	// cls.predictions.transform.dense.weight [4 4]
	// cls.predictions.transform.dense.bias [4]
	// cls.predictions.transform.LayerNorm.weight [4]
	// cls.predictions.transform.LayerNorm.bias [4]
}

func ExampleMean() {
	// Two texts of one direction and different length, and one across.
	for _, v := range [][]float32{{3, 4}, {6, 8}, {-4, 3}} {
		fmt.Println(bert.Mean(matrix(v)))
	}
	// Output:
	// [0.6 0.8]
	// [0.6 0.8]
	// [-0.8 0.6]
}

func matrix(row []float32) blas32.General { return f32.View(row, 1, len(row)) }
