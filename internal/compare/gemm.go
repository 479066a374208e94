package main

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/compare/benchfmt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// A shape is a product of m × n sums of k, NN, NT or TN: which of the two
// operands is transposed.
type shape struct {
	transposed string
	m, n, k    int
}

func (s shape) String() string { return fmt.Sprintf("%dx%dx%d%s", s.m, s.n, s.k, s.transposed) }

// shapes are the products of GPT-2, for 256 to 1024 positions, and small ones:
// a head's scores, its mixture, a few positions.
func shapes() []shape {
	var list []shape
	add := func(m, n, k int) {
		for _, t := range []string{"NN", "NT", "TN"} {
			list = append(list, shape{t, m, n, k})
		}
	}
	for _, n := range []int{768, 2304, 3072, 50257} {
		for _, k := range []int{768, 3072} {
			for _, m := range []int{256, 512, 1024} {
				add(m, n, k)
			}
		}
	}
	for _, small := range [][3]int{{64, 64, 64}, {256, 64, 256}, {256, 256, 64}, {8, 768, 768}, {64, 768, 768}} {
		add(small[0], small[1], small[2])
	}
	return list
}

// A summary is the middle and the worst of a table of products.
type summary struct{ median, worst result }

// products measures all shapes on so many cores, once.
func (m *meter) products(cores int) summary {
	if s, ok := m.gemm[cores]; ok {
		return s
	}
	s, err := m.measureProducts(cores)
	if err != nil {
		s.median.err, s.worst.err = err, err
	}
	m.gemm[cores] = s
	return s
}

func (m *meter) measureProducts(cores int) (summary, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	var all []result
	var lines strings.Builder
	for _, s := range shapes() {
		if !m.shapes.MatchString(s.String()) {
			continue
		}
		ours := product{s, operands(s)}
		debug.FreeOSMemory() // or the collector tidies up the last operands while ours are measured
		r := m.beside("GFLOP/s", side{"ours", func(*meter) (float64, error) { return ours.rate(), nil }}, openblas(cores, s))
		all = append(all, r)
		fmt.Fprintf(&lines, "| %s | %s | %s | %s |\n", s, benchfmt.Digits(r.ours), benchfmt.Digits(r.theirs), benchfmt.Digits(r.ratio))
	}
	if len(all) == 0 {
		return summary{}, errors.New("no product is called that")
	}
	m.note(fmt.Sprintf("GFLOP/s on %d of the cores", cores), "| product | ours | OpenBLAS | ratio |\n|---|---:|---:|---:|\n"+lines.String())
	return summarize(all), nil
}

func summarize(all []result) summary {
	var ours, theirs, ratios []float64
	worst := all[0]
	for _, r := range all {
		ours, theirs, ratios = append(ours, r.ours), append(theirs, r.theirs), append(ratios, r.ratio)
		if r.ratio < worst.ratio {
			worst = r
		}
	}
	middle := all[0]
	middle.ours, middle.theirs, middle.ratio = median(ours), median(theirs), median(ratios)
	if slices.ContainsFunc(ratios, math.IsNaN) {
		middle.ratio, middle.theirs = math.NaN(), math.NaN()
	}
	return summary{middle, worst}
}

// turn is how long each side multiplies before it is the other's turn.
const turn = 100 * time.Millisecond

// A product is one of ours with its operands a, b and c.
type product struct {
	shape
	of [3]blas32.General
}

func operands(s shape) [3]blas32.General {
	numbers := func(rows, cols int) blas32.General {
		x := f32.New(rows, cols)
		for i := range x.Data {
			x.Data[i] = float32(i%17)*0.1 - 0.8
		}
		return x
	}
	a, b := numbers(s.m, s.k), numbers(s.k, s.n)
	if s.transposed[0] == 'T' {
		a = numbers(s.k, s.m)
	}
	if s.transposed[1] == 'T' {
		b = numbers(s.n, s.k)
	}
	return [3]blas32.General{a, b, numbers(s.m, s.n)}
}

// rate is the GFLOP/s of the median call.
func (p product) rate() float64 {
	how := map[byte]blas.Transpose{'N': blas.NoTrans, 'T': blas.Trans}
	tA, tB, beta := how[p.transposed[0]], how[p.transposed[1]], float32(0)
	if tA != blas.NoTrans {
		beta = 1 // a gradient of weights is added to what is there
	}
	var took []float64
	for start := time.Now(); len(took) == 0 || time.Since(start) < turn; {
		call := time.Now()
		f32.Gemm(tA, tB, 1, p.of[0], p.of[1], beta, p.of[2])
		took = append(took, time.Since(call).Seconds())
	}
	return 2e-9 * float64(p.m) * float64(p.n) * float64(p.k) / median(took)
}
