package exercise

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// complete says that all is proven that can be. Without CI=true each of what takes long
// is tried on one sample: the tests that ask for it say which.
var complete = os.Getenv("CI") == "true"

// shared is a module with this package in it, and without chapters. What go builds in
// one directory it does not find again for another, so that most tests share this one.
var shared string

func TestMain(m *testing.M) {
	var err error
	if shared, err = os.MkdirTemp("", "book"); err == nil {
		err = modules(shared)
	}
	code := 1
	if err == nil {
		code = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, err)
	}
	_ = os.RemoveAll(shared)
	os.Exit(code)
}

// book is the shared module with nothing but the toy chapter of testdata in it, as it
// was: the tests that use it do not run beside each other.
func book(t *testing.T) string {
	chapters, err := filepath.Glob(filepath.Join(shared, "ch*"))
	require.NoError(t, err)
	for _, dir := range chapters {
		require.NoError(t, os.RemoveAll(dir))
	}
	require.NoError(t, os.CopyFS(shared, os.DirFS("testdata/book")))
	return shared
}

// bookIn is the same in a directory of its own.
func bookIn(t *testing.T, root string) {
	require.NoError(t, modules(root))
	require.NoError(t, os.CopyFS(root, os.DirFS("testdata/book")))
}

// modules writes a module with this package and what it imports.
func modules(root string) error {
	files := []string{}
	for _, dir := range []string{"exercise", "gradcheck", "plaintext"} {
		some, _ := filepath.Glob("../" + dir + "/*.go")
		files = append(files, some...)
	}
	err := os.WriteFile(filepath.Join(root, "go.mod"), []byte("module "+module+"\n\ngo 1.26\n"), 0o666)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		to := filepath.Join(root, "internal", strings.TrimPrefix(filepath.ToSlash(name), "../"))
		text, readErr := os.ReadFile(name)
		err = errors.Join(err, readErr, os.MkdirAll(filepath.Dir(to), 0o777), os.WriteFile(to, text, 0o666))
	}
	return err
}

func listed(t *testing.T, root string) []Exercise {
	all, err := List(root)
	require.NoError(t, err)
	return all
}

func write(t *testing.T, root, name, text string) {
	require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o666))
}

func mkdirs(root string, names ...string) (err error) {
	for _, name := range names {
		err = errors.Join(err, os.MkdirAll(filepath.Join(root, name), 0o777))
	}
	return err
}

func read(t *testing.T, root, name string) string {
	text, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err)
	return string(text)
}

const toy = "ch03_toy/testdata/exercises/"

func TestListReadsTheAuthorsVersion(t *testing.T) {
	root := book(t)
	write(t, root, "ch03_toy/exercise_test.go", "package toy // a reader was here")
	all, err := List(root)
	require.NoError(t, err)
	require.Len(t, all, 2)
	e := all[0]
	require.Equal(t, "3.1", e.Number)
	require.Equal(t, "Weights that sum to one", e.Title)
	require.Equal(t, "ch03_toy", e.Chapter)
	require.Equal(t, "Weights", e.Func)
	require.Equal(t, "TestExercise1_Weights", e.Test)
	require.True(t, strings.HasPrefix(e.Task, "Weights turns scores"), e.Task)
	require.True(t, strings.HasPrefix(e.Stub, "// Exercise 3.1: Weights that sum to one.\n//\n"), e.Stub)
	require.True(t, strings.HasSuffix(e.Stub, "float32 {\n\tpanic(exercise.Unsolved)\n}"), e.Stub)
	require.Contains(t, e.Hints[0], "Two loops")
	require.True(t, strings.HasPrefix(e.Solution, "import ("), e.Solution)
	require.Equal(t, []string{"wrong-half-done.go", "wrong-in-place.go", "wrong-no-shift.go"}, e.Wrong)
}

func TestListNamesWhatIsMissing(t *testing.T) {
	replaceStub := func(old, new string) func(*testing.T, string) {
		return func(t *testing.T, root string) {
			src := read(t, root, toy+StubFile)
			require.Contains(t, src, old)
			write(t, root, toy+StubFile, strings.Replace(src, old, new, 1))
		}
	}
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, root string) { require.NoError(t, os.Remove(filepath.Join(root, toy+name))) }
	}
	for want, harm := range map[string]func(*testing.T, string){
		"hint.md":              remove("3.1/hint.md"),
		"solution.go":          remove("3.2/solution.go"),
		"found 1":              remove("3.2/wrong-zero.go"),
		"want three hints":     func(t *testing.T, root string) { write(t, root, toy+"3.1/hint.md", "One.\n\n---\n\nTwo.\n") },
		"must begin":           replaceStub("// Exercise 3.2: Nobody", "// Nobody"),
		"is in ch03_toy":       replaceStub("Exercise 3.2", "Exercise 4.2"),
		"line of its own":      replaceStub("panic(exercise.Unsolved)", "_ = scores"),
		"fit on one line":      replaceStub("(scores []float32)", "(\n\tscores []float32,\n)"),
		"only functions":       replaceStub("// Exercise 3.1", "type T int\n\n// Exercise 3.1"),
		"exercise_test.go:1:1": replaceStub("package", "paket"),
	} {
		root := book(t)
		harm(t, root)
		_, err := List(root)
		require.ErrorContains(t, err, want)
	}
}

