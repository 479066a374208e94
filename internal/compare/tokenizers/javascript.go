package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// gptTokenizer is the version that is measured.
const gptTokenizer = "gpt-tokenizer@4.0.0"

// script encodes the file it is given once for each line that it reads.
//
//go:embed encode.mjs
var script []byte

// A round is what the script answers.
type round struct {
	Milliseconds float64
	IDs          []int // in the first round only
}

// javaScript installs gpt-tokenizer in a temporary directory and returns it with
// the file to encode, and how to be done with it.
func javaScript(file string) (c contestant, stop func(), err error) {
	file, err = filepath.Abs(file)
	if err != nil {
		return c, nil, err
	}
	node, err := exec.LookPath("node")
	npm, err2 := exec.LookPath("npm")
	if err := errors.Join(err, err2); err != nil {
		return c, nil, err
	}
	dir, err := os.MkdirTemp("", "gpt-tokenizer")
	if err != nil {
		return c, nil, err
	}
	stop = func() { os.RemoveAll(dir) }
	defer func() {
		if err != nil {
			stop()
		}
	}()
	install := exec.Command(npm, "install", "--prefix", dir, "--no-audit", "--no-fund", gptTokenizer)
	if out, err := install.CombinedOutput(); err != nil {
		return c, nil, fmt.Errorf("npm install: %w\n%s", err, out)
	}
	name := filepath.Join(dir, "encode.mjs")
	if err := os.WriteFile(name, script, 0o600); err != nil {
		return c, nil, err
	}
	encode, end, err := converse(exec.Command(node, name, file))
	if err != nil {
		return c, nil, err
	}
	clean := stop
	return contestant{gptTokenizer, encode}, func() { end(); clean() }, nil
}

// converse starts the script and returns how to ask for a round, and how to end
// it.
func converse(script *exec.Cmd) (encode func() ([]int, time.Duration, error), end func(), err error) {
	script.Stderr = os.Stderr
	ask, err := script.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	out, err := script.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := script.Start(); err != nil {
		return nil, nil, err
	}
	answers := json.NewDecoder(out)
	encode = func() ([]int, time.Duration, error) {
		if _, err := ask.Write([]byte("\n")); err != nil {
			return nil, 0, err
		}
		var r round
		err := answers.Decode(&r)
		return r.IDs, time.Duration(r.Milliseconds * float64(time.Millisecond)), err
	}
	return encode, func() { ask.Close(); script.Wait() }, nil
}
