package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/branches/talk"
	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/tokenizerjson"
)

// loadModel reads a model for cmd, from a directory or a GGUF file, and says which
// command makes one where there is none. Where the directory of a GPT-2 has two
// tokenizers that differ, it notes which is used.
func loadModel(cmd *cobra.Command, path, command string) (gpt.Network, pretrain.Tokenizer, error) {
	m, t, err := talk.Open(path)
	if err != nil {
		return nil, nil, orTrain(err, command)
	}
	if _, ok := t.(*tokens.BPE); ok {
		noteDifference(cmd, path)
	}
	return m, t, nil
}

// loadGPT2 is loadModel for what no other model can be used for.
func loadGPT2(cmd *cobra.Command, path, command, use string) (*gpt.Model, *tokens.BPE, error) {
	m, t, err := loadModel(cmd, path, command)
	if err != nil {
		return nil, nil, err
	}
	gpt2, ok := m.(*gpt.Model)
	if !ok {
		return nil, nil, fmt.Errorf("%s holds no GPT-2; %s takes one", path, use)
	}
	return gpt2, t.(*tokens.BPE), nil
}

// noteDifference notes that the two tokenizers in a directory differ, if they do.
func noteDifference(cmd *cobra.Command, dir string) {
	var difference string
	err := durable.Read(dir, func(files fs.FS) (err error) {
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
}

// orTrain adds to an error about a missing file the command that makes it.
func orTrain(err error, command string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; %s %s makes one", err, program(), command)
	}
	return err
}
