package house

// The chapters in the book's order: a chapter imports only those before it.
var chapters = []struct{ dir, name string }{
	{"ch01_tokens", "tokens"},
	{"ch02_embeddings", "embeddings"},
	{"ch03_attention", "attention"},
	{"ch04_gpt", "gpt"},
	{"ch05_pretrain", "pretrain"},
	{"ch06_classify_ft", "classify"},
	{"ch07_instruct_ft", "instruct"},
}

// module is the path that all of ours begins with.
const module = "github.com/llm-from-scratch/llm"

// What grows from the trunk, one directory and one page (docs/branch_NAME.md)
// each, with the other branches that it imports. Chapters know no branch. What stands
// on its own in a branch has a package below it, which the branch's page tells too.
var branches = map[string][]string{
	"branches/bert":                 {"branches/layers", "branches/wordpiece"},
	"branches/chat":                 nil,
	"branches/layers":               nil,
	"branches/llama":                {"branches/layers", "branches/lora"},                       // lora in its tests
	"branches/lora":                 {"branches/layers", "branches/llama", "branches/quantize"}, // the last two in its tests
	"branches/prompts":              {"branches/chat", "branches/layers", "branches/llama"},     // the last two in its tests
	"branches/quantize":             {"branches/layers", "branches/llama"},
	"branches/steps":                {"branches/layers", "branches/llama"},
	"branches/talk":                 {"branches/chat", "branches/llama", "branches/layers", "branches/steps"},                                   // layers in its tests
	"branches/translate":            {"branches/layers", "branches/translate/parts", "branches/translate/search", "branches/translate/grammar"}, // the last two in its tests
	"branches/translate/bleu":       nil,
	"branches/translate/grammar":    nil,
	"branches/translate/parts":      {"branches/layers"},
	"branches/translate/search":     nil,
	"branches/wordpiece":            nil,
	"branches/translate/translator": {"branches/translate", "branches/translate/bleu", "branches/translate/grammar", "branches/translate/search"},
	"branches/bert/gaps":            {"branches/bert", "branches/wordpiece"},
}

// Chapters and branches import the standard library, chapters (those before),
// rooms of internal/ that need no chapter, and these. A path stands for all below it.
var chapterLibraries = []string{"gonum.org/v1/gonum", "golang.org/x/text/unicode/norm"}

// Rooms that chapters import also import these.
var roomLibraries = []string{"github.com/go-json-experiment/json", "golang.org/x/sys", "golang.org/x/text", "github.com/gofrs/flock"}

// A chapter's tests also import these.
var testLibraries = []string{
	"github.com/stretchr/testify",
	"github.com/pkoukk/tiktoken-go-loader",
	"github.com/tiktoken-go/tokenizer",
	"github.com/dlclark/regexp2", // has GPT-2's look-ahead, to compare the hand-written scanner with
}

// Parts of the standard library that chapters leave to programs.
var programsOnly = []string{
	"expvar", "flag", "html", "html/template", "log", "log/slog", "net", "os/exec", "os/signal", "testing",
	"text/template",
}

// A program that imports chapter 7 links none of these, even through others.
var notLinked = []string{
	"flag", "html/template", "log", "net", "net/http", "os/exec", "testing", "text/template",
}

// What shared rooms import of ours, and programs that show how little one needs.
// The tests, commands and the figures may import everything but commands.
var roomImports = map[string][]string{
	"internal/bpe":               nil,
	"internal/durable":           nil,
	"internal/f32":               nil,
	"internal/fetch":             {module + "/internal/durable"},
	"internal/flash":             {module + "/internal/f32"},
	"internal/golden":            {module + "/internal/safetensors"},
	"internal/exercise":          {module + "/internal/gradcheck", module + "/internal/plaintext"},
	"internal/gradcheck":         nil,
	"internal/gpt2files":         {module + "/internal/gguf", module + "/internal/safetensors", module + "/internal/strictjson"},
	"internal/gguf":              {module + "/internal/f32", module + "/internal/safetensors"},
	"internal/exercise/testdata": nil,
	"internal/matmul":            nil,
	"internal/plaintext":         nil,
	"internal/compare/roofline":  {module + "/internal/f32"},
	"internal/safetensors":       {module + "/internal/f32", module + "/internal/strictjson"},
	"internal/strictjson":        {module + "/internal/plaintext"},
	"internal/tokenizerjson":     {module + "/internal/strictjson"},
	"internal/topk":              {module + "/internal/f32"},
	"examples/embed":             {module + "/ch07_instruct_ft"},
}

// Every chapter's directory has these files.
var chapterFiles = []string{
	"doc.go",
	"example_test.go",
	"exercise_test.go",
	"exercise_check_test.go",
	"testdata/exercises/exercise_test.go",
}

// Every branch's directory has these.
var branchFiles = []string{"doc.go", "example_test.go"}

// Chapters return and yield; programs print and exit. "fmt.Print" stands for
// all names that begin so.
var notInChapters = []string{
	"fmt.Print", "os.Exit", "os.Stdout", "os.Stderr", "os.Stdin", "os.Args", "os.Getenv", "os.LookupEnv", "runtime.GC",
	"time.Now", "time.Since", "time.Sleep",
}

// Whatever is random comes from a *rand.Rand that the caller passes in. Of the
// package itself chapters use only these.
var randNames = []string{"New", "NewPCG", "PCG", "Rand", "Source"}

// Nobody looks for a package by these names.
var vagueNames = []string{"base", "common", "core", "helper", "helpers", "lib", "manager", "misc", "shared", "types", "util", "utils"}

// Which packages read the variables that say where data is: the others ask them,
// because a relative folder must mean the same to all.
var folderVariables = map[string][]string{
	"GOLDEN":         {"internal/golden"},
	"LLMBOOK_DATA":   {"internal/fetch", "internal/golden", "cmd"},
	"LLMBOOK_MODELS": {"internal/golden"},
}

// Panics whose message is not a constant, and why.
var panicExceptions = map[string]string{
	"branches/bert/params.go":      "New passes the text of Validate on",
	"ch04_gpt/params.go":           "Validate says which number of the configuration is wrong",
	"branches/llama/params.go":     "New passes the text of Validate on",
	"branches/translate/params.go": "New passes the text of Validate on",
	"branches/steps/params.go":     "New passes the text of Validate on",
}

// The most lines of Go outside tests that a room has: a reader sits down with a
// chapter and gets up having read it. Where more than 800 are allowed, the reason
// stands beside. A chapter has at least 200.
var longest = map[string]int{
	"ch04_gpt":       1000, // the whole model, forward and backward, trained and used
	"ch05_pretrain":  1000, // the loss, the optimiser, the loop, sampling, files, checkpoints: one road from chance to a model
	"branches/bert":  1000, // the encoder, what is read off it, its training and the vectors of sentences: one road
	"cmd/llm":        3100, // twenty commands, those over the trunk, which take models of any kind and write them in two formats
	"internal/fetch": 700,
}

// A branch that has commands of its own, or a part in those of the trunk, adds one file
// to cmd/llm, named after it, of at most so many lines.
var branchCommands = []string{"bert", "lora", "prompts", "steps", "talk", "translate"}

const branchCommandLines = 250

// A function needs no more than one screen but where one algorithm is told in order.
const screen = 45

// The generators of machine code are such: each tells one kernel in order.
const machineCode = "internal/f32/asm/"
