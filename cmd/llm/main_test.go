package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/training"
)

// TestMain lets the test binary be the program itself.
func TestMain(m *testing.M) {
	if os.Getenv("LLM_TEST_MAIN") != "" {
		if fault := os.Getenv(faultVariable); fault != "" {
			setFault(fault)
		}
		answersEvery = 0
		if os.Getenv("LLM_TEST_PEAK") != "" { // says how much memory it took, in the words of Linux
			status := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
			text, _ := os.ReadFile("/proc/self/status")
			os.Stdout.Write(text)
			os.Exit(status)
		}
		main()
	}
	runtime.GOMAXPROCS(1) // so small models need no more; other packages' tests run beside these
	status := m.Run()
	os.RemoveAll(modelParent)
	os.Exit(status)
}

// process is a command line of this program as a process of its own.
func process(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "LLM_TEST_MAIN=1")
	return cmd
}

// result is what a command line did.
type result struct {
	status      int
	out, stderr string
}

// llm runs a command line in this process.
func llm(t *testing.T, args ...string) result {
	t.Helper()
	return llmIn(t, t.Context(), "", args...)
}

func llmIn(t *testing.T, ctx context.Context, in string, args ...string) result {
	t.Helper()
	var out, stderr bytes.Buffer
	status := run(ctx, args, strings.NewReader(in), &out, &stderr)
	return result{status, out.String(), stderr.String()}
}

// ok is llm for a command line that must succeed.
func ok(t *testing.T, args ...string) string {
	t.Helper()
	r := llm(t, args...)
	require.Equal(t, 0, r.status, "llm %s\n%s", strings.Join(args, " "), r.stderr)
	return r.out
}

// book writes a text from which a tiny model can learn something.
func book(t *testing.T) string {
	t.Helper()
	return file(t, "book.txt", bookText())
}

func bookText() string {
	var text strings.Builder
	for i := range 400 {
		fmt.Fprintf(&text, "The Rays of Light which differ in Colour differ also in Degrees of Refrangibility, as by Experiment %d.\n", i)
	}
	return text.String()
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

// tiny are options for a model that trains in no time, at the price of learning
// next to nothing. The context has to hold a prompt of chapter 7.
func tiny(more ...string) []string {
	return append([]string{"pretrain", "-layers", "1", "-width", "16", "-heads", "2", "-context", "160", "-vocab", "300",
		"-batch", "2", "-stride", "7", "-dropout", "0.1"}, more...)
}

// model is the directory of a tiny model that the tests share. Whoever wants to
// damage it asks [pretrained] for a copy.
var model = sync.OnceValues(func() (dir string, err error) {
	if modelParent, err = os.MkdirTemp("", "llm-test-*"); err != nil {
		return "", err
	}
	dir, text := filepath.Join(modelParent, "model"), filepath.Join(modelParent, "book.txt")
	if err := os.WriteFile(text, []byte(bookText()), 0o644); err != nil {
		return "", err
	}
	var out, stderr bytes.Buffer
	args := tiny("-data", text, "-out", dir, "-steps", "3", "-every", "3")
	if status := run(context.Background(), args, strings.NewReader(""), &out, &stderr); status != 0 {
		return "", fmt.Errorf("llm %v: %s", args, stderr.String())
	}
	return dir, nil
})

// modelParent is what is removed after the tests.
var modelParent string

// pretrained returns a copy of the tiny model.
func pretrained(t *testing.T) string {
	t.Helper()
	from, err := model()
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "model")
	require.NoError(t, os.CopyFS(dir, os.DirFS(from)))
	return dir
}

func TestHelpOfEveryCommand(t *testing.T) {
	for _, c := range []string{
		"", "tokens", "tokens encode", "tokens decode", "pretrain", "generate", "classify", "classify train", "classify eval",
		"classify run", "instruct", "instruct train", "instruct eval", "instruct judge", "chat", "export", "prompt", "prompt eval", "data", "data list", "data get",
		"doctor", "exercises", "exercises hint", "exercises reset", "exercises solution", "exercises use", "exercises watch",
	} {
		t.Run(c, func(t *testing.T) {
			out := ok(t, append(strings.Fields(c), "-h")...)
			assert.Contains(t, out, "Usage:\n  llm")
			assert.Contains(t, out, "Examples:\n  llm")
			assert.Contains(t, out, "\nFlags:\n")
		})
	}
}

