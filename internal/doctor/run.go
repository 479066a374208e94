package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"

	"github.com/llm-from-scratch/llm/branches/talk"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/internal/safetensors"
	"github.com/llm-from-scratch/llm/internal/training"
)

// Weights finds what the values of parameters show. Those before training, if there are
// any, are compared by their names.
func Weights(after, before []gpt.Param) []Finding {
	var all []Finding
	still, compared := 0, 0
	for _, p := range after {
		if i := slices.IndexFunc(p.Data, func(v float32) bool { return !finite(float64(v)) }); i >= 0 {
			all = append(all, Finding{fmt.Sprintf("%s has the value %v at %d", p.Name, p.Data[i], i), NaN})
		}
		if n := zeroRows(p); n > 0 {
			all = append(all, Finding{fmt.Sprintf("%d of %d rows of %s are all zero", n, p.Shape[0], p.Name), Other})
		}
		if i := slices.IndexFunc(before, func(b gpt.Param) bool { return b.Name == p.Name }); i >= 0 {
			if compared++; slices.Equal(before[i].Data, p.Data) {
				still++
			}
		}
	}
	what := fmt.Sprintf("%d of %d tensors are what they were before training", still, compared)
	switch {
	case compared > 0 && still == compared:
		all = append(all, Finding{what, Nothing})
	case compared > 0 && still == 0:
		all = append(all, Finding{What: fmt.Sprintf("all %d tensors have changed in training", compared)})
	case compared > 0:
		all = append(all, Finding{What: what})
	}
	return all
}

// zeroRows counts them in a matrix.
func zeroRows(p gpt.Param) (n int) {
	if len(p.Shape) < 2 {
		return 0
	}
	for row := range slices.Chunk(p.Data, p.Size()/p.Shape[0]) {
		if !slices.ContainsFunc(row, func(v float32) bool { return v != 0 }) {
			n++
		}
	}
	return n
}

// Examine reads the log and the model of the run in dir, and says what it finds.
func Examine(dir string) ([]Finding, error) {
	var o struct { // of all that a run depends on
		Clip  float64 `json:"clip"`
		Seed  uint64  `json:"seed"`
		Model string  `json:"model"` // "" for a new one
	}
	rows, err := training.OpenLog(dir, &o)
	if err != nil {
		return nil, err
	}
	after, V, err := weights(dir)
	if errors.Is(err, safetensors.ErrNotFinite) {
		return append(Log(rows, V, o.Clip), Finding{err.Error(), NaN}), nil
	}
	if err != nil {
		return nil, err
	}
	var before []gpt.Param
	if made, is := after.(*gpt.Model); is && o.Model == "" {
		m := gpt.New(made.Config)
		m.Init(rand.New(rand.NewPCG(o.Seed, 0)))
		before = m.Params()
	} else if m, _, err := talk.Open(o.Model); err == nil { // it may be gone
		before = m.Params()
	}
	return append(Log(rows, V, o.Clip), Weights(after.Params(), before)...), nil
}

// weights reads the model in dir, and how many tokens or classes it chooses among.
func weights(dir string) (_ gpt.Network, V int, err error) {
	filter, err := classify.LoadWith(dir, talk.Load)
	if err == nil {
		return filter.Classifier.Model, len(classify.Classes), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, len(classify.Classes), err
	}
	m, _, err := talk.Open(dir)
	if err != nil {
		return nil, 0, err
	}
	return m, m.Sizes().Vocab, nil
}
