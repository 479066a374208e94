package main

import (
	"bufio"
	"bytes"
	"context"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// site runs the command in dir and returns what it did.
func site(t *testing.T, dir string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	t.Chdir(dir)
	var out, errs bytes.Buffer
	status = run(t.Context(), args, &out, &errs)
	return status, out.String(), errs.String()
}

// serving starts a server for the book below root and returns its address.
func serving(t *testing.T, root string) string {
	t.Helper()
	return servingBook(t, &live{root: root, stdout: io.Discard})
}

func servingBook(t *testing.T, book http.Handler) string {
	t.Helper()
	listener, err := listen("127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	server := httptest.NewUnstartedServer(nil)
	server.Config = newServer(ctx, book)
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(func() { stop(); server.Close() })
	return server.URL
}

// smallBook is a copy of the book in testdata, to be changed by a test.
func smallBook(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "book"))))
	return dir
}

func get(t *testing.T, url string, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	if change != nil {
		change(request)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response, string(body)
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	url := serving(t, smallBook(t))
	for path, status := range map[string]int{"/": 200, "/ch01_add.html": 200, "/all.html": 200, "/assets/book.css": 200, "/assets/book.js": 200,
		"/src/ch01_add/add.go.html": 200, "/nosuch": 404, "/../go.mod": 404, "/ch01_add.html/": 404, "/src/../ch01_add.html": 404, "/assets/": 404} {
		response, body := get(t, url+path, nil)
		require.Equal(t, status, response.StatusCode, path)
		require.Equal(t, policy, response.Header.Get("Content-Security-Policy"), path)
		require.NotContains(t, policy, "unsafe-inline")
		require.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"), path)
		require.Equal(t, "no-referrer", response.Header.Get("Referrer-Policy"), path)
		require.NotRegexp(t, regexp.MustCompile(`(?i)<script>|<style| style=| on[a-z]+="`), body, path)
	}
}

func TestForeignHostsAreRefused(t *testing.T) {
	url := serving(t, smallBook(t))
	port := url[strings.LastIndexByte(url, ':'):]
	for host, status := range map[string]int{
		"localhost" + port: 200, "127.0.0.1" + port: 200, "[::1]" + port: 200,
		"localhost:9999": 200, "127.0.0.1:1": 200, "LocalHost": 200, "[::1]": 200, "::1": 200, // the other end of a tunnel
		"evil.example": 421, "evil.example" + port: 421, "localhost.evil.example" + port: 421, "127.0.0.1.evil.example:9999": 421,
		"192.0.2.1" + port: 421, "0.0.0.0" + port: 421, "[::]" + port: 421,
	} {
		response, _ := get(t, url, func(r *http.Request) { r.Host = host })
		require.Equal(t, status, response.StatusCode, host)
	}
	response, _ := get(t, url, func(r *http.Request) { r.Method = http.MethodPost })
	require.Equal(t, http.StatusMethodNotAllowed, response.StatusCode)
}

func TestAddresses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	for addr, want := range map[string]string{
		taken.Addr().String(): "the port is taken",
		"0.0.0.0:0":           "to this computer only",
		"192.0.2.1:8080":      "to this computer only",
		"example.org:80":      "to this computer only",
		"8080":                "want host:port",
		"127.0.0.1:99999":     "-addr 127.0.0.1:99999:",
	} {
		_, err := listen(addr)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "\n")
	}
	next, err := listenNear(taken.Addr().String())
	require.NoError(t, err)
	defer next.Close()
	require.NotEqual(t, taken.Addr().String(), next.Addr().String())
}

func TestOutsideOfTheBook(t *testing.T) {
	status, _, stderr := site(t, t.TempDir())
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "git clone https://github.com/llm-from-scratch/llm")
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-nosuch"}, {"word"}} {
		status, _, stderr := site(t, t.TempDir(), args...)
		require.Equal(t, 2, status)
		require.NotEmpty(t, stderr)
	}
	status, _, stderr := site(t, t.TempDir(), "-h")
	require.Equal(t, 0, status)
	require.Contains(t, stderr, "-addr")
}

func TestCheck(t *testing.T) {
	book := smallBook(t)
	status, stdout, _ := site(t, filepath.Join(book, "docs"), "-check")
	require.Equal(t, 0, status, stdout)
	require.NoError(t, os.WriteFile(filepath.Join(book, "docs", "legend.md"), []byte("# L\n\n`add.Ad`\n"), 0o644))
	status, stdout, stderr := site(t, book, "-check")
	require.Equal(t, 1, status)
	require.Equal(t, "docs/legend.md:3: package add has no Ad; is Add meant?\n", stdout)
	require.Equal(t, "site: the book has 1 problem\n", stderr)
}

