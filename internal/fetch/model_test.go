package fetch

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// A hub is a server as Hugging Face has them: it says what a file is and sends
// to another server for it.
type hub struct {
	mu      sync.Mutex
	content []byte
	asked   []string                      // "HEAD /weights", and of the other server, "GET cdn bytes=5-"
	head    func(h http.Header)           // changes the head of the answers
	serve   func([]byte) http.HandlerFunc // of the other server
}

func (h *hub) set(content []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.content = content
}

// requests returns what was asked since the last time.
func (h *hub) requests() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	asked := h.asked
	h.asked = nil
	return asked
}

// now notes a request and returns what the hub has.
func (h *hub) now(request string) []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, strings.TrimSpace(request))
	return h.content
}

var words = []byte(`{"some": 1, "words": 2}`)

// served is a model whose weights a hub has, and a folder for it. The file
// moved twice on the hub before it is sent elsewhere.
func served(t *testing.T, change func(*hub)) (Dataset, string, *hub) {
	h := &hub{content: text, head: func(http.Header) {}, serve: serve}
	if change != nil {
		change(h)
	}
	cdn := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content := h.now(r.Method + " cdn " + r.Header.Get("Range"))
		w.Header().Set(linkedSum, `"`+sumHex([]byte("not for the other server to say"))+`"`)
		h.serve(content)(w, r)
	}))
	t.Cleanup(cdn.Close)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content := h.now(r.Method + " " + r.URL.Path)
		switch r.URL.Path {
		case "/vocab":
			serve(words)(w, r)
		case "/weights":
			http.Redirect(w, r, "/moved", http.StatusTemporaryRedirect)
		case "/moved":
			w.Header().Set(linkedSum, `"`+sumHex(content)+`"`)
			w.Header().Set(linkedSize, fmt.Sprint(len(content)))
			h.head(w.Header())
			http.Redirect(w, r, cdn.URL+"/key=secret", http.StatusFound)
		}
	}))
	t.Cleanup(server.Close)
	return Dataset{Name: "model", Folder: "model", Files: []File{
		{Name: "config.json", Text: fmt.Sprintf(config, 16, 2, 1)},
		{Name: "vocab.json", URL: server.URL + "/vocab", Bytes: int64(len(words)), SHA256: sumHex(words)},
		{Name: "model.safetensors", URL: server.URL + "/weights", Bytes: int64(len(text))},
	}}, t.TempDir(), h
}

func quiet(Report) {}

// getModel requires that the model arrives with these weights and leaves nothing
// else behind.
func getModel(t *testing.T, d Dataset, dir string, weights []byte) {
	t.Helper()
	path, err := d.get(t.Context(), dir, quiet)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "model"), path)
	only(t, dir, "model")
	only(t, path, "config.json", "vocab.json", "model.safetensors", noteFile)
	requireContent(t, filepath.Join(path, "model.safetensors"), weights)
	requireContent(t, filepath.Join(path, "vocab.json"), words)
	requireContent(t, filepath.Join(path, "config.json"), []byte(d.Files[0].Text))
	require.True(t, d.there(dir))
}

var whole = []string{"HEAD /weights", "HEAD /moved", "GET /vocab", "GET /weights", "GET /moved", "GET cdn"}

func TestModel(t *testing.T) {
	d, dir, h := served(t, nil)
	require.False(t, d.there(dir))
	getModel(t, d, dir, text)
	require.Equal(t, whole, h.requests())
	getModel(t, d, dir, text)
	require.Empty(t, h.requests(), "it is there")

	// Without the note the server is asked what the file should be, and no more.
	model := filepath.Join(dir, "model")
	require.NoError(t, os.Remove(filepath.Join(model, noteFile)))
	require.False(t, d.there(dir))
	getModel(t, d, dir, text)
	require.Equal(t, whole[:2], h.requests())

	moved := d
	moved.Files = slices.Clone(d.Files)
	moved.Files[2].URL += "-newer"
	require.False(t, moved.there(dir), "the note is about another version")

	for _, name := range []string{"config.json", "vocab.json"} {
		require.NoError(t, os.Remove(filepath.Join(model, name)))
		require.False(t, d.there(dir), name)
	}
	getModel(t, d, dir, text)
	require.Equal(t, []string{"GET /vocab"}, h.requests())
	require.NoError(t, os.Truncate(filepath.Join(model, "model.safetensors"), 1000))
	require.False(t, d.there(dir))
}

func TestFindModel(t *testing.T) {
	defer func(all []Dataset) { Datasets = all }(Datasets)
	d, dir, _ := served(t, nil)
	d.Aliases = []string{"old"}
	Datasets = []Dataset{d}
	t.Setenv("LLMBOOK_DATA", dir)
	_, ok := Find("old")
	require.False(t, ok)
	got, err := Get(t.Context(), "old", "", nil)
	require.NoError(t, err)
	path, ok := Find("old")
	require.True(t, ok)
	require.Equal(t, path, got)
}