// Every example that a help text shows must at least be a command line that this
// program understands.
func TestExamplesAreUnderstood(t *testing.T) {
	for _, c := range allCommands(newRoot()) {
		for line := range strings.Lines(c.Example) {
			words := strings.Fields(line)
			if len(words) == 0 || words[0] != "llm" {
				continue
			}
			cmd, rest, err := newRoot().Find(twoDashes(newRoot(), words[1:]))
			require.NoError(t, err, line)
			for _, w := range rest {
				if name, found := strings.CutPrefix(w, "--"); found {
					name, _, _ = strings.Cut(name, "=")
					assert.NotNil(t, cmd.Flags().Lookup(name), "%s: option -%s", line, name)
				}
			}
		}
	}
}

// A flag has one dash or two. What is no flag stays as it is: values, also those that
// look like flags, and all that follows --.
func TestTwoDashes(t *testing.T) {
	for in, want := range map[string]string{
		"pretrain -steps 5 -rate=1e-3":          "pretrain --steps 5 --rate=1e-3",
		"pretrain --steps 5":                    "pretrain --steps 5",
		"-h":                                    "-h",
		"chat -h":                               "chat -h",
		"chat -help":                            "chat --help",
		"generate -n -1 -seed -2":               "generate -n -1 --seed -2",
		"generate -stop -end -stop=-seed x":     "generate --stop -end --stop=-seed x",
		"generate --stop -end -int8 -seed 2":    "generate --stop -end --int8 --seed 2",
		"generate -n -seed":                     "generate -n -seed",
		"generate -int8 -- -seed":               "generate --int8 -- -seed",
		"tokens decode -json 1 -2 -":            "tokens decode --json 1 -2 -",
		"instruct eval -v -answers -a -n 3":     "instruct eval -v --answers -a -n 3",
		"bogus -foo bar":                        "bogus --foo bar",
		"completion bash -no-descriptions":      "completion bash --no-descriptions",
		"__complete pretrain -steps 5 -ra":      "__complete pretrain --steps 5 -ra",
		"__completeNoDesc chat -history=false ": "__completeNoDesc chat --history=false ",
		"":                                      "",
	} {
		assert.Equal(t, want, strings.Join(twoDashes(newRoot(), strings.Split(in, " ")), " "))
	}
}

// What stands alone holds other commands, and shows which.
func TestGroups(t *testing.T) {
	for _, group := range []string{"", "tokens", "classify", "instruct", "data"} {
		out := ok(t, strings.Fields(group)...)
		assert.Contains(t, out, "Available Commands:")
		assert.Equal(t, ok(t, append(strings.Fields(group), "-h")...), out)
	}
	assert.Equal(t, ok(t, "chat", "-h"), ok(t, "help", "chat"))
}

// The four shells get a script, which asks this program how a word may end.
func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		assert.Contains(t, ok(t, "completion", shell), "__complete", shell)
	}
	for in, want := range map[string]string{
		"gen":                    "generate\n:4\n",
		"classify ":              "eval\nrun\ntrain\n:4\n",
		"pretrain --wi":          "--width\n:4\n",
		"pretrain -steps 5 --wi": "--width\n:4\n",
		"pretrain -steps=5 --wi": "--width\n:4\n",
		"pretrain -data ":        ":0\n", // files
	} {
		assert.Equal(t, want, ok(t, append([]string{"__completeNoDesc"}, strings.Split(in, " ")...)...), in)
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash to complete in")
	}
	script := `llm() { LLM_TEST_MAIN=1 "$program" "$@"; }
eval "$(llm completion bash)"
_get_comp_words_by_ref() { words=(llm pretrain -steps 5 --wi); cur=--wi; prev=5; cword=4; } # of the package bash-completion
compopt() { :; }
__start_llm
echo "${COMPREPLY[@]}"`
	cmd := exec.Command(bash, "--norc", "-c", script)
	cmd.Env = append(os.Environ(), "program="+os.Args[0])
	out, err := cmd.Output()
	require.NoError(t, err)
	assert.Equal(t, "--width", strings.TrimSpace(string(out)))
}

