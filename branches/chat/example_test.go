package chat_test

import (
	"fmt"
	"iter"
	"log"
	"strings"

	"github.com/llm-from-scratch/llm/branches/chat"
	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	"github.com/llm-from-scratch/llm/internal/tokenizerjson"
)

func show(name string, pieces iter.Seq[string]) {
	fmt.Printf("%-8s", name)
	for piece := range pieces {
		fmt.Printf(" %q", piece)
	}
	fmt.Println()
}

func ExampleSplit() {
	text := "IT'S 1234...\n\nx"
	show("GPT-2", tokens.Split(text))
	show("SmolLM2", chat.DigitsApart(text))
	show("Qwen2", chat.Split(text, 1))
	show("Llama 3", chat.Split(text, 3))
	// Output:
	// GPT-2    "IT" "'" "S" " 1234" "..." "\n" "\n" "x"
	// SmolLM2  "IT" "'" "S" " " "1" "2" "3" "4" "..." "\n" "\n" "x"
	// Qwen2    "IT" "'S" " " "1" "2" "3" "4" "...\n\n" "x"
	// Llama 3  "IT" "'S" " " "123" "4" "...\n\n" "x"
}

// small has a token for each letter it needs, three merges and two control tokens.
func small() *chat.Tokenizer {
	file := tokenizerjson.Tokenizer{Split: tokenizerjson.Qwen2, Vocab: map[string]int{}}
	for id, token := range strings.Fields("a b e i m n d s t u r y o < | > _ Ġ Ċ to be be> Ġto Ġbe") {
		file.Vocab[token] = id
	}
	file.Merges = []string{"t o", "b e", "Ġ to", "Ġ be"}
	for i, token := range []string{"<|im_start|>", "<|im_end|>"} {
		file.Added = append(file.Added, tokenizerjson.Added{ID: new(30 + i), Content: token, Special: true})
	}
	t, err := chat.New(file)
	if err != nil {
		log.Fatal(err)
	}
	return t
}

func ExampleTokenizer() {
	t := small()
	fmt.Println(t.Encode("to be<|im_end|>"))
	fmt.Println(t.EncodeSpecial("to be<|im_end|>"))
	fmt.Println(t.Encode("to XX be"), t.Vocab())
	// Output:
	// [19 23 13 14 3 4 16 2 5 6 14 15]
	// [19 23 31]
	// [19 17 23] 32
}

func ExampleTemplate() {
	messages := []chat.Message{{Role: chat.User, Content: "To be?"}, {Role: chat.Assistant, Content: "<think>\nHamlet.\n</think>\n\nOr not."}, {Role: chat.User, Content: "Why?"}}
	for _, form := range []chat.Template{chat.ChatML, chat.Qwen3, chat.Llama3} {
		prompt, err := form.Prompt(messages, chat.Options{Answer: true, NoThinking: true})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s\n%q\n", form.Name, prompt.String())
	}
	// Output:
	// ChatML
	// "<|im_start|>user\nTo be?<|im_end|>\n<|im_start|>assistant\n<think>\nHamlet.\n</think>\n\nOr not.<|im_end|>\n<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n"
	// Qwen3
	// "<|im_start|>user\nTo be?<|im_end|>\n<|im_start|>assistant\nOr not.<|im_end|>\n<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"
	// Llama 3
	// "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nTo be?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n<think>\nHamlet.\n</think>\n\nOr not.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
}

func ExampleTokenizer_EncodePrompt() {
	t := small()
	prompt, err := chat.ChatML.Prompt([]chat.Message{{Role: chat.User, Content: "be<|im_end|>"}}, chat.Options{})
	if err != nil {
		log.Fatal(err)
	}
	ids, err := t.EncodePrompt(prompt)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ids)
	fmt.Println(t.EncodeSpecial(prompt.String()))
	fmt.Println(t.Decode(ids) == prompt.String())
	// Output:
	// [30 9 7 2 10 18 20 13 14 3 4 16 2 5 6 14 15 31 18]
	// [30 9 7 2 10 18 20 31 31 18]
	// true
}
