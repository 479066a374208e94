package main

import (
	"path/filepath"
	"runtime"

	"github.com/llm-from-scratch/llm/internal/compare/roofline"
	"github.com/llm-from-scratch/llm/internal/fetch"
)

// A row is one line of the table: what of ours is how many times what of whose.
type row struct {
	name    string
	target  float64 // of the ratio
	most    bool    // the ratio is to be at most that, not at least
	measure func(m *meter) result
}

// Numbers of the GPT-2 that all rows but "small" run.
const (
	parameters  = 124_439_808
	weightBytes = 4 * parameters // read for one token
)

var rows = []row{
	{"gemm/one", 1, false, func(m *meter) result { return m.products(1).median }},
	{"gemm/one/worst", 0.85, false, func(m *meter) result { return m.products(1).worst }},
	{"gemm/all", 1, false, func(m *meter) result { return m.products(runtime.NumCPU()).median }},
	{"gemm/all/worst", 0.85, false, func(m *meter) result { return m.products(runtime.NumCPU()).worst }},
	{"train/124M/4x64", 1.25, false, inTurns("tok/s", training("124M/4x64"), torch("tokens_per_second", "train", "124M", "4", "64", "3"))},
	{"train/124M/4x64/peak", 0.7, false, inTurns("GFLOP/s", scaled(training("124M/4x64"), 6*parameters/1e9), peak)},
	{"train/124M/4x256", 1.25, false, inTurns("tok/s", training("124M/4x256"), torch("tokens_per_second", "train", "124M", "4", "256", "2"))},
	{"train/124M/4x256/peak", 0.7, false, inTurns("GFLOP/s", scaled(training("124M/4x256"), 6*parameters/1e9), peak)},
	{"train/small", 1.4, false, inTurns("tok/s", training("small"), torch("tokens_per_second", "train", "small", "16", "256", "3"))},
	{"train/SmolLM2-lora/4x256", 1.25, false, inTurns("tok/s", lora("float32", "tok/s"), torchLoRA("tokens_per_second", "eager", "4", "256", "3"))},
	{"train/SmolLM2-lora/4x256/compiled", 1.25, false, inTurns("tok/s", lora("float32", "tok/s"), torchLoRA("tokens_per_second", "compile", "4", "256", "3"))},
	{"train/translate", 1.25, false, inTurns("tok/s", translating("TrainStep", "tok/s"), torchTranslate("tokens_per_second", "eager", "36", "14", "100"))},
	{"train/translate/compiled", 1.25, false, inTurns("tok/s", translating("TrainStep", "tok/s"), torchTranslate("tokens_per_second", "compile", "36", "14", "100"))},
	{"translate/64", 5, false, inTurns("texts/s", translating("Greedy/64", "texts/s"), side{"one at a time", translating("Greedy/1", "texts/s").measure})},
	{"memory/SmolLM2-lora/4x256", 0.5, true, once("MB", lora("float32", "peak-MB"), torchLoRA("peak_mb", "eager", "4", "256", "1"))},
	{"memory/124M/4x256", 0.75, true, once("MB", memory("124M/4x256"), torch("peak_mb", "train", "124M", "4", "256", "1"))},
	{"memory/124M/4x1024", 0.75, true, once("MB", memory("124M/4x1024"), torch("peak_mb", "train", "124M", "4", "1024", "1"))},
	{"decode/124M/PyTorch", 1, false, inTurns("tok/s", decoding, torch("tokens_per_second", "decode", "16", "64"))},
	{"decode/124M/bandwidth", 0.8, false, inTurns("tok/s", decoding, bandwidth)},
	{"decode/124M-int8", 2.5, false, inTurns("tok/s", bench("./branches/quantize", "Decode/124M-int8", "64x", "tok/s"), side{"our float32", decoding.measure})},
	{"decode/SmolLM2-int8", 2.5, false, inTurns("tok/s", bench("./branches/quantize", "Decode/SmolLM2-int8", "64x", "tok/s"), side{"our float32", bench("./branches/quantize", "Decode/SmolLM2-float32", "64x", "tok/s").measure})},
	{"prefill/124M/peak", 0.65, false, inTurns("GFLOP/s", bench("./ch04_gpt", "Prefill/124M", "8x", "GFLOP/s"), peak)},
	{"encode", 30, false, encoding},
	{"train-bpe", 2, true, inTurns("s", scaled(bench("./ch01_tokens", "TrainBPE", steps, "ns/op"), 1e-9), one("1 s"))},
}

// inTurns is the result of measuring two sides.
func inTurns(unit string, ours, theirs side) func(*meter) result {
	return func(m *meter) result { return m.beside(unit, ours, theirs) }
}

// once is inTurns for what does not vary.
func once(unit string, ours, theirs side) func(*meter) result {
	return func(m *meter) result {
		few := *m
		few.rounds = 1
		return few.beside(unit, ours, theirs)
	}
}

// steps is how often a benchmark runs its step: a step is long, and its memory
// is warm after the first, which none of them counts.
const steps = "3x"

func training(model string) side {
	return bench("./ch05_pretrain", "TrainStep/"+model, steps, "tok/s")
}

func memory(model string) side {
	return bench("./ch05_pretrain", "TrainStep/"+model, "1x", "peak-MB")
}

// lora is a step with changes beside the frozen matrices of SmolLM2-135M.
func lora(form, unit string) side {
	return bench("./branches/lora", "TrainStep/SmolLM2/"+form, steps, unit)
}

// translating is a benchmark of the book's translator.
func translating(name, unit string) side { return bench("./branches/translate", name, "20x", unit) }

var decoding = bench("./ch04_gpt", "Decode/124M", "64x", "tok/s")

// bandwidth is how many tokens a second the memory could deliver the weights for.
var bandwidth = side{"memory", func(*meter) (float64, error) {
	return roofline.Bandwidth(runtime.NumCPU(), 1<<30) * 1e9 / weightBytes, nil
}}

// peak is the arithmetic of all cores.
var peak = side{"FMA peak", func(*meter) (float64, error) {
	if limit := roofline.Peak(runtime.NumCPU()); limit > 0 {
		return limit, nil
	}
	return 0, absent("no loop that measures the peak of a " + runtime.GOARCH)
}}

// one is the peer where the target is a number: 1 MB/s, one second.
func one(name string) side {
	return side{name, func(*meter) (float64, error) { return 1, nil }}
}

// scaled is a side in another unit.
func scaled(s side, factor float64) side {
	return side{s.name, func(m *meter) (float64, error) {
		v, err := s.measure(m)
		return factor * v, err
	}}
}

func encoding(m *meter) result {
	r := m.beside("MB/s", bench("./ch01_tokens", "Encode", "2s", "MB/s"), one("1 MB/s"))
	dir, err := fetch.Dir()
	if err != nil {
		return result{err: err}
	}
	m.note("Other tokenizers, one core", tokenizers(filepath.Join(dir, "jules-verne.txt")))
	return r
}