// Nothing has the model's name before the model is whole.
func TestModelIsSeenWhenItIsWhole(t *testing.T) {
	d, dir, _ := served(t, nil)
	reports := 0
	_, err := d.get(t.Context(), dir, func(r Report) {
		reports++
		require.NoDirExists(t, filepath.Join(dir, "model"))
		require.EqualValues(t, len(text)+len(words), r.Total)
		require.Equal(t, filepath.Join(dir, "model"), r.Into)
	})
	require.NoError(t, err)
	require.Greater(t, reports, 3)
}

func TestServersThatDoNotSayWhatTheyHave(t *testing.T) {
	for want, head := range map[string]func(http.Header){
		"does not say the file's SHA-256": func(h http.Header) { h.Del(linkedSum) },
		"not say the file's SHA-256 (X-L": func(h http.Header) { h.Set(linkedSum, `"d6ceb92ce9e3c83ab146dc8e92a93517ac1cc66f"`) },
		`has "" bytes`:                    func(h http.Header) { h.Del(linkedSize) },
		`has "-1" bytes`:                  func(h http.Header) { h.Set(linkedSize, "-1") },
		`has "9000000000000000" bytes`:    func(h http.Header) { h.Set(linkedSize, "9000000000000000") },
	} {
		d, dir, h := served(t, func(h *hub) { h.head = head })
		_, err := d.get(t.Context(), dir, func(Report) { t.Error("begins") })
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "model: "+d.Files[2].URL)
		require.Equal(t, whole[:2], h.requests(), "and asks for no more")
		only(t, dir)
	}
}

func TestWeightsThatAreNotWhatTheServerSays(t *testing.T) {
	other := bytes.Clone(text)
	other[7]++
	d, dir, _ := served(t, func(h *hub) { h.serve = func([]byte) http.HandlerFunc { return serve(other) } })
	_, err := d.get(t.Context(), dir, quiet)
	require.ErrorContains(t, err, "what comes from "+d.Files[2].URL+" is not the file it should be: SHA-256 "+sumHex(other)+", want "+sumHex(text))
	require.NotContains(t, err.Error(), "secret")
	only(t, dir, ".model.part")
	only(t, filepath.Join(dir, ".model.part"), "config.json", "vocab.json")
}

func TestModelGoesOnTheNextTime(t *testing.T) {
	d, dir, h := served(t, slow)
	interrupt(t, d, dir)
	only(t, dir, ".model.part")
	h.requests()
	var first Report
	_, err := d.get(t.Context(), dir, func(r Report) {
		if first.Total == 0 {
			first = r
		}
	})
	require.NoError(t, err)
	require.EqualValues(t, 300_000, first.Total)
	require.EqualValues(t, 100_000, first.Done)
	require.Equal(t, append(slices.Clone(whole[:2]), "GET /weights", "GET /moved", "GET cdn bytes=100000-",
		"GET /weights", "GET /moved", "GET cdn bytes=200000-"), h.requests())
	getModel(t, d, dir, text)
}

// slow makes a hub break each connection after 100,000 bytes.
func slow(h *hub) {
	h.serve = func(content []byte) http.HandlerFunc { return cut(content, 100_000) }
}

