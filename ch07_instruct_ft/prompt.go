package instruct

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

// ReadEntries reads a JSON list of objects with the fields instruction, input
// and output, the format of the Alpaca collection. Instruction and output may
// not be empty. An error names the entry, counted from 1.
func ReadEntries(r io.Reader) ([]Entry, error) {
	d := json.NewDecoder(r)
	if start, err := d.Token(); err != nil || start != json.Delim('[') {
		return nil, errors.New("instruct: not a JSON list of entries: it must begin with [")
	}
	var entries []Entry
	for d.More() {
		var e Entry
		err := d.Decode(&e)
		switch {
		case err != nil:
		case e.Instruction == "":
			err = errors.New("no instruction")
		case e.Output == "":
			err = errors.New("no output")
		}
		if err != nil {
			return nil, fmt.Errorf("instruct: entry %d: %w", len(entries)+1, err)
		}
		entries = append(entries, e)
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("instruct: the list breaks off after entry %d: %w", len(entries), err)
	}
	if len(entries) == 0 {
		return nil, errors.New("instruct: the list of entries is empty")
	}
	return entries, nil
}

// Split cuts entries, in their order, into 85% to train on, 10% to test with,
// and the rest, about 5%, to watch while training. The order of the results
// is the usual one: training, validation, test.
func Split(entries []Entry) (train, validation, test []Entry) {
	learn := len(entries) * 85 / 100
	exam := learn + len(entries)*10/100
	return entries[:learn], entries[exam:], entries[learn:exam]
}
