package exercise

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// stood is how the exercises stand whose checks this process has run.
var stood = map[string]State{}

// Main runs the tests of a chapter, as its TestMain, and then says how its exercises
// stand. What a package prints whose tests pass, go test keeps to itself: so that an
// untouched exercise does not look like a success, the line goes to the terminal.
func Main(m interface{ Run() int }) {
	failed, line := m.Run() != 0, summary(stood)
	if verbose := flag.Lookup("test.v"); failed || verbose != nil && verbose.Value.String() != "false" {
		fmt.Print(line)
	} else if t := terminal(); t != nil {
		_, _ = io.WriteString(t, line)
		_ = t.Close()
	}
}

// summary is a line on the exercises of a chapter, or nothing if none was checked.
func summary(stood map[string]State) string {
	numbers := map[State][]string{}
	for _, n := range slices.SortedFunc(maps.Keys(stood), byLength) {
		numbers[stood[n]] = append(numbers[stood[n]], n)
	}
	next := slices.Concat(numbers[Wrong], numbers[Todo])
	all := slices.Concat(next, numbers[Solved])
	if len(all) == 0 {
		return ""
	}
	chapter, _, _ := strings.Cut(all[0], ".")
	kind := "chapter"
	if chapter[0] > '9' {
		kind = "branch"
	}
	line := fmt.Sprintf("%s %s: %d of %d exercises solved", kind, chapter, len(numbers[Solved]), len(all))
	if wrong := numbers[Wrong]; len(wrong) > 0 {
		line += "; not right yet: " + strings.Join(wrong, " ")
	}
	if todo := numbers[Todo]; len(todo) > 0 {
		line += "; waiting for you: " + strings.Join(todo, " ")
	}
	if len(next) > 0 {
		line += "\n           go run ./cmd/llm exercises " + next[0]
	}
	return line + "\n"
}

// byLength puts 3.10 behind 3.9.
func byLength(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

// terminal is where the reader looks, or nil.
func terminal() *os.File {
	name := "/dev/tty"
	if runtime.GOOS == "windows" {
		name = "CONOUT$"
	}
	t, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil
	}
	return t
}

// uncached keeps go test from taking the answer from its cache the next time, and so
// from saying nothing on the terminal: it does not where a test opened a directory that
// has changed since, if its name begins as the module's. In this one go test makes its own.
func uncached() {
	t := terminal()
	if t == nil {
		return
	}
	_ = t.Close()
	dir, _ := os.Getwd()
	up := strings.Repeat(string(os.PathSeparator)+"..", strings.Count(dir, string(os.PathSeparator)))
	if f, err := os.Open(dir + up + strings.TrimPrefix(os.TempDir(), filepath.VolumeName(dir))); err == nil {
		_ = f.Close()
	}
}
