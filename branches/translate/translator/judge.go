package translator

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/llm-from-scratch/llm/branches/translate/bleu"
	"github.com/llm-from-scratch/llm/branches/translate/grammar"
)

// Verdict is how well some pairs of one kind and direction were translated.
type Verdict struct {
	To    string  `json:"to"`
	Kind  string  `json:"kind"`
	Pairs int     `json:"pairs"`
	Exact int     `json:"exact"` // the same as the pair has, to the last character
	BLEU  float64 `json:"bleu"`
}

// Judge translates pairs of one kind and direction, and compares. It calls done with how
// many more it has translated, and ends early with an error if ctx is cancelled.
func (t *Translator) Judge(ctx context.Context, pairs []grammar.Pair, width int, done func(n int)) (Verdict, error) {
	v := Verdict{To: pairs[0].Direction, Kind: pairs[0].Kind, Pairs: len(pairs)}
	var translations, wanted []string
	for some := range slices.Chunk(pairs, 4*sideBySide) {
		if err := ctx.Err(); err != nil {
			return v, err
		}
		var sources []string
		for _, p := range some {
			sources, wanted = append(sources, p.Source), append(wanted, p.Target)
		}
		translations = append(translations, t.Translate(sources, v.To, width)...)
		done(len(some))
	}
	for i, text := range translations {
		if text == wanted[i] {
			v.Exact++
		}
	}
	words := bleu.Tok13a
	if Chinese(wanted[0]) {
		words = bleu.TokZh
	}
	v.BLEU = words.Corpus(translations, wanted).Score()
	return v, nil
}

// Chinese reports whether a text has Chinese characters.
func Chinese(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
