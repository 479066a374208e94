package published

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/torchrand"
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
	table, err := lab.Read(messages)
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
func spamData(_ context.Context, lab *Lab) ([]Row, error) {
	d, err := readSpam(lab)
	if err != nil {
		return nil, err
	}
	table, err := lab.Read(messages)
	if err != nil {
		return nil, err
	}
	lines, err := classify.ReadMessages(strings.NewReader(table))
	if err != nil {
		return nil, err
	}
	var s sheet
	s.text("ch06[15] rows", 5572, len(d.all))
	s.text("ch06[15] row with ends of lines", 5081, slices.IndexFunc(d.all, func(m classify.Message) bool { return strings.Contains(m.Text, "\n") }))
	quoted := 0
	for _, m := range lines {
		if strings.HasPrefix(m.Text, `"`) {
			quoted++
		}
	}
	s.text("ch06[15] texts that begin with a quotation mark", 54, quoted)
	s.text("ch06[15] lines of the file", 5574, len(lines))
	s.text("ch06[17] ham", 4825, len(d.byClass[0]))
	s.text("ch06[17] spam", 747, len(d.byClass[1]))
	s.text("ch06[17] ham, by lines", 4827, len(rowsByClass(lines)[0]))
	s.text("ch06[19] balanced", 1494, len(d.balanced))
	s.text("ch06[19] ham", 747, len(d.balanced)-len(d.byClass[1]))
	s.text("ch06[22] first rows", "[4307 4138 4831 4461 5440]", d.balanced[:5])
	s.text("ch06[22] last rows", "[5537 5540 5547 5566 5567]", d.balanced[len(d.balanced)-5:])
	for _, c := range []struct {
		part                     string
		messages                 []classify.Message
		size, ham, spam, longest int
		first                    string
		batches                  int
		drop                     bool
	}{
		{"training", d.train, 1045, 528, 517, 120, "Dude how do you like the buff wind.", 130, true},
		{"validation", d.validation, 149, 70, 79, 71, "Mila, age23, blonde, new in UK", 19, false},
		{"test", d.test, 300, 149, 151, 92, "85233 FREE>Ringtone!Reply REAL", 38, false},
	} {
		s.text("ch06[24] "+c.part, c.size, len(c.messages))
		classes := rowsByClass(c.messages)
		s.text("ch06[24] "+c.part+" ham", c.ham, len(classes[0]))
		s.text("ch06[24] "+c.part+" spam", c.spam, len(classes[1]))
		s.text("ch06[24] "+c.part+" begins", c.first, c.messages[0].Text[:min(len(c.first), len(c.messages[0].Text))])
		x := classify.NewExamples(c.messages, lab.GPT2, 1024, lab.GPT2.EndOfText())
		s.text("ch06[31] "+c.part+" longest", c.longest, x.Longest())
		batches := 0
		for b := range x.Batches(8, nil) {
			if !c.drop || b.B == 8 {
				batches++
			}
		}
		s.text("ch06[40] "+c.part+" batches", c.batches, batches)
	}
	s.text("ch06[24] first training row", 2087, d.balanced[d.order[0]])
	s.text("ch06[30] its ids", "[35 2507 703 466 345 588 262 6940 2344 13]", lab.GPT2.Encode(d.train[0].Text))
	return s, nil
}

// rowsByClass are the numbers of the messages of ham and of spam.
func rowsByClass(messages []classify.Message) (rows [2][]int) {
	for i, m := range messages {
		rows[m.Label()] = append(rows[m.Label()], i)
	}
	return rows
}

// spamHead is cell 57, and what cells 50 to 60 make trainable.
func spamHead(context.Context, *Lab) ([]Row, error) {
	var s sheet
	head := newLinear(torchrand.New(seed), 768, 2, true)
	w := turned(head)
	s.doubles("ch06[57] weight of ham", "-.0147144 .0011953 -.0179216 .0136079", f32.Row(w, 0)[:4]...)
	s.doubles("ch06[57] weight of spam", "-.0199306 -.0140981 -.0143000 .0200044", f32.Row(w, 1)[:4]...)
	s.doubles("ch06[57] bias", ".0140348 -.0182022", head.B...)

	c := gpt.GPT2Small
	parts := map[string]int{}
	last := classify.LastBlock(c.Layers)
	for _, part := range []string{"h.", "ln_f.", "score."} {
		parts[part] = classify.TrainedParams(c, func(name string) bool { return last(name) && strings.HasPrefix(name, part) })
	}
	s.text("ch06 trainable in the last block", 7087872, parts["h."])
	s.text("ch06 trainable in the norm", 1536, parts["ln_f."])
	s.text("ch06 trainable in the head", 1538, parts["score."])
	s.text("ch06 trainable", 7090946, classify.TrainedParams(c, last))
	s.text("ch06 parameters", 124441346, classify.TrainedParams(c, classify.All))
	s.text("ch06[62] classes", "[ham spam]", slices.Clone(classify.Classes[:]))
	return s, nil
}
