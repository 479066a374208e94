package translator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"

	"github.com/llm-from-scratch/llm/branches/translate"
	"github.com/llm-from-scratch/llm/branches/translate/grammar"
	"github.com/llm-from-scratch/llm/branches/translate/search"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// vocabularyFile is where the pieces are kept, beside the model's files.
const vocabularyFile = "vocabulary.json"

// Translator is a model and what its ids mean. Any number of goroutines may use it.
type Translator struct {
	Model      *translate.Model
	Vocabulary *grammar.Vocabulary
}

// New returns a translator that knows nothing yet, for texts like those of pairs: a
// vocabulary of at most so many pieces, and a model of configuration c, drawn from rng.
func New(c translate.Config, pairs []grammar.Pair, pieces int, rng *rand.Rand) *Translator {
	v := grammar.NewVocabulary(pairs, pieces)
	c.Vocab = v.Size()
	m := translate.New(c)
	m.Init(rng)
	return &Translator{m, v}
}

// source is what the encoder reads: the language to translate into, the text, the end.
func (t *Translator) source(text, to string) []int {
	ids := append([]int{t.Vocabulary.Toward(to)}, t.Vocabulary.Encode(text)...)
	return append(ids, translate.End)
}

// Examples are pairs to learn from.
func (t *Translator) Examples(pairs []grammar.Pair) []translate.Example {
	list := make([]translate.Example, len(pairs))
	for i, p := range pairs {
		list[i] = translate.Example{Source: t.source(p.Source, p.Direction), Target: append(t.Vocabulary.Encode(p.Target), translate.End)}
	}
	return list
}

// sideBySide is how many texts are translated at once. With more the keys no longer fit
// into a cache.
const sideBySide = 64

// Translate translates texts into the language to, by a beam of the given width, or
// greedily with a width of 1. A translation has at most three times as many pieces as
// the longest text beside it, and thirty more. Of a blank text there is none.
func (t *Translator) Translate(texts []string, to string, width int) []string {
	sources, order, out := make([][]int, len(texts)), embeddings.Shuffled(len(texts), nil), make([]string, len(texts))
	for i, text := range texts {
		sources[i] = t.source(text, to)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(sources[a]), len(sources[b])) }) // little padding
	for part := range slices.Chunk(order, sideBySide) {
		var batch [][]int
		for _, i := range part {
			batch = append(batch, sources[i])
		}
		for j, ids := range t.write(batch, width) {
			if len(batch[j]) > 2 {
				out[part[j]] = t.Vocabulary.Decode(ids)
			}
		}
	}
	return out
}

// write returns the ids of the translations of some sources.
func (t *Translator) write(sources [][]int, width int) (texts [][]int) {
	limits := search.Texts{Begin: translate.Begin, End: translate.End, Most: 3*len(sources[len(sources)-1]) + 30}
	cache := t.Model.NewCache(sources, width, limits.Most)
	if width == 1 {
		return limits.Greedy(cache, len(sources))
	}
	for _, found := range (search.Beam{Texts: limits, Width: width, Alpha: 0.6}).Search(cache, len(sources)) {
		texts = append(texts, found[0].IDs)
	}
	return texts
}

// Looks say how each piece of a translation looked at the text.
type Looks struct {
	Text        string      `json:"text"`
	To          string      `json:"to"`
	Translation string      `json:"translation"`
	From        []string    `json:"from"`    // the pieces of the text,
	Into        []string    `json:"into"`    // those of the translation,
	Weights     [][]float32 `json:"weights"` // and how much each of these looked at each of those
}

// Look returns how the decoder's last layer looks at a text when it writes the
// translation, as the mean over its heads.
func (t *Translator) Look(text, translation, to string) Looks {
	l := Looks{Text: text, To: to, Translation: translation}
	e := t.Examples([]grammar.Pair{{Source: text, Target: translation, Direction: to}})[0]
	for side, ids := range map[*[]string][]int{&l.From: e.Source, &l.Into: e.Target} {
		for _, id := range ids {
			*side = append(*side, t.Vocabulary.Pieces()[id])
		}
	}
	p, heads := t.Model.NewPass(max(len(e.Source), len(e.Target))), t.Model.Config.Heads
	p.Forward(embeddings.Batch{B: 1, T: len(e.Source), Inputs: e.Source, Targets: e.Target}, nil)
	l.Weights = make([][]float32, len(e.Target))
	for i := range l.Weights {
		l.Weights[i] = make([]float32, len(e.Source))
		for h := range heads {
			f32.Axpy(1/float32(heads), f32.Row(p.Write.Layers[len(p.Write.Layers)-1].Cross.Weights(0, h), i), l.Weights[i])
		}
	}
	return l
}

// Save writes the translator to dir, all files or none.
func (t *Translator) Save(dir string) error {
	return durable.Save(dir, func(dir string) error {
		files := t.Model.Files()
		files[vocabularyFile] = func(w io.Writer) error { return json.NewEncoder(w).Encode(t.Vocabulary.Pieces()) }
		return durable.WriteFiles(dir, files)
	})
}

// Load reads the translator that [Translator.Save] wrote to dir.
func Load(dir string) (t *Translator, err error) {
	err = durable.Read(dir, func(files fs.FS) error {
		t, err = load(files, dir)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("translator: %w", err)
	}
	return t, nil
}

func load(files fs.FS, dir string) (*Translator, error) {
	m, err := translate.Load(files, dir)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, vocabularyFile)
	data, err := fs.ReadFile(files, vocabularyFile)
	var pieces []string
	if err == nil {
		err = strictjson.Unmarshal(data, &pieces, strictjson.Refuse)
	}
	switch v := grammar.VocabularyOf(pieces); {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case v.Size() != m.Config.Vocab:
		return nil, fmt.Errorf("%s has %d pieces, and the model's vocabulary %d", path, v.Size(), m.Config.Vocab)
	default:
		return &Translator{m, v}, nil
	}
}
