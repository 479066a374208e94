package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/fetch"
	"github.com/llm-from-scratch/llm/internal/training"
)

// messagesFile has 30 of each kind, of different lengths.
func messagesFile(t *testing.T) string {
	t.Helper()
	var tsv strings.Builder
	for i := range 30 {
		tsv.WriteString("ham\tSee you at six" + strings.Repeat(" or so", i%4) + "\n")
		tsv.WriteString("spam\tWIN pounds" + strings.Repeat(" now", i%5) + "\n")
	}
	return file(t, "messages.tsv", tsv.String())
}

// entriesFile has 40 instructions.
func entriesFile(t *testing.T) string {
	t.Helper()
	return file(t, "entries.json", `[`+strings.Repeat(`{"instruction": "Say hi.", "input": "", "output": "hi", "kind": "greeting"},`, 39)+
		`{"instruction": "Say hi.", "input": "you", "output": "hi to you"}]`)
}

// The options are the chapters' settings, and all of them reach the trainer.
func TestOptionsAreTheChapters(t *testing.T) {
	c, i, p := publishedClassify, publishedInstruct, defaultPretrain
	assert.Equal(t, classify.PublishedSettings, c.Settings)
	assert.Equal(t, instruct.PublishedSettings, i.Settings)
	c.Optimizer.Beta1, c.Optimizer.Epsilon, c.Clip, c.Dropout, c.Accumulate, c.Seed = .8, 1e-6, 2, .3, 4, 5
	p.Settings = c.Settings.Settings
	for _, trained := range []pretrain.Settings{c.Training(1000), scheduled(p.Settings)} {
		trained.Schedule = c.Schedule
		assert.Equal(t, c.Settings.Settings, trained)
	}
}

// Numbers that are none are refused by name, and nothing is written.
func TestOptionsOutOfRange(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, option := range []string{"rate", "clip", "dropout"} {
		for _, value := range []string{"NaN", "Inf", "-Inf", "-1"} {
			for _, command := range [][]string{{"pretrain"}, {"classify", "train"}, {"instruct", "train"}} {
				if option == "clip" && command[0] == "pretrain" {
					continue // has no such option
				}
				r := llm(t, append(command, "-"+option+"="+value)...)
				assert.Equal(t, statusUsage, r.status, "%s -%s=%s", command, option, value)
				assert.Contains(t, r.stderr, "-"+option+" cannot be ")
			}
		}
	}
	for _, option := range []string{"-beta1=1", "-beta2=NaN", "-decay=Inf"} {
		r := llm(t, "classify", "train", option)
		assert.Equal(t, statusUsage, r.status, option)
		assert.Contains(t, r.stderr, option[:6])
	}
	assertNothingWritten(t)
}

// What stands on the command line changes the published settings, wherever it
// stands; the rest of them goes into run.json, to go on with.
func TestPublishedSettings(t *testing.T) {
	model, messages, entries := pretrained(t), messagesFile(t), entriesFile(t)
	t.Chdir(t.TempDir())

	ok(t, "classify", "train", "-epochs", "1", "-published", "-model", model, "-data", messages, "-accumulate", "2", "-batch", "2")
	var c classifyOptions
	require.NoError(t, training.ReadOptions("runs/sms-model", &c))
	want := publishedClassify
	want.Model, want.Data, want.SHA256, want.Epochs, want.Batch, want.Accumulate = model, messages, c.SHA256, 1, 2, 2
	assert.Equal(t, want, c)
	assert.Equal(t, "last", c.Layers)

	ok(t, "instruct", "train", "-published", "-model", model, "-data", entries, "-epochs", "1", "-mask-prompt")
	var i instructOptions
	require.NoError(t, training.ReadOptions("runs/instruct-model", &i))
	also := publishedInstruct
	also.Model, also.Data, also.SHA256, also.Epochs, also.MaskPrompt = model, entries, i.SHA256, 1, true
	assert.Equal(t, also, i)

	// The rate stays.
	rows := training.ReadLog(read(t, "runs/instruct-model/log.csv"), math.MaxInt)
	for _, row := range rows[1:] {
		assert.Equal(t, 5e-5, row.Rate)
	}

	r := llm(t, "classify", "train", "-published", "-resume", "-out", "runs/sms-model")
	assert.Equal(t, statusOK, r.status, "the option that says where the run is may stay: %s", r.stderr)
	assert.Contains(t, r.stderr, "are done already")
}

// The published settings name downloads, which are taken from where they are.
func TestPublishedFromDownloads(t *testing.T) {
	dir, model := t.TempDir(), pretrained(t)
	t.Chdir(t.TempDir())
	t.Setenv("LLMBOOK_DATA", dir)
	var known []fetch.Dataset
	for name, path := range map[string]string{"gpt2": model, "gpt2-medium": model, "sms-spam": messagesFile(t), "instructions": entriesFile(t)} {
		d := fetch.Dataset{Name: name}
		if path == model {
			require.NoError(t, os.CopyFS(filepath.Join(dir, name), os.DirFS(model)))
			d.Folder, d.Files = name, []fetch.File{{Name: "config.json", Text: read(t, model, "config.json")}}
		} else {
			text := read(t, path)
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
			d.Files = []fetch.File{{Name: name, URL: "https://a.example", Bytes: int64(len(text)), SHA256: sum(text)}}
		}
		known = append(known, d)
	}
	defer func(before []fetch.Dataset) { fetch.Datasets = before }(fetch.Datasets)
	fetch.Datasets = known
	for _, command := range []string{"classify", "instruct"} {
		ok(t, command, "train", "-published", "-stop", "1")
		ok(t, command, "train", "-published", "-resume", "-stop", "1")
	}
	var c classifyOptions
	require.NoError(t, training.ReadOptions("runs/sms-gpt2", &c))
	assert.Equal(t, filepath.Join(dir, "gpt2"), c.Model)
	assert.Equal(t, filepath.Join(dir, "sms-spam"), c.Data)
	assert.DirExists(t, "runs/instruct-gpt2-medium")
}