func TestUsageErrors(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"bogus", `unknown command "bogus" for "llm"`},
		{"classify bogus", `unknown command "bogus" for "llm classify" (llm classify -h shows how it is used)`},
		{"data get", "requires at least 1 arg(s), only received 0"},
		{"data get bogus", `no data "bogus"`},
		{"exercises bogus", `no such exercise: "bogus"`},
		{"exercises hint", "accepts between 1 and 2 arg(s), received 0"},
		{"exercises hint 1.1 9", "hint 9; exercise 1.1 has hints 1 to 3"},
		{"exercises hint 99.9", `no such exercise: "99.9"`},
		{"pretrain -foo", "unknown flag: --foo"},
		{"pretrain --foo", "unknown flag: --foo"},
		{"pretrain -x", "unknown shorthand flag: 'x' in -x"},
		{"pretrain bogus", `unknown command "bogus" for "llm pretrain"`},
		{"pretrain -layers", "flag needs an argument: --layers"},
		{"pretrain -layers x", `invalid argument "x" for --layers, whose type is int`},
		{"pretrain -seed -1", `invalid argument "-1" for --seed, whose type is uint64`},
		{"pretrain -layers 0", "-layers cannot be 0; it takes 1 to"},
		{"pretrain -vocab 100", "-vocab cannot be 100; it takes 257 to"},
		{"pretrain -width 16 -heads 3", "width 16 is not divisible by 3 heads"},
		{"pretrain -dropout 1", "-dropout cannot be 1"},
		{"pretrain -rate NaN", "-rate cannot be NaN"},
		{"pretrain -width 1000000 -heads 1", "GB of memory"},
		{"pretrain -steps 0", "-steps cannot be 0"},
		{"pretrain -resume -width 32", "it takes no -width"},
		{"generate -temperature -1 x", "-temperature cannot be -1"},
		{"generate -top-p 2 x", "-top-p cannot be 2"},
		{"generate -top-k -2 x", "-top-k cannot be -2"},
		{"generate -n 0 x", "-n cannot be 0"},
		{"generate -n 0 -temperature -1 x", "-temperature cannot be -1; it takes 0 or more -n cannot be 0; it takes 1 or more"},
		{"generate -n x", `invalid argument "x" for --n, whose type is int`},
		{"generate -min-p 1.1 x", "-min-p cannot be 1.1"},
		{"generate -min-p -0.1 x", "-min-p cannot be -0.1"},
		{"generate -min-p NaN x", "-min-p cannot be NaN"},
		{"generate -min-p much x", `invalid argument "much" for --min-p, whose type is float32`},
		{"generate -repetition-penalty -1.2 x", "-repetition-penalty cannot be -1.2"},
		{"generate -repetition-penalty NaN x", "-repetition-penalty cannot be NaN"},
		{"generate -repetition-penalty Inf x", "-repetition-penalty cannot be +Inf"},
		{"generate -stop= x", "-stop cannot be empty"},
		{"generate -stop", "flag needs an argument: --stop"},
		{"generate -history=false x", "unknown flag: --history"},
		{"classify train -layers some", `-layers cannot be "some"; it takes all, last or head`},
		{"classify train -batch 0", "-batch cannot be 0"},
		{"instruct train -epochs 0", "-epochs cannot be 0"},
		{"chat -n 0", "-n cannot be 0"},
		{"chat -n -3", "-n cannot be -3"},
		{"chat -top-p 2", "-top-p cannot be 2"},
		{"chat -min-p 2", "-min-p cannot be 2"},
		{"chat -stop a -stop=", "-stop cannot be empty"},
		{"chat -history=perhaps", `invalid argument "perhaps" for --history, whose type is bool`},
		{"chat hello", `unknown command "hello" for "llm chat"`},
		{"instruct chat", `unknown command "chat" for "llm instruct"`},
		{"tokens decode one", `"one" is not an id`},
	} {
		t.Run(c.args, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if strings.HasPrefix(c.args, "exercises ") {
				t.Chdir(here(t))
			}
			r := llm(t, strings.Fields(c.args)...)
			assert.Equal(t, statusUsage, r.status)
			assertOneLine(t, r, c.want)
			assertNothingWritten(t)
		})
	}
}

