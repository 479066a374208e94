package chat

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	"github.com/llm-from-scratch/llm/internal/bpe"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/tokenizerjson"
)

// Read reads a tokenizer.json. One of another kind than byte-level BPE, or with steps
// that are not known here, is an error.
func Read(data []byte) (*Tokenizer, error) {
	f, err := tokenizerjson.Parse(data)
	if err != nil {
		return nil, err
	}
	return New(f)
}

// FromGGUF reads the tokenizer of a GGUF file.
func FromGGUF(g gguf.Tokenizer) (*Tokenizer, error) {
	f, err := DescribeGGUF(g)
	if err != nil {
		return nil, err
	}
	return New(f)
}

// DescribeGGUF is what a tokenizer.json would say in the place of a GGUF file. Such a
// file names the way to cut texts, and what goes with it, NFC or whole pieces, is
// understood.
func DescribeGGUF(g gguf.Tokenizer) (f tokenizerjson.Tokenizer, err error) {
	if g.Model != "gpt2" {
		return f, fmt.Errorf("the tokenizer's model is %.60q; only byte-level BPE (gpt2) is read", g.Model)
	}
	f = tokenizerjson.Tokenizer{
		Vocab: make(map[string]int, len(g.Tokens)), Merges: g.Merges,
		Split: g.Pre, NFC: g.Pre == tokenizerjson.Qwen2, Whole: g.Pre == tokenizerjson.Llama3,
	}
	for id, token := range g.Tokens {
		kind := gguf.Normal
		if g.Types != nil {
			kind = g.Types[id]
		}
		switch kind {
		case gguf.Control, gguf.UserDefined:
			f.Added = append(f.Added, tokenizerjson.Added{ID: &id, Content: token, Special: kind == gguf.Control})
		case gguf.Unused:
		default:
			if other, ok := f.Vocab[token]; ok {
				return f, fmt.Errorf("the tokens %d and %d are both %.60q", other, id, token)
			}
			f.Vocab[token] = id
		}
	}
	return f, nil
}

// splits are the ways to cut a text, by the names that files have for them.
var splits = map[string]func(string) iter.Seq[string]{
	tokenizerjson.GPT2:   tokens.Split,
	tokenizerjson.SmolLM: DigitsApart,
	tokenizerjson.Qwen2:  func(text string) iter.Seq[string] { return Split(text, 1) },
	tokenizerjson.Llama3: func(text string) iter.Seq[string] { return Split(text, 3) },
}

// New returns the tokenizer that a file describes. Nothing in the file is believed.
func New(f tokenizerjson.Tokenizer) (*Tokenizer, error) {
	t := &Tokenizer{added: map[byte][]special{}, named: map[string]special{}, split: splits[f.Split], nfc: f.NFC}
	if t.split == nil {
		return nil, fmt.Errorf("the tokenizer cuts texts as %.60q does; the ways of GPT-2, SmolLM2, Qwen2 and Llama 3 are built here", f.Split)
	}
	ids, err := t.number(f)
	if err != nil {
		return nil, err
	}
	for c := range t.bytes {
		t.bytes[c] = -1
		if id, ok := ids[string([]byte{byte(c)})]; ok {
			t.bytes[c] = id
		}
	}
	if f.Whole {
		t.whole = ids
	}
	t.fast = bpe.NewTable(t.bytes, max(len(t.texts), len(f.Merges)))
	for i, line := range f.Merges {
		if err := t.merge(line, ids); err != nil {
			return nil, fmt.Errorf("merge %d, %.60q: %w", i+1, line, err)
		}
	}
	return t, nil
}

// mostIDs bounds the ids in a file, so that a wrong one costs no memory. The largest
// vocabularies have a quarter of a million.
const mostIDs = 1 << 22

// number fills in the texts of all ids and the added tokens, and returns the ids of
// the others by their texts.
func (t *Tokenizer) number(f tokenizerjson.Tokenizer) (map[string]int, error) {
	ids := make(map[string]int, len(f.Vocab))
	for _, a := range f.Added {
		if a.Content == "" || t.named[a.Content].text != "" {
			return nil, fmt.Errorf("the added token %d, %.60q, is empty or comes twice", *a.ID, a.Content)
		}
		if err := t.give(*a.ID, a.Content); err != nil {
			return nil, err
		}
		s := special{a.Content, *a.ID, a.Special}
		t.named[s.text] = s
		t.added[s.text[0]] = append(t.added[s.text[0]], s)
	}
	for _, list := range t.added {
		slices.SortFunc(list, func(a, b special) int { return len(b.text) - len(a.text) })
	}
	for spelled, id := range f.Vocab {
		if _, ok := t.named[spelled]; ok {
			continue
		}
		text, err := tokens.Unpublished(spelled)
		if err == nil {
			err = t.give(id, text)
		}
		if err != nil {
			return nil, err
		}
		ids[text] = id
	}
	return ids, nil
}

// give gives an id its text.
func (t *Tokenizer) give(id int, text string) error {
	if id < 0 || id >= mostIDs {
		return fmt.Errorf("token %.60q: the id %d is not between 0 and %d", text, id, mostIDs-1)
	}
	if more := id + 1 - len(t.texts); more > 0 {
		t.texts = append(t.texts, make([]string, more)...)
	}
	if other := t.texts[id]; other != "" {
		return fmt.Errorf("the tokens %.60q and %.60q both have the id %d", min(other, text), max(other, text), id)
	}
	t.texts[id] = text
	return nil
}

// merge adds the merge that a line such as "Ġ t" describes.
func (t *Tokenizer) merge(line string, ids map[string]int) error {
	left, right, ok := strings.Cut(line, " ")
	if !ok {
		return errors.New("not two tokens with a space between them")
	}
	a, errA := tokens.Unpublished(left)
	b, errB := tokens.Unpublished(right)
	if err := cmp.Or(errA, errB); err != nil {
		return err
	}
	for _, text := range []string{a, b, a + b} {
		if _, ok := ids[text]; !ok {
			return fmt.Errorf("the vocabulary has no token %.60q", text)
		}
	}
	t.fast.Add(ids[a], ids[b], ids[a+b])
	return nil
}
