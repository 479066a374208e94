package classify

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// fewest is how many messages of each class Balance asks for: of ten in all, Split can give one
// to the validation set.
const fewest = 5

// Balance returns all messages of the rarer class and equally many of the other, chosen by rng,
// all of them shuffled. Without it, a classifier that answers ham to everything would be right on
// 87 in 100 of the real messages, and learn no more. It returns an error when a class has fewer
// than 5 messages.
func Balance(messages []Message, rng *rand.Rand) ([]Message, error) {
	var total [2]int
	for _, m := range messages {
		total[m.Label()]++
	}
	smaller := min(total[0], total[1])
	if smaller < fewest {
		return nil, fmt.Errorf("classify: %d ham and %d spam messages: training needs %d of each",
			total[0], total[1], fewest)
	}
	var taken [2]int
	var balanced []Message
	for _, i := range embeddings.Shuffled(len(messages), rng) {
		m := messages[i]
		if taken[m.Label()] < smaller {
			taken[m.Label()]++
			balanced = append(balanced, m)
		}
	}
	// The larger class was full before the end, where only the rarer is left.
	rng.Shuffle(len(balanced), func(i, j int) {
		balanced[i], balanced[j] = balanced[j], balanced[i]
	})
	return balanced, nil
}

// Split cuts messages, which Balance has shuffled, into a training set, the first 70 percent, a
// validation set, the next 10, and a test set, the rest. The first two sizes are rounded down.
func Split(messages []Message) (train, validation, test []Message) {
	n := len(messages)
	a := n * 7 / 10
	b := a + n/10
	return messages[:a], messages[a:b], messages[b:]
}

// Examples are messages as the model reads them: ids and a label each.
type Examples struct {
	ids    [][]int
	labels []int
	pad    int
}

// NewExamples encodes messages. Of each it keeps the first longest ids; a message that encodes to
// nothing becomes the one id pad, which is also what fills the rows of a batch after its shorter
// messages.
func NewExamples(messages []Message, t tokens.Tokenizer, longest, pad int) Examples {
	x := Examples{pad: pad}
	for _, m := range messages {
		x.ids = append(x.ids, encode(m.Text, t, longest, pad))
		x.labels = append(x.labels, m.Label())
	}
	return x
}

func encode(text string, t tokens.Tokenizer, longest, pad int) []int {
	if longest < 1 {
		panic("classify: messages must be allowed at least one id")
	}
	ids := t.Encode(text)
	if len(ids) == 0 {
		return []int{pad}
	}
	return ids[:min(len(ids), longest)]
}

// Len returns the number of examples.
func (x Examples) Len() int { return len(x.ids) }

// Longest returns the number of ids of the longest example.
func (x Examples) Longest() int {
	longest := 0
	for _, ids := range x.ids {
		longest = max(longest, len(ids))
	}
	return longest
}

// Batches returns one pass over the examples in batches of size messages, each batch as wide as
// its longest message. For training there is an rng: the order is shuffled and a last incomplete
// batch is dropped, so that every step weighs the same. With a nil rng the order is kept and every
// example comes, so that an evaluation counts each once. A batch is valid until the next turn of
// the loop.
func (x Examples) Batches(size int, rng *rand.Rand) iter.Seq[embeddings.Batch] {
	if size < 1 {
		panic("classify: batch size below 1")
	}
	return func(yield func(embeddings.Batch) bool) {
		var b embeddings.Batch
		for chosen := range slices.Chunk(embeddings.Shuffled(x.Len(), rng), size) {
			if rng != nil && len(chosen) < size {
				return
			}
			if x.collate(&b, chosen); !yield(b) {
				return
			}
		}
	}
}

// collate fills b with the chosen examples: inputs padded on the right, and as target the label at
// the last real token, [pretrain.Ignore] everywhere else.
func (x Examples) collate(b *embeddings.Batch, chosen []int) {
	b.B, b.T = len(chosen), 0
	for _, i := range chosen {
		b.T = max(b.T, len(x.ids[i]))
	}
	b.Inputs, b.Targets = b.Inputs[:0], b.Targets[:0]
	for _, i := range chosen {
		b.Inputs = append(b.Inputs, x.ids[i]...)
		for range b.T - len(x.ids[i]) {
			b.Inputs = append(b.Inputs, x.pad)
		}
		for range b.T {
			b.Targets = append(b.Targets, pretrain.Ignore)
		}
		last := len(b.Targets) - b.T + len(x.ids[i]) - 1
		b.Targets[last] = x.labels[i]
	}
}
