package pretrain

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"github.com/llm-from-scratch/llm/ch04_gpt"
)

// The files that a training run adds to those of its model.
const (
	trainingFile  = "training.json"
	optimizerFile = "optimizer.safetensors"
)

// trainingJSON is where a run stands, without the large tensors.
type trainingJSON struct {
	Step       int      `json:"step"`
	Consumed   int      `json:"batches_of_epoch"`
	EpochStart []byte   `json:"order_at_epoch_start"` // of the generator that shuffles
	Noise      []byte   `json:"noise"`                // of the generator that drops
	Settings   Settings `json:"settings"`
}

// Save writes to dir what the run needs beside the weights to go on: the
// optimiser's averages, the step, and the two generators. Save the weights
// first, so that a run is not taken further than its model.
func (t *Trainer) Save(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	epochStart, err := t.epochStart.MarshalBinary()
	if err != nil {
		return err
	}
	noise, err := t.noise.MarshalBinary()
	if err != nil {
		return err
	}
	metadata := map[string]string{"step": strconv.Itoa(t.step)}
	err = writeFile(filepath.Join(dir, optimizerFile), func(w io.Writer) error {
		return WriteTensors(w, t.optimizer.averages(), metadata)
	})
	if err != nil {
		return fmt.Errorf("saving the optimiser: %w", err)
	}
	err = writeFile(filepath.Join(dir, trainingFile), func(w io.Writer) error {
		return writeJSON(w, trainingJSON{t.step, t.consumed, epochStart, noise, t.settings})
	})
	if err != nil {
		return fmt.Errorf("saving the training state: %w", err)
	}
	return nil
}

// Resume takes up a run that [Trainer.Save] wrote to dir. The trainer must have
// been made with the same settings, and with the weights that were saved then.
func (t *Trainer) Resume(dir string) error {
	path := filepath.Join(dir, trainingFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("no training run to go on with: %w", err)
	}
	var state trainingJSON
	if err := json.Unmarshal(data, &state); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if state.Settings != t.settings {
		return fmt.Errorf("%s: the run was started with other settings, %+v, not %+v", path, state.Settings, t.settings)
	}
	var epochStart, noise rand.PCG
	if err := epochStart.UnmarshalBinary(state.EpochStart); err != nil {
		return fmt.Errorf("%s: order_at_epoch_start: %w", path, err)
	}
	if err := noise.UnmarshalBinary(state.Noise); err != nil {
		return fmt.Errorf("%s: noise: %w", path, err)
	}
	averages, closeFile, err := openTensors(os.DirFS(dir), dir, optimizerFile)
	if err != nil {
		return err
	}
	defer closeFile()
	if step := averages.Metadata["step"]; step != strconv.Itoa(state.Step) {
		return fmt.Errorf("%s is of step %d but %s of step %s: a save was interrupted; train again from the weights", path, state.Step, optimizerFile, step)
	}
	for _, p := range t.optimizer.averages() {
		if err := averages.Read(p); err != nil {
			return err
		}
	}
	t.step, t.optimizer.steps, t.consumed = state.Step, state.Step, state.Consumed
	t.epochStart, *t.noise = epochStart, noise
	return nil
}

// averages lists the optimiser's tensors under names of their own.
func (o *Optimizer) averages() []gpt.Param {
	var all []gpt.Param
	for i := range o.params {
		if mean, square := o.mean[i], o.square[i]; mean.Data != nil {
			mean.Name, square.Name = "mean."+mean.Name, "square."+square.Name
			all = append(all, mean, square)
		}
	}
	return all
}
