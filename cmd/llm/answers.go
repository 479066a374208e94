package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// An answer is one in a file of answers. The published book's files have its
// first three fields and model_response; the others are what we know besides.
type answer struct {
	Instruction string   `json:"instruction"`
	Input       string   `json:"input"`
	Output      string   `json:"output"`
	Kind        string   `json:"kind,omitempty"`
	Response    string   `json:"model_response"`
	Right       *bool    `json:"right,omitempty"` // where one answer is right
	Loss        *float64 `json:"loss,omitempty"`
	Score       *int     `json:"score,omitempty"`    // what a judge gave, 0 to 100
	Judge       string   `json:"judge,omitempty"`    // who
	Unscored    string   `json:"unscored,omitempty"` // why it gave nothing
}

func (a *answer) entry() instruct.Entry {
	return instruct.Entry{Instruction: a.Instruction, Input: a.Input, Output: a.Output, Kind: a.Kind}
}

// answerOf is the answer that a score tells of.
func answerOf(s instruct.Score) answer {
	a := answer{Instruction: s.Instruction, Input: s.Input, Output: s.Output, Kind: s.Kind, Response: s.Response, Loss: &s.Loss}
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
	return instruct.Score{Entry: a.entry(), Response: a.Response, Right: a.Right != nil && *a.Right, Loss: *a.Loss}, true
}

// answers are a file of them. It is written now and then while it grows, always
// whole, so that what has been answered is not lost.
type answers struct {
	path    string
	list    []answer
	written time.Time
	unlock  func()
}

// lockAnswers takes the file at path, so that nobody else writes it until close.
func lockAnswers(path string) (*answers, error) {
	unlock, err := durable.Lock(path)
	return &answers{path: path, unlock: unlock}, err
}

func (a *answers) close() {
	if a != nil && a.unlock != nil {
		a.unlock()
	}
}

// readAnswers reads a file of answers, to write it again.
func readAnswers(path string) (*answers, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the answers: %w; %s instruct eval -answers FILE writes some", err, program())
	}
	a, err := lockAnswers(path)
	if err == nil {
		data, err = os.ReadFile(path) // as the one has left it who had the lock
	}
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
	if resume {
		return readAnswers(path)
	}
	_, err := os.Stat(path)
	isNew := errors.Is(err, fs.ErrNotExist)
	switch {
	case err != nil && !isNew:
		return nil, err
	case !isNew && !force:
		return nil, fmt.Errorf("%s exists: go on with it by -resume, replace it by -force, or choose another file by -answers", path)
	}
	a, err := lockAnswers(path)
	if err == nil && isNew { // what is replaced stays until there is an answer
		err = a.write() // finds out at once whether it can
	}
	return a, err
}

// matches is an error if the answers are not to the first of entries.
func (a *answers) matches(entries []instruct.Entry) error {
	for i := range a.list {
		if i >= len(entries) || a.list[i].entry() != entries[i] {
			return fmt.Errorf("%s: answer %d is not to a question that is asked now; -force begins anew", a.path, i+1)
		}
		if _, ours := a.list[i].scored(); !ours {
			return fmt.Errorf("%s: answer %d has no loss; -force begins anew", a.path, i+1)
		}
	}
	return nil
}

// add keeps one more answer, and writes the file if that was long ago.
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
	a.written = time.Now()
	list := a.list
	if list == nil {
		list = []answer{}
	}
	return durable.WriteFile(a.path, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "    ")
		return e.Encode(list)
	})
}