// here is the directory of this package.
func here(t *testing.T) string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}

func assertOneLine(t *testing.T, r result, want string) {
	t.Helper()
	assert.Empty(t, r.out)
	assert.Contains(t, r.stderr, want)
	assert.Equal(t, 1, strings.Count(r.stderr, "\n"), "one line: %q", r.stderr)
	assert.True(t, strings.HasPrefix(r.stderr, "llm: "), r.stderr)
}

func assertNothingWritten(t *testing.T) {
	t.Helper()
	_, err := os.Stat("runs")
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestTokens(t *testing.T) {
	out := ok(t, "tokens", "encode", "-ids", "Every effort moves you")
	assert.Equal(t, "6109 3626 6100 345\n", out)
	assert.Equal(t, "Every effort moves you\n", ok(t, "tokens", "decode", "6109", "3626", "6100", "345"))
	assert.Equal(t, "Every effort moves you\n", llmIn(t, t.Context(), out, "tokens", "decode").out)

	var pieces []piece
	require.NoError(t, json.Unmarshal([]byte(ok(t, "tokens", "encode", "-json", "Every effort")), &pieces))
	assert.Equal(t, []piece{{6109, "Every", []byte("Every")}, {3626, " effort", []byte(" effort")}}, pieces)
	assert.Equal(t, "[]\n", ok(t, "tokens", "encode", "-json", ""))

	dir := pretrained(t)
	own := ok(t, "tokens", "encode", "-ids", "-model", dir, "Rays of Light")
	one := exported(t, "-model", dir)
	require.NoError(t, os.Remove(filepath.Join(one, "vocab.json")))
	require.NoError(t, os.Remove(filepath.Join(one, "merges.txt")))
	assert.Equal(t, own, ok(t, "tokens", "encode", "-ids", "-model", one, "Rays of Light"), "tokenizer.json alone")
	assert.NotEqual(t, ok(t, "tokens", "encode", "-ids", "Rays of Light"), own)
	assert.Equal(t, "Rays of Light\n", ok(t, append([]string{"tokens", "decode", "-model", dir}, strings.Fields(own)...)...))
}

// The two halves of a character come back as they are: not by their text, but by
// their bytes.
func TestTokensAsJSONAreExact(t *testing.T) {
	for _, text := range []string{"大语言模型 👩‍👩‍👧", "naïve\n\t<|endoftext|>"} {
		var pieces []piece
		require.NoError(t, json.Unmarshal([]byte(ok(t, "tokens", "encode", "-json", text)), &pieces))
		var all []byte
		ids := []string{"tokens", "decode", "-json"}
		for _, p := range pieces {
			all = append(all, p.Bytes...)
			ids = append(ids, fmt.Sprint(p.ID))
		}
		assert.Equal(t, text, string(all))
		var back decoded
		require.NoError(t, json.Unmarshal([]byte(ok(t, ids[:4]...)), &back))
		assert.Equal(t, pieces[0].Bytes, back.Bytes, "the first token alone")
		require.NoError(t, json.Unmarshal([]byte(ok(t, ids...)), &back))
		assert.Equal(t, text, back.Text)
	}
	assert.Contains(t, ok(t, "tokens", "encode", "-h"), "base64")
	assert.Contains(t, ok(t, "tokens", "decode", "-h"), "base64")
}

// Texts for tokens are read as texts to train on are.
func TestTokensOfTextFiles(t *testing.T) {
	ids := func(text string, more ...string) string {
		return llmIn(t, t.Context(), text, append([]string{"tokens", "encode", "-ids"}, more...)...).out
	}
	assert.Equal(t, ids("line one\nline two\n"), ids("\ufeffline one\r\nline two\r"))
	assert.Equal(t, "32 1790 12838 13 198 50256 198 6610 12838 13 198\n", ids("A short tale.\n<|endoftext|>\nAnother tale.\n"))
	assert.NotContains(t, ids("A<|endoftext|>", "-plain-endoftext"), "50256")
	refused := llmIn(t, t.Context(), "ham\nprice \xa3 5\n", "tokens", "encode")
	assert.Equal(t, 1, refused.status)
	assert.Contains(t, refused.stderr, "standard input: line 2: the byte 0xa3 is not UTF-8")
	refused = llmIn(t, t.Context(), strings.Repeat(" ", 6<<20), "tokens", "encode")
	assert.Equal(t, 1, refused.status)
	assert.Contains(t, refused.stderr, "the longest that can be encoded is of 4194304")
	refused = llmIn(t, t.Context(), strings.Repeat("a ", 1<<20), "generate", "-model", pretrained(t))
	assert.Contains(t, refused.stderr, "standard input has more than 1048576 bytes")
}

// A model that was trained on short documents ends its own with the special token,
// and one that took the token for text writes it out.
func TestDocumentsEnd(t *testing.T) {
	text := filepath.Join(t.TempDir(), "tales.txt")
	require.NoError(t, os.WriteFile(text, []byte(strings.Repeat("A short tale.\r\n<|endoftext|>Another tale.\r\n<|endoftext|>", 120)), 0o666))
	for _, plain := range []bool{false, true} {
		dir := filepath.Join(t.TempDir(), "tales")
		args := []string{"pretrain", "-data", text, "-out", dir, "-vocab", "280", "-layers", "1", "-width", "16", "-heads", "2", "-context", "16",
			"-batch", "4", "-steps", "150", "-rate", "1e-2", "-prompt", "A short"}
		if plain {
			args = append(args, "-plain-endoftext")
		}
		ok(t, args...)
		written := ok(t, "generate", "-model", dir, "-n", "100", "-temperature", "0", "A short")
		vocab := read(t, filepath.Join(dir, "vocab.json"))
		if plain {
			assert.Contains(t, written, "<|endoftext|>A")
			assert.Contains(t, vocab, `"endoftext"`)
		} else {
			assert.Equal(t, "A short tale.\n\n", written)
			assert.NotContains(t, vocab, `"endoftext"`)
		}
	}
}

func TestExercises(t *testing.T) {
	hint := ok(t, "exercises", "hint", "1.1")
	assert.Contains(t, hint, "Exercise 1.1: ")
	assert.Contains(t, hint, "Hint 1 of 3: ")
}

func TestGenerate(t *testing.T) {
	dir := pretrained(t)
	first := ok(t, "generate", "-model", dir, "-n", "20", "The Rays")
	assert.True(t, strings.HasPrefix(first, "The Rays"), first)
	assert.Equal(t, first, ok(t, "generate", "-model", dir, "-n", "20", "The", "Rays"), "the same seed, the same text")
	assert.Equal(t, first, llmIn(t, t.Context(), "The Rays\n", "generate", "-model", dir, "-n", "20").out)
	assert.NotEqual(t, first, ok(t, "generate", "-model", dir, "-n", "20", "-seed", "2", "The Rays"))
	assert.Equal(t, ok(t, "generate", "-model", dir, "-temperature", "0", "-seed", "1", "x"),
		ok(t, "generate", "-model", dir, "-temperature", "0", "-seed", "2", "x"), "greedy knows no chance")
	ok(t, "generate", "-model", dir, "-n", "5") // from nothing

	long := llm(t, "generate", "-model", dir, "-n", "3", strings.Repeat("Light ", 200))
	assert.Equal(t, 0, long.status)
	assert.Contains(t, long.stderr, "the model reads the last 160 of them")
}

func TestGenerateStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := llmIn(t, ctx, "", "generate", "-model", pretrained(t), "-n", "100000", "The")
	assert.Equal(t, statusInterrupted, r.status)
}

