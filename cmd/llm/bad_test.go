package main

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/durable"

	"github.com/spf13/cobra"
)

// allCommands lists c and what is below it.
func allCommands(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		all = append(all, allCommands(sub)...)
	}
	return all
}

// assertFails runs a command line that must fail with one line and leave no
// file behind.
func assertFails(t *testing.T, want string, args ...string) {
	t.Helper()
	r := llm(t, args...)
	assert.Equal(t, statusFailed, r.status)
	assertOneLine(t, r, want)
	assertNothingWritten(t)
}

func TestBadCorpus(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, c := range map[string]struct{ path, want string }{
		"missing":       {"nowhere.txt", "nowhere.txt: no such file"},
		"empty":         {file(t, "empty.txt", ""), "empty.txt is empty"},
		"only spaces":   {file(t, "blank.txt", "  \n\n"), "blank.txt is empty"},
		"not text":      {file(t, "bytes.txt", "\xff\xfe\x00\x01"), "bytes.txt: line 1: this is UTF-16LE, not UTF-8"},
		"zeros":         {file(t, "zeros.txt", "ab\x00cd"), "zeros.txt: line 1: a zero byte; this is not text"},
		"short":         {file(t, "short.txt", strings.Repeat("Light. ", 100)), "short.txt is too short"},
		"one character": {file(t, "one.txt", "x"), "one.txt"},
		"a directory":   {t.TempDir(), "is a directory"},
	} {
		t.Run(name, func(t *testing.T) { assertFails(t, c.want, tiny("-data", c.path)...) })
	}
	assertFails(t, "do not fill a batch of 3000", tiny("-data", book(t), "-batch", "3000", "-width", "2")...)
}

func TestNoNewton(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("GOROOT", t.TempDir())
	assertFails(t, "-data", tiny()...)
}

func TestBadData(t *testing.T) {
	model := pretrained(t)
	t.Chdir(t.TempDir())
	for name, c := range map[string]struct{ command, path, want string }{
		"no messages file":    {"classify", "nowhere.tsv", "nowhere.tsv"},
		"no message":          {"classify", file(t, "empty.tsv", ""), "empty.tsv: "},
		"no tab":              {"classify", file(t, "notab.tsv", "ham yes\nspam no tab\n"), "notab.tsv: "},
		"one class":           {"classify", file(t, "ham.tsv", strings.Repeat("ham\tyes\n", 40)), "ham.tsv: "},
		"too few":             {"classify", file(t, "few.tsv", strings.Repeat("ham\tyes\nspam\tno\n", 5)), "do not fill a batch"},
		"no instruction file": {"instruct", "nowhere.json", "nowhere.json"},
		"not a list":          {"instruct", file(t, "bad.json", "{}"), "bad.json: "},
		"no entry":            {"instruct", file(t, "none.json", "[]"), "none.json: "},
		"too long":            {"instruct", file(t, "long.json", `[{"instruction": "`+strings.Repeat("x", 999)+`", "output": "y"},{"instruction": "`+strings.Repeat("x", 999)+`", "output": "z"}]`), "fits in the model's context of 160 tokens"},
	} {
		t.Run(name, func(t *testing.T) { assertFails(t, c.want, c.command, "train", "-model", model, "-data", c.path) })
	}
}

