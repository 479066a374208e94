package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// pandas reads messages as pandas reads a table parted by tabs: a text that begins
// with a quotation mark goes on to the next one, through the ends of lines, and
// two of them within are one. Our chapter takes the mark for text.
func pandas(table string) (messages []classify.Message, err error) {
	row := regexp.MustCompile(`^(ham|spam)\t(?:"((?:[^"]|"")*)")?([^\t\n]*)(?:\n|$)`)
	for at := 0; at < len(table); {
		f := row.FindStringSubmatch(table[at:])
		if f == nil {
			return nil, fmt.Errorf("row %d is no label and text", len(messages))
		}
		messages = append(messages, classify.Message{Spam: f[1] == "spam", Text: strings.ReplaceAll(f[2], `""`, `"`) + f[3]})
		at += len(f[0])
	}
	if len(messages) == 0 {
		return nil, errors.New("no messages")
	}
	return messages, nil
}

// spam is the collection as the chapter prepares it.
type spam struct {
	all      []classify.Message
	byClass  [2][]int // rows of all
	balanced []int    // as many of ham as there are of spam, chosen, and all spam
	order    []int    // of balanced
	parts    [3][]classify.Message
}

// partNames are the parts of a split, which goes by these names everywhere.
var partNames = [3]string{"training", "validation", "test"}

// readSpam balances the collection, shuffles and splits it.
func readSpam(lab *Lab) *spam {
	d := &spam{all: must(pandas(lab.read(messages)))}
	d.byClass = rowsByClass(d.all)
	ham, n := d.byClass[0], len(d.byClass[1])
	for _, i := range torchrand.NewRandomState(seed).Permutation(len(ham))[:n] {
		d.balanced = append(d.balanced, ham[i])
	}
	d.balanced = append(d.balanced, d.byClass[1]...)
	d.order = torchrand.NewRandomState(seed).Permutation(len(d.balanced))
	var shuffled []classify.Message
	for _, j := range d.order {
		shuffled = append(shuffled, d.all[d.balanced[j]])
	}
	d.parts[0], d.parts[1], d.parts[2] = classify.Split(shuffled)
	return d
}

// rowsByClass are the numbers of the messages of ham and of spam.
func rowsByClass(messages []classify.Message) (rows [2][]int) {
	for i, m := range messages {
		rows[m.Label()] = append(rows[m.Label()], i)
	}
	return rows
}

// spamData is cells 15 to 40.
func spamData(lab *Lab) {
	d := readSpam(lab)
	lines := must(classify.ReadMessages(strings.NewReader(lab.read(messages))))
	quoted := slices.DeleteFunc(slices.Clone(lines), func(m classify.Message) bool { return !strings.HasPrefix(m.Text, `"`) })
	lab.is("ch06[15] rows", len(d.all))
	lab.is("ch06[15] row with ends of lines", slices.IndexFunc(d.all, func(m classify.Message) bool { return strings.Contains(m.Text, "\n") }))
	lab.is("ch06[15] texts that begin with a quotation mark", len(quoted))
	lab.is("ch06[15] lines of the file", len(lines))
	lab.all("ch06[17]", len(d.byClass[0]), len(d.byClass[1]), len(rowsByClass(lines)[0]))
	lab.all("ch06[19]", len(d.balanced), len(d.balanced)-len(d.byClass[1]))
	lab.all("ch06[22]", d.balanced[:5], d.balanced[len(d.balanced)-5:])
	for i, part := range partNames {
		spamPart(lab, part, d.parts[i])
	}
	lab.is("ch06[24] first training row", d.balanced[d.order[0]])
	lab.is("ch06[30] its ids", lab.GPT2.Encode(d.parts[0][0].Text))
}

func spamPart(lab *Lab, part string, messages []classify.Message) {
	classes := rowsByClass(messages)
	lab.is("ch06[24] "+part, len(messages))
	lab.is("ch06[24] "+part+" ham", len(classes[0]))
	lab.is("ch06[24] "+part+" spam", len(classes[1]))
	lab.has("ch06[24] "+part+" begins", messages[0].Text)
	x := classify.NewExamples(messages, lab.GPT2, 1024, lab.GPT2.EndOfText())
	lab.is("ch06[31] "+part+" longest", x.Longest())
	batches := 0
	for b := range x.Batches(8, nil) {
		if part != "training" || b.B == 8 { // which drops the rest
			batches++
		}
	}
	lab.is("ch06[40] "+part+" batches", batches)
}

// spamHead is cell 57, and what cells 50 to 60 make trainable.
func spamHead(lab *Lab) {
	head := newLinear(torchrand.New(seed), 768, 2, true)
	w := turned(head)
	lab.all("ch06[57]", f32.Row(w, 0)[:4], f32.Row(w, 1)[:4], head.B)

	c := gpt.GPT2Small
	last := classify.LastBlock(c.Layers)
	for _, part := range []string{"h. in the last block", "ln_f. in the norm", "score. in the head"} {
		prefix, where, _ := strings.Cut(part, " ")
		lab.is("ch06 trainable "+where, classify.TrainedParams(c, func(name string) bool { return last(name) && strings.HasPrefix(name, prefix) }))
	}
	lab.is("ch06 trainable", classify.TrainedParams(c, last))
	lab.is("ch06 parameters", classify.TrainedParams(c, classify.All))
	lab.is("ch06[62] classes", classify.Classes[:])
}

// gpt2Spam is cells 64 to 89 of chapter 6: GPT-2 under a head that knows nothing.
// It reads the last of 120 tokens, which mostly is padding.
func gpt2Spam(lab *Lab) {
	d, m := readSpam(lab), lab.weights(gpt2)
	c := &classify.Classifier{Model: m, Head: newLinear(torchrand.New(seed), m.Config.Width, len(classify.Classes), true)}
	ids := lab.GPT2.Encode("Do you have time")
	lab.is("ch06[64] outputs", c.NewPass(gpt.Frozen, len(ids), len(ids)).Forward(ids, len(ids), []int{0, 1, 2, 3}, nil))

	g := torchrand.New(seed)
	for _, cell := range []struct {
		where   string
		batches int
		of      func(logits blas32.General, labels []int) float64
	}{
		{"ch06[82] accuracy", 10, func(logits blas32.General, labels []int) float64 { return 100 * accuracy(logits, labels) }},
		{"ch06[89] loss", 5, pretrain.CrossEntropy},
	} {
		for i, part := range d.parts {
			order := g.Loader(len(part), i == 0)[:cell.batches*8]
			sum := 0.
			for chosen := range slices.Chunk(order, 8) {
				sum += cell.of(padded(lab, c, part, chosen))
			}
			lab.is(cell.where+" "+partNames[i], sum/float64(cell.batches))
		}
	}
}

// padded returns the logits and labels of the chosen messages, each filled to 120
// tokens and read at the last.
func padded(lab *Lab, c *classify.Classifier, messages []classify.Message, chosen []int) (logits blas32.General, labels []int) {
	const T = 120
	var all, rows []int
	for i, j := range chosen {
		ids := append(lab.GPT2.Encode(messages[j].Text), slices.Repeat([]int{lab.GPT2.EndOfText()}, T)...)
		all, rows, labels = append(all, ids[:T]...), append(rows, (i+1)*T-1), append(labels, messages[j].Label())
	}
	return c.NewPass(gpt.Frozen, len(chosen), T).Forward(all, T, rows, nil), labels
}
