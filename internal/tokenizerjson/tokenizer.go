// Package tokenizerjson reads and writes tokenizer.json, the one file in which
// newer programs keep a tokenizer, where GPT-2 was published with two: the tokens
// (vocab.json) and the merges (merges.txt). It finds in the one what the two
// hold, writes it from them, reads byte-level BPE as other families of models have
// it, and knows other kinds of tokenizers only to refuse them.
package tokenizerjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// Added is a token that no merge makes.
type Added struct {
	ID         *int   `json:"id,omitempty"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
	Special    bool   `json:"special"`
}

// A merge is two tokens. Newer programs write a list of two, older ones read only
// the two with a space between them.
type merge string

// UnmarshalJSONFrom reads either of them.
func (m *merge) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() == '"' {
		one, err := d.ReadToken()
		*m = merge(one.String())
		return err
	}
	var two []string
	if err := jsonv2.UnmarshalDecode(d, &two); err != nil || len(two) != 2 {
		return errors.New("a merge is a list of two tokens, or the two in one string")
	}
	*m = merge(two[0] + " " + two[1])
	return nil
}

// Tokenizer is what the file says: byte-level BPE of one of four families.
type Tokenizer struct {
	Vocab  map[string]int // the id of each token, spelled as the file does; added ones may be missing
	Merges []string       // two tokens with a space between them, the earliest first
	Added  []Added        // each with its ID
	Split  string         // GPT2, SmolLM, Qwen2 or Llama3
	NFC    bool           // whether texts are normalized first
	Whole  bool           // whether a piece that is a token is not merged but taken whole (ignore_merges)
}

// The ways to cut texts into pieces, by the names that GGUF files have for them.
const (
	GPT2   = "gpt-2"
	SmolLM = "smollm"
	Qwen2  = "qwen2"
	Llama3 = "llama-bpe"
)

// The pattern of Qwen2 and Llama 3, but for the digits.
const (
	beforeDigits = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|`
	afterDigits  = `| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
)

// splits are the families by the steps of their pre-tokenizer.
var splits = map[string]string{
	"ByteLevel":         GPT2,
	"Digits, ByteLevel": SmolLM,
	"Split " + beforeDigits + `\p{N}` + afterDigits + ", Bytes":      Qwen2,
	"Split " + beforeDigits + `\p{N}{1,3}` + afterDigits + ", Bytes": Llama3,
}

// kind is of tokenizer.json what tells which kind of tokenizer it is.
type kind struct {
	Normalizer   *step `json:"normalizer"`
	PreTokenizer *step `json:"pre_tokenizer"`
	Model        struct {
		Type         any `json:"type"`
		Dropout      any `json:"dropout"`
		Prefix       any `json:"continuing_subword_prefix"`
		Suffix       any `json:"end_of_word_suffix"`
		ByteFallback any `json:"byte_fallback"`
		IgnoreMerges any `json:"ignore_merges"`
	} `json:"model"`
}

// A step is what is done to texts before they are merged, or several of these.
type step struct {
	Type           string `json:"type"`
	AddPrefixSpace any    `json:"add_prefix_space"`
	UseRegex       any    `json:"use_regex"` // which the oldest of these files do not say
	Digits         any    `json:"individual_digits"`
	Behavior       any    `json:"behavior"`
	Invert         any    `json:"invert"`
	Pattern        struct {
		Regex string `json:"Regex"`
	} `json:"pattern"`
	PreTokenizers []step `json:"pretokenizers"`
	Normalizers   []step `json:"normalizers"`
}

// is says whether v is not set, or is one of what it usually is.
func is(v any, usual ...any) bool { return v == nil || slices.Contains(usual, v) }

// name says in short what a step does.
func (s step) name() string {
	switch {
	case s.Type == "Sequence":
		var names []string
		for _, one := range append(s.PreTokenizers, s.Normalizers...) {
			names = append(names, one.name())
		}
		return strings.Join(names, ", ")
	case s.Type == "Split" && s.Behavior == "Isolated" && is(s.Invert, false):
		return "Split " + s.Pattern.Regex
	case s.Type == "ByteLevel" && s.UseRegex == false:
		return "Bytes"
	case s.Type == "Digits" && s.Digits != true:
		return "Digits together"
	}
	return s.Type
}

// prefixed says whether a step puts a space before texts.
func (s step) prefixed() bool {
	return !is(s.AddPrefixSpace, false) || slices.ContainsFunc(s.PreTokenizers, step.prefixed)
}

// tokenizer is of what kind a tokenizer is, or why it is not read.
func (k kind) tokenizer() (t Tokenizer, err error) {
	none := func(v any) bool { return is(v, "", false, 0.0) }
	m := k.Model
	if !is(m.Type, "BPE") {
		return t, fmt.Errorf("the tokenizer's model is %#v; only byte-level BPE is read", m.Type)
	}
	if k.PreTokenizer == nil {
		return t, errors.New("the tokenizer has no pre_tokenizer; only byte-level BPE is read")
	}
	if k.PreTokenizer.prefixed() {
		return t, errors.New("the tokenizer puts a space before texts (add_prefix_space); that is not read")
	}
	t.Split, t.Whole = splits[k.PreTokenizer.name()], m.IgnoreMerges == true
	if t.Split == "" {
		return t, fmt.Errorf("the tokenizer cuts texts in a way of its own, %.60q; those of GPT-2, SmolLM2, Qwen2 and Llama 3 are read", k.PreTokenizer.name())
	}
	if n := k.Normalizer; n != nil && n.name() != "" {
		if t.NFC = n.name() == "NFC"; !t.NFC {
			return t, fmt.Errorf("the tokenizer changes texts by a normalizer, %.60q; only NFC is read", n.name())
		}
	}
	if !none(m.Dropout) || !none(m.Prefix) || !none(m.Suffix) || !none(m.ByteFallback) {
		return t, errors.New("the tokenizer's BPE has dropout, a prefix, a suffix or byte_fallback; that is not read")
	}
	return t, nil
}

const firstLine = "#version: 0.2\n"

// Parse reads a tokenizer.json.
func Parse(data []byte) (Tokenizer, error) {
	var k kind
	if err := strictjson.Unmarshal(data, &k, strictjson.Ignore); err != nil {
		return Tokenizer{}, err
	}
	t, err := k.tokenizer()
	if err != nil {
		return Tokenizer{}, err
	}
	var f struct {
		Added []Added `json:"added_tokens"`
		Model struct {
			Vocab  map[string]int `json:"vocab"`
			Merges []merge        `json:"merges"`
		} `json:"model"`
	}
	if err := strictjson.Unmarshal(data, &f, strictjson.Ignore); err != nil {
		return Tokenizer{}, err
	}
	if f.Model.Vocab == nil || f.Model.Merges == nil {
		return Tokenizer{}, errors.New("the tokenizer has no vocab or no merges")
	}
	t.Vocab, t.Added = f.Model.Vocab, f.Added
	for _, a := range t.Added {
		if err := a.check(t); err != nil {
			return Tokenizer{}, err
		}
	}
	t.Merges = make([]string, 0, len(f.Model.Merges))
	for i, m := range f.Model.Merges {
		if strings.ContainsAny(string(m), "\r\n") {
			return Tokenizer{}, fmt.Errorf("merge %d: %.60q holds a line end, which stands for no byte", i, m)
		}
		t.Merges = append(t.Merges, string(m))
	}
	return t, nil
}

// check refuses an added token that is looked for in a way that is not done here.
func (a Added) check(t Tokenizer) error {
	id, there := t.Vocab[a.Content]
	switch {
	case a.ID == nil:
		return fmt.Errorf("the added token %.60q has no id", a.Content)
	case there && id != *a.ID:
		return fmt.Errorf("the added token %.60q has the id %d, in the vocabulary it has %d", a.Content, *a.ID, id)
	case a.Content == "":
		return errors.New("an added token is empty")
	case a.SingleWord || a.LStrip || a.RStrip || a.Normalized && t.NFC:
		return fmt.Errorf("the added token %.60q takes what stands beside it (single_word, lstrip, rstrip), or is normalized; that is not read", a.Content)
	}
	return nil
}

// Read returns the id of each token, and the merges, two tokens with a space
// between them, of a tokenizer that does as GPT-2's does. Special tokens that the
// model's own vocabulary lacks have an id, too.
func Read(data []byte) (ids map[string]int, merges []string, err error) {
	t, err := Parse(data)
	if err != nil {
		return nil, nil, err
	}
	if t.Split != GPT2 || t.NFC || t.Whole {
		return nil, nil, fmt.Errorf("the tokenizer is not as GPT-2's: it cuts texts as %q; NFC %t, ignore_merges %t", t.Split, t.NFC, t.Whole)
	}
	for _, a := range t.Added {
		_, there := t.Vocab[a.Content]
		if !a.Special && !there {
			return nil, nil, fmt.Errorf("the added token %.60q is not a special one; it would be looked for in texts, which is not done here", a.Content)
		}
		if strings.ContainsFunc(a.Content, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return nil, nil, fmt.Errorf("the added token %.60q has a space or a letter beyond ASCII; such are not read", a.Content)
		}
		t.Vocab[a.Content] = *a.ID
	}
	return t.Vocab, t.Merges, nil
}

// Differ says how a tokenizer.json and the other two files of a directory differ:
// the first token, or the first merge. It is empty if they do not.
func Differ(data, vocab, merges []byte) (string, error) {
	ids, list, err := Read(data)
	if err != nil {
		return "", fmt.Errorf("tokenizer.json: %w", err)
	}
	var others map[string]int
	if err := strictjson.Unmarshal(vocab, &others, strictjson.Refuse); err != nil {
		return "", fmt.Errorf("vocab.json: %w", err)
	}
	tokens, otherTokens := byID(ids), byID(others)
	if i := firstDifference(tokens, otherTokens); i >= 0 {
		return fmt.Sprintf("token %d is %s in tokenizer.json, in vocab.json %s", i, at(tokens, i), at(otherTokens, i)), nil
	}
	otherList := lines(merges)
	if i := firstDifference(list, otherList); i >= 0 {
		return fmt.Sprintf("merge %d is %s in tokenizer.json, in merges.txt %s", i, at(list, i), at(otherList, i)), nil
	}
	return "", nil
}

// lines are the merges of merges.txt.
func lines(merges []byte) []string {
	return strings.FieldsFunc(strings.TrimPrefix(string(merges), firstLine), func(c rune) bool { return c == '\n' })
}

// byID lists tokens in the order of their ids.
func byID(ids map[string]int) []string {
	tokens := make([]string, 0, len(ids))
	for token := range ids {
		tokens = append(tokens, token)
	}
	slices.SortFunc(tokens, func(a, b string) int { return ids[a] - ids[b] })
	return tokens
}

// firstDifference is the first place at which two lists differ, or -1.
func firstDifference(a, b []string) int {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return -1
}

// at names the element of a list, which may be too short.
func at(list []string, i int) string {
	if i < len(list) {
		return fmt.Sprintf("%.60q", list[i])
	}
	return "nothing"
}

// form is tokenizer.json, to be filled in with the added tokens, the normalizer, the way
// to cut texts, whether pieces are taken whole, the vocabulary and the merges.
const form = `{
	"version": "1.0", "truncation": null, "padding": null, "added_tokens": %s, "normalizer": %s, "pre_tokenizer": %s,
	"post_processor": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": true},
	"decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
	"model": {
		"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "", "end_of_word_suffix": "",
		"fuse_unk": false, "byte_fallback": false, "ignore_merges": %t, "vocab": %s, "merges": %s
	}
}
`

// cuts are the ways to cut texts, as the file has them.
var cuts = map[string]string{
	GPT2:   byteLevel,
	SmolLM: `{"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}, ` + byteLevel + `]}`,
	Qwen2:  pattern(`\p{N}`),
	Llama3: pattern(`\p{N}{1,3}`),
}

const byteLevel = `{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}`

func pattern(digits string) string {
	quoted, _ := json.Marshal(beforeDigits + digits + afterDigits)
	return `{"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": ` + string(quoted) + `}, "behavior": "Isolated", "invert": false},
		{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}]}`
}

// Write writes tokenizer.json for the tokens of vocab.json and the merges of
// merges.txt, with one special token. Merges are in the form that all programs
// read.
func Write(w io.Writer, vocab, merges []byte, special Added) error {
	return Tokenizer{Merges: lines(merges), Added: []Added{special}, Split: GPT2}.write(w, vocab)
}

// Write writes a tokenizer.json that [Parse] reads. The added tokens stand in the
// vocabulary, too: other programs give those that do not ids of their own.
func (t Tokenizer) Write(w io.Writer) error {
	ids := maps.Clone(t.Vocab)
	for _, a := range t.Added {
		ids[a.Content] = *a.ID
	}
	vocab := []byte("{")
	for i, token := range byID(ids) {
		if i > 0 {
			vocab = append(vocab, ',')
		}
		name, err := jsonv2.Marshal(token)
		if err != nil {
			return err
		}
		vocab = fmt.Appendf(vocab, "%s:%d", name, ids[token])
	}
	return t.write(w, append(vocab, '}'))
}

func (t Tokenizer) write(w io.Writer, vocab []byte) error {
	added, err := jsonv2.Marshal(t.Added)
	if err != nil {
		return err
	}
	list, err := jsonv2.Marshal(t.Merges)
	if err != nil {
		return err
	}
	normalizer := "null"
	if t.NFC {
		normalizer = `{"type": "NFC"}`
	}
	var out bytes.Buffer
	if err := json.Indent(&out, fmt.Appendf(nil, form, added, normalizer, cuts[t.Split], t.Whole, vocab, list), "", "  "); err != nil {
		return err
	}
	_, err = out.WriteTo(w)
	return err
}
