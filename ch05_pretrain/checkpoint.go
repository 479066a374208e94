package pretrain

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/safetensors"
	"github.com/llm-from-scratch/llm/internal/strictjson"
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

// place is where the run stands, for the optimiser's file: what one of the two files
// says and the other does not is no state.
func (s trainingJSON) place() map[string]string {
	return map[string]string{
		"step": strconv.Itoa(s.Step), "batches_of_epoch": strconv.Itoa(s.Consumed),
		"order_at_epoch_start": hex.EncodeToString(s.EpochStart), "noise": hex.EncodeToString(s.Noise),
	}
}

// Save makes a checkpoint in dir: what saveModel writes to the directory that it
// is given, the optimiser's averages, the step, and the two generators. Where it
// returns an error, the checkpoint before is still there.
func (t *Trainer) Save(dir string, saveModel func(dir string) error) error {
	return durable.Save(dir, func(dir string) error {
		if err := saveModel(dir); err != nil {
			return err
		}
		return t.save(dir)
	})
}

// save writes what the run needs beside the weights to go on.
func (t *Trainer) save(dir string) error {
	epochStart, err := t.epochStart.MarshalBinary()
	if err != nil {
		return err
	}
	noise, err := t.noise.MarshalBinary()
	if err != nil {
		return err
	}
	weights := checksum(t.learner.Params())
	state := trainingJSON{t.step, t.consumed, epochStart, noise, weights, t.settings}
	err = durable.WriteFile(filepath.Join(dir, optimizerFile), func(w io.Writer) error {
		return safetensors.Write(w, safetensors.F32, t.optimizer.averages(), state.place())
	})
	if err != nil {
		return fmt.Errorf("saving the optimiser: %w", err)
	}
	err = durable.WriteFile(filepath.Join(dir, trainingFile), func(w io.Writer) error {
		return writeJSON(w, state)
	})
	if err != nil {
		return fmt.Errorf("saving the training state: %w", err)
	}
	return nil
}

// Resume takes up a run that [Trainer.Save] wrote to dir. The trainer must have
// been made with the same settings and over the weights that were saved then.
func (t *Trainer) Resume(dir string) error {
	return durable.Read(dir, func(files fs.FS) error { return t.resume(files, dir) })
}

func (t *Trainer) resume(files fs.FS, dir string) error {
	data, err := fs.ReadFile(files, trainingFile)
	if err != nil {
		return fmt.Errorf("no training run to go on with: %w", err)
	}
	var state trainingJSON
	err = strictjson.Unmarshal(data, &state, strictjson.Refuse)
	if err == nil {
		err = t.fits(state)
	}
	var epochStart, noise rand.PCG
	if err == nil {
		err = errors.Join(epochStart.UnmarshalBinary(state.EpochStart), noise.UnmarshalBinary(state.Noise))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, trainingFile), err)
	}
	averages, err := safetensors.Open(files, dir, optimizerFile)
	if err != nil {
		return err
	}
	defer averages.Close()
	if field := strictjson.Differ(averages.Metadata, state.place()); field != "" {
		return fmt.Errorf("%s is not what it was when %s was saved: %s", filepath.Join(dir, trainingFile), optimizerFile, field)
	}
	if n := len(t.optimizer.averages()); len(averages.Names()) != n {
		return fmt.Errorf("%s has averages of %d tensors, this run needs %d: the run trained others",
			averages.Name, len(averages.Names()), n)
	}
	if err := safetensors.Fill(averages, t.optimizer.averages()); err != nil {
		return err
	}
	t.step, t.optimizer.steps, t.consumed = state.Step, state.Step, state.Consumed
	t.epochStart, *t.noise = epochStart, noise
	return nil
}

// fits is an error if a saved state is not one of this run and these weights.
func (t *Trainer) fits(state trainingJSON) error {
	if field := strictjson.Differ(state.Settings, t.settings); field != "" {
		return fmt.Errorf("the run was started with other settings: %s", field)
	}
	if state.Step < 0 || state.Step > t.settings.Schedule.Total {
		return fmt.Errorf("step is %d; the run has %d", state.Step, t.settings.Schedule.Total)
	}
	if most := state.Step * t.settings.Accumulate; state.Consumed < 0 || state.Consumed > most {
		return fmt.Errorf("batches_of_epoch is %d; %d steps take %d", state.Consumed, state.Step, most)
	}
	if checksum(t.learner.Params()) != state.Weights {
		return fmt.Errorf("weights_crc32: the weights are not those of step %d, at which the run was saved", state.Step)
	}
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