// One bad entry does not refuse a collection, unless that is what was asked for.
func TestBadEntriesAreSkipped(t *testing.T) {
	model := pretrained(t)
	messages := file(t, "messages.tsv", "\ufefflabel\ttext\r\n\r\n"+strings.Repeat("Ham\tSee you\r\nSPAM\tWIN\r\n", 30)+"ham\r\n")
	entries := file(t, "entries.json", "["+strings.Repeat(`{"instruction": "Say hi.", "output": "hi"},`, 40)+`{"instruction": "Say hi."}, {"output": "hi"}]`)
	for _, c := range []struct{ command, data, want, out string }{
		{"classify", messages, `classify: 2 skipped: line 1: label "label" is neither ham nor spam; line 63: no tab between label and text in "ham"`, "messages: 42 to train with, 6 to watch, 12 held out"},
		{"instruct", entries, "instruct: 2 skipped: entry 41: no output; entry 42: no instruction", "instructions: 34 to train with, 2 to watch, 4 held out"},
	} {
		dir := filepath.Join(t.TempDir(), "run")
		args := []string{c.command, "train", "-model", model, "-out", dir, "-data", c.data, "-epochs", "1", "-batch", "8"}
		r := llm(t, append(args, "-strict")...)
		assert.Equal(t, statusFailed, r.status)
		_, reasons, _ := strings.Cut(c.want, "2 skipped: ")
		assert.Regexp(t, regexp.QuoteMeta("llm: "+c.data+": -strict takes all or nothing, and 2 of the ")+`(messages|instructions) cannot be read: `+regexp.QuoteMeta(reasons)+"\n$", r.stderr)
		assert.NoDirExists(t, dir)

		r = llm(t, args...)
		assert.Equal(t, 0, r.status, r.stderr)
		assert.Equal(t, 1, strings.Count(r.stderr, "llm: "+c.data+": "+c.want+"\n"), r.stderr)
		assert.Contains(t, r.out, c.out)

		r = llm(t, c.command, "eval", "-model", dir, "-data", c.data)
		assert.Equal(t, 0, r.status, r.stderr)
		assert.Contains(t, r.stderr, c.want)
		assert.Equal(t, statusFailed, llm(t, c.command, "eval", "-model", dir, "-data", c.data, "-strict").status)
	}
}

// A text on the command line is read as one in a file.
func TestTextsOfTheCommandLine(t *testing.T) {
	model, text := pretrained(t), book(t)
	filter := filepath.Join(t.TempDir(), "filter")
	ok(t, "classify", "train", "-model", model, "-messages", "20", "-epochs", "1", "-batch", "8", "-out", filter)
	for _, c := range []struct{ args, typed, meant string }{
		{"classify run -json -model " + filter, "\ufeffyou\r\nhave\rwon", "you\nhave\nwon"},
		{"generate -n 2 -model " + model, "\ufeffyou\r\nhave\rwon", "you\nhave\nwon"},
		{"tokens encode -model " + model, "\ufeffyou\r\nhave\rwon", "you\nhave\nwon"},
		{"tokens decode -model " + model, "\ufeff65\r", "65"},
		{"generate -n 20 -temperature 0 -model " + model + " The -stop", "\r\n", "\n"},
	} {
		args := strings.Fields(c.args)
		assert.Equal(t, ok(t, append(args, c.meant)...), ok(t, append(args, c.typed)...), c.args)
		if last := args[len(args)-1]; last != "-stop" { // which may be half a character
			assert.NotEqual(t, statusOK, llm(t, append(args, "caf\xe9")...).status, c.args)
		}
	}
	typed, meant := filepath.Join(t.TempDir(), "typed"), filepath.Join(t.TempDir(), "meant")
	ok(t, tiny("-data", text, "-out", typed, "-steps", "1", "-prompt", "\ufeffa\r\nb")...)
	ok(t, tiny("-data", text, "-out", meant, "-steps", "1", "-prompt", "a\nb")...)
	assert.Equal(t, read(t, meant, "samples.txt"), read(t, typed, "samples.txt"))
	assertFails(t, "-prompt: line 1: the byte 0xe9 is not UTF-8", tiny("-data", text, "-out", filepath.Join(t.TempDir(), "new"), "-prompt", "caf\xe9")...)
}

// What run.json could not name is refused before anything is begun.
func TestPathsThatCannotBeKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "caf\xe9")
	if err := os.CopyFS(dir, os.DirFS(pretrained(t))); err != nil {
		t.Skip("no such name here: ", err)
	}
	assertFails(t, `caf\xe9" is not UTF-8, and run.json could not name it`, "classify", "train", "-model", dir)
	t.Chdir(dir)
	ok(t, "classify", "train", "-model", ".", "-out", "filter", "-messages", "20", "-epochs", "2", "-batch", "8", "-lora", "1", "-stop", "1")
	ok(t, "classify", "train", "-resume", "-out", "filter")
}

// Of data that a run has learned from it must be known which were held out.
func TestEvaluationNeedsWhatIsKnownOfTheRun(t *testing.T) {
	model := pretrained(t)
	for command, data := range map[string]string{"classify": messagesFile(t), "instruct": entriesFile(t)} {
		dir := filepath.Join(t.TempDir(), "run")
		ok(t, command, "train", "-model", model, "-data", data, "-epochs", "1", "-batch", "8", "-out", dir)
		options := read(t, dir, "run.json")
		for _, damaged := range []string{options + "{}", strings.Replace(options, `"batch"`, `"badge"`, 1)} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "run.json"), []byte(damaged), 0o666))
			assertFails(t, filepath.Join(dir, "run.json"), command, "eval", "-model", dir, "-data", data)
		}
		other := `{"data_sha256": ""}`
		require.NoError(t, os.WriteFile(filepath.Join(dir, "run.json"), []byte(other), 0o666))
		assert.Contains(t, ok(t, command, "eval", "-model", dir, "-data", data), "in "+data, "a run of another kind has held nothing out")
	}
}

