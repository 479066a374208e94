package instruct

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/llm-from-scratch/llm/internal/plaintext"
	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// An Entry is one instruction and the answer wanted for it. Input is the
// material to work on; many instructions need none.
//
// Kind names the task of an entry whose answer is exact ("opposite"): there, a
// response is right or wrong. It is empty where good answers differ in words,
// as they do in published collections, whose files have no such field.
type Entry struct {
	Instruction string `json:"instruction"`
	Input       string `json:"input"`
	Output      string `json:"output"`
	Kind        string `json:"kind,omitempty"`
}

const (
	preamble = "Below is an instruction that describes a task. " +
		"Write a response that appropriately completes the request."
	instructionHeader = "\n\n### Instruction:\n"
	inputHeader       = "\n\n### Input:\n"
	responseHeader    = "\n\n### Response:\n"
)

// Question writes the entry as Stanford's Alpaca did, without its answer: the
// preamble, the instruction and, unless it is empty, the input.
func (e Entry) Question() string {
	q := preamble + instructionHeader + e.Instruction
	if e.Input != "" {
		q += inputHeader + e.Input
	}
	return q
}

// Prompt is the Question followed by the header that asks for the answer: what
// a model reads before it responds.
func (e Entry) Prompt() string { return e.Question() + responseHeader }

// Text is the Prompt followed by the Output: what a model is trained on.
func (e Entry) Text() string { return e.Prompt() + e.Output }

// ReadEntries reads a JSON list of objects with the fields instruction, input and
// output, the format of the Alpaca collection. Instruction and output may not be
// empty. Objects that are no entries are skipped: entries are the others, and the
// error tells how many were skipped and what is wrong with the first of them, counted
// from 1. With any other error, such as that of a text that is not JSON, there are no
// entries.
func ReadEntries(r io.Reader) (entries []Entry, err error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("instruct: %w", err)
	}
	list, err := strictjson.List(data)
	if err != nil {
		return nil, fmt.Errorf("instruct: reading a JSON list of entries: %w", err)
	}
	entries, err = plaintext.Collect("entry", slices.All(list), parseEntry)
	switch {
	case err != nil:
		err = fmt.Errorf("instruct: %w", err)
	case len(entries) == 0:
		err = errors.New("instruct: the list of entries is empty")
	}
	return entries, err
}

// lineEnds are those of other systems, and ours.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func parseEntry(object *json.RawMessage) (e Entry, err error) {
	if object == nil {
		return e, errors.New("null")
	}
	if err := strictjson.Unmarshal(*object, &e, strictjson.Ignore); err != nil {
		return e, err
	}
	for _, text := range []*string{&e.Instruction, &e.Input, &e.Output} {
		*text = lineEnds.Replace(*text)
	}
	switch {
	case strings.TrimSpace(e.Instruction) == "":
		return e, errors.New("no instruction")
	case strings.TrimSpace(e.Output) == "":
		return e, errors.New("no output")
	}
	return e, nil
}

// Split cuts entries, in their order, into 85% to train on, 10% to test with,
// and the rest, about 5%, to watch while training. The order of the results
// is the usual one: training, validation, test.
func Split(entries []Entry) (train, validation, test []Entry) {
	learn := len(entries) * 85 / 100
	exam := learn + len(entries)*10/100
	return entries[:learn], entries[exam:], entries[learn:exam]
}
