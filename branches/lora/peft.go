package lora

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llm-from-scratch/llm/branches/layers"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/safetensors"
	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// The two files of PEFT, Hugging Face's library for adapters, and what stands before
// the layers' names in the second.
const (
	configFile  = "adapter_config.json"
	weightsFile = "adapter_model.safetensors"
	prefix      = "base_model.model."
)

// configJSON is what is written to adapter_config.json.
type configJSON struct {
	Type     string   `json:"peft_type"`
	Task     string   `json:"task_type"`
	Base     string   `json:"base_model_name_or_path"`
	Rank     int      `json:"r"`
	Alpha    float64  `json:"lora_alpha"`
	Dropout  float64  `json:"lora_dropout"`
	Targets  []string `json:"target_modules"`
	Bias     string   `json:"bias"`
	FanInOut bool     `json:"fan_in_fan_out"` // true of GPT-2, whose matrices are (in,out)
	Init     bool     `json:"init_lora_weights"`
	Finished bool     `json:"inference_mode"`
}

// SavePEFT writes the changes of m to dir, as PEFT does. The base is the name or the
// folder of the model that they change, for whoever reads them.
func SavePEFT(dir string, m Network, base string) error {
	s := attached(m)
	c := configJSON{
		Type: "LORA", Task: "CAUSAL_LM", Base: base, Rank: s.Rank, Alpha: s.Alpha, Targets: s.Targets,
		Bias: "none", Init: true, Finished: true,
	}
	return durable.WriteFiles(dir, durable.Files{
		configFile: func(w io.Writer) error { return strictjson.Write(w, c) },
		weightsFile: func(w io.Writer) error {
			return safetensors.Write(w, safetensors.F32, tensors(m, s), map[string]string{"format": "pt"})
		},
	})
}

// attached says which changes m has.
func attached(m Network) (s Settings) {
	s.Targets = []string{}
	for _, l := range m.Linears() {
		if l.Change != nil {
			s.Rank, s.Alpha = l.Change.A.Rows, l.Change.Alpha
			s.Targets = append(s.Targets, l.Name[strings.LastIndex(l.Name, ".")+1:])
		}
	}
	slices.Sort(s.Targets)
	s.Targets = slices.Compact(s.Targets)
	return s
}

// tensors lists A and B of the layers of m that s names, under PEFT's names, without
// data where there are none yet.
func tensors(m Network, s Settings) (list []gpt.Param) {
	for _, l := range m.Linears() {
		if !s.targets(l.Name) {
			continue
		}
		c := &layers.LowRank{}
		if l.Change != nil {
			c = l.Change
		}
		list = append(list,
			gpt.Param{Name: prefix + l.Name + ".lora_A.weight", Shape: []int{s.Rank, l.W.Cols}, Data: c.A.Data},
			gpt.Param{Name: prefix + l.Name + ".lora_B.weight", Shape: []int{l.W.Rows, s.Rank}, Data: c.B.Data})
	}
	return list
}

// LoadPEFT gives m the changes in dir, which PEFT has saved, or [SavePEFT], in the place
// of any others. It is an error if they belong to other layers or sizes, or if the
// configuration says that anything else is computed than a [layers.LowRank] does.
func LoadPEFT(m Network, dir string) error {
	return durable.Read(dir, func(files fs.FS) error {
		s, err := readConfig(files, dir)
		if err != nil {
			return err
		}
		file, err := safetensors.Open(files, dir, weightsFile)
		if err != nil {
			return err
		}
		defer file.Close()
		none := func(string) bool { return false }
		if err := safetensors.CheckAll(file, filepath.Join(dir, weightsFile), "adapter", tensors(m, s), none); err != nil {
			return err
		}
		for _, l := range m.Linears() {
			l.Change = nil
		}
		Attach(m, s, rand.New(rand.NewPCG(0, 0)))
		return safetensors.Fill(file, tensors(m, s))
	})
}

// readConfig reads adapter_config.json.
func readConfig(files fs.FS, dir string) (Settings, error) {
	path := filepath.Join(dir, configFile)
	data, err := fs.ReadFile(files, configFile)
	if err != nil {
		return Settings{}, fmt.Errorf("no adapters in %s: %w", dir, err)
	}
	var fields map[string]any
	err = strictjson.Unmarshal(data, &fields, strictjson.Ignore)
	var s Settings
	if err == nil {
		s, err = settings(fields)
	}
	if err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// passedOver are the fields that change nothing in what is computed from the files.
var passedOver = strings.Fields(`task_type base_model_name_or_path revision inference_mode auto_mapping
	peft_version lora_dropout megatron_core qalora_group_size`)

// settings are what the fields say. New fields come every year: of one that stands
// nowhere here only null, false, 0 and what is empty are taken.
func settings(fields map[string]any) (s Settings, err error) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		v, ok := fields[name], true
		switch name {
		case "peft_type":
			ok = v == "LORA"
		case "bias":
			ok = v == "none"
		case "init_lora_weights": // other ways to begin change the model, too
			_, ok = v.(bool)
			ok = ok || v == "gaussian"
		case "r":
			r, _ := v.(float64)
			s.Rank, ok = int(r), r >= 1 && r == float64(int32(r))
		case "lora_alpha":
			s.Alpha, ok = v.(float64)
		case "target_modules":
			s.Targets, ok = words(v)
		default:
			ok = slices.Contains(passedOver, name) || empty(v)
		}
		if !ok {
			return s, fmt.Errorf("%s is %v: that is not computed here", name, v)
		}
	}
	for _, name := range []string{"peft_type", "r", "lora_alpha", "target_modules"} {
		if fields[name] == nil {
			return s, fmt.Errorf("it has no %s", name)
		}
	}
	return s, nil
}

// words is a list of texts. A text alone, which PEFT takes for a regular expression, is
// none.
func words(v any) (list []string, ok bool) {
	all, ok := v.([]any)
	for _, w := range all {
		word, isWord := w.(string)
		list, ok = append(list, word), ok && isWord
	}
	return list, ok && len(list) > 0
}

// empty reports whether v says nothing.
func empty(v any) bool {
	switch v := v.(type) {
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return v == nil || v == false || v == 0. || v == ""
}
