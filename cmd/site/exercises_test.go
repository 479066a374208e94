package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// exerciseBook is the small book with the toy chapter of the harness, and the harness.
func exerciseBook(t *testing.T) string {
	book := smallBook(t)
	copied := func(to, from string) { require.NoError(t, os.CopyFS(filepath.Join(book, to), os.DirFS(from))) }
	copied(".", "../../internal/exercise/testdata/book")
	for _, dir := range []string{"exercise", "gradcheck", "plaintext"} {
		sources, err := filepath.Glob("../../internal/" + dir + "/*.go")
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Join(book, "internal", dir), 0o777))
		for _, name := range sources {
			if !strings.HasSuffix(name, "_test.go") {
				text, err := os.ReadFile(name)
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(filepath.Join(book, "internal", dir, filepath.Base(name)), text, 0o666))
			}
		}
	}
	page := "# Toy\n\nText.\n\n[Exercise 3.1](../ch03_toy/exercise_test.go#Weights)\n\n[Exercise 3.2](../ch03_toy/exercise_test.go#Hide)\n"
	require.NoError(t, os.WriteFile(filepath.Join(book, "docs", "ch03_toy.md"), []byte(page), 0o666))
	order, err := os.ReadFile(filepath.Join(book, "docs", "book.txt"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(book, "docs", "book.txt"), []byte(strings.Replace(string(order), "ch02_twice.md\n", "ch02_twice.md\nch03_toy.md\n", 1)), 0o666))
	return book
}

// A save in an editor flips the mark of an exercise on the open page.
func TestMarks(t *testing.T) {
	book := exerciseBook(t)
	b := newTab(t, browser(t))
	b.do(chromedp.Navigate(serving(t, book) + "/ch03_toy.html"))
	stubs, err := os.ReadFile(filepath.Join(book, "ch03_toy", "testdata", "exercises", "exercise_test.go"))
	require.NoError(t, err)
	marked := func(want string) {
		t.Helper()
		start := time.Now()
		require.Eventually(t, func() bool {
			return b.text(`document.querySelector('[data-number="3.2"] .mark span').textContent`) == want
		}, time.Minute, 50*time.Millisecond, want)
		t.Logf("%q after %v", want, time.Since(start))
	}
	save := func(body string) {
		text := strings.Replace(string(stubs), "func Hide(scores []float32, n int) {\n\tpanic(exercise.Unsolved)\n}", "func Hide(scores []float32, n int) {\n"+body+"}", 1)
		require.NoError(t, os.WriteFile(filepath.Join(book, "ch03_toy", "exercise_test.go"), []byte(text), 0o666))
	}
	marked("○ waits for you")
	save("\tscores[0] = 7\n")
	marked("✗ not right yet")
	require.Contains(t, b.text(`document.querySelector('[data-number="3.2"] .said').textContent`), "exercise 3.2, Hide: the scores of two words\n   got   [7 2 3 4]")
	save("\tinf := scores[0] / float32(n-n)\n\tscores[1] = -inf\n")
	marked("✓ solved")
	require.Equal(t, "1 of 2 solved", b.text(`document.querySelector(".count").textContent`))
	save("\tscores[ = 7\n")
	marked("! the check did not run")
	b.do(chromedp.Click(`[data-number="3.2"] .mark button`))
	marked("! the check did not run")
	b.quiet("ch03_toy.html")
}

// To ask runs code: only the book's pages may, and only for its chapters.
func TestExercisesAreGuarded(t *testing.T) {
	address := serving(t, exerciseBook(t))
	for path, status := range map[string]int{"/exercises/": 404, "/exercises/ch01_add": 404, "/exercises/../internal": 404, "/exercises/ch03_toy/": 404, "/exercises/-exec=x": 404} {
		response, _ := get(t, address+path, nil)
		require.Equal(t, status, response.StatusCode, path)
	}
	for name, value := range map[string]string{"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"} {
		response, _ := get(t, address+"/exercises/ch03_toy", func(r *http.Request) { r.Header.Set(name, value) })
		require.Equal(t, http.StatusForbidden, response.StatusCode, name)
	}
}

// An attempt may take longer than clients may be slow: a first build, an endless loop.
func TestChecksOutliveTheTimeouts(t *testing.T) {
	listener, err := listen("127.0.0.1:0")
	require.NoError(t, err)
	server := newServer(t.Context(), &live{root: exerciseBook(t), stdout: io.Discard})
	server.ReadTimeout, server.WriteTimeout = 100*time.Millisecond, 100*time.Millisecond
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	response, err := http.Get("http://" + listener.Addr().String() + "/exercises/ch03_toy")
	require.NoError(t, err)
	defer response.Body.Close()
	line, err := bufio.NewReader(response.Body).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "retry: 2000\n", line)
}

// When the server has ended, so has what the reader's code started, also what has left its
// group.
func TestNothingOutlivesTheServer(t *testing.T) {
	if os.Getenv("LLMBOOK_SERVE") != "" {
		os.Args = os.Args[:1]
		main()
	}
	if runtime.GOOS != "linux" {
		t.Skip("skipped: what has left the group is found in /proc")
	}
	book := exerciseBook(t)
	begun := filepath.Join(t.TempDir(), "begun")
	stubs, err := os.ReadFile(filepath.Join(book, "ch03_toy", "testdata", "exercises", "exercise_test.go"))
	require.NoError(t, err)
	start := "\tcmd := exec.Command(\"sh\", \"-c\", `while sleep 0.05; do : > \"$0\"; done`, " + strconv.Quote(begun) + ")\n" +
		"\tcmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}\n\t_ = cmd.Start()\n\tfor {\n\t}\n"
	text := strings.Replace(string(stubs), "n int) {\n", "n int) {\n"+start, 1)
	text = strings.Replace(text, "import ", "import \"os/exec\"\nimport \"syscall\"\nimport ", 1)
	require.NoError(t, os.WriteFile(filepath.Join(book, "ch03_toy", "exercise_test.go"), []byte(text), 0o666))

	site := exec.Command(os.Args[0], "-test.run=^TestNothingOutlivesTheServer$")
	site.Dir, site.Env = book, append(os.Environ(), "LLMBOOK_SERVE=1")
	said, err := site.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, site.Start())
	defer func() { _ = site.Process.Kill() }()
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "http://") {
	}
	address := lines.Text()
	go func() {
		if response, err := http.Get(address + "exercises/ch03_toy"); err == nil {
			_ = response.Body.Close()
		}
	}()
	running := func() bool { _, err := os.Stat(begun); return err == nil }
	require.Eventually(t, running, time.Minute, 20*time.Millisecond)
	require.NoError(t, site.Process.Signal(os.Interrupt))
	require.NoError(t, site.Wait())
	require.NoError(t, os.Remove(begun))
	time.Sleep(500 * time.Millisecond)
	require.False(t, running(), "the attempt still runs")
}
