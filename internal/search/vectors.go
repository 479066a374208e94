package search

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llm-from-scratch/llm/branches/bert"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/plaintext"
	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// Index keeps vectors on disk in groups: at most 128 passages of one file that follow each
// other. A group is found again by its texts and by the encoder: weights, vocabulary, what
// is made plain, and where a text is cut. What its file is called does not matter, nor what
// stands in others; what is put into a file costs its group and those of that file behind.
type Index struct {
	Encoder *bert.Encoder
	Dir     string // where the vectors are kept; "" for nowhere
}

// group is how many passages are embedded and kept together, at most: what is lost when
// the program is stopped is at most the work on one group.
const group = 128

// groups yields passages one group after another.
func groups(passages []Passage) iter.Seq[[]Passage] {
	return func(yield func([]Passage) bool) {
		for len(passages) > 0 {
			n := 1
			for n < min(len(passages), group) && passages[n].File == passages[0].File {
				n++
			}
			if !yield(passages[:n]) {
				return
			}
			passages = passages[n:]
		}
	}
}

// Embed returns the vectors of passages. It calls done with how many more it has, those
// that were on disk too. A disk that cannot be written to keeps nothing, which is no error.
func (x *Index) Embed(ctx context.Context, passages []Passage, done func(n int)) ([][]float32, error) {
	model := safetensors.Checksum(x.Encoder.Model.Params())
	var encoder bytes.Buffer
	fmt.Fprintln(&encoder, x.Encoder.Model.Config, x.Encoder.Tokenizer.Normalizer, x.Encoder.Longest)
	x.Encoder.Tokenizer.WriteVocab(&encoder)
	var vectors [][]float32
	for some := range groups(passages) {
		var texts []string
		sum := sha256.New()
		sum.Write(encoder.Bytes())
		for _, p := range some {
			texts = append(texts, p.Text)
			io.WriteString(sum, p.Text+"\x00")
		}
		name := filepath.Join(x.Dir, fmt.Sprintf("%08x-%x.safetensors", model, sum.Sum(nil)[:16]))
		these, err := x.kept(name, len(some))
		if err != nil {
			if these, err = x.Encoder.Embed(ctx, texts); err != nil {
				return nil, err
			}
			x.keep(name, these)
		}
		vectors = append(vectors, these...)
		done(len(some))
	}
	return vectors, nil
}

// kept reads the n vectors of a group.
func (x *Index) kept(name string, n int) ([][]float32, error) {
	if x.Dir == "" {
		return nil, fs.ErrNotExist
	}
	t, err := safetensors.Open(os.DirFS(filepath.Dir(name)), filepath.Dir(name), filepath.Base(name))
	if err != nil {
		return nil, err
	}
	defer t.Close()
	C := x.Encoder.Model.Config.Width
	data := safetensors.Tensor{Name: "vectors", Shape: []int{n, C}, Data: make([]float32, n*C)}
	if err := t.Read(data); err != nil {
		return nil, err
	}
	return slices.Collect(slices.Chunk(data.Data, C)), nil
}

func (x *Index) keep(name string, vectors [][]float32) {
	if x.Dir == "" || durable.MkdirAll(x.Dir) != nil {
		return
	}
	data := safetensors.Tensor{Name: "vectors", Shape: []int{len(vectors), len(vectors[0])}, Data: slices.Concat(vectors...)}
	durable.WriteFile(name, func(w io.Writer) error {
		return safetensors.Write(w, safetensors.F32, []safetensors.Tensor{data}, nil)
	})
}

// A Hit is a passage and how near to the question it is: the cosine of the angle between
// their vectors.
type Hit struct {
	Passage
	Score float32 `json:"score"`
}

// String is a hit as people read it, with nothing that could disturb a terminal: the score
// and where the passage is, and under them, further in, the passage.
func (h Hit) String() string {
	text := strings.ReplaceAll(h.Text, "\n", "\n      ")
	return plaintext.Printable(fmt.Sprintf("%.3f  %s:%d\n      %s", h.Score, h.File, h.Line, text))
}

// Nearest returns the passages that are nearest to a question, at most so many, the
// nearest first.
func Nearest(passages []Passage, vectors [][]float32, question []float32, most int) []Hit {
	var hits []Hit
	for i, p := range passages {
		hits = append(hits, Hit{p, f32.Dot(vectors[i], question)})
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	return hits[:min(len(hits), most)]
}

// ErrNothing is the error of files without any text in them.
var ErrNothing = errors.New("there is no text in these files")

// Find embeds passages and a question, and returns the passages nearest to it.
func (x *Index) Find(ctx context.Context, passages []Passage, question string, most int, done func(n int)) ([]Hit, error) {
	if len(passages) == 0 {
		return nil, ErrNothing
	}
	vectors, err := x.Embed(ctx, passages, done)
	if err != nil {
		return nil, err
	}
	asked, err := x.Encoder.Embed(ctx, []string{strings.TrimSpace(question)})
	if err != nil {
		return nil, err
	}
	return Nearest(passages, vectors, asked[0], most), nil
}