// Only what is used is counted: here the entries to watch are all too long.
func TestCountsAreThoseUsed(t *testing.T) {
	r := llm(t, "instruct", "train", "-model", pretrained(t), "-out", filepath.Join(t.TempDir(), "run"),
		"-data", "../../ch07_instruct_ft/testdata/long-watch.json", "-epochs", "1", "-batch", "8")
	assert.Equal(t, 0, r.status, r.stderr)
	assert.Contains(t, r.out, "instructions: 34 to train with, 0 to watch, 4 held out\n2 more are longer than the model's context of 160 tokens and are left out\n")
}

// Lines come from all systems, and none is too long to be named.
func TestLinesOfStandardInput(t *testing.T) {
	var got []string
	for line, err := range lines(t.Context(), strings.NewReader("\ufeffa\r\nb\rc\n\nlast")) {
		require.NoError(t, err)
		got = append(got, line)
	}
	assert.Equal(t, []string{"a", "b", "c", "", "last"}, got)
	for text, want := range map[string]string{
		"a\nprice \xa35": "standard input: line 2: the byte 0xa3 is not UTF-8",
		"a\nb\n" + strings.Repeat("x", longestLine) + "\n": "standard input: line 3 has more than 1048576 bytes",
	} {
		var last error
		for _, err := range lines(t.Context(), strings.NewReader(text)) {
			last = err
		}
		assert.ErrorContains(t, last, want)
	}
}

func TestIDsOutsideTheVocabulary(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, id := range []string{"50257", "-1", "99999999999999999999"} {
		assertFails(t, "the id "+id+" is outside the vocabulary, whose ids are 0 to 50256", "tokens", "decode", "15496", "--", id)
	}
}

// Each damage to a model's directory is told in one line that names the file.
func TestBadModels(t *testing.T) {
	model := pretrained(t)
	t.Chdir(t.TempDir())
	other := filepath.Join(t.TempDir(), "other")
	ok(t, tiny("-data", book(t), "-out", other, "-steps", "1", "-vocab", "280")...)

	weights := read(t, model, "model.safetensors")
	header := int(binary.LittleEndian.Uint64([]byte(weights)))
	for name, c := range map[string]struct {
		file string
		text string
		want string
	}{
		"truncated":        {"model.safetensors", weights[:len(weights)-100], "truncated"},
		"no header":        {"model.safetensors", "abc", "not a safetensors file"},
		"empty":            {"model.safetensors", "", "not a safetensors file"},
		"absurd header":    {"model.safetensors", "\xff\xff\xff\xff\xff\xff\xff\x7f" + weights[8:], "its header claims"},
		"NaN":              {"model.safetensors", weights[:len(weights)-4] + string(binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(math.NaN())))), "NaN"},
		"header no JSON":   {"model.safetensors", weights[:8] + strings.Repeat("x", header) + weights[8+header:], "header"},
		"wrong shape":      {"config.json", strings.Replace(read(t, model, "config.json"), `"n_embd": 16`, `"n_embd": 32`, 1), "has shape"},
		"absurd config":    {"config.json", strings.Replace(read(t, model, "config.json"), `"n_embd": 16`, `"n_embd": 16000000`, 1), "more than any computer holds"},
		"negative layers":  {"config.json", strings.Replace(read(t, model, "config.json"), `"n_layer": 1`, `"n_layer": -1`, 1), "layers is -1"},
		"other layers":     {"config.json", strings.Replace(read(t, model, "config.json"), `"n_layer": 1`, `"n_layer": 9`, 1), "config.json says there are 9"},
		"config no JSON":   {"config.json", "{", "config.json"},
		"wrong vocabulary": {"vocab.json", read(t, other, "vocab.json"), "tokenizer"},
		"bad merges":       {"merges.txt", "#version: 0.2\nx\n", "tokenizer"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "bad")
			require.NoError(t, os.CopyFS(dir, os.DirFS(model)))
			require.NoError(t, os.WriteFile(filepath.Join(dir, c.file), []byte(c.text), 0o644))
			for _, args := range [][]string{
				{"generate", "-model", dir, "x"}, {"chat", "-model", dir}, {"classify", "train", "-model", dir}, {"instruct", "train", "-model", dir},
			} {
				r := llm(t, args...)
				assert.Equal(t, statusFailed, r.status, args)
				assertOneLine(t, r, c.want)
				assert.Contains(t, r.stderr, dir)
				assertNothingWritten(t)
			}
		})
	}
	for _, missing := range []string{"config.json", "model.safetensors", "vocab.json", "merges.txt"} {
		t.Run("no "+missing, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "bad")
			require.NoError(t, os.CopyFS(dir, os.DirFS(model)))
			require.NoError(t, os.Remove(filepath.Join(dir, missing)))
			assertFails(t, missing, "generate", "-model", dir, "x")
		})
	}
	assertFails(t, "no model in nowhere", "generate", "-model", "nowhere", "x")
	assertFails(t, "nowhere: stat", "classify", "train", "-model", "nowhere")
	r := llm(t, "classify", "train", "-model", model, "-out", model, "-force")
	assert.Equal(t, statusUsage, r.status)
	assertOneLine(t, r, "is the model to start from")
	assertFails(t, "no classifier in nowhere", "classify", "run", "-model", "nowhere", "x")
	assertFails(t, "no classifier in "+model, "classify", "eval", "-model", model)
	assertFails(t, "no model in nowhere", "chat", "-model", "nowhere")
}

