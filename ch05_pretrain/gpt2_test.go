package pretrain_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pkoukk/tiktoken-go-loader/assets"
	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// published writes m as the published GPT-2 is laid out: the names in the order
// of the alphabet, and among them the causal masks.
func published(t testing.TB, dir string, m *gpt.Model, bpe *tokens.BPE) {
	t.Helper()
	require.NoError(t, pretrain.SaveModel(dir, m, bpe))
	T := m.Config.Context
	mask := make([]float32, T*T)
	for i := range T {
		for j := range i + 1 {
			mask[i*T+j] = 1
		}
	}
	params := m.Params()
	for i := range m.Blocks {
		params = append(params, gpt.Param{Name: fmt.Sprintf("h.%d.attn.bias", i), Shape: []int{1, 1, T, T}, Data: mask})
	}
	slices.SortFunc(params, func(a, b gpt.Param) int { return strings.Compare(a.Name, b.Name) })
	require.NoError(t, pretrain.WriteFile(filepath.Join(dir, "model.safetensors"), func(w io.Writer) error {
		return pretrain.WriteTensors(w, params, map[string]string{"format": "pt"})
	}))
}

// gpt2BPE is GPT-2's tokenizer, from the module that has its files.
func gpt2BPE(t testing.TB) *tokens.BPE {
	ranks, err := assets.Assets.Open("r50k_base.tiktoken")
	require.NoError(t, err)
	defer ranks.Close()
	bpe, err := tokens.ReadRanks(ranks)
	require.NoError(t, err)
	return bpe
}

// BenchmarkLoadModel reads a model of GPT-2's smallest size.
func BenchmarkLoadModel(b *testing.B) {
	m := gpt.New(gpt.GPT2Small)
	m.Init(rand.New(rand.NewPCG(1, 1)))
	dir := os.Getenv("DIRX")
	if dir == "" {
		dir = b.TempDir()
	}
	published(b, dir, m, gpt2BPE(b))
	b.SetBytes(int64(m.Config.WeightBytes()))
	m = nil
	for b.Loop() {
		_, _, err := pretrain.LoadModel(dir)
		require.NoError(b, err)
	}
}
