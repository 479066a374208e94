package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/corpus"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// An answer is one in a file of answers. The published book's files have an entry
// and model_response; the other fields are what we know besides.
type answer struct {
	instruct.Entry
	Response string   `json:"model_response"`
	Right    *bool    `json:"right,omitempty"` // where one answer is right
	Loss     *float64 `json:"loss,omitempty"`
	Score    *int     `json:"score,omitempty"`    // what a judge gave, 0 to 100
	Judge    string   `json:"judge,omitempty"`    // who
	Unscored string   `json:"unscored,omitempty"` // why it gave nothing
}

// answerOf is the answer that a score tells of.
func answerOf(s instruct.Score) answer {
	a := answer{Entry: s.Entry, Response: s.Response, Loss: &s.Loss}
	if s.Kind != "" {
		a.Right = &s.Right
	}
	return a
}

// scored is the score that an answer of ours was made of.
func (a *answer) scored() (instruct.Score, bool) {
	if a.Loss == nil {
		return instruct.Score{}, false
	}
	return instruct.Score{Entry: a.Entry, Response: a.Response, Right: a.Right != nil && *a.Right, Loss: *a.Loss}, true
}

// answers are a file of them, or those of no file if path is empty. It is written
// now and then while it grows, always whole, so that what has been answered is not
// lost.
type answers struct {
	path    string
	list    []answer
	written time.Time
	unlock  func()
}

// lockAnswers takes the file at path, so that nobody else writes it until close.
func lockAnswers(path string) (*answers, error) {
	unlock, err := durable.Lock(path)
	return &answers{path: path, list: []answer{}, unlock: unlock}, err
}

func (a *answers) close() {
	if a != nil && a.unlock != nil {
		a.unlock()
	}
}

// readAnswers reads a file of answers, to write it again.
func readAnswers(path string) (*answers, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("reading the answers: %w; %s instruct eval -answers FILE writes some", err, program())
	}
	a, err := lockAnswers(path)
	if err != nil {
		return a, err
	}
	data, err := corpus.ReadFile(path)
	if err != nil {
		return a, err
	}
	if err := strictjson.Unmarshal(data, &a.list, strictjson.Refuse); err != nil { // nothing may be lost
		return a, fmt.Errorf("%s: not a JSON list of answers, each with instruction, input, output and model_response: %w", path, err)
	}
	for i, x := range a.list {
		if x.Instruction == "" || x.Output == "" {
			return a, fmt.Errorf("%s: answer %d has no instruction or no output", path, i+1)
		}
	}
	return a, nil
}

// newAnswers begins a file of answers, or goes on with the one at path.
func newAnswers(path string, resume, force bool) (*answers, error) {
	if path == "" {
		return new(answers), nil
	}
	if resume {
		return readAnswers(path)
	}
	_, err := os.Stat(path)
	if err == nil && !force {
		return nil, fmt.Errorf("%s exists: go on with it by -resume, replace it by -force, or choose another file by -answers", path)
	}
	a, locked := lockAnswers(path)
	if locked == nil && errors.Is(err, fs.ErrNotExist) { // what is replaced stays until there is an answer
		return a, a.write() // finds out at once whether it can
	}
	return a, locked
}

// matches is an error if the answers are not to the first of entries.
func (a *answers) matches(entries []instruct.Entry) error {
	for i, x := range a.list {
		if i >= len(entries) || x.Entry != entries[i] {
			return fmt.Errorf("%s: answer %d is not to a question that is asked now; -force begins anew", a.path, i+1)
		}
		if _, ours := x.scored(); !ours {
			return fmt.Errorf("%s: answer %d has no loss; -force begins anew", a.path, i+1)
		}
	}
	return nil
}

// add keeps one more answer.
func (a *answers) add(x answer) error {
	a.list = append(a.list, x)
	return a.writeSoon()
}

// answersEvery is how long an answer may be in memory only.
var answersEvery = 5 * time.Second

// writeSoon writes the file unless it was written a moment ago.
func (a *answers) writeSoon() error {
	if time.Since(a.written) < answersEvery {
		return nil
	}
	return a.write()
}

func (a *answers) write() error {
	if a.path == "" {
		return nil
	}
	a.written = time.Now()
	return durable.WriteFile(a.path, func(w io.Writer) error { return printJSON(w, a.list, "    ") })
}
