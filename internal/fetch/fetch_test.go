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
	pause, poll = time.Millisecond, time.Millisecond
	if order := os.Getenv("FETCH_TEST_ORDER"); order != "" {
		os.Exit(obey(order))
	}
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
	return Dataset{Name: "text", Files: []File{{Name: "text.txt", URL: server.URL + "/text", Bytes: int64(len(content)), SHA256: sumHex(content)}}}
}

func sumHex(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// part is where a file of these tests is while it comes.
func part(dir string, d Dataset) string {
	return d.Files[0].beside(filepath.Join(dir, d.Path()), "part")
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
	var last Report
	path, err := d.get(t.Context(), dir, "", func(r Report) {
		require.True(t, r.Done <= d.Files[0].Bytes || r.Total == -1)
		if r.Event == "" {
			last = r
		}
	})
	require.NoError(t, err)
	require.Positive(t, last.Done)
	require.Equal(t, "127.0.0.1", last.From)
	require.Equal(t, dir, last.Into)
	require.Equal(t, filepath.Join(dir, d.Path()), path)
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(content, got))
	only(t, dir, d.Path())
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
	_, err := d.get(t.Context(), dir, "", func(Report) { t.Error("downloads again") })
	require.NoError(t, err)
	require.EqualValues(t, 1, asked.Load())

	require.NoError(t, os.WriteFile(filepath.Join(dir, d.Path()), text[:1000], 0o666))
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
	_, err := d.get(ctx, dir, "", func(r Report) {
		if r.Done == 100_000 {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	only(t, dir, filepath.Base(part(dir, d)))
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
		"less than there is":      {nil, short(100_000)},
		"nothing at all, at once": {nil, hangUp(2)},
	} {
		t.Run(name, func(t *testing.T) {
			d, dir := pinned(t, text, c.server), t.TempDir()
			if c.begun != nil {
				require.NoError(t, os.WriteFile(part(dir, d), c.begun, 0o666))
			}
			if len(c.begun) == len(text) {
				_, err := d.get(t.Context(), dir, "", func(Report) {})
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
	want := "SHA-256 " + sumHex(other) + ", want " + sumHex(text)
	for want, server := range map[string]http.HandlerFunc{
		want:                      serve(other),
		"404 Not Found":           http.NotFound,
		"503 Service Unavailable": busy(100, nil),
		"EOF":                     hangUp(100),
		"the connection ended after 100000 of 300000 bytes": func(w http.ResponseWriter, r *http.Request) { w.Write(text[:100_000]) },
	} {
		d, dir := pinned(t, text, server), t.TempDir()
		_, err := d.get(t.Context(), dir, "", func(Report) {})
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "text: ")
		require.ErrorContains(t, err, d.Files[0].URL)
		require.NotContains(t, err.Error(), "\n")
		require.NoFileExists(t, filepath.Join(dir, d.Path()))
		if strings.HasPrefix(want, "SHA-256") {
			only(t, dir)
		}
	}
}

func TestNoRoom(t *testing.T) {
	defer func(f func(string) (int64, bool)) { free = f }(free)
	left := int64(150_000)
	free = func(string) (int64, bool) { return left, true }
	asked := false
	d, dir := pinned(t, text, func(w http.ResponseWriter, r *http.Request) { asked = true; serve(text)(w, r) }), t.TempDir()
	_, err := d.get(t.Context(), dir, "", func(Report) { t.Error("begins") })
	require.EqualError(t, err, "text: "+dir+" has 150 kB left, and 300 kB are needed; make room, or choose another directory")
	require.False(t, asked)
	only(t, dir)
	require.NoError(t, os.WriteFile(part(dir, d), text[:200_000], 0o666))
	get(t, d, dir, text) // for the rest there is room
	require.True(t, asked)
}

func TestRoom(t *testing.T) {
	bytes, ok := room(t.TempDir())
	require.Equal(t, bytes > 0, ok)
}

func TestNoPlace(t *testing.T) {
	d, dir := pinned(t, text, serve(text)), t.TempDir()
	notADirectory := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(notADirectory, nil, 0o666))
	_, err := d.get(t.Context(), notADirectory, "", func(Report) {})
	require.ErrorContains(t, err, "choose another directory")
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
	d.Files[0].Member = "messages"
	get(t, d, t.TempDir(), text)

	for want, zipped := range map[string][]byte{
		"messages": archive(t, "readme"),
		"zip":      text,
	} {
		d, dir := pinned(t, text, serve(zipped)), t.TempDir()
		d.Files[0].Member = "messages"
		_, err := d.get(t.Context(), dir, "", func(Report) {})
		require.ErrorContains(t, err, want)
		only(t, dir)
	}
	d.Files[0].Bytes-- // the archive holds more than it should
	_, err := d.get(t.Context(), t.TempDir(), "", func(Report) {})
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
	_, err := Get(t.Context(), "verdict", t.TempDir(), "", quiet)
	require.EqualError(t, err, `no dataset "verdict"`)
}

// The table is right about the files that are on this machine.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range Datasets {
		for _, name := range append([]string{d.Name, d.Path()}, d.Aliases...) {
			found, ok := Named(name)
			require.True(t, ok)
			require.Equal(t, d.Name, found.Name, name)
		}
		require.False(t, seen[d.Name] || seen[d.Path()], d.Name)
		seen[d.Name], seen[d.Path()] = true, true
		require.NotEmpty(t, d.About)
		require.NotEmpty(t, d.Licence)
		for _, f := range d.Files {
			if f.URL == "" {
				require.NotEmpty(t, f.Text, d.Name)
				continue
			}
			require.True(t, strings.HasPrefix(f.URL, "https://"), d.Name)
			require.Positive(t, f.Bytes)
			sum, err := hex.DecodeString(f.SHA256)
			require.NoError(t, err)
			require.Len(t, sum, sha256.Size)
			if dir := os.Getenv("LLMBOOK_DATA"); dir != "" && d.Folder == "" {
				err := f.check(t.Context(), filepath.Join(resolve(dir), f.Name), true)
				if !errors.Is(err, os.ErrNotExist) {
					require.NoError(t, err, d.Name)
				}
			}
		}
	}
}

func TestSizesInWords(t *testing.T) {
	for bytes, want := range map[int64]string{
		0: "0 bytes", 999: "999 bytes", 1000: "1.0 kB", 20479: "20 kB", 999_600: "1.0 MB", 1_115_394: "1.1 MB",
		548_105_171: "548 MB", 9_960_000: "10 MB", 1_519_955_968: "1.5 GB", 6_431_771_392: "6.4 GB", 2_000_000_000_000: "2000 GB",
	} {
		require.Equal(t, want, Size(bytes))
	}
}

// resolve finds a relative LLMBOOK_DATA from the module's directory, two above.
func resolve(dir string) string {
	if filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join("..", "..", dir)
}