func TestClassify(t *testing.T) {
	dir, out := pretrained(t), filepath.Join(t.TempDir(), "spam")
	trained := ok(t, "classify", "train", "-model", dir, "-out", out, "-messages", "100", "-epochs", "1")
	assert.Contains(t, trained, "held out, half of them spam")
	assert.Contains(t, trained, "sorted right")

	var report classifyReport
	require.NoError(t, json.Unmarshal([]byte(ok(t, "classify", "eval", "-model", out, "-json")), &report))
	assert.Greater(t, report.Messages, 5)
	assert.Equal(t, report.Messages, report.Confusion["ham"]["ham"]+report.Confusion["ham"]["spam"]+report.Confusion["spam"]["ham"]+report.Confusion["spam"]["spam"])
	assert.InDelta(t, float64(report.Confusion["ham"]["ham"]+report.Confusion["spam"]["spam"])/float64(report.Messages), report.Accuracy, 1e-9)
	assert.Contains(t, ok(t, "classify", "eval", "-model", out), "sorted right")

	var s sorted
	require.NoError(t, json.Unmarshal([]byte(ok(t, "classify", "run", "-model", out, "-json", "See you at six")), &s))
	assert.Equal(t, "See you at six", s.Text)
	assert.GreaterOrEqual(t, s.Probability, 0.5)
	assert.Contains(t, []string{"ham", "spam"}, s.Class)
	lines := llmIn(t, t.Context(), "See you\nWIN\n", "classify", "run", "-model", out).out
	assert.Equal(t, 2, strings.Count(lines, "\n"))
}

