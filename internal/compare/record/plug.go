package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// The line of f32 that computes a product, and what it becomes: the step that is
// plugged in, when there is one. The source keeps no such hook, since nobody but
// this program would use it.
const (
	runs    = "\t\tp.run()\n"
	plugged = `		if Plugged != nil {
			Plugged(tA, tB, alpha, a, b, beta, c)
			p.finish(0, m, 0, n)
		} else {
			p.run()
		}
`
	socket = `
// A Plug computes what Gemm does.
type Plug func(tA, tB blas.Transpose, alpha float32, a, b blas32.General, beta float32, c blas32.General)

// Plugged stands in for this package's own products.
var Plugged Plug
`
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
		filepath.Join(root, "ch05_pretrain", "plugged_test.go"): filepath.Join(root, "internal", "compare", "record", "testdata", "plugged_test.go"),
	}}
	data, err := json.Marshal(files)
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, data, 0o644)
}