// Output that could not be written is an error.
func TestLostOutput(t *testing.T) {
	lost, full := io.Pipe()
	require.NoError(t, lost.Close())
	t.Chdir(smallBook(t))
	for _, args := range [][]string{{"-check"}, {"-o", filepath.Join(t.TempDir(), "copy")}, {"-addr", "127.0.0.1:0"}} {
		require.Equal(t, 1, run(t.Context(), args, full, io.Discard), args)
	}
}

func TestWrite(t *testing.T) {
	book, dir := smallBook(t), filepath.Join(t.TempDir(), "copy")
	status, stdout, stderr := site(t, book, "-o", dir)
	require.Equal(t, 0, status, stderr)
	require.Contains(t, stdout, "index.html")
	local := regexp.MustCompile(`(?:href|src)="([^"#]*)`)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		require.NoError(t, err)
		if filepath.Ext(path) != ".html" {
			return nil
		}
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NotContains(t, string(data), "reload.js")
		require.Contains(t, html.UnescapeString(string(data)), `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'`)
		for _, m := range local.FindAllStringSubmatch(string(data), -1) {
			if m[1] != "" && !strings.Contains(m[1], ":") {
				require.FileExists(t, filepath.Join(filepath.Dir(path), m[1]), path)
			}
		}
		return nil
	})
	require.NoError(t, err)

	status, _, _ = site(t, book, "-o", dir)
	require.Equal(t, 0, status, "an earlier copy may be replaced")
	status, _, stderr = site(t, book, "-o", book)
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "is not empty and holds no copy of the book")
}

func TestABookWithProblemsIsNotWritten(t *testing.T) {
	book, dir := smallBook(t), filepath.Join(t.TempDir(), "copy")
	require.NoError(t, os.Remove(filepath.Join(book, "docs", "ch02_twice.md")))
	status, _, stderr := site(t, book, "-o", dir)
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "nothing written")
	require.NoDirExists(t, dir)
}

func TestChangesAreServed(t *testing.T) {
	book := smallBook(t)
	url := serving(t, book)
	_, before := get(t, url+"/legend.html", nil)
	require.NotContains(t, before, "Something new")
	file := filepath.Join(book, "docs", "legend.md")
	require.NoError(t, os.WriteFile(file, []byte("# Letters\n\nSomething new and `add.Wrong`.\n"), 0o644))
	require.Eventually(t, func() bool {
		_, now := get(t, url+"/legend.html", nil)
		return strings.Contains(now, "Something new") && strings.Contains(now, "This book has 1 problem")
	}, 10*time.Second, 50*time.Millisecond)
}

// Who waits for a change may wait for longer than others may be silent or slow.
func TestEventsOutliveTheTimeouts(t *testing.T) {
	book := smallBook(t)
	listener, err := listen("127.0.0.1:0")
	require.NoError(t, err)
	server := newServer(t.Context(), &live{root: book, stdout: io.Discard})
	require.Positive(t, min(server.ReadTimeout, server.WriteTimeout, server.IdleTimeout))
	server.ReadTimeout, server.WriteTimeout = 200*time.Millisecond, 200*time.Millisecond
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	response, err := http.Get("http://" + listener.Addr().String() + "/events")
	require.NoError(t, err)
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	data := func() string {
		for lines.Scan() {
			if version, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return version
			}
		}
		return ""
	}
	first := data()
	time.Sleep(500 * time.Millisecond)
	require.NoError(t, os.WriteFile(filepath.Join(book, "docs", "legend.md"), []byte("# Changed\n"), 0o644))
	require.NotContains(t, []string{"", first}, data())

	silent, err := net.Dial("tcp", listener.Addr().String())
	require.NoError(t, err)
	defer silent.Close()
	_, err = silent.Write([]byte("GET / HTTP/1.1\r\n"))
	require.NoError(t, err)
	require.NoError(t, silent.SetReadDeadline(time.Now().Add(10*time.Second)))
	_, err = io.ReadAll(silent)
	require.NoError(t, err, "who says nothing is hung up on")
}

