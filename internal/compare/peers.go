package main

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed torch_gpt2.py
var torchScript string

// torch runs PyTorch with the arguments of torch_gpt2.py; the number is the one
// that it prints under key.
func torch(key string, args ...string) side {
	return side{"PyTorch", func(m *meter) (float64, error) {
		python, err := m.findPython()
		if err != nil {
			return 0, err
		}
		script := filepath.Join(m.dir, "torch_gpt2.py")
		if err := os.WriteFile(script, []byte(torchScript), 0o644); err != nil {
			return 0, err
		}
		cmd := exec.Command(python, append([]string{script}, args...)...)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return 0, fmt.Errorf("PyTorch: %w", err)
		}
		return numberIn(string(out), key)
	}}
}

// numberIn finds a number in the object that follows RESULT.
func numberIn(out, key string) (float64, error) {
	_, object, _ := strings.Cut(out, "RESULT ")
	var numbers map[string]any
	if err := json.Unmarshal([]byte(object), &numbers); err != nil {
		return 0, fmt.Errorf("PyTorch printed %q: %w", out, err)
	}
	v, ok := numbers[key].(float64)
	if !ok {
		return 0, fmt.Errorf("PyTorch printed no %s: %q", key, out)
	}
	return v, nil
}

func (m *meter) findPython() (string, error) {
	if m.python != "" {
		return m.python, nil
	}
	for _, name := range []string{"python3", "/usr/bin/python3", "python"} {
		if exec.Command(name, "-c", "import torch").Run() == nil {
			m.python = name
			return name, nil
		}
	}
	return "", absent("PyTorch; apt-get install python3-torch, or pip install torch")
}

//go:embed openblas.c
var openblasSource string

// An openblas is a running openblas.c.
type openblas struct {
	cmd     *exec.Cmd
	ask     io.WriteCloser
	answers *bufio.Reader
}

func (m *meter) openblas(cores int) (*openblas, error) {
	source, binary := filepath.Join(m.dir, "openblas.c"), filepath.Join(m.dir, "openblas")
	if err := os.WriteFile(source, []byte(openblasSource), 0o644); err != nil {
		return nil, err
	}
	if out, err := exec.Command("cc", "-O2", "-o", binary, source, "-ldl").CombinedOutput(); err != nil {
		return nil, absent(fmt.Sprintf("a C compiler to call OpenBLAS with (%v) %s", err, out))
	}
	b := &openblas{cmd: exec.Command(binary)}
	b.cmd.Env = append(os.Environ(), fmt.Sprintf("OPENBLAS_NUM_THREADS=%d", cores))
	var err error
	if b.ask, err = b.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	b.answers = bufio.NewReader(out)
	if err := b.cmd.Start(); err != nil {
		return nil, err
	}
	if _, err := b.rate(shape{"NN", 1, 1, 1}, 0); err != nil {
		b.close()
		return nil, absent("OpenBLAS; apt-get install libopenblas0-pthread")
	}
	return b, nil
}

// rate is the GFLOP/s of the median call in so many seconds.
func (b *openblas) rate(s shape, seconds float64) (float64, error) {
	fmt.Fprintf(b.ask, "%s %d %d %d %g\n", s.transposed, s.m, s.n, s.k, seconds)
	line, err := b.answers.ReadString('\n')
	if err != nil {
		return 0, fmt.Errorf("OpenBLAS: %w", err)
	}
	return strconv.ParseFloat(strings.TrimSpace(line), 64)
}

func (b *openblas) close() {
	_ = b.ask.Close()
	_ = b.cmd.Wait()
}

// tokenizers is what the tokenizers' module prints of a text, as it stands.
func tokenizers(text string) string {
	path, err := filepath.Abs(text)
	if err != nil {
		return err.Error()
	}
	out, err := exec.Command("go", "run", "-C", "internal/compare/tokenizers", ".", path).CombinedOutput()
	if err != nil {
		return fmt.Sprintf("absent: %v %s", err, out)
	}
	return "```text\n" + string(out) + "```"
}
