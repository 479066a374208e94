package exercise

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// desk is one in the toy book, and what it has said since it was last asked.
func desk(t *testing.T, root, typed string) (*Desk, func() string) {
	var out strings.Builder
	return &Desk{root, listed(t, root), "llm", strings.NewReader(typed), &out}, func() string {
		defer out.Reset()
		return out.String()
	}
}

const toyStub = "func Weights(scores []float32) []float32 {\n\tpanic(exercise.Unsolved)\n}"

// solve writes the solution of exercise 3.1 into the toy book's file.
func solve(t *testing.T, root string) {
	t.Helper()
	_, body, _ := strings.Cut(read(t, root, toy+"3.1/solution.go"), "func Weights")
	src := strings.Replace(read(t, root, toy+StubFile), toyStub, "func Weights"+strings.TrimSpace(body), 1)
	write(t, root, "ch03_toy/exercise_test.go", strings.Replace(src, "import ", "import \"math\"\nimport \"slices\"\nimport ", 1))
}

func TestADesk(t *testing.T) {
	root := book(t)
	d, said := desk(t, root, "")
	require.ErrorIs(t, d.Show(t.Context(), "9.9"), ErrUnknown)
	require.ErrorIs(t, d.Hint("3.1", "4"), ErrUnknown)
	require.NoError(t, d.Hint("3.1", "1"))
	require.Contains(t, said(), "Exercise 3.1: Weights that sum to one\nch03_toy/exercise_test.go: Weights\n\nWeights turns scores")
	require.ErrorContains(t, d.Solution(t.Context(), "3.1"), "exercise 3.1 is unsolved: its solution opens once your own passes")
	require.NoError(t, d.Show(t.Context(), "3.1"))
	require.Contains(t, said(), "\nexercise 3.1 waits for you\n  write  the body of Weights in ch03_toy/exercise_test.go\n")

	solve(t, root)
	require.NoError(t, d.Show(t.Context(), "3.1"))
	require.Contains(t, said(), "exercise 3.1, Weights: solved")
	require.NoError(t, d.Solution(t.Context(), "3.1"))
	require.Contains(t, said(), "func Weights(scores []float32) []float32 {\n\tweights := make")
	results, err := Status(t.Context(), root, d.All)
	require.NoError(t, err)
	require.NoError(t, d.Table(results))
	require.Equal(t, "NUMBER  STATE     TITLE                    WHERE\n"+
		"3.1     solved    Weights that sum to one  ch03_toy/exercise_test.go: Weights\n"+
		"3.2     unsolved  Nobody sees the future   ch03_toy/exercise_test.go: Hide\n"+
		"1 of 2 solved; the next: llm exercises 3.2\n", said())
}

func TestReset(t *testing.T) {
	root := book(t)
	stubs := read(t, root, toy+StubFile)
	solve(t, root)
	solved := read(t, root, "ch03_toy/exercise_test.go")
	d, said := desk(t, root, "no\n")
	require.NoError(t, d.Reset("3.1"))
	require.Contains(t, said(), "Begin exercise 3.1 anew? All of ch03_toy/exercise_test.go as it is now stays in exercise_test.go.3.1.old. [y/N] nothing has changed")
	require.Equal(t, solved, read(t, root, "ch03_toy/exercise_test.go"))
	d.In = strings.NewReader("y\n")
	require.NoError(t, d.Reset("3.1"))
	require.Equal(t, solved, read(t, root, "ch03_toy/exercise_test.go.3.1.old"))
	again := read(t, root, "ch03_toy/exercise_test.go")
	require.Equal(t, importless(stubs), importless(again), "and no import is left that nothing uses")
	states, output := statesOf(t.Context(), t, root)
	require.Equal(t, []State{Todo, Todo}, states, output)

	for name, attempt := range map[string]string{
		"one line":         strings.Replace(stubs, toyStub, "func Weights(scores []float32) []float32 { return nil }", 1),
		"does not compile": strings.Replace(stubs, toyStub, "func Weights(scores []float32) []float32 {\n\tif {\n\t\n}", 1),
		"taken out":        strings.Replace(stubs, toyStub, "", 1),
	} {
		write(t, root, "ch03_toy/exercise_test.go", attempt)
		d.In = strings.NewReader("yes\n")
		require.NoError(t, d.Reset("3.1"))
		states, output := statesOf(t.Context(), t, root)
		require.Equal(t, []State{Todo, Todo}, states, "%s: %s", name, output)
	}
	_, err := os.Stat(filepath.Join(root, "ch03_toy/exercise_test.go.3.1.old4"))
	require.NoError(t, err, "nothing that was kept is written over")
}

