package lora

import (
	"regexp"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// matrixOfBlock matches the matrices of a GPT-2's blocks, and those of today's models.
var matrixOfBlock = regexp.MustCompile(`^(h\.\d+\.(attn|mlp)|model\.layers\.\d+\.(self_attn|mlp))\.(c_\w+|\w+_proj)\.weight$`)

// Changes says which parameters have a matrix that changes: those of the blocks,
// and the head of a classifier.
func Changes(name string) bool {
	return name == "score.weight" || matrixOfBlock.MatchString(name)
}

// An adapter is the change of one matrix and what it is for.
type adapter struct {
	name         string
	w            blas32.General // the matrix, of the model: gets the merged weights
	base         blas32.General // the weights before any change
	dw           blas32.General // the gradient of the merged weights
	change, grad classify.LowRank
}

// adapters lists the matrices of p that are to change, with the gradient g of p.
// The queries, keys and values lie side by side in one parameter, and each gets a
// change of its own.
func adapters(p, g gpt.Param) []adapter {
	in, out := p.Shape[0], p.Shape[1]
	w, dw := f32.View(p.Data, in, out), f32.View(g.Data, in, out)
	name := strings.TrimSuffix(p.Name, ".weight")
	block, packed := strings.CutSuffix(name, "c_attn")
	if !packed {
		return []adapter{{name: name, w: w, dw: dw}}
	}
	var list []adapter
	for i, part := range []string{"query", "key", "value"} {
		from, to := i*out/3, (i+1)*out/3
		list = append(list, adapter{name: block + part, w: f32.Cols(w, from, to), dw: f32.Cols(dw, from, to)})
	}
	return list
}

// params lists A and B of a change to the matrix of that name.
func params(name string, c classify.LowRank) []gpt.Param {
	return []gpt.Param{
		{Name: name + ".lora_A", Shape: []int{c.A.Rows, c.A.Cols}, Data: c.A.Data},
		{Name: name + ".lora_B", Shape: []int{c.B.Rows, c.B.Cols}, Data: c.B.Data},
	}
}

// ParamCount is the number of values in changes of rank r for a model of the given
// configuration and a head of so many outputs. A matrix of in by out costs r·(in+out)
// of them: per block four of C by C, and two of C by 4C.
func ParamCount(c gpt.Config, r, outputs int) int {
	C := c.Width
	return r * (c.Layers*(4*(C+C)+2*(C+4*C)) + C + outputs)
}
