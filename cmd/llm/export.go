package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/internal/export"
	"github.com/llm-from-scratch/llm/internal/figures"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/safetensors"
	"github.com/llm-from-scratch/llm/internal/training"
)

// exportOptions are what llm export is told.
type exportOptions struct {
	model, out, format, dtype string
	assistant, force          bool
}

func exportCommand() *cobra.Command {
	var o exportOptions
	cmd := command("", "export", cobra.NoArgs, o.run)
	cmd.Flags().StringVar(&o.model, "model", newton, "`directory` of the model, or its GGUF file, or its name among the downloads")
	cmd.Flags().StringVar(&o.out, "out", "runs/export", "`directory` to write")
	cmd.Flags().StringVar(&o.format, "format", "safetensors", "`kind` of files: safetensors for PyTorch and others, or gguf for llama.cpp and Ollama")
	cmd.Flags().StringVar(&o.dtype, "dtype", "F32", "`type` of the weights: F32, F16, or BF16 (safetensors), or Q8_0 (gguf)")
	cmd.Flags().BoolVar(&o.assistant, "assistant", false, "say in the GGUF file and the Modelfile that the model was asked as in chapter 7")
	cmd.Flags().BoolVar(&o.force, "force", false, "write to a directory that is not empty, over the files of an export")
	return cmd
}

// fileTypes are the types of the weights in both formats.
var fileTypes = map[string][3]string{"safetensors": {"F32", "F16", "BF16"}, "gguf": {"F32", "F16", "Q8_0"}}

func (o *exportOptions) run(cmd *cobra.Command, _ []string) error {
	o.dtype = strings.ToUpper(o.dtype)
	types, ok := fileTypes[o.format]
	switch {
	case !ok:
		return usagef("-format cannot be %q; it takes safetensors or gguf", o.format)
	case !slices.Contains(types[:], o.dtype):
		return usagef("-dtype cannot be %q; it takes %s, %s or %s", o.dtype, types[0], types[1], types[2])
	case o.assistant && o.format != "gguf":
		return usagef("-assistant is for -format gguf")
	case sameFile(o.model, o.out):
		return usagef("-out %s is the model to export; it takes another directory", o.out)
	}
	if err := o.check(); err != nil {
		return err
	}
	if o.format == "gguf" {
		return o.writeGGUF(cmd)
	}
	m, bpe, err := loadGPT2(cmd, o.model, "pretrain", "export without -format gguf")
	if err != nil {
		return err
	}
	if err := export.Write(cmd.Context(), o.out, m, bpe, safetensors.DType(o.dtype)); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: a GPT-2 of %s weights as %s, vocabulary %s, context %s\n", o.out,
		figures.Thousands(m.Config.ParamCount()), o.dtype, figures.Thousands(m.Config.Vocab), figures.Thousands(m.Config.Context))
	return nil
}

// check is an error where nothing may be written, or not of this model.
func (o *exportOptions) check() error {
	if empty, err := training.Empty(o.out); err != nil {
		return err
	} else if !empty && !o.force {
		return fmt.Errorf("%s is not empty: write over an export in it by -force, or choose another directory by -out", o.out)
	}
	for _, name := range []string{"training.json", "classifier.json"} {
		if _, err := os.Stat(filepath.Join(o.out, name)); err == nil {
			return fmt.Errorf("%s holds a run or a filter, which an export does not replace; choose another directory by -out", o.out)
		}
	}
	if _, err := os.Stat(filepath.Join(o.model, "classifier.json")); err == nil {
		return fmt.Errorf("%s holds a classifier, for whose head there is no place in an exported model", o.model)
	}
	return nil
}

// writeGGUF writes the one file and the Modelfile.
func (o *exportOptions) writeGGUF(cmd *cobra.Command) error {
	m, t, err := export.Open(o.model)
	if err != nil {
		return orTrain(err, "pretrain")
	}
	types := map[string]gguf.Type{"F32": gguf.F32, "F16": gguf.F16, "Q8_0": gguf.Q8_0}
	g := export.GGUF{Name: strings.TrimSuffix(filepath.Base(o.model), ".gguf"), Type: types[o.dtype], Tokenizer: t, Assistant: o.assistant}
	w, err := g.Write(cmd.Context(), o.out, m)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: %s weights as %s\n", filepath.Join(o.out, export.GGUFFile), figures.Thousands(w.Weights), o.dtype)
	if w.Halves > 0 {
		fmt.Fprintf(cmd.OutOrStdout(), "%d matrices stay F16: their rows are not whole blocks of 32 weights\n", w.Halves)
	}
	return nil
}
