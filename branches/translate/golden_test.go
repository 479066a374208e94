package translate_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/translate"
	"github.com/llm-from-scratch/llm/branches/translate/parts"
	"github.com/llm-from-scratch/llm/branches/translate/search"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/golden"
)

// eachPlace runs a test on both of the models that PyTorch's nn.Transformer has computed.
func eachPlace(t *testing.T, test func(t *testing.T, folder string, c translate.Config)) {
	golden.Large(t)
	c := translate.Config{Vocab: 61, Width: 32, Hidden: 64, Heads: 4, Encoder: 2, Decoder: 2, FinalNorm: true} // nn.Transformer has that in both
	for _, c.NormFirst = range []bool{false, true} {
		name := map[bool]string{false: "postnorm", true: "prenorm"}[c.NormFirst]
		t.Run(name, func(t *testing.T) { test(t, "translate/"+name+"/", c) })
	}
}

func golds(t *testing.T, c translate.Config, file string) *translate.Model {
	m, weights := translate.New(c), golden.Load(t, file)
	require.Len(t, m.Params(), len(weights.Names()))
	for _, p := range m.Params() {
		require.Equal(t, weights.Shape(t, p.Name), p.Shape, p.Name)
		copy(p.Data, weights.F32(t, p.Name))
	}
	return m
}

func goldenBatch(t *testing.T, folder string) embeddings.Batch {
	g := golden.Load(t, folder+"batch.safetensors")
	shape := g.Shape(t, "src")
	return embeddings.Batch{B: shape[0], T: shape[1], Inputs: g.Ints(t, "src"), Targets: g.Ints(t, "tgt_out")}
}

// keysOfPadding are the parts of the biases of keys: their true gradient is zero, since
// softmax does not see what all scores have in common.
func keysOfBias(name string, c translate.Config, data []float32) []float32 {
	if !strings.HasSuffix(name, "in_proj_bias") {
		return data
	}
	return slices.Concat(data[:c.Width], data[2*c.Width:])
}

func TestGoldenPasses(t *testing.T) {
	eachPlace(t, func(t *testing.T, folder string, c translate.Config) {
		m, b, want := golds(t, c, folder+"model.safetensors"), goldenBatch(t, folder), golden.Load(t, folder+"batch.safetensors")
		p := m.NewPass(len(b.Inputs))
		hidden := p.Forward(b, nil)
		golden.Close(t, "positions", parts.Positions(b.T, c.Width).Data, want.F32(t, "pos"), 1e-6)
		golden.Close(t, "src_x", real(b.Inputs, p.Read.Stream(0).Data), real(b.Inputs, want.F32(t, "src_x")), 1e-6)
		golden.Close(t, "tgt_x", real(b.Targets, p.Write.Stream(0).Data), real(b.Targets, want.F32(t, "tgt_x")), 1e-6)
		for i := range 2 {
			enc, dec := fmt.Sprintf("enc_%d", i), fmt.Sprintf("dec_%d", i)
			golden.Close(t, enc, real(b.Inputs, p.Read.Stream(i+1).Data), real(b.Inputs, want.F32(t, enc)), 1e-5)
			golden.Close(t, dec, real(b.Targets, p.Write.Stream(i+1).Data), real(b.Targets, want.F32(t, dec)), 1e-5)
			looks(t, b.Inputs, b.Inputs, b.B, want.F32(t, fmt.Sprintf("enc_self_%d", i)), &p.Read.Layers[i].Self)
			looks(t, b.Targets, b.Targets, b.B, want.F32(t, fmt.Sprintf("dec_self_%d", i)), &p.Write.Layers[i].Self)
			looks(t, b.Targets, b.Inputs, b.B, want.F32(t, fmt.Sprintf("cross_%d", i)), &p.Write.Layers[i].Cross)
		}
		golden.Close(t, "memory", real(b.Inputs, p.Read.Stream(3).Data), real(b.Inputs, want.F32(t, "memory")), 1e-5)
		golden.Close(t, "dec", real(b.Targets, hidden.Data), real(b.Targets, want.F32(t, "dec")), 1e-5)
		logits, dhidden := f32.New(hidden.Rows, c.Vocab), f32.New(hidden.Rows, c.Width)
		m.Logits(logits, hidden)
		golden.Close(t, "logits", real(b.Targets, logits.Data), real(b.Targets, want.F32(t, "logits")), 1e-5)
		close(t, "nll", parts.Smoothed(logits, b.Targets, translate.Pad, 0, false, 1), want.F32(t, "nll"))
		close(t, "loss", parts.Smoothed(logits, b.Targets, translate.Pad, 0.1, false, 1), want.F32(t, "loss"))
		close(t, "loss", parts.Smoothed(logits, b.Targets, translate.Pad, 0.1, true, 1), want.F32(t, "loss"))
		p.LogitsBackward(dhidden, logits, hidden)
		p.Backward(dhidden)
		grads := golden.Load(t, folder+"grads.safetensors")
		for _, g := range p.Grads() {
			golden.Close(t, g.Name, g.Data, grads.F32(t, g.Name), 1e-5)
		}
	})
}