// One line gets all that is missing.
func TestPublishedWithoutDownloads(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("LLMBOOK_DATA", t.TempDir())
	assertFails(t, "gpt2 and sms-spam have not been downloaded; "+program()+" data get gpt2 sms-spam gets them", "classify", "train", "-published")
	assertFails(t, "data get gpt2-medium", "instruct", "train", "-published")
	assertFails(t, "sms-spam has not been downloaded; "+program()+" data get sms-spam gets it", "classify", "train", "-published", "-model", pretrained(t))
}

func TestForetellsMemory(t *testing.T) {
	r := llm(t, "classify", "train", "-model", pretrained(t), "-data", messagesFile(t), "-layers", "head", "-epochs", "1",
		"-out", filepath.Join(t.TempDir(), "run"))
	require.Equal(t, 0, r.status, r.stderr)
	assert.Contains(t, r.stderr, "training 34 of 10,706 values takes ")
}

// A run that is stopped by -stop, again and again, ends with the bytes of one
// that is not. Batches of one, looks at some batches, and accumulation included.
func TestStop(t *testing.T) {
	model := pretrained(t)
	for name, args := range map[string][]string{
		"classify": {"classify", "train", "-published", "-model", model, "-data", messagesFile(t), "-batch", "1", "-accumulate", "3",
			"-epochs", "1", "-every", "2", "-eval-batches", "1"},
		"instruct": {"instruct", "train", "-published", "-model", model, "-data", entriesFile(t), "-batch", "2", "-accumulate", "2",
			"-every", "2"},
	} {
		t.Run(name, func(t *testing.T) {
			whole, parts := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "parts")
			ok(t, append(args, "-out", whole)...)
			r := llm(t, append(args, "-out", parts, "-stop", "3")...)
			require.Equal(t, statusOK, r.status, r.stderr)
			assert.Contains(t, r.stderr, "stopped and saved after step 3 of")
			assert.Contains(t, r.stderr, "3 steps in ")
			command := []string{args[0], "train", "-resume", "-out", parts}
			r = llm(t, append(command, "-stop", "1")...)
			require.Equal(t, statusOK, r.status, r.stderr)
			assert.Contains(t, r.stderr, "stopped and saved after step 4 of")
			ok(t, command...)
			entries, err := os.ReadDir(whole)
			require.NoError(t, err)
			for _, e := range entries {
				assert.Equal(t, read(t, whole, e.Name()), read(t, parts, e.Name()), e.Name())
			}
		})
	}
}

func TestClassifyParts(t *testing.T) {
	messages, out := messagesFile(t), filepath.Join(t.TempDir(), "spam")
	ok(t, "classify", "train", "-model", pretrained(t), "-data", messages, "-epochs", "1", "-out", out)
	text := ok(t, "classify", "eval", "-model", out, "-parts")
	for _, part := range []string{"42 messages to train with", "6 messages to watch", "12 messages held out from training"} {
		assert.Contains(t, text, part+" sorted right\n")
	}
	var report classifyReport
	require.NoError(t, json.Unmarshal([]byte(ok(t, "classify", "eval", "-model", out, "-parts", "-json")), &report))
	assert.Equal(t, 12, report.Messages)
	assert.Len(t, report.Parts, 3)
	assert.Equal(t, report.Accuracy, report.Parts["messages held out from training"])
	r := llm(t, "classify", "eval", "-model", out, "-parts", "-data", messages)
	assert.Equal(t, statusUsage, r.status)
}

func TestTuningUsage(t *testing.T) {
	t.Chdir(t.TempDir())
	for args, want := range map[string]string{
		"classify train -accumulate 0":    "-accumulate cannot be 0",
		"classify train -beta2 1":         "-beta2 cannot be 1",
		"classify train -clip -1":         "-clip cannot be -1",
		"classify train -decay -1":        "-decay cannot be -1",
		"classify train -eval-batches -1": "-eval-batches cannot be -1",
		"classify train -stop -1":         "-stop cannot be -1",
		"instruct train -every -2":        "-every cannot be -2",
		"instruct train -dropout 1":       "-dropout cannot be 1",
		"instruct train -dropout -0.5":    "-dropout cannot be -0.5",
		"instruct eval -limit -1":         "-limit cannot be -1",
		"instruct eval -n 0":              "-n cannot be 0",
		"instruct eval -resume":           "-answers",
		"instruct judge":                  "needs -answers",
		"instruct judge -timeout 5":       `invalid argument "5" for --timeout, whose type is duration`,
		"instruct judge -url localhost:1": `-url cannot be "localhost:1"`,
	} {
		r := llm(t, strings.Fields(args)...)
		assert.Equal(t, statusUsage, r.status, args)
		assertOneLine(t, r, want)
		assertNothingWritten(t)
	}
	r := llm(t, "classify", "train", "-model", pretrained(t), "-data", messagesFile(t), "-accumulate", "99")
	assert.Equal(t, statusFailed, r.status)
	assertOneLine(t, r, "do not fill the 99 batches of a step")
}
