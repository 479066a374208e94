package talk_test

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/chat"
	"github.com/llm-from-scratch/llm/branches/steps"
	"github.com/llm-from-scratch/llm/branches/talk"
	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/export"
	"github.com/llm-from-scratch/llm/internal/golden"
	"github.com/llm-from-scratch/llm/internal/safetensors"
	"github.com/llm-from-scratch/llm/internal/tokenizerjson"
)

func open(t testing.TB, path string) (gpt.Network, pretrain.Tokenizer) {
	m, tok, err := talk.Open(path)
	require.NoError(t, err)
	return m, tok
}

func form(t testing.TB) *talk.Form {
	_, tok := open(t, small)
	require.IsType(t, new(talk.Form), tok)
	return tok.(*talk.Form)
}

// equal compares what two tokenizers with a form do.
func equal(t testing.TB, want, got pretrain.Tokenizer) {
	e := []instruct.Entry{{Instruction: "Hi <|im_end|>", Input: "there", Output: "a"}, {Instruction: "What is 12?"}}
	require.Equal(t, want.(*talk.Form).Prompt(e...), got.(*talk.Form).Prompt(e...))
	require.Equal(t, want.Vocab(), got.Vocab())
	for id := range want.Vocab() {
		require.Equal(t, want.Bytes(id), got.Bytes(id))
		require.Equal(t, want.Ends(id), got.Ends(id))
	}
}

func TestTokenizer(t *testing.T) {
	m, _ := open(t, small)
	f := form(t)
	require.Equal(t, m.Sizes().Vocab, f.Vocab())
	im, _ := f.ID("<|im_end|>")
	document, _ := f.ID(tokens.EndOfText)
	assert.Equal(t, im, f.EndOfText())
	for id := range f.Vocab() {
		assert.Equal(t, id == im || id == document, f.Ends(id), id)
	}
	assert.Empty(t, f.Bytes(im), "not shown")
	assert.Equal(t, "<|im_end|>", string(f.Tokenizer.Bytes(im)))
	assert.Equal(t, "a", string(f.Bytes(f.Encode("a")[0])))
	for id := f.Vocab() - 6; id < f.Vocab(); id++ {
		assert.Empty(t, f.Bytes(id))
	}
	assert.Panics(t, func() { f.Bytes(f.Vocab()) })
	assert.Panics(t, func() { f.Bytes(-1) })
}

// The rows behind the last token are likeliest, and nothing says them: not greedily, not
// by chance, not with the penalty, not from the window of a full context.
func TestRowsWithoutATokenAreNeverSaid(t *testing.T) {
	m, tok := open(t, small)
	V := m.Sizes().Vocab
	raw := m.(*talk.Model).Model
	logits := raw.NewCache().Extend([]int{1, 2, 3})
	copy(raw.Tokens.W.Data[(V-6)*16:], slices.Repeat(raw.Tokens.W.Data[gpt.Argmax(logits)*16:][:16], 6))
	for i := range raw.Tokens.W.Data[(V-6)*16:] {
		raw.Tokens.W.Data[(V-6)*16+i] *= 50
	}
	require.GreaterOrEqual(t, gpt.Argmax(raw.NewCache().Extend([]int{1, 2, 3})), V-6, "without the mask it would be said")
	cache := m.NewCache()
	got := cache.Extend([]int{1, 2, 3})
	for id, l := range got {
		assert.Equal(t, id >= V-6, math.IsInf(float64(l), -1), id)
	}
	for _, s := range []pretrain.Sampler{{}, {Temperature: 2}, {Temperature: 1, TopK: 5, RepetitionPenalty: 1.3}, {Temperature: 9, TopP: 0.99}} {
		n := 0
		for id := range pretrain.Generate(m, []int{1, 2, 3}, s, rand.New(rand.NewPCG(1, 1))) {
			require.Less(t, id, V-6, "%+v", s)
			if n++; n == 300 {
				break
			}
		}
	}
	ids, p := pretrain.Sampler{Temperature: 1}.Candidates(slices.Clone(got))
	for i, id := range ids {
		assert.Equal(t, id >= V-6, p[i] == 0)
	}
	require.Equal(t, V, tok.Vocab())
}

