package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/llm-from-scratch/llm/internal/compare/benchfmt"
	"github.com/llm-from-scratch/llm/internal/figures"
	"github.com/llm-from-scratch/llm/internal/matmul"
)

// steps draws the steps of the appendix under the limits of the processor on
// which they were recorded. What they fetch is counted: it is the same anywhere.
func steps(log string) func(docs string) ([]byte, error) {
	return func(docs string) ([]byte, error) {
		file := filepath.Join(docs, "runs", log)
		out, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		record := benchfmt.Record{Out: string(out)}
		var points []figures.Point
		for _, f := range fetches() {
			points = append(points, figures.Point{
				Name: f.step, FLOPsAByte: f.flopsAByte(), GFLOPSecond: record.Number("Step/"+f.step+"/256x3072x768", "GFLOP/s"),
			})
		}
		svg := figures.Roofline("One product in seven ways, under the roof",
			[]figures.Limit{
				{Name: "all cores at their peak", Rate: record.Number("Limit/peak/all", "GFLOP/s")},
				{Name: "one core at its peak", Rate: record.Number("Limit/peak/one", "GFLOP/s")},
			},
			[]figures.Limit{
				{Name: "one core, second cache", Rate: record.Number("Limit/cache/one", "GB/s")},
				{Name: "one core, memory", Rate: record.Number("Limit/memory/one", "GB/s")},
			}, points)
		if record.Err != nil {
			return nil, fmt.Errorf("%s: %w", file, record.Err)
		}
		return svg, nil
	}
}

// A fetch is what a step touches of the caches of the appendix's example.
type fetch struct {
	step  string
	shape matmul.Shape
	touch func(*matmul.Cache)
}

func (f fetch) flopsAByte() float64 {
	var cache matmul.Cache
	f.touch(&cache)
	return float64(f.shape.FLOPs()) / float64(cache.Fetched)
}

// fetches are the steps in order. Each row of c fetches the same where nothing is
// packed, so that four are enough; of the packed ones, it is what a block of b and
// the rows of a that meet it do.
func fetches() []fetch {
	few := matmul.Shape{M: 4, N: 3072, K: 768}
	block := matmul.Shape{M: 256, N: 1024, K: 64}
	tile := func(tall, wide int) func(*matmul.Cache) {
		return func(c *matmul.Cache) { block.TouchPacked(c, tall, wide) }
	}
	return []fetch{
		{"naive", few, few.TouchNaive},
		{"reordered", few, few.TouchReordered},
		{"blocked", few, few.TouchBlocked},
		{"packed", block, tile(3, 2)},
		{"with-vectors", few, few.TouchBlocked},
		{"vectorised", block, tile(12, 32)},
		{"threaded", block, tile(12, 32)},
	}
}
