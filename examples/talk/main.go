// Talk talks to a model of today from the one file that most people have it in:
//
//	go run ./examples/talk SmolLM2-135M-Instruct.Q4_1.gguf "What is a prism?"
//	go run ./examples/talk SmolLM2-135M-Instruct.Q4_1.gguf      # a conversation, line by line
//
// It takes Llama, Qwen2, Qwen3 and SmolLM2. The weights are computed with in float32,
// so a model takes four bytes of memory a weight, whatever the file takes on disk.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/llm-from-scratch/llm/branches/chat"
	"github.com/llm-from-scratch/llm/branches/llama"
	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/gguf"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "talk:", err)
		os.Exit(1)
	}
}

// most is how many tokens an answer has at most.
const most = 512

// A talker is a model and all it takes to talk to it.
type talker struct {
	model    *llama.Model
	cache    gpt.Cache
	read     []int // what is in the cache
	tokens   *chat.Tokenizer
	template chat.Template
	stops    []int
	said     []chat.Message
	pick     func(logits []float32, text []int) int
}

func run(args []string, in io.Reader, out io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("which model? go run ./examples/talk FILE.gguf [QUESTION]")
	}
	t, err := open(args[0])
	if err != nil {
		return err
	}
	if len(args) > 1 {
		return t.answer(strings.Join(args[1:], " "), out)
	}
	for lines := bufio.NewScanner(in); ; {
		if fmt.Fprint(out, "> "); !lines.Scan() {
			fmt.Fprintln(out)
			return lines.Err()
		}
		if line := strings.TrimSpace(lines.Text()); line != "" {
			if err := t.answer(line, out); err != nil {
				return err
			}
		}
	}
}

// open reads the model, its tokenizer and its form of conversation from one file.
func open(path string) (*talker, error) {
	f, err := gguf.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	said, err := f.Tokenizer()
	if err != nil {
		return nil, err
	}
	t := &talker{}
	if t.tokens, err = chat.FromGGUF(said); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if t.template, err = chat.TemplateOf(said.ChatTemplate); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if t.model, err = llama.LoadGGUF(f); err != nil {
		return nil, err
	}
	t.cache, t.stops = t.model.NewCache(), []int{said.EOS, said.EOT}
	for _, end := range t.template.Ends {
		if id, ok := t.tokens.ID(end); ok {
			t.stops = append(t.stops, id)
		}
	}
	sampler := pretrain.Sampler{Temperature: 0.3, TopP: 0.9, RepetitionPenalty: 1.1}
	next := sampler.Next(rand.New(rand.NewPCG(1, 0)))
	t.pick = func(logits []float32, text []int) int {
		return next(logits[:t.tokens.Vocab()], text) // the rows behind it have no token
	}
	return t, nil
}

// answer says a line to the model, after all that was said before, and writes what it
// says to that. Ctrl-C ends the answer.
func (t *talker) answer(line string, out io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	messages := append(t.said, chat.Message{Role: chat.User, Content: line})
	prompt, err := t.template.Prompt(messages, chat.Options{Answer: true, NoThinking: true, Date: time.Now().Format("02 Jan 2006")})
	if err != nil {
		return err
	}
	ids, err := t.tokens.EncodePrompt(prompt)
	if err != nil {
		return err
	}
	if context := t.model.Config.Context; len(ids)+most > context {
		return fmt.Errorf("the conversation has %d tokens, and the model reads %d: begin a new one", len(ids), context)
	}
	same := 0 // what the cache has read already of this prompt
	for same < min(len(t.read), len(ids)-1, t.cache.Len()) && t.read[same] == ids[same] {
		same++
	}
	t.cache.Truncate(same)
	t.read = slices.Clone(ids)
	var said strings.Builder
	stream := tokens.NewStream(t.tokens)
	write := func(piece string) {
		piece = strings.ToValidUTF8(piece, "\uFFFD")
		said.WriteString(piece)
		fmt.Fprint(out, piece)
	}
	for id := range gpt.Continue(t.model, t.cache, ids, t.pick) {
		if slices.Contains(t.stops, id) || len(t.read) == len(ids)+most || ctx.Err() != nil {
			break
		}
		t.read = append(t.read, id)
		write(stream.Next(id))
	}
	write(stream.Flush())
	_, err = fmt.Fprintln(out)
	t.said = append(messages, chat.Message{Role: chat.Assistant, Content: said.String()})
	return err
}