// A file that the filter was trained on is judged by the part that was held out,
// another one as a whole.
func TestClassifyOwnData(t *testing.T) {
	var tsv strings.Builder
	for i := range 30 {
		fmt.Fprintf(&tsv, "ham\tSee you at %d, \"love\n", i)
		fmt.Fprintf(&tsv, "spam\tWIN %d pounds now\n", i)
	}
	data := file(t, "messages.tsv", tsv.String())
	dir, out := pretrained(t), filepath.Join(t.TempDir(), "spam")
	ok(t, "classify", "train", "-model", dir, "-out", out, "-data", data, "-epochs", "1", "-layers", "last")
	for _, c := range []struct {
		data string
		want int
	}{{"", 12}, {data, 12}, {file(t, "other.tsv", tsv.String()+"ham\tone more\n"), 61}} {
		var report classifyReport
		args := []string{"classify", "eval", "-model", out, "-json"}
		if c.data != "" {
			args = append(args, "-data", c.data)
		}
		require.NoError(t, json.Unmarshal([]byte(ok(t, args...)), &report))
		assert.Equal(t, c.want, report.Messages)
	}
}

func TestInstruct(t *testing.T) {
	dir, out := pretrained(t), filepath.Join(t.TempDir(), "assistant")
	data := file(t, "entries.json", `[`+strings.Repeat(`{"instruction": "Say hi.", "input": "", "output": "hi", "kind": "greeting"},`, 39)+
		`{"instruction": "Say hi.", "input": "you", "output": "hi"}]`)
	ok(t, "instruct", "train", "-model", dir, "-out", out, "-data", data, "-epochs", "1", "-batch", "8")

	var e evaluation
	require.NoError(t, json.Unmarshal([]byte(ok(t, "instruct", "eval", "-model", out, "-json")), &e))
	assert.Equal(t, 4, e.Entries)
	assert.Len(t, e.Scores, 4)
	assert.Equal(t, 4, e.Kinds["greeting"].Exact)
	assert.Positive(t, e.Loss)
	assert.Contains(t, ok(t, "instruct", "eval", "-model", out, "-v"), "of 4 exact answers right")
}

// lossesOf are the lines of a training command that tell losses.
func lossesOf(out string) []string {
	var found []string
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "step ") {
			found = append(found, line)
		}
	}
	return found
}