// Whatever is edited is seen, and only once is said what is wrong: prose, a figure, a
// recorded run, and a source file, which stays on the pages as it was when it parsed.
func TestEveryEditIsServed(t *testing.T) {
	book := smallBook(t)
	require.NoError(t, os.MkdirAll(filepath.Join(book, "docs", "runs"), 0o755))
	put := func(name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(book, filepath.FromSlash(name)), []byte(content), 0o644))
	}
	put("docs/runs/log.csv", "step\n1\n")
	put("docs/legend.md", "# Letters\n\nSee [the run](runs/log.csv).\n")
	var out bytes.Buffer
	l := &live{root: book, stdout: &out}
	page := func(name string) string {
		files, _ := l.book()
		return string(files[name]())
	}
	page("ch01_add.html")
	for _, edit := range []struct{ file, content, page, want string }{
		{"docs/ch02_twice.md", "# Twice as much\n\n`Twice` doubles.\n\n[twice](../ch02_twice/twice.go#package)\n\n[`Twice`](../ch02_twice/twice.go#Twice)\n", "ch02_twice.html", "Twice as much"},
		{"docs/figures/bars.svg", `<svg viewBox="0 0 7 7"></svg>`, "ch01_add.html", `viewBox="0 0 7 7"`},
		{"docs/runs/log.csv", "step\n4321\n", "src/docs/runs/log.csv.html", "4321"},
		{"ch01_add/add.go", "// Package add adds.\npackage add\n\n// Add sums.\nfunc Add(a, b int) int { return b + a }\n", "ch01_add.html", "// Add sums."},
	} {
		put(edit.file, edit.content)
		require.Contains(t, page(edit.page), edit.want, edit.file)
		require.Empty(t, out.String())
	}
	put("ch01_add/add.go", "package add\n\nfunc {\n")
	broken := page("ch01_add.html")
	require.Contains(t, broken, "This book has 1 problem<")
	require.Contains(t, broken, "ch01_add/add.go:3: expected")
	require.Contains(t, broken, "// Add sums.")
	put("docs/legend.md", "# Letters\n")
	page("legend.html")
	require.Equal(t, 1, strings.Count(out.String(), "\n"), out.String())

	status, stdout, _ := site(t, book, "-check")
	require.Equal(t, 1, status)
	require.Regexp(t, `^ch01_add/add\.go:3: expected [^\n]*\n$`, stdout, "what follows from it is no news")
}

// A link that leads out of the book is none.
func TestLinksOutOfTheBook(t *testing.T) {
	book, secret := smallBook(t), filepath.Join(t.TempDir(), "secret.txt")
	require.NoError(t, os.WriteFile(secret, []byte("do not tell"), 0o644))
	for name, prose := range map[string]string{
		"docs/out.txt": "[out](out.txt)", "ch01_add/out.go": "[out](../ch01_add/out.go)", "docs/figures/out.svg": `![out](figures/out.svg "Out.")`, "docs/there/secret.txt": "[out](there/secret.txt)",
	} {
		link, to := filepath.Join(book, filepath.FromSlash(name)), secret
		if name == "docs/there/secret.txt" {
			link, to = filepath.Dir(link), filepath.Dir(secret)
		}
		if err := os.Symlink(to, link); err != nil {
			t.Skip("skipped: no symbolic links here: ", err)
		}
		require.NoError(t, os.WriteFile(filepath.Join(book, "docs", "legend.md"), []byte("# L\n\n"+prose+"\n"), 0o644))
		l := &live{root: book, stdout: io.Discard}
		files, _ := l.book()
		for file := range files {
			require.NotContains(t, string(files[file]()), "do not tell", file)
		}
		status, stdout, _ := site(t, book, "-check")
		require.Equal(t, 1, status, name)
		require.Contains(t, stdout, "docs/legend.md:3: ")
	}
}

// The book may be cloned into a directory of any name, and written into one.
func TestAnyDirectoryName(t *testing.T) {
	small := os.DirFS(smallBook(t))
	for _, name := range []string{"d[1]", "-d two words", "it's $HOME", "数ü#%20"} {
		root, out := filepath.Join(t.TempDir(), name, strings.Repeat("long", 40)), filepath.Join(t.TempDir(), name)
		require.NoError(t, os.CopyFS(root, small))
		status, _, stderr := site(t, root, "-check")
		require.Zero(t, status, "%s: %s", name, stderr)
		status, _, stderr = site(t, root, "-o", out)
		require.Zero(t, status, "%s: %s", name, stderr)
		require.FileExists(t, filepath.Join(out, "index.html"))
	}
}
