package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/llm-from-scratch/llm/internal/compare/benchfmt"
)

// bench is a benchmark of a package, run in a process of its own, as often or as
// long as times says; the number is the one in that unit.
func bench(pkg, name, times, unit string) side {
	return side{"ours", func(m *meter) (float64, error) {
		binary, err := m.build(pkg)
		if err != nil {
			return 0, err
		}
		cmd := exec.Command(binary, "-test.run", "^$", "-test.bench", exactly(name), "-test.benchtime", times)
		cmd.Dir, cmd.Stderr = pkg, os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return 0, fmt.Errorf("%s %s: %w", pkg, name, err)
		}
		v := benchfmt.Median(string(out), name, unit)
		if math.IsNaN(v) {
			return 0, absent(fmt.Sprintf("Benchmark%s in %s reports no %s", name, pkg, unit))
		}
		return v, nil
	}}
}

// build compiles the tests of a package once.
func (m *meter) build(pkg string) (string, error) {
	if m.tests[pkg] == "" {
		binary, err := filepath.Abs(filepath.Join(m.dir, filepath.Base(pkg)+".test"))
		if err != nil {
			return "", err
		}
		if out, err := exec.Command("go", "test", "-c", "-o", binary, pkg).CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w\n%s", pkg, err, out)
		}
		m.tests[pkg] = binary
	}
	return m.tests[pkg], nil
}

// exactly is the pattern that matches a benchmark of this name only.
func exactly(name string) string {
	return "^Benchmark" + strings.ReplaceAll(name, "/", "$/^") + "$"
}
