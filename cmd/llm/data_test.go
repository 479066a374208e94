package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/fetch"
)

// offered makes a text and the tiny model all that can be downloaded, from a
// server of this test, and LLMBOOK_DATA an empty directory. It returns that, and
// how often the server is asked. What instead answers, the server does not.
func offered(t *testing.T, instead func(http.ResponseWriter, *http.Request) bool) (dir string, asked *atomic.Int32) {
	t.Helper()
	asked = new(atomic.Int32)
	model := pretrained(t)
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	pin := func(name, content string) fetch.File {
		mux.HandleFunc("/"+name, func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			if instead == nil || !instead(w, r) {
				http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
			}
		})
		return fetch.File{Name: name, URL: server.URL + "/" + name, Bytes: int64(len(content)), SHA256: sum(content)}
	}
	before := fetch.Datasets
	t.Cleanup(func() { fetch.Datasets = before })
	fetch.Datasets = []fetch.Dataset{
		{Name: "light", About: "about light", Licence: "public domain", Files: []fetch.File{pin("light.txt", bookText())}},
		{Name: "tiny", About: "a tiny model", Licence: "MIT", Folder: "tiny", Files: []fetch.File{
			{Name: "config.json", Text: read(t, model, "config.json")},
			pin("vocab.json", read(t, model, "vocab.json")),
			pin("merges.txt", read(t, model, "merges.txt")),
			pin("model.safetensors", read(t, model, "model.safetensors")),
		}},
	}
	dir = filepath.Join(t.TempDir(), "data")
	t.Setenv("LLMBOOK_DATA", dir)
	return dir, asked
}

func sum(content string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(content))) }

func TestDataGet(t *testing.T) {
	dir, asked := offered(t, nil)
	text, model := filepath.Join(dir, "light.txt"), filepath.Join(dir, "tiny")
	r := llm(t, "data", "get", "light", "tiny")
	require.Equal(t, 0, r.status, r.stderr)
	assert.Equal(t, text+"\n"+model+"\n", r.out)
	said := strings.Split(r.stderr, "\n")
	require.Len(t, said, 3, r.stderr)
	assert.Equal(t, "light: 42 kB to fetch from 127.0.0.1 into "+dir, said[0])
	assert.Regexp(t, `^tiny: \d+ kB to fetch from 127.0.0.1 into `+model+"$", said[1])
	assert.Equal(t, bookText(), read(t, text))

	// What is there needs no server, and says nothing but where it is.
	n := asked.Load()
	assert.Equal(t, result{0, text + "\n" + model + "\n", ""}, llm(t, "data", "get", "light", "tiny"))
	assert.Equal(t, n, asked.Load())

	// Other commands know it by its name.
	assert.True(t, strings.HasPrefix(ok(t, "generate", "-model", "tiny", "-n", "5", "The Rays"), "The Rays"))
}

func TestDataGetFails(t *testing.T) {
	dir, _ := offered(t, func(w http.ResponseWriter, r *http.Request) bool {
		http.Error(w, "gone", http.StatusGone)
		return true
	})
	r := llm(t, "data", "get", "light")
	assert.Equal(t, statusFailed, r.status)
	assert.Empty(t, r.out)
	lines := strings.Split(strings.TrimSpace(r.stderr), "\n")
	require.Len(t, lines, 2, r.stderr)
	assert.Contains(t, lines[1], "llm: light: "+fetch.Datasets[0].Files[0].URL+": 410 Gone")
	assert.Contains(t, lines[1], "put the file there yourself: "+filepath.Join(dir, "light.txt"))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries)
}

func TestDataGetStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	half := bookText()[:20_000]
	offered(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Range") != "" {
			return false
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(bookText())))
		fmt.Fprint(w, half)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		return true
	})
	dir := filepath.Join(t.TempDir(), "my data")
	go func() {
		for ctx.Err() == nil { // until the half is there
			parts, _ := filepath.Glob(filepath.Join(dir, ".light.txt.*.part"))
			for _, part := range parts {
				if data, _ := os.ReadFile(part); bytes.Equal(data, []byte(half)) {
					cancel()
				}
			}
			time.Sleep(time.Millisecond)
		}
	}()
	r := llmIn(t, ctx, "", "data", "get", "-dir", dir, "light", "tiny")
	assert.Equal(t, statusInterrupted, r.status)
	assert.Empty(t, r.out)
	assert.Contains(t, r.stderr, "light: stopped with 20 kB of 42 kB, which are kept; to go on:\n  "+program()+" data get -dir '"+dir+"' light tiny\n")

	r = llm(t, "data", "get", "-dir", dir, "light")
	require.Equal(t, 0, r.status, r.stderr)
	assert.Equal(t, "light: 20 kB of 42 kB are there, 22 kB to fetch from 127.0.0.1 into "+dir+"\n", r.stderr)
	assert.Equal(t, bookText(), read(t, dir, "light.txt"))
}

func TestDataList(t *testing.T) {
	t.Setenv("LLMBOOK_DATA", t.TempDir())
	var list []dataset
	require.NoError(t, json.Unmarshal([]byte(ok(t, "data", "list", "-json")), &list))
	text := ok(t, "data", "list")
	var names []string
	for _, d := range list {
		names = append(names, d.Name)
		assert.Empty(t, d.Path)
		assert.Contains(t, text, d.Name)
		assert.NotEmpty(t, d.Files)
	}
	assert.Subset(t, names, []string{"the-verdict", "shakespeare", "sms-spam", "instructions", "gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"})
	assert.Contains(t, text, "550 MB")
	assert.Contains(t, text, "1.5 GB")

	dir, _ := offered(t, nil)
	ok(t, "data", "get", "tiny")
	require.NoError(t, json.Unmarshal([]byte(ok(t, "data", "list", "-json")), &list))
	require.Len(t, list, 2)
	assert.Empty(t, list[0].Path)
	assert.Equal(t, filepath.Join(dir, "tiny"), list[1].Path)
	assert.Contains(t, ok(t, "data", "list"), filepath.Join(dir, "tiny"))
}

// The configurations that are written beside the weights are those of chapter 4.
func TestPublishedSizes(t *testing.T) {
	for _, name := range []string{"gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"} {
		d, ok := fetch.Named(name)
		require.True(t, ok)
		want, ok := gpt.Named(name)
		require.True(t, ok)
		var got struct {
			Type        string  `json:"model_type"`
			Vocab       int     `json:"vocab_size"`
			Context     int     `json:"n_positions"`
			Width       int     `json:"n_embd"`
			Layers      int     `json:"n_layer"`
			Heads       int     `json:"n_head"`
			Epsilon     float64 `json:"layer_norm_epsilon"`
			Activation  string  `json:"activation_function"`
			Tied        *bool   `json:"tie_word_embeddings"`
			QKVBias     *bool   `json:"qkv_bias"`
			ContextTwin int     `json:"n_ctx"`
		}
		var weights int64
		for _, f := range d.Files {
			switch f.Name {
			case "config.json":
				require.NoError(t, json.Unmarshal([]byte(f.Text), &got))
			case "model.safetensors":
				weights = f.Bytes
			}
		}
		assert.Equal(t, want, gpt.Config{
			Vocab: got.Vocab, Context: got.Context, Width: got.Width, Layers: got.Layers, Heads: got.Heads,
			TiedHead: got.Tied == nil, QKVBias: got.QKVBias == nil, // absent is true
		})
		assert.Equal(t, "gpt2 gelu_new", got.Type+" "+got.Activation)
		assert.Equal(t, 1e-5, got.Epsilon)
		assert.Equal(t, want.Context, got.ContextTwin)
		assert.Contains(t, d.About, fmt.Sprintf("%.0f million", float64(want.ParamCount())/1e6))

		// The weights have a mask of the whole context in each layer beside them, and a
		// head of some 1,200 bytes a layer before them.
		masks := int64(4 * want.Layers * want.Context * want.Context)
		assert.InDelta(t, 1205*want.Layers, weights-int64(want.WeightBytes())-masks, float64(20*want.Layers), name)
	}
}

