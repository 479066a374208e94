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
	{"train/124M/4x64", 1.25, false, training("124M/4x64", "124M", "4", "64", "3")},
	{"train/124M/4x64/llm.c", 4, false, besideLLMC("124M/4x64", "LLMC", 4*64)},
	{"train/124M/4x64/peak", 0.7, false, trainingPeak("124M/4x64")},
	{"train/124M/4x256", 1.25, false, training("124M/4x256", "124M", "4", "256", "2")},
	{"train/124M/4x256/llm.c", 4, false, besideLLMC("124M/4x256", "LLMC_4x256", 4*256)},
	{"train/124M/4x256/peak", 0.7, false, trainingPeak("124M/4x256")},
	{"train/small", 1.4, false, training("small", "small", "16", "256", "3")},
	{"memory/124M/4x256", 0.75, true, memory("124M/4x256", "4", "256")},
	{"memory/124M/4x1024", 0.75, true, memory("124M/4x1024", "4", "1024")},
	{"decode/124M/PyTorch", 1, false, decoding},
	{"decode/124M/bandwidth", 0.8, false, decodingPeak},
	{"decode/124M-int8", 2.5, false, decodingInt8},
	{"prefill/124M/peak", 0.65, false, prefill},
	{"encode", 30, false, encoding},
	{"train-bpe", 2, true, trainingBPE},
}

const (
	chapter1  = "./ch01_tokens"
	chapter4  = "./ch04_gpt"
	quantized = "./branches/quantize"
	chapter5  = "./ch05_pretrain"
)

// steps is how often a benchmark runs its step: a step is long, and its memory
// is warm after the first, which none of them counts.
const steps = "3x"

func training(ours, model, batch, length, theirSteps string) func(m *meter) result {
	return func(m *meter) result {
		return m.beside("tok/s",
			m.bench(chapter5, "TrainStep/"+ours, steps, "tok/s"),
			m.torch("tokens_per_second", "train", model, batch, length, theirSteps))
	}
}

func besideLLMC(ours, variable string, tokens float64) func(m *meter) result {
	return func(m *meter) result {
		return m.beside("tok/s", m.bench(chapter5, "TrainStep/"+ours, steps, "tok/s"), llmc(variable, tokens))
	}
}

func trainingPeak(ours string) func(m *meter) result {
	return func(m *meter) result {
		return m.beside("GFLOP/s", scaled(m.bench(chapter5, "TrainStep/"+ours, steps, "tok/s"), 6*parameters/1e9), peak)
	}
}

func memory(ours, batch, length string) func(m *meter) result {
	return func(m *meter) result {
		m = m.once() // memory does not vary
		return m.beside("MB",
			m.bench(chapter5, "TrainStep/"+ours, "1x", "peak-MB"),
			m.torch("peak_mb", "train", "124M", batch, length, "1"))
	}
}

func decoding(m *meter) result {
	return m.beside("tok/s", m.decode("124M"), m.torch("tokens_per_second", "decode", "16", "64"))
}

func decodingPeak(m *meter) result {
	return m.beside("tok/s", m.decode("124M"), side{"memory", func() (float64, error) {
		return roofline.Bandwidth(runtime.NumCPU(), 1<<30) * 1e9 / weightBytes, nil
	}})
}

func decodingInt8(m *meter) result {
	ours, theirs := m.bench(quantized, "Decode/124M-int8", "64x", "tok/s"), m.decode("124M")
	theirs.name = "our float32"
	return m.beside("tok/s", ours, theirs)
}

func (m *meter) decode(model string) side {
	return m.bench(chapter4, "Decode/"+model, "64x", "tok/s")
}

func prefill(m *meter) result {
	return m.beside("GFLOP/s", m.bench(chapter4, "Prefill/124M", "8x", "GFLOP/s"), peak)
}

// peak is the arithmetic of all cores.
var peak = side{"FMA peak", func() (float64, error) {
	if limit := roofline.Peak(runtime.NumCPU()); limit > 0 {
		return limit, nil
	}
	return 0, absent("no loop that measures the peak of a " + runtime.GOARCH)
}}

// The target of these two is a number, so the peer is one: 1 MB/s, one second.

func encoding(m *meter) result {
	r := m.beside("MB/s", m.bench(chapter1, "Encode", "2s", "MB/s"), one("1 MB/s"))
	dir, err := fetch.Dir()
	if err != nil {
		return result{err: err}
	}
	m.note("Other tokenizers, one core", m.tokenizers(filepath.Join(dir, "jules-verne.txt")))
	return r
}

func trainingBPE(m *meter) result {
	return m.beside("s", scaled(m.bench(chapter1, "TrainBPE", steps, "ns/op"), 1e-9), one("1 s"))
}

func one(name string) side {
	return side{name, func() (float64, error) { return 1, nil }}
}

// scaled is a side in another unit.
func scaled(s side, factor float64) side {
	return side{s.name, func() (float64, error) {
		v, err := s.measure()
		return factor * v, err
	}}
}
