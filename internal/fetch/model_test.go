package fetch

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// A hub is a server as Hugging Face has them: it sends to another server for the
// weights.
type hub struct {
	mu    sync.Mutex
	asked []string         // "GET /weights", and of the other server, "GET cdn bytes=5-"
	serve http.HandlerFunc // of the other server
}

// requests returns what was asked since the last time.
func (h *hub) requests() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	asked := h.asked
	h.asked = nil
	return asked
}

func (h *hub) note(request string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, strings.TrimSpace(request))
}

var words = []byte(`{"some": 1, "words": 2}`)

// served is a model whose weights a hub has, and a folder for it. Instead of the
// faithful server, the weights come from the one that is given.
func served(t *testing.T, weights http.HandlerFunc) (Dataset, string, *hub) {
	h := &hub{serve: weights}
	if weights == nil {
		h.serve = serve(text)
	}
	cdn := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.note(r.Method + " cdn " + r.Header.Get("Range"))
		h.serve(w, r)
	}))
	t.Cleanup(cdn.Close)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.note(r.Method + " " + r.URL.Path)
		switch r.URL.Path {
		case "/vocab":
			serve(words)(w, r)
		case "/weights":
			http.Redirect(w, r, cdn.URL+"/key=secret", http.StatusFound)
		}
	}))
	t.Cleanup(server.Close)
	return Dataset{Name: "model", Folder: "model", Files: []File{
		{Name: "config.json", Text: fmt.Sprintf(config, 16, 2, 1)},
		{Name: "vocab.json", URL: server.URL + "/vocab", Bytes: int64(len(words)), SHA256: sumHex(words)},
		{Name: "model.safetensors", URL: server.URL + "/weights", Bytes: int64(len(text)), SHA256: sumHex(text)},
	}}, t.TempDir(), h
}

func quiet(Report) {}

// getModel requires that the model arrives and leaves nothing else behind.
func getModel(t *testing.T, d Dataset, dir string) {
	t.Helper()
	path, err := d.get(t.Context(), dir, "", quiet)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "model"), path)
	only(t, dir, "model")
	only(t, path, "config.json", "vocab.json", "model.safetensors")
	requireContent(t, filepath.Join(path, "model.safetensors"), text)
	requireContent(t, filepath.Join(path, "vocab.json"), words)
	requireContent(t, filepath.Join(path, "config.json"), []byte(d.Files[0].Text))
	require.True(t, d.there(t.Context(), dir, false))
}

var whole = []string{"GET /vocab", "GET /weights", "GET cdn"}

func TestModel(t *testing.T) {
	d, dir, h := served(t, nil)
	require.False(t, d.there(t.Context(), dir, false))
	getModel(t, d, dir)
	require.Equal(t, whole, h.requests())
	getModel(t, d, dir)
	require.Empty(t, h.requests(), "it is there")

	model := filepath.Join(dir, "model")
	for _, name := range []string{"config.json", "vocab.json"} {
		require.NoError(t, os.Remove(filepath.Join(model, name)))
		require.False(t, d.there(t.Context(), dir, false), name)
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, ".model.part"), 0o777)) // left by a crash
	getModel(t, d, dir)
	require.Equal(t, []string{"GET /vocab"}, h.requests())
	require.NoError(t, os.Truncate(filepath.Join(model, "model.safetensors"), 1000))
	require.False(t, d.there(t.Context(), dir, false))
}

func TestFindModel(t *testing.T) {
	defer func(all []Dataset) { Datasets = all }(Datasets)
	d, dir, _ := served(t, nil)
	d.Aliases = []string{"old"}
	Datasets = []Dataset{d}
	t.Setenv("LLMBOOK_DATA", dir)
	_, ok := Find("old")
	require.False(t, ok)
	got, err := Get(t.Context(), "old", "", "", quiet)
	require.NoError(t, err)
	path, ok := Find("old")
	require.True(t, ok)
	require.Equal(t, path, got)
}

// Nothing has the model's name before the model is whole.
func TestModelIsSeenWhenItIsWhole(t *testing.T) {
	d, dir, _ := served(t, nil)
	reports := 0
	_, err := d.get(t.Context(), dir, "", func(r Report) {
		reports++
		require.NoDirExists(t, filepath.Join(dir, "model"))
		require.EqualValues(t, len(text)+len(words), r.Total)
		require.Equal(t, filepath.Join(dir, "model"), r.Into)
	})
	require.NoError(t, err)
	require.Greater(t, reports, 3)
}