func TestBadFilters(t *testing.T) {
	filter := filepath.Join(t.TempDir(), "spam")
	ok(t, "classify", "train", "-model", pretrained(t), "-out", filter, "-messages", "60", "-epochs", "1")
	head := read(t, filter, "classifier.safetensors")
	t.Chdir(t.TempDir())
	for name, c := range map[string]struct{ file, text, want string }{
		"settings no JSON": {"classifier.json", "{", "classifier.json"},
		"other classes":    {"classifier.json", `{"classes": ["good", "bad"], "longest": 9}`, "classifier.json: the classes are"},
		"too long":         {"classifier.json", `{"classes": ["ham", "spam"], "longest": 9999}`, "classifier.json: longest is 9999"},
		"head truncated":   {"classifier.safetensors", head[:len(head)-3], "truncated"},
		"head of a model":  {"classifier.safetensors", read(t, filter, "model.safetensors"), "is missing"},
		"options":          {"run.json", "{", "run.json"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "bad")
			require.NoError(t, os.CopyFS(dir, os.DirFS(filter)))
			require.NoError(t, os.WriteFile(filepath.Join(dir, c.file), []byte(c.text), 0o644))
			assertFails(t, c.want, "classify", "eval", "-model", dir)
		})
	}
}

func TestBadResume(t *testing.T) {
	model := pretrained(t)
	t.Chdir(t.TempDir())
	assertFails(t, "nowhere holds no training run", "pretrain", "-resume", "-out", "nowhere")
	for name, c := range map[string]struct{ file, text, want string }{
		"options":   {"run.json", "{", "run.json"},
		"command":   {"run.json", `{"epochs": 3}`, "run.json"},
		"state":     {"training.json", "{}", "training.json"},
		"optimizer": {"optimizer.safetensors", "", "optimizer.safetensors"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "bad")
			require.NoError(t, os.CopyFS(dir, os.DirFS(model)))
			require.NoError(t, os.WriteFile(filepath.Join(dir, c.file), []byte(c.text), 0o644))
			assertFails(t, c.want, "pretrain", "-resume", "-out", dir)
			assert.Equal(t, read(t, model, "model.safetensors"), read(t, dir, "model.safetensors"))
		})
	}
	dir := filepath.Join(t.TempDir(), "half")
	require.NoError(t, os.CopyFS(dir, os.DirFS(model)))
	require.NoError(t, os.Remove(filepath.Join(dir, "started.json")))
	assertFails(t, "run.json: what the run was started with is not known: started.json: ", "pretrain", "-resume", "-out", dir)

	dir = filepath.Join(t.TempDir(), "run")
	text := file(t, "text.txt", read(t, book(t)))
	ok(t, tiny("-data", text, "-out", dir, "-steps", "1")...)
	appendTo(t, text, "More.")
	assertFails(t, "has changed since the run", "pretrain", "-resume", "-out", dir)
}

