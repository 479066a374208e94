package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"

	"github.com/llm-from-scratch/llm/branches/llama"
	"github.com/llm-from-scratch/llm/branches/lora"
	"github.com/llm-from-scratch/llm/branches/talk"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// adapted is a model that is trained by low-rank changes: beside the matrices of a model
// of today, merged into those of others.
type adapted struct {
	model  gpt.Network
	beside *llama.Model // nil for others
	merged *lora.LoRA
	base   string // where the model was read from
	rank   int
	rng    *rand.Rand
}

// adapt gives a model that was read from base its changes: new ones, or those in the
// directory of a run that is gone on with.
func (f *runFlags) adapt(m gpt.Network, base string, rank int, seed uint64) (*adapted, error) {
	a := &adapted{model: m, base: base, rank: rank, rng: rand.New(rand.NewPCG(seed, 13))}
	switch m := m.(type) {
	case *talk.Model:
		a.beside = m.Model
	case *llama.Model:
		a.beside = m
	}
	if a.beside == nil {
		return a, nil
	}
	if f.resume {
		return a, lora.LoadPEFT(a.beside, f.out)
	}
	lora.Attach(a.beside, lora.Settings{Rank: rank, Alpha: float64(2 * rank)}, a.rng)
	return a, nil
}

// learner is what trains the changes, by a learner of the parameters that trains accepts.
func (a *adapted) learner(of func(trains func(name string) bool) pretrain.Learner) pretrain.Learner {
	if a.beside != nil {
		return of(func(string) bool { return true }) // the changes alone, and what is no part of the model
	}
	a.merged = lora.New(of(lora.Changes), a.rank, float32(2*a.rank), a.rng)
	return a.merged
}

// whole is the model with the changes in its matrices, which are copies where those of
// the model must stay as they are.
func (a *adapted) whole() gpt.Network {
	if a.beside == nil {
		a.merged.Merge()
		return a.model
	}
	m := a.beside.Share()
	for _, l := range m.Linears() {
		if l.Change != nil {
			l.W.Data = slices.Clone(l.W.Data)
		}
	}
	lora.Merge(m)
	return m
}

// save writes the changes alone, to go on with.
func (a *adapted) save(dir string) error {
	if a.beside == nil {
		return a.merged.Save(dir)
	}
	return lora.SavePEFT(dir, a.beside, a.base)
}

// resume goes on with the changes in dir, if they change the model that they changed
// before: with them merged in it is the one that was saved.
func (a *adapted) resume(dir string, saved gpt.Network) error {
	if a.beside == nil {
		if err := a.merged.Load(dir); err != nil {
			return err
		}
	}
	same := func(a, b gpt.Param) bool { return slices.Equal(a.Data, b.Data) }
	if !slices.EqualFunc(saved.Params(), a.whole().Params(), same) {
		return fmt.Errorf("%s: the model %s is not the one that the run was started from", filepath.Join(dir, "run.json"), a.base)
	}
	return nil
}