func close(t *testing.T, name string, got float64, want []float32) {
	golden.Close(t, name, []float32{float32(got)}, want, 1e-6)
}

// real are the rows of m that belong to an id, not to padding.
func real(ids []int, m []float32) (rows []float32) {
	C := len(m) / len(ids)
	for i, id := range ids {
		if id != translate.Pad {
			rows = append(rows, m[i*C:(i+1)*C]...)
		}
	}
	return rows
}

// looks compares the weights of all heads with want (B,H,T,S), by which the ids (B,T) of
// one side look at those (B,S) of the other, but for padding.
func looks(t *testing.T, from, to []int, B int, want []float32, a *parts.AttentionActivations) {
	T, S := len(from)/B, len(to)/B
	H := len(want) / B / T / S
	for i := range B * H {
		got := a.Weights(i/H, i%H)
		require.Equal(t, T, got.Rows)
		for row := range T {
			if from[i/H*T+row] == translate.Pad {
				continue
			}
			w := want[(i*T+row)*S:][:S]
			golden.Close(t, "weights", f32.Row(got, row), w[:got.Cols], 1e-5)
			for _, v := range w[got.Cols:] {
				require.Zero(t, v)
			}
		}
	}
}

// Twenty steps of Adam end at the same weights.
func TestGoldenTraining(t *testing.T) {
	eachPlace(t, func(t *testing.T, folder string, c translate.Config) {
		var want struct {
			Betas     [2]float64
			Eps       float64
			Smoothing float64 `json:"label_smoothing"`
			Factor    float64
			Warmup    int
			LRs       []float64
			Losses    []float64
		}
		golden.JSON(t, folder+"training.json", &want)
		m, b := golds(t, c, folder+"model.safetensors"), goldenBatch(t, folder)
		l := translate.NewLearner(m, len(b.Inputs), want.Smoothing)
		o := pretrain.NewOptimizer(pretrain.AdamW{Beta1: want.Betas[0], Beta2: want.Betas[1], Epsilon: want.Eps}, l.Params(), l.Grads())
		rates := pretrain.Schedule{Peak: want.Factor / math.Sqrt(float64(c.Width*want.Warmup)), Warmup: want.Warmup, Root: true}
		for i, loss := range want.Losses {
			require.InDelta(t, loss, l.Learn(b, 1, nil), 2e-5*loss, "step %d", i)
			rate := rates.Rate(i)
			require.InEpsilon(t, want.LRs[i], rate, 1e-12)
			o.Step(rate, 1)
		}
		after := golden.Load(t, folder+"after20.safetensors")
		for _, p := range m.Params() {
			golden.Close(t, p.Name, keysOfBias(p.Name, c, p.Data), keysOfBias(p.Name, c, after.F32(t, p.Name)), 1e-4)
		}
	})
}

// The same texts as a search without a cache finds, greedily and by beam.
func TestGoldenDecoding(t *testing.T) {
	eachPlace(t, func(t *testing.T, folder string, c translate.Config) {
		var want struct {
			Beam    int
			Alpha   float64
			MaxLen  int `json:"max_len"`
			Outputs []struct {
				Src, Greedy []int
				Beam        []struct {
					IDs            []int
					LogProb, Score float64
				}
			}
		}
		golden.JSON(t, folder+"decode.json", &want)
		m := golds(t, c, folder+"trained.safetensors")
		var sources [][]int
		for _, w := range want.Outputs {
			sources = append(sources, w.Src)
		}
		greedy := greedy(m, sources, want.MaxLen)
		early := beam(m, sources, search.Beam{Texts: texts(want.MaxLen), Width: want.Beam, Alpha: want.Alpha, Early: true})
		late := beam(m, sources, search.Beam{Texts: texts(want.MaxLen), Width: want.Beam, Alpha: want.Alpha})
		for i, w := range want.Outputs {
			require.Equal(t, w.Greedy, greedy[i])
			require.Len(t, early[i], len(w.Beam))
			for j, h := range w.Beam {
				require.Equal(t, h.IDs, early[i][j].IDs)
				require.InDelta(t, h.LogProb, early[i][j].LogProb, 1e-4)
				require.InDelta(t, h.Score, early[i][j].Score, 1e-4)
			}
			require.Equal(t, w.Beam[0].IDs, late[i][0].IDs)
			require.Equal(t, early[i][0].Score, late[i][0].Score)
		}
	})
}
