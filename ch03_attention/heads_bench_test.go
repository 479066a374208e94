package attention_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

// BenchmarkHeads counts the products of queries with keys that they may see, and
// of weights with values, twice as many on the way back as forward: what is computed twice, or in vain, counts nothing.
func BenchmarkHeads(b *testing.B) {
	for _, size := range []struct{ B, H, T int }{{16, 6, 64}, {4, 12, 64}, {16, 6, 256}, {4, 12, 256}, {4, 12, 1024}} {
		const D = 64
		B, H, T := size.B, size.H, size.T
		C := H * D
		rng := rand.New(rand.NewPCG(1, 1))
		qkv, dqkv := f32.New(B*T, 3*C), f32.New(B*T, 3*C)
		gradcheck.Fill(qkv.Data, rng, 1)
		y, dy := f32.New(B*T, C), f32.New(B*T, C)
		gradcheck.Fill(dy.Data, rng, 1)
		q, k, v := f32.Cols(qkv, 0, C), f32.Cols(qkv, C, 2*C), f32.Cols(qkv, 2*C, 3*C)
		dq, dk, dv := f32.Cols(dqkv, 0, C), f32.Cols(dqkv, C, 2*C), f32.Cols(dqkv, 2*C, 3*C)
		pairs := float64(B*H) * float64(T*(T+1)/2)
		for _, p := range []float32{0, .1} {
			h := attention.Heads{Count: H, Causal: true}
			a, d := attention.NewHeadsActivations(h, B, T), attention.NewHeadsActivations(h, B, T)
			name := fmt.Sprintf("%dx%dx%dx%d", B, H, T, D)
			if p > 0 {
				name += "/dropout"
			}
			b.Run(name+"/forward", func(b *testing.B) {
				for b.Loop() {
					h.Forward(y, &a, q, k, v, T, T, attention.NewDropout(p, rng))
				}
				b.ReportMetric(4*D*pairs*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
			b.Run(name+"/backward", func(b *testing.B) {
				h.Forward(y, &a, q, k, v, T, T, attention.NewDropout(p, rng))
				for b.Loop() {
					h.Backward(dq, dk, dv, &d, &a, dy, y, q, k, v, T, T)
				}
				b.ReportMetric(8*D*pairs*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}

// BenchmarkHeadsRead is the attention of a model that reads T positions after
// S-T others.
func BenchmarkHeadsRead(b *testing.B) {
	for _, size := range []struct{ T, S int }{{1, 64}, {1, 512}, {1, 1024}, {64, 512}, {64, 1024}, {512, 1024}} {
		const H, C = 12, 768
		T, S := size.T, size.S
		rng := rand.New(rand.NewPCG(1, 1))
		qkv, past, y := f32.New(T, 3*C), f32.New(S, 2*C), f32.New(T, C)
		gradcheck.Fill(qkv.Data, rng, 1)
		gradcheck.Fill(past.Data, rng, 1)
		h := attention.Heads{Count: H, Causal: true}
		var a attention.HeadsActivations
		b.Run(fmt.Sprintf("%dx%d", T, S), func(b *testing.B) {
			for b.Loop() {
				h.Forward(y, &a, f32.Cols(qkv, 0, C), f32.Cols(past, 0, C), f32.Cols(past, C, 2*C), T, S, nil)
			}
		})
	}
}
