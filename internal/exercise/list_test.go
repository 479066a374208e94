package exercise

import (
	"bytes"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever stands in the file of the stubs, reading it ends with exercises or an
// error that names the file and the line.
func FuzzStubs(f *testing.F) {
	toy, err := os.ReadFile("testdata/book/ch03_toy/exercise_test.go")
	require.NoError(f, err)
	for _, seed := range []string{string(toy), "", "package toy", "package toy\nfunc", "package toy\n\n// Exercise 3.1: T.\nfunc F()\n", "package toy\n\nfunc (x T) F() {}\n", "package toy\n//line x:1\nvar x = 1\n",
		"package toy\n\n// Exercise 3.1: T.\n\nfunc F() {\n\tpanic(exercise.Unsolved)\n}\n", "package toy\n\n// Exercise 99999999999999999999.1: T.\nfunc F() { }\n", "\xff\xfe", "package \x00"} {
		f.Add([]byte(seed))
	}
	at := regexp.MustCompile(`exercise_test\.go:\d+`)
	f.Fuzz(func(t *testing.T, src []byte) {
		if bytes.Contains(src, []byte("line ")) {
			return // such a comment may name any file
		}
		all, err := readStubs("ch03_toy", "exercise_test.go", src)
		if err != nil {
			require.Regexp(t, at, err.Error())
		}
		for _, e := range all {
			require.Regexp(t, `^3\.[0-9]+$`, e.Number)
			require.NotEmpty(t, e.Func)
			require.NotEmpty(t, e.Title)
			require.Contains(t, e.Stub, e.Func)
		}
	})
}
