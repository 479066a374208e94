package pretrain

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"path/filepath"

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
func (s trainingJSON) place(o *Optimizer) map[string]string {
	return map[string]string{
		"step": fmt.Sprint(s.Step), "batches_of_epoch": fmt.Sprint(s.Consumed),
		"order_at_epoch_start": fmt.Sprintf("%x", s.EpochStart), "noise": fmt.Sprintf("%x", s.Noise),
		"tensors": fmt.Sprint(len(o.params)),
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
		epochStart, _ := t.epochStart.MarshalBinary() // never fails
		noise, _ := t.noise.MarshalBinary()
		state := trainingJSON{t.step, t.consumed, epochStart, noise, safetensors.Checksum(t.learner.Params()), t.settings}
		return durable.WriteFiles(dir, durable.Files{
			optimizerFile: func(w io.Writer) error {
				return safetensors.Write(w, safetensors.F32, t.optimizer.averages(), state.place(t.optimizer))
			},
			trainingFile: func(w io.Writer) error { return strictjson.Write(w, state) },
		})
	})
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
	var epochStart, noise rand.PCG
	err = strictjson.Unmarshal(data, &state, strictjson.Refuse)
	if err == nil {
		err = cmp.Or(t.fits(state), epochStart.UnmarshalBinary(state.EpochStart), noise.UnmarshalBinary(state.Noise))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, trainingFile), err)
	}
	averages, err := safetensors.Open(files, dir, optimizerFile)
	if err != nil {
		return err
	}
	defer averages.Close()
	if field := strictjson.Differ(averages.Metadata, state.place(t.optimizer)); field != "" {
		return fmt.Errorf("%s is not what it was when %s was saved: %s", filepath.Join(dir, trainingFile), optimizerFile, field)
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
	if safetensors.Checksum(t.learner.Params()) != state.Weights {
		return fmt.Errorf("weights_crc32: the weights are not those of step %d, at which the run was saved", state.Step)
	}
	return nil
}
