package main

import (
	"errors"
	"fmt"
	"io/fs"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// loadModel reads a model, and says which command makes one where there is none.
func loadModel(dir, command string) (*gpt.Model, *tokens.BPE, error) {
	m, bpe, err := pretrain.LoadModel(dir)
	return m, bpe, orTrain(err, command)
}

// orTrain adds to an error about a missing file the command that makes it.
func orTrain(err error, command string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; %s %s makes one", err, program(), command)
	}
	return err
}
