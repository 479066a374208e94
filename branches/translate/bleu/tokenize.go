package bleu

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A Tokenization cuts a text into what is counted as words. Scores by different ones
// cannot be compared, so its name is in the signature.
type Tokenization struct {
	Name string
	Cut  func(text string) []string
}

// Tok13a is the tokenization of WMT, the yearly contest of translators; TokZh takes each
// character of a Chinese text for a word.
var (
	Tok13a = Tokenization{"13a", western}
	TokZh  = Tokenization{"zh", chinese}
)

// Signature says how a score was made, in the form that sacreBLEU introduced.
func (t Tokenization) Signature() string {
	return "BLEU|nrefs:1|case:mixed|eff:no|tok:" + t.Name + "|smooth:exp|version:llmbook"
}

// Corpus counts a whole text, a sentence in each element, and its reference.
func (t Tokenization) Corpus(translations, references []string) (c Counts) {
	if len(translations) != len(references) {
		panic("bleu: each translation needs a reference")
	}
	for i := range translations {
		c.Add(t.Cut(translations[i]), t.Cut(references[i]))
	}
	return c
}

// spaced get spaces around them, in this order: marks; periods and commas that are not
// behind a digit; those that are not before one; and hyphens behind a digit.
var spaced = []struct {
	find *regexp.Regexp
	with string
}{
	{regexp.MustCompile("[{-~\\[-` -&(-+:-@/]"), " $0 "},
	{regexp.MustCompile(`([^0-9])([.,])`), "$1 $2 "},
	{regexp.MustCompile(`([.,])([^0-9])`), " $1 $2"},
	{regexp.MustCompile(`([0-9])(-)`), "$1 $2 "},
}

func cut(text string) []string {
	for _, s := range spaced {
		text = s.find.ReplaceAllString(text, s.with)
	}
	return strings.Fields(text)
}

// replaced in western texts, one after the other.
var replaced = [][2]string{
	{"<skipped>", ""}, {"-\n", ""}, {"\n", " "}, {"&quot;", `"`}, {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"},
}

func western(text string) []string {
	text = strings.TrimRightFunc(text, unicode.IsSpace)
	for _, r := range replaced {
		text = strings.ReplaceAll(text, r[0], r[1])
	}
	return cut(" " + text + " ")
}

// apart are the characters that sacreBLEU takes for Chinese. It means to have rare ones, from
// U+20000 to U+2A6D6, but says so in a way that gives U+2001 to U+2A6D: quotation marks and
// dashes stand apart, and rare characters do not. We want its numbers, so we do the same.
var apart = [][2]rune{
	{0x2001, 0x2a6d}, {0x2e80, 0x2fdf}, {0x2ff0, 0x303f}, {0x3100, 0x312f}, {0x31a0, 0x31bf}, {0x31c0, 0x31ef},
	{0x3200, 0x4db5}, {0x4e00, 0x9fbb}, {0xf900, 0xfa2d}, {0xfa30, 0xfa6a}, {0xfa70, 0xfad9}, {0xfe10, 0xfe1f},
	{0xfe30, 0xfe4f}, {0xff00, 0xffef},
}

func chinese(text string) []string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(text) {
		if slices.ContainsFunc(apart, func(block [2]rune) bool { return block[0] <= r && r <= block[1] }) {
			b.WriteString(" " + string(r) + " ")
		} else {
			b.WriteRune(r)
		}
	}
	return cut(b.String())
}
