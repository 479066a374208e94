package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// No value of the files that a run is gone on from can be changed unnoticed: each is
// changed in turn to another of its kind. The run refuses and names file and field, or
// ends as the unchanged one does.
func TestNoChangedValueIsSilent(t *testing.T) {
	text, model := book(t), pretrained(t)
	for name, args := range map[string][]string{
		"pretrain": tiny("-data", text, "-steps", "4", "-every", "1"),
		"classify": {"classify", "train", "-model", model, "-messages", "60", "-epochs", "1", "-every", "1"},
		"lora":     {"classify", "train", "-model", model, "-messages", "60", "-epochs", "1", "-lora", "2"},
		"instruct": {"instruct", "train", "-model", model, "-data", entriesFile(t), "-epochs", "1", "-batch", "8", "-dropout", "0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			begun := filepath.Join(t.TempDir(), "begun")
			ok(t, append(args, "-out", begun, "-stop", "2")...)
			resume := []string{args[0], "train", "-resume"}
			if name == "pretrain" {
				resume = []string{"pretrain", "-resume"}
			}
			ended := func(dir string) (result, map[string]string) {
				r := llm(t, append(resume, "-out", dir)...)
				return r, holds(t, dir)
			}
			whole := filepath.Join(t.TempDir(), "whole")
			require.NoError(t, os.CopyFS(whole, os.DirFS(begun)))
			r, want := ended(whole)
			require.Equal(t, 0, r.status, r.stderr)

			tried := 0
			for _, file := range []string{"run.json", "training.json", "classifier.json", "started.json"} {
				data, err := os.ReadFile(filepath.Join(begun, file))
				if os.IsNotExist(err) {
					continue
				}
				require.NoError(t, err)
				for field, changed := range changes(t, data) {
					tried++
					dir := filepath.Join(t.TempDir(), "changed")
					require.NoError(t, os.CopyFS(dir, os.DirFS(begun)))
					require.NoError(t, os.WriteFile(filepath.Join(dir, file), changed, 0o666))
					r, got := ended(dir)
					if r.status != 0 {
						assert.Contains(t, r.stderr, filepath.Join(dir, strings.Replace(file, "started", "run", 1)), field)
						assert.Contains(t, r.stderr, field[strings.LastIndex(field, ".")+1:])
						continue
					}
					delete(got, file) // where its data were is not of the outcome
					for other := range got {
						if other != "started.json" {
							assert.Equal(t, want[other], got[other], "%s of %s is changed and nobody says so: %s", field, file, other)
						}
					}
				}
			}
			assert.Greater(t, tried, 40)
		})
	}
}

// changes are JSON objects that differ from that in data in one value, under its name.
func changes(t *testing.T, data []byte) map[string][]byte {
	all := map[string][]byte{}
	var walk func(name string, object map[string]any, whole any)
	walk = func(name string, object map[string]any, whole any) {
		for key, value := range object {
			switch v := value.(type) {
			case map[string]any:
				walk(name+key+".", v, whole)
				continue
			case json.Number:
				object[key] = json.Number("1")
				if strings.ContainsAny(v.String(), ".e") {
					object[key] = json.Number("0.015625")
				} else if v == "1" {
					object[key] = json.Number("2")
				}
			case bool:
				object[key] = !v
			case string:
				object[key] = v + "x"
				if raw, err := base64.StdEncoding.DecodeString(v); err == nil && bytes.HasPrefix(raw, []byte("pcg:")) {
					raw[len(raw)-1] ^= 1
					object[key] = base64.StdEncoding.EncodeToString(raw)
				}
			case []any: // of classes
				object[key] = []any{v[1], v[0]}
			}
			changed, err := json.MarshalIndent(whole, "", "  ")
			require.NoError(t, err)
			all[name+key] = changed
			object[key] = value
		}
	}
	var object map[string]any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	require.NoError(t, d.Decode(&object))
	walk("", object, object)
	return all
}

// A run of before the options had names in small letters is not gone on with.
func TestOlderRunsAreRefused(t *testing.T) {
	dir := pretrained(t)
	older := strings.Replace(read(t, dir, "run.json"), `"optimizer":`, `"Optimizer":`, 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "run.json"), []byte(older), 0o666))
	assertFails(t, filepath.Join(dir, "run.json")+" is of an earlier version of this program", "pretrain", "-resume", "-out", dir)
}

// Low-rank changes go on from the model that they changed before, and no other.
func TestChangedBaseIsRefused(t *testing.T) {
	text, model := book(t), pretrained(t)
	dir := filepath.Join(t.TempDir(), "run")
	ok(t, "classify", "train", "-model", model, "-messages", "60", "-epochs", "1", "-lora", "2", "-out", dir, "-stop", "1")
	ok(t, tiny("-data", text, "-out", model, "-force", "-steps", "2", "-seed", "7")...)
	assertFails(t, "run.json: the model "+model+" is not the one that the run was started from", "classify", "train", "-resume", "-out", dir)
}
