package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// pandas reads messages as pandas reads a table parted by tabs: a field that begins
// with a quotation mark goes on to the next one, through the ends of lines, and
// two of them within are one. Our chapter takes the mark for text.
func pandas(table string) ([]classify.Message, error) {
	var messages []classify.Message
	for at := 0; at < len(table); {
		var fields []string
		for {
			field, rest, end := pandasField(table[at:])
			fields = append(fields, field)
			at = len(table) - len(rest)
			if end {
				break
			}
		}
		if len(fields) != 2 {
			return nil, fmt.Errorf("row %d has %d fields", len(messages), len(fields))
		}
		messages = append(messages, classify.Message{Spam: fields[0] == classify.Classes[1], Text: fields[1]})
	}
	if len(messages) == 0 {
		return nil, errors.New("no messages")
	}
	return messages, nil
}

// pandasField takes one field off table; end tells that it is the last of its row.
func pandasField(table string) (field, rest string, end bool) {
	var b strings.Builder
	quoted := strings.HasPrefix(table, `"`)
	i := 0
	if quoted {
		i++
	}
	for ; i < len(table); i++ {
		switch c := table[i]; {
		case quoted && c == '"' && strings.HasPrefix(table[i+1:], `"`):
			b.WriteByte(c)
			i++
		case quoted && c == '"':
			quoted = false
		case !quoted && c == '\t':
			return b.String(), table[i+1:], false
		case !quoted && c == '\n':
			return b.String(), table[i+1:], true
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), "", true
}

// spam is the collection as the chapter prepares it.
type spam struct {
	all                     []classify.Message
	byClass                 [2][]int // rows of all
	balanced                []int    // as many of ham as there are of spam, chosen, and all spam
	order                   []int    // of balanced
	train, validation, test []classify.Message
}

// readSpam balances the collection, shuffles and splits it.
func readSpam(lab *Lab) (*spam, error) {
	table, err := lab.read(messages)
	if err != nil {
		return nil, err
	}
	d := new(spam)
	if d.all, err = pandas(table); err != nil {
		return nil, err
	}
	d.byClass = rowsByClass(d.all)
	ham, n := d.byClass[0], len(d.byClass[1])
	for _, i := range torchrand.NewRandomState(seed).Permutation(len(ham))[:n] {
		d.balanced = append(d.balanced, ham[i])
	}
	d.balanced = append(d.balanced, d.byClass[1]...)
	d.order = torchrand.NewRandomState(seed).Permutation(len(d.balanced))
	shuffled := make([]classify.Message, len(d.order))
	for i, j := range d.order {
		shuffled[i] = d.all[d.balanced[j]]
	}
	d.train, d.validation, d.test = classify.Split(shuffled)
	return d, nil
}

// spamData is cells 15 to 40.
func spamData(_ context.Context, lab *Lab, s *sheet) error {
	d, err := readSpam(lab)
	if err != nil {
		return err
	}
	table, err := lab.read(messages)
	if err != nil {
		return err
	}
	lines, err := classify.ReadMessages(strings.NewReader(table))
	if err != nil {
		return err
	}
	s.is("ch06[15] rows", len(d.all))
	s.is("ch06[15] row with ends of lines", slices.IndexFunc(d.all, func(m classify.Message) bool { return strings.Contains(m.Text, "\n") }))
	quoted := 0
	for _, m := range lines {
		if strings.HasPrefix(m.Text, `"`) {
			quoted++
		}
	}
	s.is("ch06[15] texts that begin with a quotation mark", quoted)
	s.is("ch06[15] lines of the file", len(lines))
	s.is("ch06[17] ham", len(d.byClass[0]))
	s.is("ch06[17] spam", len(d.byClass[1]))
	s.is("ch06[17] ham, by lines", len(rowsByClass(lines)[0]))
	s.is("ch06[19] balanced", len(d.balanced))
	s.is("ch06[19] ham", len(d.balanced)-len(d.byClass[1]))
	s.is("ch06[22] first rows", d.balanced[:5])
	s.is("ch06[22] last rows", d.balanced[len(d.balanced)-5:])
	for _, c := range []struct {
		part     string
		messages []classify.Message
	}{{"training", d.train}, {"validation", d.validation}, {"test", d.test}} {
		s.is("ch06[24] "+c.part, len(c.messages))
		classes := rowsByClass(c.messages)
		s.is("ch06[24] "+c.part+" ham", len(classes[0]))
		s.is("ch06[24] "+c.part+" spam", len(classes[1]))
		s.has("ch06[24] "+c.part+" begins", c.messages[0].Text)
		x := classify.NewExamples(c.messages, lab.GPT2, 1024, lab.GPT2.EndOfText())
		s.is("ch06[31] "+c.part+" longest", x.Longest())
		batches := 0
		for b := range x.Batches(8, nil) {
			if c.part != "training" || b.B == 8 { // which drops the rest
				batches++
			}
		}
		s.is("ch06[40] "+c.part+" batches", batches)
	}
	s.is("ch06[24] first training row", d.balanced[d.order[0]])
	s.is("ch06[30] its ids", lab.GPT2.Encode(d.train[0].Text))
	return nil
}

// rowsByClass are the numbers of the messages of ham and of spam.
func rowsByClass(messages []classify.Message) (rows [2][]int) {
	for i, m := range messages {
		rows[m.Label()] = append(rows[m.Label()], i)
	}
	return rows
}

// spamHead is cell 57, and what cells 50 to 60 make trainable.
func spamHead(_ context.Context, _ *Lab, s *sheet) error {
	head := newLinear(torchrand.New(seed), 768, 2, true)
	w := turned(head)
	s.is("ch06[57] weight of ham", f32.Row(w, 0)[:4])
	s.is("ch06[57] weight of spam", f32.Row(w, 1)[:4])
	s.is("ch06[57] bias", head.B)

	c := gpt.GPT2Small
	last := classify.LastBlock(c.Layers)
	for _, part := range []string{"h. in the last block", "ln_f. in the norm", "score. in the head"} {
		prefix, where, _ := strings.Cut(part, " ")
		s.is("ch06 trainable "+where, classify.TrainedParams(c, func(name string) bool { return last(name) && strings.HasPrefix(name, prefix) }))
	}
	s.is("ch06 trainable", classify.TrainedParams(c, last))
	s.is("ch06 parameters", classify.TrainedParams(c, classify.All))
	s.is("ch06[62] classes", classify.Classes[:])
	return nil
}
