// Command embed answers instructions with a model that is part of the program:
// one file to copy, which needs no other.
//
//	go run ./examples/embed What is the opposite of hot?
//	echo "Which word is last? | red sun" | go run ./examples/embed
//
// The model in the directory model has 41 thousand weights and knows a few
// hundred words, all from the practice entries of chapter 7. To carry another one,
// put its four files there; go generate makes this one again.
package main

import (
	"bufio"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

//go:generate go run ./train

//go:embed model
var embedded embed.FS

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "embed:", err)
		os.Exit(1)
	}
}

// run answers the instruction on the command line, or else each line of in. What
// stands behind a bar is the instruction's material.
func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	files, err := fs.Sub(embedded, "model")
	if err != nil {
		return err
	}
	assistant, err := instruct.LoadFS(files)
	if err != nil {
		return err
	}
	if len(args) > 0 {
		return answer(ctx, assistant, strings.Join(args, " "), out)
	}
	lines := bufio.NewScanner(in)
	var failed error
	for lines.Scan() && ctx.Err() == nil {
		failed = errors.Join(failed, answer(ctx, assistant, lines.Text(), out))
	}
	return errors.Join(failed, lines.Err())
}

// answer writes the answer to a line as it comes into being.
func answer(ctx context.Context, assistant *instruct.Assistant, line string, out io.Writer) error {
	instruction, input, _ := strings.Cut(line, "|")
	for piece, err := range assistant.Respond(ctx, strings.TrimSpace(instruction), strings.TrimSpace(input), instruct.Options{}) {
		if err != nil {
			return err
		}
		fmt.Fprint(out, piece)
	}
	_, err := fmt.Fprintln(out)
	return err
}