// Every value of the files that a run is gone on from is input like any other: it
// is checked as on the command line, and one that does not fit the others is named.
func TestChangedRunsAreRefused(t *testing.T) {
	text, model := book(t), pretrained(t)
	trained := func(args ...string) string {
		dir := filepath.Join(t.TempDir(), "run")
		ok(t, append(args, "-out", dir, "-stop", "1")...)
		return dir
	}
	runs := map[string]string{
		"pretrain": trained(tiny("-data", text, "-steps", "4", "-seed", "18446744073709551615")...),
		"classify": trained("classify", "train", "-model", model, "-messages", "60", "-epochs", "1"),
		"lora":     trained("classify", "train", "-model", model, "-messages", "60", "-epochs", "1", "-lora", "2"),
		"instruct": trained("instruct", "train", "-model", model, "-epochs", "1", "-batch", "400"),
	}
	for _, c := range []struct{ run, file, key, value, want string }{
		{"pretrain", "run.json", "batch", "0", "run.json: -batch cannot be 0"},
		{"pretrain", "run.json", "batch", "1099511627776", "run.json: -batch cannot be 1099511627776"},
		{"pretrain", "run.json", "batch", "1e400", "run.json: "},
		{"pretrain", "run.json", "context", "0", "run.json: -context cannot be 0"},
		{"pretrain", "run.json", "context", "96", "run.json: the run was started with other options: context was 160, not 96"},
		{"pretrain", "run.json", "width", "32", "width was 16, not 32"},
		{"pretrain", "run.json", "batch", "3", "run.json: the run was started with other options: batch was 2, not 3"},
		{"pretrain", "run.json", "stride", "1", "run.json: the run was started with other options: stride was 7, not 1"},
		{"pretrain", "run.json", "vocab", "299", "vocab was 300, not 299"},
		{"pretrain", "run.json", "min", "0.001", "schedule.min was 0, not 0.001"},
		{"pretrain", "run.json", "seed", "18446744073709551614", "seed was 18446744073709551615, not 18446744073709551614"},
		{"pretrain", "config.json", "n_head", "4", "config.json does not fit the run: Heads was 2, not 4"},
		{"pretrain", "run.json", "stride", "0", "run.json: -stride cannot be 0"},
		{"pretrain", "run.json", "stride", "-7", "run.json: -stride cannot be -7"},
		{"pretrain", "run.json", "every", "-1", "run.json: -every cannot be -1"},
		{"pretrain", "run.json", "prompt", `""`, "run.json: -prompt cannot be empty"},
		{"pretrain", "run.json", "layers", "1099511627776", "run.json: -layers cannot be"},
		{"pretrain", "run.json", "vocab", "null", "run.json: "},
		{"pretrain", "run.json", "vocab", `300, "vocab": 301`, "run.json: "},
		{"pretrain", "training.json", "step", "1099511627776", "training.json is not what it was when optimizer.safetensors was saved: step was 1, not 1099511627776"},
		{"pretrain", "training.json", "batches_of_epoch", "-1", "batches_of_epoch was 1, not -1"},
		{"pretrain", "training.json", "weights_crc32", "1", "weights_crc32: the weights are not those of step 1"},
		{"classify", "run.json", "messages", "1099511627776", "run.json: -messages cannot be 1099511627776"},
		{"classify", "run.json", "messages", "0", "run.json: -messages cannot be 0"},
		{"classify", "run.json", "lora", "-1", "run.json: -lora cannot be -1"},
		{"classify", "run.json", "layers", `"some"`, `run.json: -layers cannot be "some"`},
		{"classify", "run.json", "layers", `"last"`, `run.json: the run was started with other options: layers was all, not last`},
		{"classify", "run.json", "longest", "0", "run.json: -longest cannot be 0"},
		{"classify", "run.json", "longest", "9", "longest was 120, not 9"},
		{"classify", "run.json", "epochs", "1099511627776", "run.json: -epochs cannot be"},
		{"classify", "run.json", "epochs", "2", "epochs was 1, not 2"},
		{"classify", "classifier.json", "longest", "9", "classifier.json does not fit the run: longest was 120, not 9"},
		{"classify", "classifier.json", "longest", "1099511627776", "classifier.json: longest is 1099511627776"},
		{"lora", "run.json", "lora", "1", "run.json: the run was started with other options: lora was 2, not 1"},
		{"instruct", "run.json", "batch", "-1", "run.json: -batch cannot be -1"},
		{"instruct", "run.json", "accumulate", "0", "run.json: -accumulate cannot be 0"},
		{"instruct", "run.json", "eval_batches", "1099511627776", "run.json: -eval-batches cannot be"},
	} {
		t.Run(strings.Join([]string{c.run, c.file, c.key, c.value}, " "), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "changed")
			require.NoError(t, os.CopyFS(dir, os.DirFS(runs[c.run])))
			old := read(t, dir, c.file)
			changed := regexp.MustCompile(`(?i)("`+c.key+`":\s*)("[^"]*"|[-+.e0-9]+)`).ReplaceAllString(old, "${1}"+c.value)
			require.NotEqual(t, old, changed)
			require.NoError(t, os.WriteFile(filepath.Join(dir, c.file), []byte(changed), 0o666))
			before := holds(t, dir)
			command := map[string][]string{"pretrain": {"pretrain"}, "instruct": {"instruct", "train"}}[c.run]
			if command == nil {
				command = []string{"classify", "train"}
			}
			r := llm(t, append(command, "-resume", "-out", dir)...)
			assert.Equal(t, statusFailed, r.status)
			assert.Contains(t, r.stderr, c.want)
			assert.Contains(t, r.stderr, dir)
			assert.Equal(t, before, holds(t, dir), "nothing is touched")
			if c.run != "pretrain" && strings.HasPrefix(c.want, "run.json") {
				assertFails(t, c.want, command[0], "eval", "-model", dir)
			}
		})
	}
}