// The proof must hold for the toy chapter, whatever a reader has done, and must find
// a check that is too kind.
func TestProve(t *testing.T) {
	root := book(t)
	write(t, root, "ch03_toy/exercise_test.go", "package toy\n\nthis does not compile")
	all := listed(t, root)
	tried := map[string]bool{}
	require.NoError(t, prove(t.Context(), root, all, func(f finding) {
		tried[f.Number+" "+f.Variant] = true
		require.Equal(t, f.Want, f.Got, "%v", f)
		switch f.Variant {
		case "panic":
			require.Regexp(t, `panicked: out of the blue\n   in  (Weights\(\[1 2 3\]\)|Hide\(\[1 2 3 4\], 2\))`, f.Output)
		case "half done":
			require.Contains(t, f.Output, "half done: it still reaches panic(exercise.Unsolved)\n   in  ")
		}
	}))
	for _, want := range []string{"3.1 stub", "3.1 solution.go", "3.1 zero values", "3.1 half done", "3.1 panic", "3.1 endless loop", "3.1 wrong-half-done.go",
		"3.1 wrong-no-shift.go", "3.1 wrong-in-place.go", "3.2 stub", "3.2 zero values", "3.2 wrong-zero.go", "3.2 wrong-out-of-range.go"} {
		require.True(t, tried[want], want)
	}

	kind := strings.Replace(read(t, root, "ch03_toy/exercise_check_test.go"), "inf, 3, 4}", "scores[1], 3, 4}", 1)
	write(t, root, "ch03_toy/exercise_check_test.go", strings.Replace(kind, "inf := float32(math.Inf(-1))", "_ = math.Pi", 1))
	var fooled []string
	require.NoError(t, prove(t.Context(), root, all, func(f finding) {
		if f.Got != f.Want {
			fooled = append(fooled, f.Number+" "+f.Variant)
		}
	}))
	require.ElementsMatch(t, []string{"3.2 zero values", "3.2 wrong-zero.go"}, fooled)
}

var update = flag.Bool("update", false, "write what each mistake is told into the exercises' messages.txt")

// The checks of the book's own exercises tell right from wrong, say what the author
// read, and nobody has edited the stubs. Only with CI=true is it proven fully; without, the
// sample is one chapter, and the endless loop of its first exercise.
func TestTheBooksChecks(t *testing.T) {
	root, err := Root()
	require.NoError(t, err)
	chapters := map[string][]Exercise{}
	for _, e := range listed(t, root) {
		chapters[e.Chapter] = append(chapters[e.Chapter], e)
	}
	for chapter, exercises := range chapters {
		if !complete && chapter != "ch02_embeddings" {
			continue
		}
		t.Run(chapter, func(t *testing.T) {
			t.Parallel()
			if complete {
				require.Equal(t, read(t, root, chapter+"/testdata/exercises/"+StubFile), read(t, root, chapter+"/"+StubFile), "the stubs are untouched")
			}
			messages := map[string]map[string]string{}
			require.NoError(t, prove(t.Context(), root, exercises, func(f finding) {
				t.Log(f.Number, f.Variant, "is", f.Got)
				assert.Equal(t, f.Want, f.Got, "%v", f)
				switch {
				case f.Variant == "panic":
					assert.Regexp(t, `\n   in  `+f.Func+`\(`, f.Output, "exercise %s does not name the call that panics: let its check begin with exercise.Watch", f.Number)
				case f.Want == Wrong && f.Variant != "half done" && f.Variant != "endless loop":
					if messages[f.Number] == nil {
						messages[f.Number] = map[string]string{}
					}
					messages[f.Number][f.Variant] = f.Output
				}
			}))
			for _, e := range exercises {
				checkMessages(t, filepath.Join(root, e.Dir(), "messages.txt"), messages[e.Number])
			}
		})
	}
}

// checkMessages compares what the mistakes of an exercise are told with the file in which
// the author has read it. What is measured may differ a little from machine to machine.
func checkMessages(t *testing.T, file string, messages map[string]string) {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(messages)) {
		fmt.Fprintf(&b, "== %s\n%s\n\n", name, messages[name])
	}
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o666))
		return
	}
	want, err := os.ReadFile(file)
	assert.NoError(t, err, "-update writes it")
	measured := regexp.MustCompile(`[-+]?[0-9]+\.[0-9]+(e[-+][0-9]+)?|worst at \[[0-9]+\]`)
	assert.Equal(t, measured.ReplaceAllString(string(want), "#"), measured.ReplaceAllString(b.String(), "#"), "%s is not what the mistakes are told; read it after -update", file)
}

