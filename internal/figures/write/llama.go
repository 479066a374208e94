package main

import (
	"encoding/binary"
	"fmt"

	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/llama"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/figures"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// dials are the four pairs of a head of eight columns at some positions, each as the
// hand of a clock.
func dials() []byte {
	s := figures.NewSketch(330, "Four pairs of columns, turned by position",
		"A row of clocks for each position. The first pair goes round fast, the next one ten times slower, and so on.")
	frequencies := layers.Rotary{Theta: 10000}.Frequencies(8)
	for i, f := range frequencies {
		s.Note(116+62*float64(i), 48, "middle", fmt.Sprintf("pair %d", i), fmt.Sprintf("%.3g", f))
	}
	s.Note(4, 62, "start", "angle a step")
	for row, position := range []int{0, 1, 2, 10, 100} {
		y := 92 + 48*float64(row)
		s.Note(4, y+4, "start", fmt.Sprintf("position %d", position))
		turns := layers.NewTurns(1, len(frequencies))
		turns.Set(frequencies, position)
		for i := range frequencies {
			hand := []float32{1, 0}
			layers.Rotate(hand, turns.Cos.Data[i:i+1], turns.Sin.Data[i:i+1])
			x := 116 + 62*float64(i)
			s.Dot(x, y, figures.Plain)
			s.Line(figures.Query, x, y, x+19*float64(hand[0]), y-19*float64(hand[1]))
		}
	}
	return s.SVG()
}

// grouped are the heads of SmolLM2's smallest model, three of queries to one of keys.
func grouped() []byte {
	c := llama.Config{Layers: 30, Heads: 9, KVHeads: 3, HeadDim: 64}
	s := figures.NewSketch(212, "Nine heads of queries, three of keys",
		"Each three neighbouring heads of queries look at one head of keys and values.")
	const cell, step = 30.0, 38.0
	s.Note(4, 46, "start", "queries")
	s.Note(4, 166, "start", "keys and values, kept for every token")
	shared := c.Heads / c.KVHeads
	for h := range c.Heads {
		x := 4 + step*float64(h)
		s.Box(x, 54, cell, cell, figures.Query, fmt.Sprint(h+1))
		k := 4 + step*float64(h/shared*shared+shared/2)
		if h%shared == shared/2 {
			s.Box(k-20, 114, cell+40, 34, figures.Key, "k, v")
		}
		s.Arrow(x+cell/2, 54+cell, k+cell/2, 114)
	}
	own := c
	own.KVHeads = c.Heads
	s.Note(4, 190, "start", fmt.Sprintf("%d bytes a token; with a head of keys for each, %d", c.CacheBytes(), own.CacheBytes()))
	return s.SVG()
}

// fourBits is the beginning of a block of Q4_0.
func fourBits() []byte {
	s := figures.NewSketch(230, "A block of Q4_0",
		"A scale of two bytes, then sixteen bytes with two codes each: value i in the lower half of byte i, value i+16 in the upper one.")
	data := append([]byte{0x00, 0x38, 0xf0, 0x9a}, make([]byte, 14)...)
	values := make([]float32, 32)
	gguf.Q4_0.Decode(values, data)
	scale := safetensors.FromF16(binary.LittleEndian.Uint16(data))
	s.Box(4, 40, 66, 30, figures.Frozen, fmt.Sprint("scale ", scale))
	s.Note(4, 119, "start", "codes")
	s.Note(4, 174, "start", "minus 8,", fmt.Sprint("times ", scale))
	for i, pair := range data[2:4] {
		x := 82 + 114*float64(i)
		s.Box(x, 40, 106, 30, figures.Plain, fmt.Sprintf("0x%02x", pair))
		for half, code := range []byte{pair >> 4, pair & 15} {
			at, number := x+54*float64(half), i+16*(1-half)
			s.Arrow(at+26, 70, at+26, 100)
			s.Box(at, 100, 52, 30, figures.Plain, fmt.Sprint(code))
			s.Arrow(at+26, 130, at+26, 164)
			s.Box(at, 164, 52, 30, figures.Frozen, fmt.Sprint(values[number]))
			s.Note(at+26, 212, "middle", fmt.Sprint("value ", number))
		}
	}
	s.Note(306, 59, "start", "and 14")
	return s.SVG()
}

func silu() []byte {
	return figures.Lines("SiLU, its slope, and GELU", "x", "",
		curve("SiLU", layers.SiLU), curve("slope of SiLU", layers.SiLUSlope), curve("GELU", gpt.GELU))
}
