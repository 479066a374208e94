package corpus

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
)

// Windows are those of [embeddings.Windows] over a text that may be long: the same
// batches for the same seed. An id takes three bytes there and the number of a window
// four, where chapter 2 plainly takes eight for each.
type Windows struct {
	ids            [][]id // block by block, so that a text of any length is never copied to make room
	n              int    // ids
	length, stride int
}

// An id is the number of a token, which is below 2²⁴, with its lowest byte first.
type id [3]byte

const block = 1 << 18 // ids

// NewWindows cuts a text into windows of length ids, stride apart, which encode makes
// of it; special says whether that is EncodeSpecial. They take no more than four times
// the text in memory, or are refused if that would be much.
func NewWindows(text string, special bool, encode func(string) []int, length, stride int) (*Windows, error) {
	w := &Windows{length: length, stride: stride}
	for part, err := range Parts(strings.NewReader(text), special) {
		if err != nil {
			return nil, err
		}
		for _, number := range encode(part) {
			if w.n%block == 0 {
				w.ids = append(w.ids, make([]id, block))
			}
			w.ids[w.n/block][w.n%block] = id{byte(number), byte(number >> 8), byte(number >> 16)}
			w.n++
		}
	}
	const little = 64 << 20
	if need := 3*w.n + 4*w.Len(); need > max(4*len(text), little) {
		return nil, fmt.Errorf("its %d tokens and the order of the %d sequences in them take %d MB of memory, more than four times the text; take a larger -stride or -vocab",
			w.n, w.Len(), need>>20)
	}
	return w, nil
}

// IDs is how many ids the text has.
func (w *Windows) IDs() int { return w.n }

// Len is the number of windows that have a whole target.
func (w *Windows) Len() int {
	if w.n <= w.length {
		return 0
	}
	return 1 + (w.n-w.length-1)/w.stride
}

// Batches is one epoch, as [embeddings.Windows.Batches].
func (w *Windows) Batches(size int, rng *rand.Rand) iter.Seq[embeddings.Batch] {
	return func(yield func(embeddings.Batch) bool) {
		order := w.shuffled(rng)
		b := embeddings.Batch{B: size, T: w.length}
		b.Inputs, b.Targets = make([]int, b.B*b.T), make([]int, b.B*b.T)
		for ; len(order) >= size; order = order[size:] {
			for row, window := range order[:size] {
				at := int(window) * w.stride
				for t := range w.length {
					b.Inputs[row*b.T+t], b.Targets[row*b.T+t] = w.at(at+t), w.at(at+t+1)
				}
			}
			if !yield(b) {
				return
			}
		}
	}
}

func (w *Windows) at(i int) int {
	x := w.ids[i/block][i%block]
	return int(x[0]) | int(x[1])<<8 | int(x[2])<<16
}

// shuffled is [embeddings.Shuffled] of the numbers of the windows.
func (w *Windows) shuffled(rng *rand.Rand) []uint32 {
	order := make([]uint32, w.Len())
	for i := range order {
		order[i] = uint32(i)
	}
	for i := len(order) - 1; i > 0 && rng != nil; i-- {
		j := rng.IntN(i + 1)
		order[i], order[j] = order[j], order[i]
	}
	return order
}
