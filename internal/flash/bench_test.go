package flash_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

// BenchmarkHeads counts the products of queries with keys that they may see, and
// of weights with values, twice as many in the backward pass as forward: what is
// computed twice, or in vain, counts nothing.
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
		x, dx := views(qkv), views(dqkv)
		pairs := float64(B*H) * float64(T*(T+1)/2)
		for _, p := range []float32{0, .1} {
			pass := flash.Pass{Heads: H, T: T, S: T, Causal: true, Drop: p}
			a, d := flash.NewKept(B, H, T), flash.NewKept(B, H, T)
			name := fmt.Sprintf("%dx%dx%dx%d", B, H, T, D)
			if p > 0 {
				name += "/dropout"
			}
			b.Run(name+"/forward", func(b *testing.B) {
				for b.Loop() {
					flash.Forward(y, &a, x, pass)
				}
				b.ReportMetric(4*D*pairs*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
			b.Run(name+"/backward", func(b *testing.B) {
				flash.Forward(y, &a, x, pass)
				for b.Loop() {
					flash.Backward(dx, &d, &a, dy, y, x)
				}
				b.ReportMetric(8*D*pairs*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}

// BenchmarkPlain is BenchmarkHeads by chapter 3, with all weights in memory.
func BenchmarkPlain(b *testing.B) {
	for _, size := range []struct{ B, H, T int }{{4, 12, 64}, {4, 12, 256}, {4, 12, 1024}} {
		p := newPass(flash.Pass{Heads: size.H, T: size.T, S: size.T, Causal: true}, size.B, size.H*64)
		heads := attention.SideBySide{Heads: size.H, T: size.T, S: size.T, Causal: true}
		a, d, name := heads.NewPairs(size.B), heads.NewPairs(size.B), fmt.Sprintf("%dx%dx%dx64", size.B, size.H, size.T)
		b.Run(name+"/forward", func(b *testing.B) {
			for b.Loop() {
				heads.Forward(p.y, a, attention.Views(p.x), nil)
			}
		})
		b.Run(name+"/backward", func(b *testing.B) {
			heads.Forward(p.y, a, attention.Views(p.x), nil)
			for b.Loop() {
				heads.Backward(attention.Views(p.dx), d, a, p.dy, attention.Views(p.x))
			}
		})
	}
}

// views are queries, keys and values side by side in qkv.
func views(qkv blas32.General) flash.Views {
	C := qkv.Cols / 3
	return flash.Views{Q: f32.Cols(qkv, 0, C), K: f32.Cols(qkv, C, 2*C), V: f32.Cols(qkv, 2*C, 3*C)}
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
		x := flash.Views{Q: f32.Cols(qkv, 0, C), K: f32.Cols(past, 0, C), V: f32.Cols(past, C, 2*C)}
		var a flash.Kept
		b.Run(fmt.Sprintf("%dx%d", T, S), func(b *testing.B) {
			for b.Loop() {
				flash.Forward(y, &a, x, flash.Pass{Heads: H, T: T, S: S, Causal: true})
			}
		})
	}
}
