package pretrain

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/safetensors"
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
	Weights    uint32   `json:"weights_crc32"`        // of the weights it was saved with
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
	err = WriteFile(filepath.Join(dir, optimizerFile), func(w io.Writer) error {
		return safetensors.Write(w, safetensors.F32, t.optimizer.averages(), metadata)
	})
	if err != nil {
		return fmt.Errorf("saving the optimiser: %w", err)
	}
	weights := checksum(t.learner.Params())
	err = WriteFile(filepath.Join(dir, trainingFile), func(w io.Writer) error {
		return writeJSON(w, trainingJSON{t.step, t.consumed, epochStart, noise, weights, t.settings})
	})
	if err != nil {
		return fmt.Errorf("saving the training state: %w", err)
	}
	return nil
}

// Resume takes up a run that [Trainer.Save] wrote to dir. The trainer must have
// been made with the same settings and over the weights that were saved then.
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
		return fmt.Errorf("%s: the run was started with other settings, %+v, not %+v",
			path, state.Settings, t.settings)
	}
	if checksum(t.learner.Params()) != state.Weights {
		return fmt.Errorf("%s: the weights are not those of step %d, at which the run was saved",
			path, state.Step)
	}
	var epochStart, noise rand.PCG
	if err := epochStart.UnmarshalBinary(state.EpochStart); err != nil {
		return fmt.Errorf("%s: order_at_epoch_start: %w", path, err)
	}
	if err := noise.UnmarshalBinary(state.Noise); err != nil {
		return fmt.Errorf("%s: noise: %w", path, err)
	}
	averages, err := safetensors.Open(os.DirFS(dir), dir, optimizerFile)
	if err != nil {
		return err
	}
	defer averages.Close()
	if step := averages.Metadata["step"]; step != strconv.Itoa(state.Step) {
		return fmt.Errorf("%s is of step %d but %s of step %s: a save was interrupted; "+
			"train again from the weights", path, state.Step, optimizerFile, step)
	}
	if err := safetensors.Fill(averages, t.optimizer.averages()); err != nil {
		return err
	}
	t.step, t.optimizer.steps, t.consumed = state.Step, state.Step, state.Consumed
	t.epochStart, *t.noise = epochStart, noise
	return nil
}

// checksum is a CRC-32 of all values of params.
func checksum(params []gpt.Param) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	var sum uint32
	buffer := make([]byte, 0, 1<<16)
	for _, p := range params {
		for values := range slices.Chunk(p.Data, 1<<14) {
			buffer = buffer[:0]
			for _, v := range values {
				buffer = binary.LittleEndian.AppendUint32(buffer, math.Float32bits(v))
			}
			sum = crc32.Update(sum, table, buffer)
		}
	}
	return sum
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
