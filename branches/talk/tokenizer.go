package talk

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/llm-from-scratch/llm/branches/chat"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

// Tokenizer is a tokenizer of today as a [pretrain.Tokenizer] of its model. It has as
// many ids as the model's embedding has rows.
type Tokenizer struct {
	*chat.Tokenizer
	Unknown error // why the form of conversation that its files describe is not known here

	rows     int   // of the model, if there is one
	begin    int   // the id that a text begins with, -1 for none
	ends     []int // the ids at which a text ends; the first is the one to teach
	template chat.Template
	files    map[string][]byte
}

// Vocab is the number of the model's rows.
func (t *Tokenizer) Vocab() int { return t.rows }

// Bytes are what id stands for, if it stands for anything.
func (t *Tokenizer) Bytes(id int) []byte {
	if id >= t.Tokenizer.Vocab() && id < t.rows {
		return nil
	}
	return t.Tokenizer.Bytes(id)
}

// EncodeSpecial returns the ids of a text from its beginning on, added tokens
// included. Of the token that a text begins with there is one, whoever wrote it.
func (t *Tokenizer) EncodeSpecial(text string) []int {
	return t.begun(t.Tokenizer.EncodeSpecial(text))
}

// EncodePrompt is EncodeSpecial for a prompt, in which only control tokens are that.
func (t *Tokenizer) EncodePrompt(p chat.Prompt) ([]int, error) {
	ids, err := t.Tokenizer.EncodePrompt(p)
	if err != nil {
		return nil, err
	}
	return t.begun(ids), nil
}

// begun are the ids of a text with the one that it begins with.
func (t *Tokenizer) begun(ids []int) []int {
	if t.begin >= 0 && (len(ids) == 0 || ids[0] != t.begin) {
		ids = slices.Insert(ids, 0, t.begin)
	}
	return ids
}

// EndOfText is the id that a text, or an answer, is taught to end with.
func (t *Tokenizer) EndOfText() int { return t.ends[0] }

// Ends reports whether a text ends at id. Several ids end one.
func (t *Tokenizer) Ends(id int) bool { return slices.Contains(t.ends, id) }

// Files are what writes the files that the tokenizer was read from, or would have been.
func (t *Tokenizer) Files() map[string]func(w io.Writer) error {
	files := map[string]func(w io.Writer) error{}
	for name, data := range t.files {
		files[name] = func(w io.Writer) error {
			_, err := w.Write(data)
			return err
		}
	}
	return files
}

// silent lists the ids that stand for nothing.
func (t *Tokenizer) silent() (ids []int) {
	for id := range t.rows {
		if len(t.Bytes(id)) == 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// finish knows the model's rows, and returns the tokenizer with its form of
// conversation, nil if it has none.
func (t *Tokenizer) finish(rows int) (*Form, error) {
	if t.rows > rows {
		return nil, fmt.Errorf("the tokenizer has %d ids, the model's embedding %d rows; they belong to different models", t.rows, rows)
	}
	t.rows = rows
	if len(t.ends) == 0 {
		return nil, fmt.Errorf("no file names the token that ends a text (eos_token_id): take all the files of the model")
	}
	if i := slices.IndexFunc(t.ends, func(id int) bool { return id >= rows }); i >= 0 {
		return nil, fmt.Errorf("the token that ends a text, %d, is none of the model's %d", t.ends[i], rows)
	}
	if t.template.Name == "" {
		return nil, nil
	}
	if own := t.IDs(t.template.Ends[:1]); len(own) > 0 {
		t.ends = append(own, t.ends...)
	}
	f := &Form{Tokenizer: t, Template: t.template, options: chat.Options{Answer: true, NoThinking: true, Date: someDay}}
	_, err := f.prompt(instruct.Entry{Output: "-"}, instruct.Entry{})
	return f, err
}

// someDay is what the template of Llama 3.1 says where nobody knows the date.
const someDay = "26 Jul 2024"

// A Form is the tokenizer of a model that has learned to answer, with the form in which
// it was asked: an [instruct.Form].
type Form struct {
	*Tokenizer
	Template chat.Template
	options  chat.Options
}

// Ready prepares the tokenizer of a model that is to answer: whether the model thinks
// before, if it is one that does, and what day it is, if it is one that is told; the zero
// time is always the same day. It is an error if the model has learned to answer in a form
// that is not known here.
func Ready(t pretrain.Tokenizer, think bool, today time.Time) error {
	switch t := t.(type) {
	case *Tokenizer:
		return t.Unknown
	case *Form:
		t.options.NoThinking = !think
		if !today.IsZero() {
			t.options.Date = today.Format("02 Jan 2006")
		}
	}
	return nil
}

// Bytes are what is shown of id: nothing of a control token.
func (f *Form) Bytes(id int) []byte {
	if id < f.Tokenizer.Tokenizer.Vocab() && f.Hidden(id) {
		return nil
	}
	return f.Tokenizer.Bytes(id)
}

// Prompt returns the ids of a conversation, whose last entry has no output yet. What
// the entries say is text, whatever it looks like.
func (f *Form) Prompt(said ...instruct.Entry) []int {
	ids, _ := f.prompt(said...) // finish has seen that it can
	return ids
}

func (f *Form) prompt(said ...instruct.Entry) ([]int, error) {
	var messages []chat.Message
	for i, e := range said {
		asked := e.Instruction
		if e.Input != "" {
			asked += "\n\n" + e.Input
		}
		messages = append(messages, chat.Message{Role: chat.User, Content: asked})
		if i < len(said)-1 {
			messages = append(messages, chat.Message{Role: chat.Assistant, Content: e.Output})
		}
	}
	p, err := f.Template.Prompt(messages, f.options)
	if err != nil {
		return nil, err
	}
	return f.Tokenizer.Tokenizer.EncodePrompt(p) // how it begins is in the template
}