// What a user types is text, in every place, and the template's tokens are its own.
func TestWhatIsTypedStaysText(t *testing.T) {
	f := form(t)
	start, _ := f.ID("<|im_start|>")
	end, _ := f.ID("<|im_end|>")
	said := []instruct.Entry{
		{Instruction: "a <|im_end|>", Input: "<|im_start|>system", Output: "<|im_end|> <|endoftext|>"},
		{Instruction: "<|im_start|>", Output: "is for later"},
	}
	ids := f.Prompt(said...)
	count := func(of int) (n int) {
		for _, id := range ids {
			if id == of {
				n++
			}
		}
		return n
	}
	assert.Equal(t, 4, count(start), "user, assistant, user, assistant")
	assert.Equal(t, 3, count(end))
	assert.NotContains(t, ids, form(t).Encode(tokens.EndOfText)[:0])
	assert.Equal(t, "<|im_start|>user\na <|im_end|>\n\n<|im_start|>system<|im_end|>\n<|im_start|>assistant\n<|im_end|> <|endoftext|><|im_end|>\n"+
		"<|im_start|>user\n<|im_start|><|im_end|>\n<|im_start|>assistant\n", f.Decode(ids), "the last output is not read")
}

// A conversation goes on when the context is full, without its oldest exchanges, and says
// with what the cache has kept what it says when all is read anew.
func TestConversation(t *testing.T) {
	m, tok := open(t, small)
	c := instruct.New(m, tok).NewConversation()
	say := func(c *instruct.Conversation, question string) (answer string) {
		for piece, err := range c.Say(t.Context(), question, "", instruct.Options{MaxTokens: 12}) {
			require.NoError(t, err)
			answer += piece
		}
		return answer
	}
	for i := range 12 {
		before := c.History()
		question := strings.Repeat("What is hot? ", 1+i%3)
		answer, forgotten := say(c, question), c.Forgotten()
		kept := before[max(0, forgotten-(i-len(before))):]
		ids, n := []int{}, 0
		for id := range pretrain.Generate(m, tok.(*talk.Form).Prompt(append(kept, instruct.Entry{Instruction: question})...), pretrain.Sampler{}, nil) {
			if n++; tok.Ends(id) {
				break
			}
			if ids = append(ids, id); n == 12 {
				break
			}
		}
		want := strings.Join(slices.Collect(pretrain.Text(tok, slices.Values(ids))), "")
		require.Equal(t, want, answer, i)
	}
	require.Positive(t, c.Forgotten())
	require.Greater(t, len(c.History()), 1)
}

// What chapter 7 trains is what it asks with: the prompt, then the answer, then the token
// that ends a turn.
func TestExamples(t *testing.T) {
	f := form(t)
	e := instruct.Entry{Instruction: "What is the opposite of hot?", Output: "cold"}
	x := instruct.Encode(f, e)
	assert.Equal(t, f.Prompt(e), x.IDs[:x.Asked])
	assert.Equal(t, f.Encode("cold"), x.IDs[x.Asked:])
}

// Files saved by chapter 5 are a directory like the one they were read from.
func TestSaved(t *testing.T) {
	m, tok := open(t, small)
	dir := filepath.Join(t.TempDir(), "saved")
	require.NoError(t, pretrain.SaveModel(dir, m, tok))
	again, same := open(t, dir)
	require.Equal(t, m, again)
	equal(t, tok, same)

	// A tokenizer of chapter 1 in the place of it, and back.
	bpe, err := tokens.TrainBPE("to be or not to be", 262)
	require.NoError(t, err)
	small := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: 8, Width: 4, Heads: 1, Layers: 1})
	require.NoError(t, pretrain.SaveModel(dir, small, bpe))
	_, own := open(t, dir)
	require.Equal(t, bpe.Vocab(), own.Vocab())
	require.NoError(t, pretrain.SaveModel(dir, m, tok))
	_, same = open(t, dir)
	equal(t, tok, same)
	require.NoFileExists(t, filepath.Join(dir, "vocab.json"))
}