// A new run leaves the old one alone until it is first saved, and the model that it
// starts from under any name.
func TestForce(t *testing.T) {
	dir, text := pretrained(t), book(t)
	before := holds(t, dir)
	for _, option := range []string{"-dropout=NaN", "-rate=Inf", "-clip=Inf", "-decay=Inf"} {
		llm(t, "instruct", "train", "-model", dir, "-out", dir, "-force", option)
		require.Equal(t, before, holds(t, dir), option)
	}
	ctx, cancel := context.WithCancel(t.Context())
	seen := false
	durable.Fault = func(op durable.Op) (int, error) {
		if !seen && op.Kind == "mkdir" { // the first save begins
			seen = true
			now := holds(t, dir)
			for _, hidden := range []string{".lock"} {
				delete(now, hidden)
			}
			assert.Equal(t, before, now)
		}
		return math.MaxInt, nil
	}
	defer func() { durable.Fault = nil; cancel() }()
	require.Equal(t, 0, llmIn(t, ctx, "", tiny("-data", text, "-out", dir, "-force", "-steps", "3", "-seed", "5")...).status)
	require.True(t, seen)
	require.Contains(t, read(t, dir, "run.json"), `"seed": 5`)

	link := filepath.Join(t.TempDir(), "link")
	if os.Symlink(dir, link) != nil {
		t.Skip("no symbolic links here")
	}
	for _, args := range [][]string{
		{"-model", dir, "-out", link, "-force"}, {"-model", link, "-out", dir, "-force"},
	} {
		r := llm(t, append([]string{"instruct", "train"}, args...)...)
		assert.Equal(t, statusUsage, r.status)
		assertOneLine(t, r, "is the model to start from")
	}
	linked := t.TempDir()
	require.NoError(t, os.Link(filepath.Join(dir, "model.safetensors"), filepath.Join(linked, "model.safetensors")))
	assertOneLine(t, llm(t, "instruct", "train", "-model", dir, "-out", linked, "-force"), "is the model to start from")
}

// Weights that are finite, but so large that the first loss is not.
func TestDivergence(t *testing.T) {
	model := pretrained(t)
	weights := []byte(read(t, model, "model.safetensors"))
	for at := len(weights) - 4*32; at < len(weights); at += 4 { // the last norm
		binary.LittleEndian.PutUint32(weights[at:], math.Float32bits(3e38))
	}
	require.NoError(t, os.WriteFile(filepath.Join(model, "model.safetensors"), weights, 0o644))
	r := llm(t, "instruct", "train", "-model", model, "-out", filepath.Join(t.TempDir(), "out"), "-batch", "2")
	assert.Equal(t, statusFailed, r.status)
	assert.Contains(t, r.stderr, "training has diverged: in step 1")
}
