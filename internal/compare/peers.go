package main

import (
	"embed"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/llm-from-scratch/llm/internal/compare/benchfmt"
)

// program is the side of a program that is run for each measurement, and of the
// number in what it prints.
func program(name string, command func(m *meter) (*exec.Cmd, error), number func(out string) (float64, error)) side {
	return side{name, func(m *meter) (float64, error) {
		cmd, err := command(m)
		if err != nil {
			return 0, err
		}
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return 0, fmt.Errorf("%s: %w", cmd, err)
		}
		return number(string(out))
	}}
}

// bench is a benchmark of a package, run in a process of its own, as often or as
// long as times says; the number is the one in that unit.
func bench(pkg, name, times, unit string) side {
	return program("ours", func(m *meter) (*exec.Cmd, error) {
		binary, err := m.compile(filepath.Base(pkg)+".test", "go", "test", "-c", pkg)
		cmd := exec.Command(binary, "-test.run", "^$", "-test.bench", exactly(name), "-test.benchtime", times)
		cmd.Dir = pkg
		return cmd, err
	}, func(out string) (float64, error) {
		v := benchfmt.Median(out, name, unit)
		if math.IsNaN(v) {
			return 0, absent(fmt.Sprintf("Benchmark%s in %s reports no %s", name, pkg, unit))
		}
		return v, nil
	})
}

// exactly is the pattern that matches a benchmark of this name only.
func exactly(name string) string {
	return "^Benchmark" + strings.ReplaceAll(name, "/", "$/^") + "$"
}

// compile makes a program by a compiler's command, once.
func (m *meter) compile(name, compiler string, args ...string) (binary string, err error) {
	if binary, err = filepath.Abs(filepath.Join(m.dir, name)); err != nil {
		return "", err
	}
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	cmd := exec.Command(compiler, append(args, "-o", binary)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return binary, nil
}

// source writes a program's text to a file.
func (m *meter) source(name, text string) (file string, err error) {
	file = filepath.Join(m.dir, name)
	return file, os.WriteFile(file, []byte(text), 0o644)
}

//go:embed torch_gpt2.py torch_lora.py torch_translate.py
var scripts embed.FS

// torch is PyTorch with the arguments of torch_gpt2.py, torchLoRA with those of
// torch_lora.py, torchTranslate with those of torch_translate.py; the number is the one
// that they print under key.
func torch(key string, args ...string) side          { return python("torch_gpt2.py", key, args) }
func torchLoRA(key string, args ...string) side      { return python("torch_lora.py", key, args) }
func torchTranslate(key string, args ...string) side { return python("torch_translate.py", key, args) }

func python(name, key string, args []string) side {
	return program("PyTorch", func(m *meter) (*exec.Cmd, error) {
		python, err := findPython()
		if err != nil {
			return nil, err
		}
		text, err := scripts.ReadFile(name)
		if err != nil {
			return nil, err
		}
		script, err := m.source(name, string(text))
		return exec.Command(python, append([]string{script}, args...)...), err
	}, func(out string) (float64, error) { return numberIn(out, key) })
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

// findPython finds an interpreter that has PyTorch.
var findPython = sync.OnceValues(func() (string, error) {
	for _, name := range []string{"python3", "/usr/bin/python3", "python"} {
		if exec.Command(name, "-c", "import torch").Run() == nil {
			return name, nil
		}
	}
	return "", absent("PyTorch; apt-get install python3-torch, or pip install torch")
})

//go:embed openblas.c
var openblasSource string

// openblas is a product of OpenBLAS on so many cores, by openblas.c.
func openblas(cores int, s shape) side {
	return program("OpenBLAS", func(m *meter) (*exec.Cmd, error) {
		source, err := m.source("openblas.c", openblasSource)
		if err != nil {
			return nil, err
		}
		binary, err := m.compile("openblas", "cc", "-O2", source, "-ldl")
		if err != nil {
			return nil, absent("a C compiler to call OpenBLAS with: " + err.Error())
		}
		cmd := exec.Command(binary, s.transposed, fmt.Sprint(s.m), fmt.Sprint(s.n), fmt.Sprint(s.k), fmt.Sprint(turn.Seconds()))
		cmd.Env = append(os.Environ(), fmt.Sprintf("OPENBLAS_NUM_THREADS=%d", cores))
		return cmd, nil
	}, func(out string) (float64, error) {
		if out == "" {
			return 0, absent("OpenBLAS; apt-get install libopenblas0-pthread")
		}
		return strconv.ParseFloat(strings.TrimSpace(out), 64)
	})
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
