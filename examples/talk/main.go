// Talk talks to a model of today from the one file that most people have it in:
//
//	go run ./examples/talk SmolLM2-135M-Instruct.Q4_1.gguf "What is a prism?"
//	go run ./examples/talk SmolLM2-135M-Instruct.Q4_1.gguf      # a conversation, line by line
//
// It takes Llama, Qwen2, Qwen3 and SmolLM2, as a GGUF file or a directory. The weights
// are computed with in float32, so a model takes four bytes of memory a weight, whatever
// the file takes on disk.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/llm-from-scratch/llm/branches/talk"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "talk:", err)
		os.Exit(1)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("which model? go run ./examples/talk FILE.gguf [QUESTION]")
	}
	model, tokenizer, err := talk.Open(args[0])
	if err == nil {
		err = talk.Ready(tokenizer, false, time.Now())
	}
	if err != nil {
		return err
	}
	conversation := instruct.New(model, tokenizer).NewConversation()
	if len(args) > 1 {
		return answer(conversation, strings.Join(args[1:], " "), out)
	}
	for lines := bufio.NewScanner(in); ; {
		if fmt.Fprint(out, "> "); !lines.Scan() {
			fmt.Fprintln(out)
			return lines.Err()
		}
		if line := strings.TrimSpace(lines.Text()); line != "" {
			if err := answer(conversation, line, out); err != nil {
				return err
			}
		}
	}
}

// answer writes what the model says to a line, after all that was said before: the
// likeliest tokens, and not too many. Ctrl-C ends the answer.
func answer(c *instruct.Conversation, line string, out io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	for piece, err := range c.Say(ctx, line, "", instruct.Options{MaxTokens: 512}) {
		if err != nil && ctx.Err() == nil {
			return err
		}
		fmt.Fprint(out, piece)
	}
	_, err := fmt.Fprintln(out)
	return err
}
