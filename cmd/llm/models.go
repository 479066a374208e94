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
	var difference string
	err = durable.Read(dir, func(files fs.FS) (err error) {
		one, noOne := fs.ReadFile(files, "tokenizer.json")
		vocab, noVocab := fs.ReadFile(files, "vocab.json")
		merges, noMerges := fs.ReadFile(files, "merges.txt")
		if noOne == nil && noVocab == nil && noMerges == nil {
			difference, err = tokenizerjson.Differ(one, vocab, merges)
		}
		return err
	})
	if err != nil {
		difference = err.Error()
	}
	if difference != "" {
		fmt.Fprintf(cmd.ErrOrStderr(), "note: %s: two tokenizers that are not the same: %s; tokenizer.json is used\n", dir, difference)
	}
	return m, bpe, nil
}

// orTrain adds to an error about a missing file the command that makes it.
func orTrain(err error, command string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; %s %s makes one", err, program(), command)
	}
	return err
}