// A download's name is good wherever a path is: whichever command has -model or
// -data takes it, and says how to get what has not been downloaded.
func TestNamesOfDownloads(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("LLMBOOK_DATA", dir)
	t.Chdir(t.TempDir())
	file := func(name, text string) fetch.File {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
		return fetch.File{Name: name, URL: "https://a.example", Bytes: int64(len(text)), SHA256: sum(text)}
	}
	model := func(name string) []fetch.File {
		return []fetch.File{{Name: "config.json", Text: read(t, dir, name, "config.json")}}
	}
	from := pretrained(t)
	require.NoError(t, os.CopyFS(filepath.Join(dir, "a-model"), os.DirFS(from)))
	ok(t, "classify", "train", "-model", from, "-messages", "20", "-epochs", "1", "-out", filepath.Join(dir, "a-filter"))
	before := fetch.Datasets
	t.Cleanup(func() { fetch.Datasets = before })
	fetch.Datasets = []fetch.Dataset{
		{Name: "a-text", Files: []fetch.File{file("text.txt", bookText())}},
		{Name: "some-messages", Files: []fetch.File{file("messages.tsv", read(t, messagesFile(t)))}},
		{Name: "some-entries", Files: []fetch.File{file("entries.json", read(t, entriesFile(t)))}},
		{Name: "the-model", Folder: "a-model", Files: model("a-model")},
		{Name: "gpt2", Folder: "a-model", Files: model("a-model")}, // what -published needs
		{Name: "sms-spam", Files: []fetch.File{file("messages.tsv", read(t, messagesFile(t)))}},
		{Name: "the-filter", Folder: "a-filter", Files: model("a-filter")},
		{Name: "absent", Files: []fetch.File{{Name: "absent", URL: "https://a.example", Bytes: 1}}},
	}
	ok(t, "classify", "train", "-published", "-epochs", "1")
	covered := map[string]bool{}
	for _, line := range []string{
		"tokens encode -model the-model light",
		"tokens decode -model the-model 1",
		"pretrain -data a-text -layers 1 -width 16 -heads 2 -context 16 -vocab 300 -batch 2 -steps 1",
		"generate -model the-model -n 2 The",
		"classify train -model the-model -data some-messages -epochs 1",
		"classify eval -model the-filter -data some-messages",
		"classify run -model the-filter You have won",
		"instruct train -model the-model -data some-entries -epochs 1",
		"instruct eval -model the-model -data some-entries -limit 1 -n 2",
		"chat -model the-model -n 2",
		"export -model the-model",
		"prompt eval -model the-model -data some-messages -most 2 -shots 0,1 -draws 1 -instruction Sort. -case {input}",
	} {
		args := strings.Fields(line)
		assert.Equal(t, statusOK, llm(t, args...).status, line)
		for i, word := range args {
			if word != "-model" && word != "-data" {
				continue
			}
			cmd, _, err := newRoot().Find(twoDashes(newRoot(), args))
			require.NoError(t, err)
			covered[cmd.CommandPath()+word] = true
			missing := slices.Clone(args)
			missing[i+1] = "absent"
			assertOneLine(t, llm(t, missing...), "absent has not been downloaded; "+program()+" data get absent gets it")
		}
	}
	for _, cmd := range everyCommand(newRoot()) {
		for _, option := range []string{"model", "data"} {
			if cmd.Flags().Lookup(option) == nil || covered[cmd.CommandPath()+"-"+option] {
				continue
			}
			absent := append(strings.Fields(words(cmd)), "-"+option, "absent") // for others it is enough that the name is looked up
			r := llm(t, absent...)
			for more := absent; r.status == statusUsage && len(more) < len(absent)+2; { // some need arguments
				more = append(more, "some")
				r = llm(t, more...)
			}
			assertOneLine(t, r, "absent has not been downloaded; "+program()+" data get absent gets it")
		}
	}
}

func everyCommand(c *cobra.Command) (all []*cobra.Command) {
	for _, sub := range c.Commands() {
		all = append(append(all, sub), everyCommand(sub)...)
	}
	return all
}