func TestLossesDoNotDependOnTheNumberOfCores(t *testing.T) {
	data := book(t)
	train := func(cores int, args ...string) (losses, log string) {
		dir := filepath.Join(t.TempDir(), "run")
		cmd := process(tiny(append([]string{"-data", data, "-out", dir, "-steps", "5", "-batch", "8", "-width", "64"}, args...)...)...)
		cmd.Env = append(cmd.Env, fmt.Sprint("GOMAXPROCS=", cores))
		out, err := cmd.Output()
		require.NoError(t, err)
		lines := lossesOf(string(out))
		require.Len(t, lines, 6)
		return strings.Join(lines, ""), read(t, dir, "log.csv")
	}
	losses1, log1 := train(1)
	losses2, log2 := train(2)
	losses3, log3 := train(3)
	assert.Equal(t, losses1, losses2)
	assert.Equal(t, losses1, losses3)
	assert.Equal(t, log1, log2)
	assert.Equal(t, log1, log3)
	_, other := train(2, "-seed", "2")
	assert.NotEqual(t, log1, other, "another seed")
}

func read(t *testing.T, elem ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elem...))
	require.NoError(t, err)
	return string(data)
}

// stopping is a context that is cancelled when a training run has asked it n times,
// which it does before each step.
type stopping struct {
	context.Context
	n *int
}

func (s stopping) Err() error {
	if !training.UnderWay.Load() {
		return s.Context.Err()
	}
	if *s.n--; *s.n < 0 {
		return context.Canceled
	}
	return nil
}

func TestResumedRunsEndWithTheSameBytes(t *testing.T) {
	model, text := pretrained(t), book(t)
	entries := file(t, "entries.json", `[`+strings.Repeat(`{"instruction": "Say hi.", "input": "", "output": "hi"},`, 39)+
		`{"instruction": "Say hi.", "input": "you", "output": "hi"}]`)
	for name, args := range map[string][]string{
		"pretrain":        tiny("-data", text, "-steps", "9", "-every", "4", "-accumulate", "2"),
		"classify train":  {"classify", "train", "-model", model, "-messages", "100", "-epochs", "2"},
		"classify lora":   {"classify", "train", "-model", model, "-messages", "100", "-epochs", "2", "-lora", "2"},
		"instruct train":  {"instruct", "train", "-model", model, "-data", entries, "-epochs", "2", "-batch", "5"},
		"pretrain, small": tiny("-data", text, "-steps", "3"),
	} {
		t.Run(name, func(t *testing.T) {
			whole, parts := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "parts")
			ok(t, append(args, "-out", whole)...)
			r := llmIn(t, stopping{t.Context(), new(2)}, "", append(args, "-out", parts)...)
			require.Equal(t, statusInterrupted, r.status, r.stderr)
			assert.Contains(t, r.stderr, "stopped and saved after step 2 of")
			at := strings.Index(r.stderr, "  "+program())
			require.Positive(t, at)
			again := strings.Fields(strings.TrimPrefix(strings.TrimSpace(r.stderr[at:]), program()))
			assert.Equal(t, []string{"-resume", "-out", parts}, again[len(again)-3:])

			// What an earlier version left behind after a crash is not gone on with.
			appendTo(t, filepath.Join(parts, "log.csv"), "3,9.9,9.9,1,1\n4,9")
			appendTo(t, filepath.Join(parts, "samples.txt"), "=== after step 4\n\nlost\n\n")
			ok(t, again...)
			entries, err := os.ReadDir(whole)
			require.NoError(t, err)
			for _, e := range entries {
				assert.Equal(t, read(t, whole, e.Name()), read(t, parts, e.Name()), e.Name())
			}
			ok(t, again...) // a finished run has nothing left to do, and says so
		})
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(text)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func TestTrainingLearns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "model")
	out := ok(t, tiny("-data", book(t), "-out", dir, "-steps", "40", "-rate", "0.01", "-batch", "4")...)
	losses := lossesOf(out)
	var first, last float64
	_, err := fmt.Sscanf(losses[0], "step 0 validation loss %f", &first)
	require.NoError(t, err)
	var step int
	var train float64
	_, err = fmt.Sscanf(losses[len(losses)-1], "step %d training loss %f validation loss %f", &step, &train, &last)
	require.NoError(t, err)
	assert.InDelta(t, math.Log(300), first, 0.2, "a model that guesses")
	assert.Less(t, last, first-1)
	assert.Contains(t, read(t, dir, "loss.svg"), "<svg")
	assert.Contains(t, read(t, dir, "samples.txt"), "=== after step 40\n\nThe Rays of Light")
}