// What stands behind an exercise stays, whatever the attempt looks like, and what is saved
// while the question stands is kept.
func TestResetLosesNothing(t *testing.T) {
	root := book(t)
	stubs := read(t, root, toy+StubFile)
	d, _ := desk(t, root, "")
	const solved = "func Hide(scores []float32, from int) {\n\tclear(scores[min(from, len(scores)):])\n}"
	stubs = regexp.MustCompile(`(?s)func Hide.*`).ReplaceAllString(stubs, solved+"\n")
	for name, attempt := range map[string]string{
		"from Windows":    strings.ReplaceAll(stubs, "\n", "\r\n"),
		"a brace missing": strings.Replace(stubs, toyStub, "func Weights(scores []float32) []float32 {\n\tfor range 3 {\n\t\treturn nil\n\n", 1),
		"not indented":    strings.Replace(stubs, toyStub, "func Weights(scores []float32) []float32 {\nif true {\nreturn nil\n}\nreturn scores\n}", 1),
		"a brace in text": strings.Replace(stubs, toyStub, "func Weights(scores []float32) []float32 {\n\t_ = `\n}\nfunc `\n\treturn nil\n}", 1),
	} {
		write(t, root, "ch03_toy/exercise_test.go", attempt)
		d.In = strings.NewReader("y\n")
		require.NoError(t, d.Reset("3.1"))
		again := read(t, root, "ch03_toy/exercise_test.go")
		require.Contains(t, again, toyStub, name)
		require.Contains(t, again, solved, name)
		require.NotContains(t, again, "return", name)
	}
	last := strings.Replace(stubs, toyStub, "func Weights(scores []float32) []float32 {\n\treturn nil // at last\n}", 1)
	typing, typed := io.Pipe()
	d.In = typing
	go func() {
		_, _ = typed.Write([]byte("y")) // the question stands now
		_ = os.WriteFile(filepath.Join(root, "ch03_toy/exercise_test.go"), []byte(last), 0o666)
		_ = typed.Close()
	}()
	require.NoError(t, d.Reset("3.1"))
	require.Equal(t, last, read(t, root, "ch03_toy/exercise_test.go.3.1.old5"))
}

// importless is a Go file without its imports.
func importless(src string) string { return importLines.ReplaceAllString(src, "") }

// A save is noticed and answered, also while the run for the one before is under way.
func TestFollow(t *testing.T) {
	root := book(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	write(t, root, "ch03_toy/exercise_test.go", strings.Replace(read(t, root, toy+StubFile), toyStub, "func Weights(scores []float32) []float32 {\n\tfor {\n\t}\n}", 1))
	time.AfterFunc(time.Second, func() {
		_ = os.WriteFile(filepath.Join(root, "ch03_toy/exercise_test.go"), []byte(read(t, root, toy+StubFile)), 0o666)
	})
	var states []string
	for results, err := range Follow(ctx, root, listed(t, root)) {
		require.NoError(t, err)
		states = append(states, fmt.Sprint(results[0].State))
		if len(states) == 1 {
			solve(t, root)
		} else {
			break
		}
	}
	require.Equal(t, []string{"unsolved", "solved"}, states, "the endless loop was ended by the save")
}

func TestWatching(t *testing.T) {
	root := book(t)
	ctx, cancel := context.WithCancel(t.Context())
	d, _ := desk(t, root, "")
	lines, out := io.Pipe()
	d.Out = out
	done := make(chan error, 1)
	go func() { done <- d.Watch(ctx) }()
	var text strings.Builder
	buffer := make([]byte, 1<<12)
	until := func(want string) {
		for !strings.Contains(text.String(), want) {
			n, err := lines.Read(buffer)
			require.NoError(t, err)
			text.Write(buffer[:n])
		}
	}
	until("watching; save a file")
	solve(t, root)
	until("exercise 3.1, Weights: solved")
	cancel()
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	require.ErrorIs(t, <-done, context.Canceled)
}
