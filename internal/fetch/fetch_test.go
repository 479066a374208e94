package fetch

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) {
	pause = time.Millisecond
	os.Exit(m.Run())
}

// text is what the servers of these tests have to offer.
var text = func() []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, 300_000)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}()

// pinned is the dataset of these bytes, offered by the handler.
func pinned(t *testing.T, content []byte, handler http.HandlerFunc) Dataset {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	sum := sha256.Sum256(content)
	return Dataset{Name: "text", File: "text.txt", URL: server.URL + "/text", Bytes: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
}

// serve is a faithful server, ranges included.
func serve(content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}

// cut announces a response and closes the connection after n bytes of it.
func cut(content []byte, n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		from := 0
		if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err == nil {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(content)-from))
		if from > 0 {
			w.WriteHeader(http.StatusPartialContent)
		}
		w.Write(content[from:min(from+n, len(content))])
		if from+n < len(content) {
			panic(http.ErrAbortHandler)
		}
	}
}

// get requires that d arrives as content and leaves nothing else behind.
func get(t *testing.T, d Dataset, dir string, content []byte) {
	t.Helper()
	last := int64(-1)
	path, err := d.get(t.Context(), dir, func(done, total int64) {
		require.LessOrEqual(t, done, max(total, d.Bytes))
		last = done
	})
	require.NoError(t, err)
	require.Positive(t, last)
	require.Equal(t, filepath.Join(dir, d.File), path)
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(content, got))
	only(t, dir, d.File)
}

// only requires that dir holds these files and no others.
func only(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	require.ElementsMatch(t, names, got)
}

func TestGetAgainAsksNobody(t *testing.T) {
	var asked atomic.Int32
	d := pinned(t, text, func(w http.ResponseWriter, r *http.Request) { asked.Add(1); serve(text)(w, r) })
	dir := filepath.Join(t.TempDir(), "new", "folder")
	get(t, d, dir, text)
	_, err := d.get(t.Context(), dir, func(int64, int64) { t.Error("downloads again") })
	require.NoError(t, err)
	require.EqualValues(t, 1, asked.Load())

	require.NoError(t, os.WriteFile(filepath.Join(dir, d.File), text[:1000], 0o666))
	get(t, d, dir, text) // a wrong file is replaced
	require.EqualValues(t, 2, asked.Load())
}

func TestGoesOnWhereTheConnectionBroke(t *testing.T) {
	var ranges []string
	d := pinned(t, text, func(w http.ResponseWriter, r *http.Request) {
		ranges = append(ranges, r.Header.Get("Range"))
		cut(text, 100_000)(w, r)
	})
	get(t, d, t.TempDir(), text)
	require.Equal(t, []string{"", "bytes=100000-", "bytes=200000-"}, ranges)
}

func TestGoesOnTheNextTime(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	d := pinned(t, text, func(w http.ResponseWriter, r *http.Request) { cut(text, 100_000)(w, r) })
	_, err := d.get(ctx, dir, func(done, total int64) {
		if done == 100_000 {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	only(t, dir, ".text.txt.part")
	first := ""
	again := pinned(t, text, func(w http.ResponseWriter, r *http.Request) { first = r.Header.Get("Range"); serve(text)(w, r) })
	get(t, again, dir, text)
	require.Equal(t, "bytes=100000-", first)
}

func TestServersWithTheirOwnIdeas(t *testing.T) {
	broken := text[:100_000] // left by an earlier time
	wrong := bytes.Repeat([]byte("x"), 100_000)
	for name, c := range map[string]struct {
		begun  []byte
		server http.HandlerFunc
	}{
		"no ranges": {broken, func(w http.ResponseWriter, r *http.Request) { w.Write(text) }},
		"another range": {broken, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Range") != "" {
				w.Header().Set("Content-Range", "bytes 5-299999/300000")
				w.WriteHeader(http.StatusPartialContent)
			}
			w.Write(text)
		}},
		"range refused": {broken, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Range") != "" {
				w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
				return
			}
			w.Write(text)
		}},
		"no length":               {nil, func(w http.ResponseWriter, r *http.Request) { w.(http.Flusher).Flush(); w.Write(text) }},
		"more than there is":      {nil, serve(append(bytes.Clone(text), "and more"...))},
		"other bytes before":      {wrong, serve(text)},
		"too many bytes before":   {append(bytes.Clone(text), 'x'), serve(text)},
		"all bytes before":        {text, func(http.ResponseWriter, *http.Request) { t.Error("asked for nothing") }},
		"busy, then not":          {nil, busy(3, serve(text))},
		"a redirect":              {broken, redirect("/text", serve(text))},
		"length of another file":  {nil, short(100_000)},
		"nothing at all, at once": {nil, hangUp(2)},
	} {
		t.Run(name, func(t *testing.T) {
			d, dir := pinned(t, text, c.server), t.TempDir()
			if c.begun != nil {
				require.NoError(t, os.WriteFile(filepath.Join(dir, ".text.txt.part"), c.begun, 0o666))
			}
			if len(c.begun) == len(text) {
				_, err := d.get(t.Context(), dir, func(int64, int64) {})
				require.NoError(t, err)
				only(t, dir, "text.txt")
				return
			}
			get(t, d, dir, text)
		})
	}
}

