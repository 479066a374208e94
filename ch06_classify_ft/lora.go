package classify

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// LowRank is a change of a matrix W (in,out) with few numbers: Scale·A·B, a matrix that has no
// more than rank r (Hu et al. 2021, section 4.1). Its gradient is another LowRank.
type LowRank struct {
	A     blas32.General // (in,r)
	B     blas32.General // (r,out)
	Scale float32        // α/r
}

// NewLowRank returns a change of rank r for a matrix of in rows and out columns. A is drawn from
// ±1/√r and B is zero, so that nothing changes yet.
func NewLowRank(in, out, r int, alpha float32, rng *rand.Rand) LowRank {
	if r < 1 {
		panic("classify: the rank must be at least 1")
	}
	l := LowRank{A: f32.New(in, r), B: f32.New(r, out), Scale: alpha / float32(r)}
	bound := float32(1 / math.Sqrt(float64(r)))
	for i := range l.A.Data {
		l.A.Data[i] = bound * (2*rng.Float32() - 1)
	}
	return l
}

// Merge sets w to base + Scale·A·B.
func (l LowRank) Merge(w, base blas32.General) {
	copyMatrix(w, base)
	f32.Gemm(blas.NoTrans, blas.NoTrans, l.Scale, l.A, l.B, 1, w)
}

// Backward undoes w = base + Scale·A·B, given dw (in,out), and adds to grad:
//
//	dA += Scale · dw Bᵀ    dB += Scale · Aᵀ dw
func (l LowRank) Backward(grad *LowRank, dw blas32.General) {
	f32.Gemm(blas.NoTrans, blas.Trans, l.Scale, dw, l.B, 1, grad.A)
	f32.Gemm(blas.Trans, blas.NoTrans, l.Scale, l.A, dw, 1, grad.B)
}

func copyMatrix(dst, src blas32.General) {
	for i := range src.Rows {
		copy(f32.Row(dst, i), f32.Row(src, i))
	}
}

// LoRA trains low-rank changes of all the matrices in a classifier's blocks and of its head, in
// the place of the matrices themselves. It is a [pretrain.Learner] whose parameters are the
// changes alone.
type LoRA struct {
	learner       *Learner // with gradients for the changed matrices
	adapters      []adapter
	params, grads []gpt.Param
}

// An adapter is the change of one matrix and what it is for.
type adapter struct {
	name         string
	w            blas32.General // the matrix, of the classifier: gets the merged weights
	base         blas32.General // the weights before any change
	dw           blas32.General // the gradient of the merged weights
	change, grad LowRank
}

// adapters lists the matrices of c that are to change. The queries, keys and values lie side by
// side in one parameter, and each gets a change of its own.
func adapters(c *Classifier) []adapter {
	var list []adapter
	C := c.Model.Config.Width
	for i, b := range c.Model.Blocks {
		h := fmt.Sprintf("h.%d.", i)
		list = append(list,
			adapter{name: h + "attn.query", w: f32.Cols(b.Attention.QKV.W, 0, C)},
			adapter{name: h + "attn.key", w: f32.Cols(b.Attention.QKV.W, C, 2*C)},
			adapter{name: h + "attn.value", w: f32.Cols(b.Attention.QKV.W, 2*C, 3*C)},
			adapter{name: h + "attn.c_proj", w: b.Attention.Proj.W},
			adapter{name: h + "mlp.c_fc", w: b.MLP.Fc.W},
			adapter{name: h + "mlp.c_proj", w: b.MLP.Proj.W})
	}
	return append(list, adapter{name: "score", w: c.Head.W})
}

// changes says which parameters have a matrix that changes.
func changes(name string) bool {
	inBlock := strings.HasPrefix(name, "h.") && strings.HasSuffix(name, ".weight")
	return name == headWeight || inBlock && !strings.Contains(name, ".ln_")
}

// NewLoRA prepares changes of rank r, at first of nothing, to be trained on batches of at most B
// messages of T tokens. From now on every pass of the LoRA writes the changed weights into c.
func NewLoRA(c *Classifier, r int, alpha float32, B, T int, rng *rand.Rand) *LoRA {
	l := &LoRA{learner: NewLearner(c, changes, B, T), adapters: adapters(c)}
	grads := adapters(l.learner.grad)
	for i := range l.adapters {
		a := &l.adapters[i]
		in, out := a.w.Rows, a.w.Cols
		a.base, a.dw = f32.New(in, out), grads[i].w
		copyMatrix(a.base, a.w)
		a.change = NewLowRank(in, out, r, alpha, rng)
		a.grad = LowRank{A: f32.New(in, r), B: f32.New(r, out)}
		l.params = append(l.params, a.change.params(a.name)...)
		l.grads = append(l.grads, a.grad.params(a.name)...)
	}
	return l
}

// Params are A and B of every change.
func (l *LoRA) Params() []gpt.Param { return l.params }

// Grads are their gradients.
func (l *LoRA) Grads() []gpt.Param { return l.grads }

// params lists A and B of a change to the matrix of that name.
func (l LowRank) params(name string) []gpt.Param {
	return []gpt.Param{
		{Name: name + ".lora_A", Shape: []int{l.A.Rows, l.A.Cols}, Data: l.A.Data},
		{Name: name + ".lora_B", Shape: []int{l.B.Rows, l.B.Cols}, Data: l.B.Data},
	}
}

// Merge writes the changed weights into the classifier. Passes do it by themselves; after the last
// step of training it is for the caller to do.
func (l *LoRA) Merge() {
	for _, a := range l.adapters {
		a.change.Merge(a.w, a.base)
	}
}

// Learn merges, takes the gradient of the merged weights as for any other training, and from it
// that of the changes, which it adds to theirs.
func (l *LoRA) Learn(b embeddings.Batch, scale float32, drop *attention.Dropout) float64 {
	l.Merge()
	for _, g := range l.learner.grads {
		clear(g.Data)
	}
	loss := l.learner.Learn(b, scale, drop)
	for _, a := range l.adapters {
		a.change.Backward(&a.grad, a.dw)
	}
	return loss
}

// Loss merges and returns the mean loss of a batch.
func (l *LoRA) Loss(b embeddings.Batch) float64 {
	l.Merge()
	return l.learner.Loss(b)
}

// LoRAParams is the number of values in changes of rank r for a model of the given configuration
// and a head of so many outputs. A matrix of in by out costs r·(in+out) of them: per block four of
// C by C, and two of C by 4C.
func LoRAParams(c gpt.Config, r, outputs int) int {
	C := c.Width
	return r * (c.Layers*(4*(C+C)+2*(C+4*C)) + C + outputs)
}