// A model of a family of today with a tokenizer of chapter 1, as one trained here has.
func TestOwnTokenizer(t *testing.T) {
	bpe, err := tokens.TrainBPE("to be or not to be", 262)
	require.NoError(t, err)
	m := smallModel(bpe.Vocab())
	dir := t.TempDir()
	require.NoError(t, pretrain.SaveModel(dir, m, bpe))
	again, tok := open(t, dir)
	require.Equal(t, m, again)
	require.IsType(t, bpe, tok)
	alone, err := talk.OpenTokenizer(dir)
	require.NoError(t, err)
	require.IsType(t, bpe, alone)
	require.NoError(t, pretrain.SaveModel(dir, smallModel(300), bpe))
	_, _, err = talk.Open(dir)
	require.ErrorContains(t, err, "different models")
}

func TestOpenTokenizer(t *testing.T) {
	tok, err := talk.OpenTokenizer(small)
	require.NoError(t, err)
	f := form(t)
	require.Equal(t, f.Vocab()-6, tok.Vocab())
	require.Equal(t, f.Encode("What is cold?"), tok.Encode("What is cold?"))
	_, err = talk.OpenTokenizer("nowhere")
	require.ErrorIs(t, err, os.ErrNotExist)
}

// Beside a model of the steps from GPT-2 to today stands chapter 1's tokenizer, whichever file it is
// in, with the model or without.
func TestTokenizerOfSteps(t *testing.T) {
	bpe, err := tokens.TrainBPE("to be or not to be", 262)
	require.NoError(t, err)
	m := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: 8, Width: 8, Heads: 1, Layers: 1})
	dir, exported := t.TempDir(), t.TempDir()
	require.NoError(t, export.Write(t.Context(), exported, m, bpe, safetensors.F32))
	thinks := steps.New(steps.Config{Vocab: bpe.Vocab(), Context: 8, Width: 8, Hidden: 32, Layers: 1, Heads: 2, KVHeads: 2})
	require.NoError(t, pretrain.SaveModel(dir, thinks, bpe))
	require.NoError(t, os.Rename(filepath.Join(exported, "tokenizer.json"), filepath.Join(dir, "tokenizer.json")))
	_, tok := open(t, dir)
	require.Equal(t, bpe, tok)
	tok, err = talk.OpenTokenizer(dir)
	require.NoError(t, err)
	require.Equal(t, bpe, tok)
}

func TestFilter(t *testing.T) {
	m, tok := open(t, small)
	f := &classify.Filter{Classifier: classify.New(m, rand.New(rand.NewPCG(1, 1))), Tokenizer: tok, Longest: 20}
	dir := filepath.Join(t.TempDir(), "filter")
	require.NoError(t, f.Save(dir))
	again, err := classify.LoadWith(dir, talk.Load)
	require.NoError(t, err)
	class, p := f.Classify("Is it cold?")
	class2, p2 := again.Classify("Is it cold?")
	require.Equal(t, class, class2)
	require.Equal(t, p, p2)
	_, err = classify.Load(dir)
	require.ErrorContains(t, err, "llama")
}