// busy refuses n requests before it serves.
func busy(n int32, next http.HandlerFunc) http.HandlerFunc {
	var asked atomic.Int32
	return func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) <= n {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		next(w, r)
	}
}

func redirect(from string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == from {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
			return
		}
		next(w, r)
	}
}

// short answers the first request with a whole response of n bytes.
func short(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") == "" {
			w.Write(text[:n])
			return
		}
		serve(text)(w, r)
	}
}

// hangUp closes n connections without a word before it serves.
func hangUp(n int32) http.HandlerFunc {
	var asked atomic.Int32
	return func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) <= n {
			panic(http.ErrAbortHandler)
		}
		serve(text)(w, r)
	}
}

func TestFailuresSayWhatToDo(t *testing.T) {
	other := bytes.Clone(text)
	other[7]++
	for want, server := range map[string]http.HandlerFunc{
		"SHA-256":                 serve(other),
		"404 Not Found":           http.NotFound,
		"503 Service Unavailable": busy(100, nil),
		"EOF":                     hangUp(100),
	} {
		d, dir := pinned(t, text, server), t.TempDir()
		_, err := d.get(t.Context(), dir, func(int64, int64) {})
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "text: ")
		require.ErrorContains(t, err, d.URL)
		require.NotContains(t, err.Error(), "\n")
		require.NoFileExists(t, filepath.Join(dir, d.File))
	}
}

func TestAConnectionThatFallsSilent(t *testing.T) {
	defer func(d time.Duration) { stall = d }(stall)
	stall = 50 * time.Millisecond
	var asked atomic.Int32
	d := pinned(t, text, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			w.Header().Set("Content-Length", strconv.Itoa(len(text)))
			w.Write(text[:1000])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return
		}
		serve(text)(w, r)
	})
	get(t, d, t.TempDir(), text)
}

func archive(t *testing.T, members ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range members {
		w, err := z.Create(name)
		require.NoError(t, err)
		w.Write(text)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

func TestMemberOfAnArchive(t *testing.T) {
	zipped := archive(t, "readme", "messages")
	d := pinned(t, text, cut(zipped, 200_000))
	d.Member = "messages"
	get(t, d, t.TempDir(), text)

	for want, zipped := range map[string][]byte{
		"messages": archive(t, "readme"),
		"zip":      text,
	} {
		d, dir := pinned(t, text, serve(zipped)), t.TempDir()
		d.Member = "messages"
		_, err := d.get(t.Context(), dir, func(int64, int64) {})
		require.ErrorContains(t, err, want)
		only(t, dir)
	}
	d.Bytes-- // the archive holds more than it should
	_, err := d.get(t.Context(), t.TempDir(), func(int64, int64) {})
	require.ErrorContains(t, err, "300000 bytes, want 299999")
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("LLMBOOK_DATA", dir)
	_, ok := Find("the-verdict")
	require.False(t, ok)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "the-verdict.txt"), make([]byte, 20479), 0o666))
	for _, name := range []string{"the-verdict", "the-verdict.txt"} {
		path, ok := Find(name)
		require.True(t, ok)
		require.Equal(t, filepath.Join(dir, "the-verdict.txt"), path)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "the-verdict.txt"), make([]byte, 99), 0o666))
	_, ok = Find("the-verdict")
	require.False(t, ok, "half a file")
	_, ok = Find("no-such")
	require.False(t, ok)
}

func TestUnknownName(t *testing.T) {
	_, err := Get(t.Context(), "verdict", t.TempDir(), nil)
	require.EqualError(t, err, `no dataset "verdict"; there are the-verdict, tinyshakespeare, sms-spam, instruction-data, gpt2-merges, gpt2-vocab, gpt2-124m`)
}

// The table is right about the files that are on this machine.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range Datasets {
		require.False(t, seen[d.Name] || seen[d.File], d.Name)
		seen[d.Name], seen[d.File] = true, true
		require.True(t, strings.HasPrefix(d.URL, "https://"), d.Name)
		sum, err := hex.DecodeString(d.SHA256)
		require.NoError(t, err)
		require.Len(t, sum, sha256.Size)
		require.Positive(t, d.Bytes)
		require.NotEmpty(t, d.About)
		require.NotEmpty(t, d.Licence)
		if dir := os.Getenv("LLMBOOK_DATA"); dir != "" {
			err := d.check(filepath.Join(resolve(dir), d.File))
			if !errors.Is(err, os.ErrNotExist) {
				require.NoError(t, err, d.Name)
			}
		}
	}
}

// resolve finds a relative LLMBOOK_DATA from the module's directory, two above.
func resolve(dir string) string {
	if filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join("..", "..", dir)
}
