package gguf

import "cmp"

// Tokenizer is what a file says of its tokenizer and of conversations.
type Tokenizer struct {
	Model, Pre   string   // the kind, gpt2 for all byte-level BPE, and the name of how it splits text
	Tokens       []string // by id
	Types        []int32  // of the tokens: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 a byte
	Merges       []string // "a b", in the order in which they were learned
	BOS, EOS     int      // that text begins with and ends with, -1 for none
	EOT          int      // that a turn ends with, -1 for none
	AddBOS       *bool    // whether a text begins with BOS; nil if the file does not say
	ChatTemplate string   // in Jinja
}

// The types of a token, and no token.
const (
	Normal int32 = 1 + iota
	Unknown
	Control
	UserDefined
	Unused
	Byte
	noToken = -1
)

// Tokenizer reads it from the metadata. Tokens must be there, and the model's name;
// ids are those of tokens.
func (f *File) Tokenizer() (t Tokenizer, err error) {
	const at = "tokenizer.ggml."
	var errs [10]error
	t.Model, errs[0] = Value[string](f, at+"model")
	t.Tokens, errs[1] = Value[[]string](f, at+"tokens")
	t.Pre, errs[2] = Optional(f, at+"pre", "")
	t.Types, errs[3] = Optional[[]int32](f, at+"token_type", nil)
	t.Merges, errs[4] = Optional[[]string](f, at+"merges", nil)
	t.BOS, errs[5] = f.token(at+"bos_token_id", len(t.Tokens))
	t.EOS, errs[6] = f.token(at+"eos_token_id", len(t.Tokens))
	t.EOT, errs[7] = f.token(at+"eot_token_id", len(t.Tokens))
	t.ChatTemplate, errs[8] = Optional(f, "tokenizer.chat_template", "")
	if add, ok := f.Metadata[at+"add_bos_token"]; ok && add != nil {
		var yes bool
		yes, errs[9] = Value[bool](f, at+"add_bos_token")
		t.AddBOS = &yes
	}
	if err := cmp.Or(errs[:]...); err != nil {
		return Tokenizer{}, err
	}
	if t.Types != nil && len(t.Types) != len(t.Tokens) {
		return Tokenizer{}, f.errorf("%d types of %d tokens", len(t.Types), len(t.Tokens))
	}
	return t, nil
}

// token is an id below n, or noToken where the key is missing.
func (f *File) token(key string, n int) (int, error) {
	if _, ok := f.Metadata[key]; !ok {
		return noToken, nil
	}
	id, err := f.Count(key, noToken)
	if err == nil && id >= n {
		err = f.errorf("metadata %q is %d, where there are %d tokens", key, id, n)
	}
	return id, err
}

// Metadata are what [File.Tokenizer] reads.
func (t Tokenizer) Metadata() []Pair {
	const at = "tokenizer.ggml."
	list := []Pair{{at + "model", t.Model}, {at + "pre", t.Pre}, {at + "tokens", t.Tokens}, {at + "token_type", t.Types}, {at + "merges", t.Merges}}
	for _, id := range []struct {
		name  string
		token int
	}{{"bos", t.BOS}, {"eos", t.EOS}, {"eot", t.EOT}} {
		if id.token != noToken {
			list = append(list, Pair{at + id.name + "_token_id", uint32(id.token)})
		}
	}
	if t.AddBOS != nil {
		list = append(list, Pair{at + "add_bos_token", *t.AddBOS})
	}
	if t.ChatTemplate != "" {
		list = append(list, Pair{"tokenizer.chat_template", t.ChatTemplate})
	}
	return list
}
