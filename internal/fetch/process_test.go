package fetch

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An order is what a process of the test binary is to get.
type order struct {
	Dataset Dataset
	Dir     string
	Most    uint64 // bytes that it may write into a file; 0 is no limit
}

// obey gets what is ordered, prints what happens, a line each, and returns the
// exit status.
func obey(text string) int {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		fmt.Println(err)
		return 2
	}
	if o.Most > 0 {
		limitFiles(o.Most)
	}
	begun := false
	path, err := o.Dataset.get(context.Background(), o.Dir, "", func(r Report) {
		if r.Event != "" {
			fmt.Println("event:", r.Event)
		} else if r.Done > 0 && !begun {
			begun = true
			fmt.Println("begun")
		}
	})
	if err != nil {
		fmt.Println("failed:", err)
		return 1
	}
	fmt.Println("got", path)
	return 0
}

// A child is a process that obeys.
type child struct {
	*exec.Cmd
	lines *bufio.Scanner
}

func start(t *testing.T, o order, env ...string) child {
	text, err := json.Marshal(o)
	require.NoError(t, err)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), "FETCH_TEST_ORDER="+string(text)), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill() })
	return child{cmd, bufio.NewScanner(out)}
}

// until reads the child's lines up to the one that begins so.
func (c child) until(t *testing.T, beginning string) string {
	t.Helper()
	var all []string
	for c.lines.Scan() {
		if all = append(all, c.lines.Text()); strings.HasPrefix(c.lines.Text(), beginning) {
			return c.lines.Text()
		}
	}
	require.Fail(t, "no line begins with "+beginning, strings.Join(all, "\n"))
	return ""
}

// gate lets the first half of each response through, and the rest when it is
// opened.
func gate(content []byte, opened <-chan struct{}, asked *atomic.Int32) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Header.Get("Range") == "" {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			w.Write(content[:len(content)/2])
			w.(http.Flusher).Flush()
			select {
			case <-opened:
				w.Write(content[len(content)/2:])
			case <-r.Context().Done():
			}
			return
		}
		serve(content)(w, r)
	}
}

func TestTwoProcessesAtOnce(t *testing.T) {
	var asked atomic.Int32
	opened := make(chan struct{})
	d, dir := pinned(t, text, gate(text, opened, &asked)), t.TempDir()
	first := start(t, order{Dataset: d, Dir: dir})
	first.until(t, "begun")
	second := start(t, order{Dataset: d, Dir: dir})
	second.until(t, "event: it is being fetched into "+dir)
	close(opened)
	path := filepath.Join(dir, d.Path())
	require.Equal(t, "got "+path, first.until(t, "got"))
	require.Equal(t, "got "+path, second.until(t, "got"))
	require.NoError(t, first.Wait())
	require.NoError(t, second.Wait())
	requireContent(t, path, text)
	require.EqualValues(t, 1, asked.Load())
	only(t, dir, d.Path())
}

// A process that is killed leaves a lock file and half a file. Neither is in the
// way of one that waits, nor of the next.
func TestAProcessThatIsKilled(t *testing.T) {
	var asked atomic.Int32
	opened := make(chan struct{})
	d, dir := pinned(t, text, gate(text, opened, &asked)), t.TempDir()
	first := start(t, order{Dataset: d, Dir: dir})
	first.until(t, "begun")
	second := start(t, order{Dataset: d, Dir: dir})
	second.until(t, "event: it is being fetched")
	require.NoError(t, first.Process.Kill())
	second.until(t, "got")
	require.NoError(t, second.Wait())
	requireContent(t, filepath.Join(dir, d.Path()), text)
	only(t, dir, d.Path())

	require.NoError(t, os.Remove(filepath.Join(dir, d.Path())))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "."+d.Path()+".lock"), nil, 0o666))
	close(opened)
	get(t, d, dir, text)
}

func TestManyGoroutinesAtOnce(t *testing.T) {
	var asked atomic.Int32
	d, dir := pinned(t, text, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		time.Sleep(10 * time.Millisecond)
		serve(text)(w, r)
	}), t.TempDir()
	var group sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		group.Go(func() { _, errs[i] = d.get(t.Context(), dir, "", func(Report) {}) })
	}
	group.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	requireContent(t, filepath.Join(dir, d.Path()), text)
	require.EqualValues(t, 1, asked.Load())
	only(t, dir, d.Path())
}

// The lock's file goes with each holder. Whoever holds one that is gone holds
// nothing.
func TestOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	var inside atomic.Int32
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				unlock, err := lock(t.Context(), path, func() {})
				if err != nil {
					t.Error(err)
					return
				}
				if n := inside.Add(1); n != 1 {
					t.Errorf("%d at a time", n)
				}
				runtime.Gosched()
				inside.Add(-1)
				unlock()
			}
		})
	}
	group.Wait()
	require.NoFileExists(t, path)
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	d, dir := pinned(t, text, http.NotFound), t.TempDir()
	unlock, err := lock(t.Context(), filepath.Join(dir, "."+d.Path()+".lock"), func() {})
	require.NoError(t, err)
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	_, err = d.get(ctx, dir, "", func(Report) { cancel() })
	require.ErrorIs(t, err, context.Canceled)
}

// The proxy that the environment names is asked for everything: nobody else knows
// the server's name.
func TestProxy(t *testing.T) {
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.String())
		serve(text)(w, r)
	}))
	defer proxy.Close()
	d, dir := pinned(t, text, nil), t.TempDir()
	d.Files[0].URL = "http://data.invalid/text"
	c := start(t, order{Dataset: d, Dir: dir}, "HTTP_PROXY="+proxy.URL, "http_proxy=", "NO_PROXY=", "no_proxy=")
	c.until(t, "got")
	require.NoError(t, c.Wait())
	proxy.Close()
	require.Equal(t, []string{"http://data.invalid/text"}, asked)
	requireContent(t, filepath.Join(dir, d.Path()), text)
}

func requireContent(t *testing.T, path string, content []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(content, got))
}
