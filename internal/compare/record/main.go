// Record measures what the appendix on matrices tells: the limits of the
// processor, each step of the product, and a training step with each of them in
// the place of f32.Gemm.
//
//	go run ./internal/compare/record
//
// It takes a minute, on a machine that does nothing else, and writes
// docs/runs/matrices.txt, the tables on the appendix's page and its picture.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/llm-from-scratch/llm/internal/compare/roofline"
)

const (
	log  = "docs/runs/matrices.txt"
	page = "docs/appendix_fast.md"
)

func main() {
	if err := record(); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

func record() error {
	prose, err := os.ReadFile(page)
	if err != nil {
		return fmt.Errorf("%w: run this in the book's top directory", err)
	}
	out, err := measure()
	if err != nil {
		return err
	}
	tables, err := tabulate(out)
	if err != nil {
		return err
	}
	if prose, err = replaceTables(prose, tables); err != nil {
		return err
	}
	whole := roofline.Machine() + "\n"
	for _, t := range tables {
		whole += "\n" + t
	}
	if err := os.WriteFile(log, []byte(whole+"\n"+out), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(page, prose, 0o644); err != nil {
		return err
	}
	return run(os.Stdout, "run", "./internal/figures/write")
}

// measure runs the benchmarks and returns what they print.
func measure() (string, error) {
	root, err := os.Getwd()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "matmul")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	overlay, err := plug(root, dir)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	for _, args := range [][]string{
		{"-bench", "Limit", "-benchtime", "1x", "./internal/compare/roofline"},
		{"-bench", "Step", "./internal/matmul"},
		{"-bench", "Plugged", "-overlay", overlay, "./ch05_pretrain"},
	} {
		if err := run(io.MultiWriter(&out, os.Stdout), append([]string{"test", "-run", "^$"}, args...)...); err != nil {
			return "", err
		}
	}
	return out.String(), nil
}

func run(out io.Writer, args ...string) error {
	cmd := exec.Command("go", args...)
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return nil
}
