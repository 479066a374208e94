package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/tokenizerjson"
)

// loadModel reads a model for cmd, and says which command makes one where there is
// none. Where the directory has two tokenizers that differ, it notes which is used.
func loadModel(cmd *cobra.Command, dir, command string) (*gpt.Model, *tokens.BPE, error) {
	m, bpe, err := pretrain.LoadModel(dir)
	if err != nil {
		return nil, nil, orTrain(err, command)
	}
	difference, err := tokenizersDiffer(dir)
	if err != nil {
		difference = err.Error()
	}
	if difference != "" {
		fmt.Fprintf(cmd.ErrOrStderr(), "note: %s: two tokenizers that are not the same: %s; tokenizer.json is used\n", dir, difference)
	}
	return m, bpe, nil
}

// tokenizersDiffer says how the two tokenizers in dir differ, if there are two.
func tokenizersDiffer(dir string) (difference string, err error) {
	err = durable.Read(dir, func(files fs.FS) error {
		var data [3][]byte
		for i, name := range []string{"tokenizer.json", "vocab.json", "merges.txt"} {
			if data[i], err = fs.ReadFile(files, name); err != nil {
				return nil
			}
		}
		difference, err = tokenizerjson.Differ(data[0], data[1], data[2])
		return err
	})
	return difference, err
}

// orTrain adds to an error about a missing file the command that makes it.
func orTrain(err error, command string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; %s %s makes one", err, program(), command)
	}
	return err
}
