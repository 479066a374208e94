package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/branches/llama"
	"github.com/llm-from-scratch/llm/branches/steps"
	"github.com/llm-from-scratch/llm/branches/talk"
	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// station is which of the architectures between GPT-2 and Llama a run trains.
type station struct {
	Arch string `json:"arch,omitzero"` // "" is gpt2
}

func (s *station) flag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.Arch, "arch", "", "`name` of the parts: "+strings.Join(steps.Names, ", ")+"; each has one more of today's (default gpt2)")
}

// check finds out what is wrong with the architecture for these sizes.
func (s *station) check(sizes gpt.Config) error {
	if s.Arch == steps.Names[0] {
		s.Arch = ""
	}
	if s.Arch == "" {
		return nil
	}
	c, known := steps.Named(s.Arch, sizes)
	if !known {
		return usagef("-arch cannot be %q; it takes %s", s.Arch, strings.Join(steps.Names, ", "))
	}
	if err := c.Validate(); err != nil {
		return usageError{err}
	}
	return nil
}

// network is a model that can be trained from its first weights.
type network interface {
	gpt.Network
	Init(rng *rand.Rand)
}

// network returns a new model of these sizes, all zero. The two at the ends of the road
// are chapter 4's and branches/llama's own, which other programs know.
func (s *station) network(sizes gpt.Config) network {
	c, _ := steps.Named(s.Arch, sizes)
	switch s.Arch {
	case "":
		return gpt.New(sizes)
	case steps.Names[len(steps.Names)-1]:
		return llama.New(c.Llama())
	}
	return steps.New(c)
}

// values is the number of a model's weights.
func values(m gpt.Network) (total int) {
	for _, p := range m.Params() {
		total += p.Size()
	}
	return total
}

// saved reads the model of a run of these sizes, and its tokenizer.
func (s *station) saved(dir string, sizes func(vocab int) gpt.Config) (gpt.Network, *tokens.BPE, error) {
	m, t, err := talk.Open(dir)
	if err != nil {
		return nil, nil, err
	}
	if d := strictjson.Differ(configOf(s.network(sizes(t.Vocab()))), configOf(m)); d != "" {
		return nil, nil, fmt.Errorf("%s does not fit the run: %s", filepath.Join(dir, "config.json"), d)
	}
	bpe, ok := t.(*tokens.BPE)
	if !ok {
		return nil, nil, fmt.Errorf("%s does not fit the run: its tokenizer is none of chapter 1's", dir)
	}
	return m, bpe, nil
}

func configOf(m gpt.Network) any {
	switch m := m.(type) {
	case *gpt.Model:
		return m.Config
	case *llama.Model:
		return m.Config
	case *steps.Model:
		return m.Config
	}
	return nil
}