// A reader's way from the stub to the solution, as the page and llm exercises
// show it.
func TestStatus(t *testing.T) {
	root := book(t)
	states := func() (State, State, string) {
		results, err := Status(t.Context(), root, listed(t, root))
		require.NoError(t, err)
		require.Len(t, results, 2)
		return results[0].State, results[1].State, results[0].Output
	}
	one, two, output := states()
	require.Equal(t, []State{Todo, Todo}, []State{one, two})
	require.Contains(t, output, "write  the body of Weights in ch03_toy/exercise_test.go")
	require.Contains(t, output, "check  go test -run 'TestExercise1_' ./ch03_toy")
	require.Contains(t, output, "hint   go run ./cmd/llm exercises hint 3.1")

	stub := "func Weights(scores []float32) []float32 {\n\tpanic(exercise.Unsolved)\n}"
	attempt := func(body string) {
		src := read(t, root, toy+StubFile)
		require.Contains(t, src, stub)
		write(t, root, "ch03_toy/exercise_test.go", strings.Replace(src, stub, body, 1))
	}
	attempt("func Weights(scores []float32) []float32 {\n\tw := make([]float32, len(scores))\n\tw[0] = 0.09\n\treturn w\n}")
	one, two, output = states()
	require.Equal(t, []State{Wrong, Todo}, []State{one, two})
	require.Contains(t, output, "exercise 3.1, Weights: Weights of 1 2 3\n")
	require.Contains(t, output, "first difference at [1]: got 0, want 0.2447")

	attempt("func Weights(scores []float32) []float32 {\n\tw := scores[:1]\n\t_ = w\n\tpanic(exercise.Unsolved)\n}")
	one, two, output = states()
	require.Equal(t, []State{Wrong, Todo}, []State{one, two})
	require.Contains(t, output, "half done: it still reaches panic")

	attempt("func Weights(scores []float32) []float32 {\n\treturn scores[:len(scores)+9]\n}")
	one, _, output = states()
	require.Equal(t, Wrong, one)
	require.Contains(t, output, "it panicked: runtime error: slice bounds out of range")
	require.Contains(t, output, "in  Weights([1 2 3])\n")
	require.Regexp(t, `at  ch03_toy/exercise_test.go:\d+`, output)

	attempt("func Weights(scores []float32) []float32 {\n\tretrun scores\n}")
	one, two, output = states()
	require.Equal(t, []State{Broken, Broken}, []State{one, two})
	require.Contains(t, output, "exercise_test.go:")

	solution := read(t, root, toy+"3.1/solution.go")
	attempt("")
	write(t, root, "ch03_toy/attempt_test.go", solution)
	one, two, output = states()
	require.Equal(t, []State{Solved, Todo}, []State{one, two})
	require.Empty(t, output)
}

// Go takes no directory with a line end in its name. We do.
func TestALineEndInTheDirectoryName(t *testing.T) {
	root := filepath.Join(t.TempDir(), "new\nline")
	if err := os.Mkdir(root, 0o777); err != nil {
		t.Skip("no such name here: ", err)
	}
	bookIn(t, root)
	results, err := Status(t.Context(), root, listed(t, root))
	require.NoError(t, err)
	require.Equal(t, Todo, results[0].State, results[0].Output)
}

// The book may be cloned into a directory of any name. With CI=true it is also built in the
// last of them; TestALineEndInTheDirectoryName is the sample.
func TestAnyDirectoryName(t *testing.T) {
	names := []string{"d[1]", "two words", "it's", "-d", "$HOME", "数ü", "-d[1] it's 数$x " + strings.Repeat("long", 50)}
	if runtime.GOOS != "windows" {
		names = append(names, `"q"`, "a*?", `back\slash`, "colon:", "-run=[ '\"$(x)`*|;&"+strings.Repeat("long", 50))
	}
	for i, name := range names {
		t.Run(name, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), name)
			require.NoError(t, os.Mkdir(root, 0o777))
			bookIn(t, root)
			t.Chdir(filepath.Join(root, "ch03_toy"))
			found, err := Root()
			require.NoError(t, err)
			require.Equal(t, root, found)
			all, err := List(root)
			require.NoError(t, err)
			require.Len(t, all, 2)
			require.Len(t, all[0].Wrong, 3)
			if i < len(names)-1 || !complete {
				return // to build takes long
			}
			results, err := Status(t.Context(), root, listed(t, root))
			require.NoError(t, err)
			require.Equal(t, Todo, results[0].State)
			require.NoError(t, prove(t.Context(), root, all, func(f finding) { require.Equal(t, f.Want, f.Got, "%v", f) }))
		})
	}
}
