// Package tokenizerjson reads and writes tokenizer.json, the one file in which
// newer programs keep a tokenizer, where GPT-2 was published with two: the tokens
// (vocab.json) and the merges (merges.txt). It finds in the one what the two
// hold, writes it from them, and knows other kinds of tokenizers only to refuse them.
package tokenizerjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

// kind is of tokenizer.json what tells which kind of tokenizer it is.
type kind struct {
	Normalizer   any `json:"normalizer"`
	PreTokenizer *struct {
		Type           string `json:"type"`
		AddPrefixSpace any    `json:"add_prefix_space"`
		UseRegex       any    `json:"use_regex"` // which the oldest of these files do not say
	} `json:"pre_tokenizer"`
	Model struct {
		Type         any `json:"type"`
		Dropout      any `json:"dropout"`
		Prefix       any `json:"continuing_subword_prefix"`
		Suffix       any `json:"end_of_word_suffix"`
		ByteFallback any `json:"byte_fallback"`
		IgnoreMerges any `json:"ignore_merges"`
	} `json:"model"`
}

// check refuses what does not encode texts as GPT-2's tokenizer does.
func (k kind) check() error {
	is := func(v any, usual ...any) bool { return v == nil || slices.Contains(usual, v) }
	none := func(v any) bool { return is(v, "", false, 0.0) }
	switch pre, m := k.PreTokenizer, k.Model; {
	case !is(m.Type, "BPE"):
		return fmt.Errorf("the tokenizer's model is %#v; only byte-level BPE is read", m.Type)
	case pre == nil:
		return errors.New("the tokenizer has no pre_tokenizer; only byte-level BPE is read")
	case pre.Type != "ByteLevel" || !is(pre.UseRegex, true):
		return fmt.Errorf("the tokenizer cuts texts by %q with patterns of its own; only GPT-2's \"ByteLevel\" is read", pre.Type)
	case !is(pre.AddPrefixSpace, false):
		return errors.New("the tokenizer puts a space before texts (add_prefix_space); that is not read")
	case k.Normalizer != nil:
		return errors.New("the tokenizer changes texts by a normalizer; that is not read")
	case !none(m.Dropout) || !none(m.Prefix) || !none(m.Suffix) || !none(m.ByteFallback) || !none(m.IgnoreMerges):
		return errors.New("the tokenizer's BPE has dropout, a prefix, a suffix, byte_fallback or ignore_merges; GPT-2's has none")
	}
	return nil
}

const firstLine = "#version: 0.2\n"

// Read returns the id of each token, and the merges, two tokens with a space
// between them. Special tokens that the model's own vocabulary lacks have an id,
// too.
func Read(data []byte) (ids map[string]int, merges []string, err error) {
	var k kind
	if err := strictjson.Unmarshal(data, &k, strictjson.Ignore); err != nil {
		return nil, nil, err
	}
	if err := k.check(); err != nil {
		return nil, nil, err
	}
	var f struct {
		Added []Added `json:"added_tokens"`
		Model struct {
			Vocab  map[string]int `json:"vocab"`
			Merges []merge        `json:"merges"`
		} `json:"model"`
	}
	if err := strictjson.Unmarshal(data, &f, strictjson.Ignore); err != nil {
		return nil, nil, err
	}
	if f.Model.Vocab == nil || f.Model.Merges == nil {
		return nil, nil, errors.New("the tokenizer has no vocab or no merges")
	}
	for _, a := range f.Added {
		if err := a.add(f.Model.Vocab); err != nil {
			return nil, nil, err
		}
	}
	merges = make([]string, 0, len(f.Model.Merges))
	for i, m := range f.Model.Merges {
		if strings.ContainsAny(string(m), "\r\n") {
			return nil, nil, fmt.Errorf("merge %d: %.60q holds a line end, which stands for no byte", i, m)
		}
		merges = append(merges, string(m))
	}
	return f.Model.Vocab, merges, nil
}

// add puts an added token into the vocabulary.
func (a Added) add(vocab map[string]int) error {
	id, there := vocab[a.Content]
	switch {
	case a.ID == nil:
		return fmt.Errorf("the added token %.60q has no id", a.Content)
	case there && id != *a.ID:
		return fmt.Errorf("the added token %.60q has the id %d, in the vocabulary it has %d", a.Content, *a.ID, id)
	case !a.Special && !there:
		return fmt.Errorf("the added token %.60q is not a special one; it would be looked for in texts, which is not done here", a.Content)
	case strings.ContainsFunc(a.Content, func(r rune) bool { return r <= ' ' || r > '~' }):
		return fmt.Errorf("the added token %.60q has a space or a letter beyond ASCII; such are not read", a.Content)
	}
	vocab[a.Content] = *a.ID
	return nil
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

// form is tokenizer.json, to be filled in with the special token, the vocabulary and
// the merges.
const form = `{
	"version": "1.0", "truncation": null, "padding": null, "added_tokens": [%s], "normalizer": null,
	"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
	"post_processor": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": true},
	"decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
	"model": {
		"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "", "end_of_word_suffix": "",
		"fuse_unk": false, "byte_fallback": false, "ignore_merges": false, "vocab": %s, "merges": %s
	}
}
`

// Write writes tokenizer.json for the tokens of vocab.json and the merges of
// merges.txt, with one special token. Merges are in the form that all programs
// read.
func Write(w io.Writer, vocab, merges []byte, special Added) error {
	added, err := jsonv2.Marshal(special)
	if err != nil {
		return err
	}
	list, err := jsonv2.Marshal(lines(merges))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, fmt.Appendf(nil, form, added, vocab, list), "", "  "); err != nil {
		return err
	}
	_, err = out.WriteTo(w)
	return err
}