func TestWeightsThatAreOthers(t *testing.T) {
	other := bytes.Clone(text)
	other[7]++
	d, dir, _ := served(t, serve(other))
	_, err := d.get(t.Context(), dir, "", quiet)
	require.ErrorContains(t, err, "what comes from "+d.Files[2].URL+" is not the file it should be: SHA-256 "+sumHex(other)+", want "+sumHex(text))
	require.NotContains(t, err.Error(), "secret")
	only(t, dir, ".model.part")
	only(t, filepath.Join(dir, ".model.part"), "config.json", "vocab.json")
}

func TestModelGoesOnTheNextTime(t *testing.T) {
	d, dir, h := served(t, cut(text, 100_000))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := d.get(ctx, dir, "", func(r Report) {
		if r.Done == 100_000+int64(len(words)) {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	only(t, dir, ".model.part")
	require.Equal(t, whole, h.requests())
	var first Report
	_, err = d.get(t.Context(), dir, "", func(r Report) {
		if first.Total == 0 {
			first = r
		}
	})
	require.NoError(t, err)
	require.EqualValues(t, 300_000, first.Total)
	require.EqualValues(t, 100_000, first.Done)
	require.Equal(t, []string{"GET /weights", "GET cdn bytes=100000-", "GET /weights", "GET cdn bytes=200000-"}, h.requests())
	getModel(t, d, dir)
}

// A folder of that name may be the user's own.
func TestAModelThatIsTheUsersOwn(t *testing.T) {
	d, dir, h := served(t, nil)
	model := filepath.Join(dir, "model")
	require.NoError(t, os.Mkdir(model, 0o777))
	own := []byte("trained for weeks")
	for _, name := range []string{"config.json", "vocab.json", "model.safetensors"} {
		require.NoError(t, os.WriteFile(filepath.Join(model, name), own, 0o666))
		_, err := d.get(t.Context(), dir, "", quiet)
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
	_, err := d.get(t.Context(), dir, "", quiet)
	require.NoError(t, err)
	require.NotContains(t, h.requests(), "GET /weights")
	requireContent(t, filepath.Join(model, "config.json"), []byte(theirs))
	require.True(t, d.there(t.Context(), dir, false))
}

func TestRedirectsWithoutEnd(t *testing.T) {
	d := pinned(t, text, redirect("/text", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }))
	_, err := d.get(t.Context(), t.TempDir(), "", quiet)
	require.ErrorContains(t, err, "stopped after 10 redirects")
}

// What is on disk already is copied, by its name in a folder or by its size alone, and
// nobody is asked for it. Another file under the name is an error, and nothing is left.
func TestFrom(t *testing.T) {
	d, dir, h := served(t, nil)
	have := t.TempDir()
	weights := filepath.Join(have, "model.safetensors")
	require.NoError(t, os.WriteFile(weights, text, 0o666))
	_, err := d.get(t.Context(), dir, have, quiet)
	require.NoError(t, err)
	require.Equal(t, whole[:1], h.requests())
	getModel(t, d, dir)

	require.NoError(t, os.RemoveAll(filepath.Join(dir, "model")))
	other := filepath.Join(have, "other")
	require.NoError(t, os.Rename(weights, other))
	_, err = d.get(t.Context(), dir, other, quiet)
	require.NoError(t, err)
	require.Equal(t, whole[:1], h.requests())
	getModel(t, d, dir)

	require.NoError(t, os.RemoveAll(filepath.Join(dir, "model")))
	require.NoError(t, os.WriteFile(filepath.Join(have, "vocab.json"), []byte("wrong"), 0o666))
	_, err = d.get(t.Context(), dir, have, quiet)
	require.ErrorContains(t, err, filepath.Join(have, "vocab.json")+" cannot be used: ")
	require.NoDirExists(t, filepath.Join(dir, "model"))
	_, err = Get(t.Context(), "smollm2", dir, filepath.Join(have, "nowhere"), quiet)
	require.ErrorIs(t, err, fs.ErrNotExist)
}
