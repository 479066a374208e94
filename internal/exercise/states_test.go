package exercise

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// attempted is the toy book with an attempt at exercise 3.1, which begins with a
// statement of the test.
func attempted(t *testing.T, imports, statement string) string {
	t.Helper()
	root := book(t)
	src := read(t, root, "ch03_toy/exercise_test.go")
	solution := strings.Replace(read(t, root, toy+"3.1/solution.go"), "{\n", "{\n\t"+statement+"\n", 1)
	write(t, root, "ch03_toy/attempt_test.go", strings.Replace(solution, "import (", "import (\n\t"+imports, 1))
	stub := src[strings.Index(src, "// Exercise 3.1"):strings.Index(src, "// Exercise 3.2")]
	write(t, root, "ch03_toy/exercise_test.go", strings.Replace(src, stub, "", 1))
	return root
}

// statesOf is how the toy book's exercises stand, and what is said of the first.
func statesOf(ctx context.Context, t *testing.T, root string, flags ...string) ([]State, string) {
	t.Helper()
	all, err := List(root)
	require.NoError(t, err)
	results, err := status(ctx, root, all, flags...)
	require.NoError(t, err)
	var states []State
	for _, r := range results {
		states = append(states, r.State)
	}
	return states, results[0].Output
}

// Many lines, as in an attempt that prints in its loop, change nothing but what
// is shown of them. There are ten times as many with CI=true.
func TestManyLines(t *testing.T) {
	lines := 8000
	if complete {
		lines = 80_000
	}
	loop := fmt.Sprintf(`for i := range %d { fmt.Println("ids now", scores, i) }`, lines)
	states, output := statesOf(t.Context(), t, attempted(t, `"fmt"`, loop))
	require.Equal(t, []State{Solved, Todo}, states)
	require.Empty(t, output)

	states, output = statesOf(t.Context(), t, attempted(t, `"fmt"`, loop+"\n\treturn nil"))
	require.Equal(t, []State{Wrong, Todo}, states)
	require.True(t, strings.HasPrefix(output, "ids now [1 2 3] 0\nids now [1 2 3] 1\n"), output)
	require.Regexp(t, `\n… (7|79)\d\d\d lines left out …\nids now \[1 2 3\] \d+\n`, output)
	require.Contains(t, output, fmt.Sprintf("ids now [1 2 3] %d\n", lines-1))
	require.Regexp(t, `Weights of 1 2 3\n +got   \[\]`, output)
	require.Less(t, len(output), 3*keep)
}

// An attempt that prints for ever is ended, and the other chapter's checks run
// all the same. To print as much as is allowed takes long: outside of CI it is less.
func TestEndlessPrinting(t *testing.T) {
	if !complete {
		defer func(before int) { flood = before }(flood)
		flood = 1 << 20
	}
	root := attempted(t, `"fmt"`, `for i := 0; ; i++ { fmt.Println("still here \x1b[31m", i) }`)
	other := strings.ReplaceAll(read(t, root, toy+StubFile), "Exercise 3.", "Exercise 4.")
	require.NoError(t, os.CopyFS(filepath.Join(root, "ch04_toy"), os.DirFS("testdata/book/ch03_toy")))
	require.NoError(t, os.Rename(filepath.Join(root, "ch04_toy/testdata/exercises/3.1"), filepath.Join(root, "ch04_toy/testdata/exercises/4.1")))
	require.NoError(t, os.Rename(filepath.Join(root, "ch04_toy/testdata/exercises/3.2"), filepath.Join(root, "ch04_toy/testdata/exercises/4.2")))
	write(t, root, "ch04_toy/testdata/exercises/exercise_test.go", other)
	states, output := statesOf(t.Context(), t, root)
	require.Equal(t, []State{Wrong, Todo, Todo, Todo}, states)
	require.True(t, strings.HasPrefix(output, "still here \uFFFD[31m 0\n"), output)
	require.True(t, strings.HasSuffix(output, "\nit was ended after it had printed "+fmt.Sprint(flood>>20)+" MB"), output)
}

func TestEndlessLoop(t *testing.T) {
	states, output := statesOf(t.Context(), t, attempted(t, `"fmt"`, `for i := 0; ; i++ { if i == 0 { fmt.Println("on") } }`), "-timeout=1s")
	require.Equal(t, []State{Wrong, Todo}, states, "the other check runs all the same")
	require.Equal(t, "on\nit had not ended after 1s", output)
}

// Lines without end are sorted in bounded memory: half a million with CI=true.
func TestReadingIsLinear(t *testing.T) {
	all := []Exercise{{Chapter: "ch03_toy", Test: "TestExercise1_Weights"}}
	run := untested(all)
	lines := 20_000
	if complete {
		lines = 500_000
	}
	events, to := io.Pipe()
	go func() {
		e := json.NewEncoder(to)
		for i := range lines {
			_ = e.Encode(event{Action: "output", Package: module + "/ch03_toy", Test: "TestExercise1_Weights", Output: fmt.Sprintf("line %d\n", i)})
			_ = e.Encode(event{Action: "run", Package: module + "/ch03_toy", Test: fmt.Sprint("TestMadeUp", i)})
		}
		_ = to.Close()
	}()
	flooded, err := run.read(events)
	require.NoError(t, err)
	require.False(t, flooded)
	require.Len(t, run["ch03_toy"].tests, 1)
	kept := run["ch03_toy"].tests["TestExercise1_Weights"].output
	require.LessOrEqual(t, cap(kept.head)+cap(kept.tail), 10*keep)
	require.Contains(t, kept.String(), "line 0\nline 1\n")
	require.True(t, strings.HasSuffix(kept.String(), fmt.Sprintf("line %d\nline %d\n", lines-2, lines-1)))
}

func TestExcerpt(t *testing.T) {
	var short excerpt
	short.add("one\ntwo\r\n\x00\n")
	require.Equal(t, "one\ntwo\n\uFFFD\n", short.String())

	var long excerpt
	for i := range 5000 {
		long.add(fmt.Sprintln(i))
	}
	lines := strings.Split(strings.TrimSuffix(long.String(), "\n"), "\n")
	left := 0
	for i, line := range lines {
		if n, err := fmt.Sscanf(line, "… %d lines left out …", &left); n == 1 && err == nil {
			require.Equal(t, fmt.Sprint(i-1), lines[i-1])
			require.Equal(t, fmt.Sprint(i+left), lines[i+1])
		}
	}
	require.Equal(t, 5000, left+len(lines)-1)

	var one excerpt // one line without an end
	for range 1000 {
		one.add(strings.Repeat("é", 100))
	}
	require.Less(t, len(one.String()), 3*keep)
	require.Contains(t, one.String(), "\n… 0 lines left out …\n")
}

// Where the book lies is nobody's business: a page shows what a check says.
func TestStatesNameNoDirectory(t *testing.T) {
	root := book(t)
	write(t, root, "ch03_toy/exercise_test.go", read(t, root, toy+StubFile)+"\nfunc init() { panic(\"at once\") }\n")
	results, err := Status(t.Context(), root, listed(t, root))
	require.NoError(t, err)
	require.Equal(t, Broken, results[0].State)
	require.Contains(t, results[0].Output, "panic: at once")
	require.Contains(t, results[0].Output, "\tch03_toy/exercise_test.go:")
	require.NotContains(t, results[0].Output, root)
}