// interrupt gets d from a slow hub until the first connection breaks.
func interrupt(t *testing.T, d Dataset, dir string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := d.get(ctx, dir, func(r Report) {
		if r.Done == 100_000+int64(len(words)) {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
}

func TestWeightsThatChangeBeforeTheNextTime(t *testing.T) {
	d, dir, h := served(t, slow)
	interrupt(t, d, dir)
	other := bytes.Repeat([]byte("other"), 50_000)
	h.set(other)
	getModel(t, d, dir, other)
}

func TestWeightsThatChangeWhileTheyCome(t *testing.T) {
	other := bytes.Repeat([]byte("other"), 50_000)
	d, dir, h := served(t, func(h *hub) {
		h.serve = func(content []byte) http.HandlerFunc {
			if bytes.Equal(content, other) {
				return serve(content)
			}
			return func(w http.ResponseWriter, r *http.Request) {
				h.set(other)
				cut(content, 100_000)(w, r)
			}
		}
	})
	getModel(t, d, dir, other)
	require.NotContains(t, strings.Join(h.requests(), "\n"), "cdn bytes", "never goes on with another file")
}

func TestWeightsThatNeverStayTheSame(t *testing.T) {
	n := 0
	d, dir, _ := served(t, func(h *hub) {
		h.head = func(http.Header) {
			n++
			h.set(fmt.Append(nil, n))
		}
	})
	_, err := d.get(t.Context(), dir, quiet)
	require.ErrorIs(t, err, errChanged)
	require.NoDirExists(t, filepath.Join(dir, "model"))
}

// What is pinned does not change with the server.
func TestPinnedWeightsThatChange(t *testing.T) {
	d, dir, h := served(t, nil)
	d.Files[2].SHA256 = sumHex(text)
	other := bytes.Clone(text)
	other[7]++
	h.set(other)
	_, err := d.get(t.Context(), dir, quiet)
	require.ErrorContains(t, err, "the server has another file, of SHA-256 "+sumHex(other)+" instead of "+sumHex(text))
	require.NotContains(t, h.requests(), "GET cdn")
}

func TestWhatIsElsewhereIsCopied(t *testing.T) {
	defer func(all []Dataset) { Datasets = all }(Datasets)
	d, dir, h := served(t, nil)
	twin := Dataset{Name: "words", Files: []File{{Name: "words.json", Bytes: int64(len(words)), SHA256: sumHex(words)}}}
	larger := d
	larger.Name, larger.Folder = "larger", "larger"
	Datasets = []Dataset{twin, larger, d}
	data := t.TempDir()
	t.Setenv("LLMBOOK_DATA", data)

	wrong := filepath.Join(dir, "words.json")
	require.NoError(t, os.WriteFile(wrong, bytes.ToUpper(words), 0o666))
	right := filepath.Join(data, "words.json")
	require.NoError(t, os.WriteFile(right, words, 0o666))
	var events []string
	_, err := d.get(t.Context(), dir, func(r Report) {
		if r.Event != "" {
			events = append(events, r.Event)
		}
	})
	require.NoError(t, err)
	require.Equal(t, []string{"copying " + right}, events)
	require.NotContains(t, h.requests(), "GET /vocab")

	require.NoError(t, os.Remove(right))
	require.NoError(t, os.Remove(wrong))
	_, err = larger.get(t.Context(), dir, quiet) // has the words of d, and the weights, too
	require.NoError(t, err)
	require.Equal(t, whole[:2], h.requests())
	only(t, dir, "model", "larger")
}

// Where files were kept by earlier versions of this program they are found.
func TestWeightsOfEarlierTimes(t *testing.T) {
	d, dir, h := served(t, nil)
	d.Files[2].SHA256, d.Files[2].Earlier = sumHex(text), "weights"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "weights"), text, 0o666))
	_, err := d.get(t.Context(), dir, quiet)
	require.NoError(t, err)
	require.Equal(t, []string{"GET /vocab"}, h.requests())
}

// A folder of that name may be the user's own.
func TestAModelThatIsTheUsersOwn(t *testing.T) {
	d, dir, h := served(t, nil)
	model := filepath.Join(dir, "model")
	require.NoError(t, os.Mkdir(model, 0o777))
	own := []byte("trained for weeks")
	for _, name := range []string{"config.json", "vocab.json", "model.safetensors"} {
		require.NoError(t, os.WriteFile(filepath.Join(model, name), own, 0o666))
		_, err := d.get(t.Context(), dir, quiet)
		require.ErrorContains(t, err, filepath.Join(model, name)+" is another file than that of model")
		require.ErrorContains(t, err, "move it away, or choose another directory")
		requireContent(t, filepath.Join(model, name), own)
		only(t, model, name)
		require.NotContains(t, h.requests(), "GET /weights")
		require.NoError(t, os.Remove(filepath.Join(model, name)))
	}

	// What was put there by hand, or by a program of Hugging Face, is welcome.
	theirs := strings.Replace(d.Files[0].Text, "{", `{"task_specific_params": {"text-generation": {"max_length": 50}},`, 1)
	require.NoError(t, os.WriteFile(filepath.Join(model, "config.json"), []byte(theirs), 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(model, "model.safetensors"), text, 0o666))
	_, err := d.get(t.Context(), dir, quiet)
	require.NoError(t, err)
	require.NotContains(t, h.requests(), "GET /weights")
	requireContent(t, filepath.Join(model, "config.json"), []byte(theirs))
	require.True(t, d.there(dir))
}

func TestRedirectsThatAreNotFollowed(t *testing.T) {
	request := func(url string) *http.Request {
		r, err := http.NewRequest(http.MethodGet, url, nil)
		require.NoError(t, err)
		return r
	}
	safe, open := request("https://a"), request("http://b")
	require.NoError(t, allowed(safe, []*http.Request{open}))
	require.ErrorIs(t, allowed(open, []*http.Request{safe}), errFinal)

	d := pinned(t, text, redirect("/text", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }))
	_, err := d.get(t.Context(), t.TempDir(), quiet)
	require.ErrorContains(t, err, "redirected 10 times")
}
