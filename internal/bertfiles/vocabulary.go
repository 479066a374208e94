package bertfiles

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// The files of a vocabulary. The first is newer and says all; the second has only the
// pieces, one a line, and the third what else there is to know.
const (
	tokenizerFile = "tokenizer.json"
	VocabFile     = "vocab.txt"
	settingsFile  = "tokenizer_config.json"
)

// Vocabulary is what the files say of a WordPiece tokenizer.
type Vocabulary struct {
	Pieces  []string // by their ids
	Lower   bool     // letters become lower case
	Strip   bool     // accents are taken off
	Chinese bool     // Chinese characters get blanks around them
	Clean   bool     // controls are taken out
	Longest int      // characters of a word that is looked up
	Special []string // pieces that are cut out of a text before anything else
}

// ReadVocabulary reads a vocabulary. It is an error if it is of another kind, or does
// what is not built here.
func ReadVocabulary(files fs.FS, dir string) (v Vocabulary, err error) {
	name, parse := tokenizerFile, parseTokenizer
	data, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		name, parse = VocabFile, func(data []byte) (Vocabulary, error) { return parseLines(files, dir, string(data)) }
		data, err = fs.ReadFile(files, name)
	}
	if err != nil {
		return v, fmt.Errorf("no vocabulary in %s: %w", dir, err)
	}
	if v, err = parse(data); err == nil {
		err = v.check()
	}
	if err != nil {
		return v, fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
	}
	return v, nil
}

// check finds pieces that are there twice, and special ones that are not there.
func (v Vocabulary) check() error {
	seen := make(map[string]int, len(v.Pieces))
	for id, piece := range v.Pieces {
		if before, twice := seen[piece]; twice {
			return fmt.Errorf("ids %d and %d are both %q", before, id, piece)
		}
		seen[piece] = id
	}
	for _, special := range append([]string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}, v.Special...) {
		if _, ok := seen[special]; !ok {
			return fmt.Errorf("%s is not among the %d pieces", special, len(v.Pieces))
		}
	}
	return nil
}

// tokenizerJSON is tokenizer.json as far as it says what is done to a text.
type tokenizerJSON struct {
	Added []struct {
		ID         int    `json:"id"`
		Content    string `json:"content"`
		SingleWord bool   `json:"single_word"`
		LStrip     bool   `json:"lstrip"`
		RStrip     bool   `json:"rstrip"`
		Normalized bool   `json:"normalized"`
	} `json:"added_tokens"`
	Normalizer struct {
		Type    string `json:"type"`
		Clean   bool   `json:"clean_text"`
		Chinese bool   `json:"handle_chinese_chars"`
		Strip   *bool  `json:"strip_accents"`
		Lower   bool   `json:"lowercase"`
	} `json:"normalizer"`
	PreTokenizer struct {
		Type string `json:"type"`
	} `json:"pre_tokenizer"`
	Model struct {
		Type    string         `json:"type"`
		Unknown string         `json:"unk_token"`
		Prefix  string         `json:"continuing_subword_prefix"`
		Longest int            `json:"max_input_chars_per_word"`
		Vocab   map[string]int `json:"vocab"`
	} `json:"model"`
}

func parseTokenizer(data []byte) (v Vocabulary, err error) {
	var j tokenizerJSON
	if err := strictjson.Unmarshal(data, &j, strictjson.Ignore); err != nil {
		return v, err
	}
	for _, field := range []struct{ name, got, only string }{
		{"model.type", j.Model.Type, "WordPiece"}, {"normalizer.type", j.Normalizer.Type, "BertNormalizer"},
		{"pre_tokenizer.type", j.PreTokenizer.Type, "BertPreTokenizer"},
		{"unk_token", j.Model.Unknown, "[UNK]"}, {"continuing_subword_prefix", j.Model.Prefix, "##"},
	} {
		if field.got != field.only {
			return v, fmt.Errorf("%s is %q; only %q is built here", field.name, field.got, field.only)
		}
	}
	n := j.Normalizer
	v = Vocabulary{Lower: n.Lower, Strip: n.Lower, Chinese: n.Chinese, Clean: n.Clean, Longest: j.Model.Longest}
	if n.Strip != nil {
		v.Strip = *n.Strip
	}
	for _, a := range j.Added {
		if a.SingleWord || a.LStrip || a.RStrip || a.Normalized {
			return v, fmt.Errorf("the special token %s is single_word, lstrip, rstrip or normalized; none of them is built here", a.Content)
		}
		j.Model.Vocab[a.Content] = a.ID
		v.Special = append(v.Special, a.Content)
	}
	v.Pieces = make([]string, len(j.Model.Vocab))
	for piece, id := range j.Model.Vocab {
		if id < 0 || id >= len(v.Pieces) || v.Pieces[id] != "" {
			return v, fmt.Errorf("the ids are not 0 to %d, each once: %q has %d", len(v.Pieces)-1, piece, id)
		}
		v.Pieces[id] = piece
	}
	return v, nil
}

// parseLines reads vocab.txt, and beside it what tokenizer_config.json says, if it is there.
func parseLines(files fs.FS, dir, text string) (v Vocabulary, err error) {
	settings := struct {
		Lower   bool  `json:"do_lower_case"`
		Strip   *bool `json:"strip_accents"`
		Chinese bool  `json:"tokenize_chinese_chars"`
	}{true, nil, true}
	data, err := fs.ReadFile(files, settingsFile)
	if err == nil {
		err = strictjson.Unmarshal(data, &settings, strictjson.Ignore)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return v, fmt.Errorf("%s: %w", filepath.Join(dir, settingsFile), err)
	}
	v = Vocabulary{Lower: settings.Lower, Strip: settings.Lower, Chinese: settings.Chinese, Clean: true, Longest: 100}
	if settings.Strip != nil {
		v.Strip = *settings.Strip
	}
	for line := range strings.Lines(text) {
		v.Pieces = append(v.Pieces, strings.TrimRight(line, "\r\n"))
	}
	v.Special = []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
	return v, nil
}
