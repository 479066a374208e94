package main

import (
	_ "embed"
	"encoding/json"
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

// javaScript installs gpt-tokenizer in dir and returns it with the file to encode. It
// runs until this program ends.
func javaScript(dir, file string) (c contestant, err error) {
	install := exec.Command("npm", "install", "--prefix", dir, "--no-audit", "--no-fund", gptTokenizer)
	if out, err := install.CombinedOutput(); err != nil {
		return c, fmt.Errorf("npm install: %w\n%s", err, out)
	}
	name := filepath.Join(dir, "encode.mjs")
	if err := os.WriteFile(name, script, 0o600); err != nil {
		return c, err
	}
	node := exec.Command("node", name, file)
	node.Stderr = os.Stderr
	ask, err := node.StdinPipe()
	if err != nil {
		return c, err
	}
	out, err := node.StdoutPipe()
	if err != nil {
		return c, err
	}
	answers := json.NewDecoder(out)
	return contestant{gptTokenizer, func() ([]int, time.Duration, error) {
		var round struct {
			Milliseconds float64
			IDs          []int // in the first round only
		}
		if _, err := ask.Write([]byte("\n")); err != nil {
			return nil, 0, err
		}
		err := answers.Decode(&round)
		return round.IDs, time.Duration(round.Milliseconds * float64(time.Millisecond)), err
	}}, node.Start()
}