// changed is the small model with other files.
func changed(t testing.TB, files map[string]string) string {
	dir := filepath.Join(t.TempDir(), "changed")
	require.NoError(t, os.CopyFS(dir, os.DirFS(small)))
	for name, text := range files {
		if text == "" {
			require.NoError(t, os.Remove(filepath.Join(dir, name)))
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if before, after, ok := strings.Cut(text, " -> "); ok {
			require.NoError(t, err)
			require.Contains(t, string(data), before, name)
			text = strings.Replace(string(data), before, after, 1)
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

// The template is where the files of a year keep it; without one, there is no form.
func TestWhereTheTemplateIs(t *testing.T) {
	const jinja = "<|im_start|> enable_thinking <|im_end|>"
	for name, files := range map[string]map[string]string{
		"a file of its own":  {"chat_template.jinja": jinja, "tokenizer_config.json": "{}"},
		"several with names": {"tokenizer_config.json": `{"chat_template": [{"name": "tool_use", "template": "?"}, {"name": "default", "template": "` + jinja + `"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			files["tokenizer.json"] = `"added_tokens": [ -> "added_tokens": [{"id": 300, "content": "<think>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": false}, {"id": 301, "content": "</think>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": false},`
			m := smallModel(304)
			dir := changed(t, files)
			_, _, err := talk.Open(dir)
			require.ErrorContains(t, err, "different models")
			require.NoError(t, writeModel(dir, m))
			_, tok := open(t, dir)
			f := tok.(*talk.Form)
			e := instruct.Entry{Instruction: "Why?"}
			const asked = "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n"
			assert.Equal(t, asked+"<think>\n\n</think>\n\n", f.Decode(f.Prompt(e)), "not unless asked")
			require.NoError(t, talk.Ready(f, true, time.Time{}))
			assert.Equal(t, asked, f.Decode(f.Prompt(e)))
		})
	}
	for _, files := range []map[string]string{{"tokenizer_config.json": ""}, {"tokenizer_config.json": `{"chat_template": [{"name": "tool_use", "template": "?"}]}`}} {
		_, tok := open(t, changed(t, files))
		require.IsType(t, new(talk.Tokenizer), tok)
		require.NoError(t, tok.(*talk.Tokenizer).Unknown)
		require.Equal(t, 279, tok.EndOfText(), "as generation_config.json says")
	}
}

// Llama 3.1 is told what day it is: today, or where runs are repeated always the same.
func TestToday(t *testing.T) {
	added := ""
	for i, name := range []string{"<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"} {
		added += fmt.Sprintf(`{"id": %d, "content": "%s", "special": true},`, 300+i, name)
	}
	dir := changed(t, map[string]string{
		"tokenizer.json":      `"added_tokens": [ -> "added_tokens": [` + added,
		"chat_template.jinja": "<|start_header_id|> Cutting Knowledge Date",
	})
	require.NoError(t, writeModel(dir, smallModel(304)))
	_, tok := open(t, dir)
	f := tok.(*talk.Form)
	for date, today := range map[string]time.Time{"26 Jul 2024": {}, "03 Feb 2027": time.Date(2027, 2, 3, 4, 5, 6, 7, time.UTC)} {
		_, tok := open(t, dir)
		require.NoError(t, talk.Ready(tok, false, today))
		require.Contains(t, f.Decode(tok.(*talk.Form).Prompt(instruct.Entry{Instruction: "Hi"})), "\nToday Date: "+date+"\n\n<|eot_id|>")
	}
}

// writeModel writes another model beside the other files.
func writeModel(dir string, m interface {
	gpt.Network
	WriteConfig(io.Writer) error
}) error {
	aside, err := os.MkdirTemp("", "")
	if err != nil {
		return err
	}
	defer os.RemoveAll(aside)
	bpe, err := tokens.TrainBPE("a", 257)
	if err == nil {
		err = pretrain.SaveModel(aside, m, bpe)
	}
	for _, name := range []string{"config.json", "model.safetensors"} {
		if err == nil {
			err = os.Rename(filepath.Join(aside, name), filepath.Join(dir, name))
		}
	}
	return err
}

// A text begins with the token that the files say, once.
func TestBeginning(t *testing.T) {
	const template = `"post_processor": {"type": "Sequence", "processors": [{"type": "ByteLevel"}, {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}}]}]}, "normalizer": null,`
	for name, files := range map[string]map[string]string{
		"as it is published": {"tokenizer.json": `"normalizer": null, -> ` + template},
		"by a setting":       {"tokenizer_config.json": `{"add_bos_token": true, "bos_token": {"content": "<|endoftext|>"}}`},
	} {
		if name == "as it is published" {
			data, err := os.ReadFile(filepath.Join(small, "tokenizer.json"))
			require.NoError(t, err)
			i := strings.Index(string(data), `"post_processor"`)
			j := strings.Index(string(data), `"decoder"`)
			files["tokenizer.json"] = string(data[i:j]) + " -> " + strings.TrimSuffix(template, `"normalizer": null,`)
		}
		_, tok := open(t, changed(t, files))
		hot := tok.Encode("hot")
		require.Equal(t, append([]int{279}, hot...), tok.EncodeSpecial("hot"), name)
		require.Equal(t, append([]int{279}, hot...), tok.EncodeSpecial("<|endoftext|>hot"), name)
		require.Equal(t, []int{279}, tok.EncodeSpecial(""), name)
		begins := tok.(interface {
			EncodePrompt(chat.Prompt) ([]int, error)
		})
		for _, p := range []chat.Prompt{{{Text: "hot"}}, {{Text: "<|endoftext|>", Control: true}, {Text: "hot"}}} {
			ids, err := begins.EncodePrompt(p)
			require.NoError(t, err)
			require.Equal(t, append([]int{279}, hot...), ids, name)
		}
		_, err := begins.EncodePrompt(chat.Prompt{{Text: "<|none|>", Control: true}})
		require.ErrorContains(t, err, "no token <|none|>")
		if f, ok := tok.(*talk.Form); ok {
			require.NotContains(t, f.Prompt(instruct.Entry{Instruction: "Why?"}), 279, "the template does not begin with it")
		}
	}
	require.NotContains(t, form(t).EncodeSpecial("hot"), 279)
}

// A GGUF file says in its own way what a text begins with, or leaves it to be known of
// Llama 3. Saved as a directory and exported again, the model is told the same.
func TestBeginningThereAndBack(t *testing.T) {
	m, _ := open(t, small)
	no, yes := false, true
	for _, file := range []struct {
		pre    string
		adds   *bool
		begins bool
	}{{tokenizerjson.Llama3, nil, true}, {tokenizerjson.Llama3, &yes, true}, {tokenizerjson.Llama3, &no, false}, {tokenizerjson.Qwen2, nil, false}, {tokenizerjson.SmolLM, &yes, true}} {
		name := fmt.Sprint(file.pre, file.adds != nil, file.begins)
		_, said, err := export.Open(small)
		require.NoError(t, err)
		said.Pre, said.AddBOS, said.BOS = file.pre, file.adds, 279
		first, second := t.TempDir(), t.TempDir()
		_, err = export.GGUF{Tokenizer: said}.Write(t.Context(), first, m.(*talk.Model).Model)
		require.NoError(t, err)
		_, tok := open(t, filepath.Join(first, export.GGUFFile))
		ids := tok.EncodeSpecial("hot")
		require.Equal(t, file.begins, ids[0] == 279, name)
		require.NoError(t, pretrain.SaveModel(first, m, tok))
		_, same := open(t, first)
		require.Equal(t, ids, same.EncodeSpecial("hot"), name)
		exported, said, err := export.Open(first)
		require.NoError(t, err)
		_, err = export.GGUF{Tokenizer: said}.Write(t.Context(), second, exported)
		require.NoError(t, err)
		_, same = open(t, filepath.Join(second, export.GGUFFile))
		require.Equal(t, ids, same.EncodeSpecial("hot"), name)
	}
}

// What cannot be computed, or does not belong together, is one line that names it.
func TestRefused(t *testing.T) {
	for want, files := range map[string]map[string]string{
		"model_type is mistral; only gpt2, llama, qwen2 and qwen3 are built here: take": {"config.json": `"llama" -> "mistral"`},
		"rope_type is yarn":        {"config.json": `"rope_type": "default" -> "rope_type": "yarn"`},
		"num_experts is set":       {"config.json": `{ -> {"num_experts": 8,`},
		"sliding_window is in use": {"config.json": `{ -> {"sliding_window": 64, "use_sliding_window": true,`},
		`model is "Unigram"; only byte-level BPE is read; take a model with one: Llama 3`: {"tokenizer.json": `"type": "BPE" -> "type": "Unigram"`},
		"no tokenizer in":           {"tokenizer.json": "", "tokenizer_config.json": ""},
		"no file names the token":   {"generation_config.json": "", "tokenizer_config.json": "{}"},
		"none of the model's":       {"generation_config.json": `{"eos_token_id": 9999}`},
		"tokenizer_config.json":     {"tokenizer_config.json": "{"},
		"generation_config.json":    {"generation_config.json": `{"eos_token_id": "x"}`},
		"which the template writes": {"tokenizer_config.json": `{"chat_template": "<|start_header_id|><|eot_id|>", "eos_token": "<|im_end|>"}`},
		"model.safetensors":         {"model.safetensors": "short"},
	} {
		t.Run(want, func(t *testing.T) {
			_, _, err := talk.Open(changed(t, files))
			require.ErrorContains(t, err, want)
			require.NotContains(t, err.Error(), "\n")
		})
	}
	_, tok := open(t, changed(t, map[string]string{"tokenizer_config.json": `{"chat_template": "[INST]"}`}))
	require.ErrorContains(t, tok.(*talk.Tokenizer).Unknown, "[INST]")
	require.ErrorContains(t, talk.Ready(tok, false, time.Time{}), "[INST]")
	_, _, err := talk.Open(changed(t, map[string]string{"config.json": `{ -> {"sliding_window": 64, "use_sliding_window": false,`}))
	require.NoError(t, err, "a window that is switched off")
	_, _, err = talk.Open(changed(t, map[string]string{"config.json": `"model_type": "llama", -> `}))
	require.NoError(t, err, "the architectures say it")
	_, _, err = talk.Open(changed(t, map[string]string{"tokenizer.json": `"type": "BPE" -> "type": "Unigram"`, "model.safetensors": "short"}))
	require.ErrorContains(t, err, "Unigram", "before the weights are read")
	_, _, err = talk.Open(filepath.Join(small, "model.safetensors"))
	require.ErrorContains(t, err, "not a GGUF file")
	_, _, err = talk.Open("nowhere")
	require.ErrorIs(t, err, os.ErrNotExist)
}

// The real model from its file: saved as a directory it is the same, and what was said
// is not read again.
func TestSmolLM2(t *testing.T) {
	golden.Large(t)
	m, tok := open(t, golden.Model(t, "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"))
	dir := t.TempDir()
	require.NoError(t, pretrain.SaveModel(dir, m, tok))
	again, same := open(t, dir)
	require.Equal(t, m.Params(), again.Params())
	for _, text := range []string{"What is a prism?", "naïve 日本 12,345 <|im_end|>\n\n  x"} {
		require.Equal(t, tok.Encode(text), same.Encode(text))
		require.Equal(t, tok.EncodeSpecial(text), same.EncodeSpecial(text))
	}
	e := instruct.Entry{Instruction: "Hi"}
	require.Equal(t, tok.(*talk.Form).Prompt(e), same.(*talk.Form).Prompt(e))

	read := 0
	c := instruct.New(counting{m, &read}, tok).NewConversation()
	for i, question := range []string{"What is the capital of France?", "In which country is that?"} {
		read = 0
		answer, n := "", 0
		for piece, err := range c.Say(t.Context(), question, "", instruct.Options{MaxTokens: 64}) {
			require.NoError(t, err)
			answer += piece
			n++
		}
		if i == 0 {
			require.Equal(t, "The capital of France is Paris.", answer)
		} else {
			turn := len(tok.Encode(question)) + 10 // and the tokens around it
			require.Less(t, read, turn+len(tok.Encode(answer))+4, fmt.Sprint(read))
		}
	}
}

// counting counts what is read.
type counting struct {
	gpt.Network
	read *int
}

func (c counting) NewCache() gpt.Cache { return countingCache{c.Network.NewCache(), c.read} }

type countingCache struct {
	gpt.Cache
	read *int
}

func (c countingCache) Extend(ids []int) []float32 {
	*c.read += len(ids)
	return c.Cache.Extend(ids)
}

// The page tells what the recorded runs came to.
func TestPageTellsTheRuns(t *testing.T) {
	run, err := os.ReadFile("../../docs/runs/sms-smollm2.txt")
	require.NoError(t, err)
	page, err := os.ReadFile("../../docs/branch_talk.md")
	require.NoError(t, err)
	n := 0
	for line := range strings.Lines(string(run)) {
		if right, ok := strings.CutSuffix(line, " of 300 messages held out from training sorted right\n"); ok {
			require.Contains(t, string(page), right)
			n++
		}
	}
	require.Positive(t, n)

	run, err = os.ReadFile("../../docs/runs/instruct-smollm2.txt")
	require.NoError(t, err)
	losses := regexp.MustCompile(`validation loss (\d\.\d\d)`).FindAllSubmatch(run, -1)
	require.Contains(t, string(page), fmt.Sprintf("falls from %s to %s", losses[0][1], losses[len(losses)-1][1]))
	quoted := regexp.MustCompile(`(?m)^> (The .*)$`).FindAllSubmatch(page, -1)
	require.Len(t, quoted, 2)
	for _, answer := range quoted {
		require.Contains(t, string(run), string(answer[1]))
	}
}
