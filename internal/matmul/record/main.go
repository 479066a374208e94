// Record measures what the appendix on matrices tells: the limits of the
// processor, each step of the product, and a training step with each of them in
// the place of f32.Gemm.
//
//	go run ./internal/matmul/record > docs/runs/matrices.txt
//	go run ./internal/figures/write
//
// It takes a minute or two, on a machine that does nothing else.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	if err := record(); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

func record() error {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "matmul")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	overlay, err := plug(root, dir)
	if err != nil {
		return fmt.Errorf("%w: run this in the book's top directory", err)
	}
	if err := bench("Limit", "./internal/roofline"); err != nil {
		return err
	}
	if err := bench("Step", "./internal/matmul"); err != nil {
		return err
	}
	return bench("Plugged", "-overlay", overlay, "./ch05_pretrain")
}

func bench(pattern string, args ...string) error {
	cmd := exec.Command("go", append([]string{"test", "-run", "^$", "-bench", pattern}, args...)...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// The line of f32 that computes a product, and what it becomes: the step that is
// plugged in, when there is one. The source keeps no such hook, since nobody but
// this program would use it.
const (
	runs    = "\t\tp.run()\n"
	plugged = "\t\tif Plugged != nil {\n\t\t\tPlugged(tA, tB, alpha, a, b, beta, c)\n\t\t\tp.finish(0, m, 0, n)\n\t\t} else {\n\t\t\tp.run()\n\t\t}\n"
	socket  = "\n// A Plug computes what Gemm does.\ntype Plug func(tA, tB blas.Transpose, alpha float32, a, b blas32.General, beta float32, c blas32.General)\n\n// Plugged stands in for this package's own products.\nvar Plugged Plug\n"
)

// plug writes an overlay for the go command into dir, in which package f32 has a
// socket for other products and chapter 5 a benchmark that uses it.
func plug(root, dir string) (overlay string, err error) {
	gemm := filepath.Join(root, "internal", "f32", "gemm.go")
	source, err := os.ReadFile(gemm)
	if err != nil {
		return "", err
	}
	if strings.Count(string(source), runs) != 1 {
		return "", errors.New("no place for a plug in " + gemm)
	}
	with := filepath.Join(dir, "gemm.go")
	if err := os.WriteFile(with, []byte(strings.Replace(string(source), runs, plugged, 1)+socket), 0o644); err != nil {
		return "", err
	}
	files := map[string]map[string]string{"Replace": {
		gemm: with,
		filepath.Join(root, "ch05_pretrain", "plugged_test.go"): filepath.Join(root, "internal", "matmul", "record", "testdata", "plugged_test.go"),
	}}
	data, err := json.Marshal(files)
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, data, 0o644)
}