// A plan touches no directory, be it one that is there or one that is not.
func TestPlan(t *testing.T) {
	dir, text := pretrained(t), book(t)
	before := holds(t, dir)
	for _, args := range [][]string{
		tiny("-data", text, "-out", dir), tiny("-data", text, "-out", "nowhere"),
		{"classify", "train", "-model", dir, "-messages", "60", "-epochs", "1", "-out", dir + "-new"},
		{"instruct", "train", "-model", dir, "-epochs", "1", "-batch", "300", "-out", dir + "-new"},
	} {
		assert.Regexp(t, `^\d+ steps take about \d+m?\d*s on this machine: .* s each, and .* s for each of \d+ looks at the validation loss; `+
			`\d+ MB of memory, at most \d+ MB of disk\n$`, ok(t, append(args, "-plan")...))
	}
	assert.Equal(t, before, holds(t, dir))
	assert.NoDirExists(t, "nowhere")
	assert.NoDirExists(t, dir+"-new")
	assert.Equal(t, statusUsage, llm(t, "pretrain", "-resume", "-plan", "-out", dir).status)
}

func TestOutputIsNotOverwritten(t *testing.T) {
	dir, text := pretrained(t), book(t)
	before := read(t, dir, "model.safetensors")
	r := llm(t, tiny("-data", text, "-out", dir, "-steps", "2")...)
	assert.Equal(t, statusFailed, r.status)
	assertOneLine(t, r, dir+" exists: go on with its run by -resume, replace it by -force")
	assert.Equal(t, before, read(t, dir, "model.safetensors"))

	// Even -force removes nothing before the new run is known to be possible.
	r = llm(t, tiny("-data", "missing.txt", "-out", dir, "-force")...)
	assert.Equal(t, statusFailed, r.status)
	assert.Equal(t, before, read(t, dir, "model.safetensors"))

	require.NoError(t, os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("mine"), 0o644))
	ok(t, tiny("-data", text, "-out", dir, "-steps", "2", "-force")...)
	assert.NotEqual(t, before, read(t, dir, "model.safetensors"))
	assert.Equal(t, "mine", read(t, dir, "notes.txt"))
}

// What is printed to be copied does for a shell what it says, in a directory of any
// name.
func TestPrintedCommandsCanBeCopied(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell to copy into")
	}
	words := func(line string) []string {
		out, err := exec.Command(sh, "-c", "for word in "+line+"; do printf '%s\\0' \"$word\"; done").Output()
		require.NoError(t, err, line)
		return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	}
	names := []string{"plain/a.b-c_1", "d[1]", "two words", "it's", `"q"`, "$HOME `x` $(x)", "数ü", "a*?;&|<>(){}!#~", "~", "#", "\\", ""}
	for _, name := range names {
		assert.Equal(t, []string{name}, words(quote(name)))
	}
	assert.Equal(t, "plain/a.b-c_1", quote("plain/a.b-c_1"))
	assert.Equal(t, `$'a\nit\'s\x1b\xe9 ü'`, quote("a\nit's\x1b\xe9 ü"), "one line, and nothing that disturbs a terminal, as bash and zsh read it")
	assert.Equal(t, "./-d", quote("-d"))

	dir := filepath.Join(t.TempDir(), "-d[1] it's $HOME 数")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	t.Chdir(dir)
	text := book(t)
	for _, out := range []string{"a run's", filepath.Join(dir, "run"), "./-r[2]"} {
		r := llm(t, tiny("-data", text, "-out", out, "-steps", "3", "-every", "3", "-stop", "1")...)
		require.Equal(t, statusOK, r.status, r.stderr)
		_, line, found := strings.Cut(r.stderr, "to go on:\n  "+program()+" ")
		require.True(t, found, r.stderr)
		r = llm(t, words(strings.TrimSpace(line))...)
		require.Equal(t, statusOK, r.status, r.stderr)
		line = r.out[strings.LastIndex(r.out, program()):]
		require.Equal(t, statusOK, llm(t, words(strings.TrimSpace(strings.TrimPrefix(line, program())))...).status, line)
	}
}
