package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/internal/export"
	"github.com/llm-from-scratch/llm/internal/figures"
	"github.com/llm-from-scratch/llm/internal/safetensors"
	"github.com/llm-from-scratch/llm/internal/training"
)

func exportCommand() *cobra.Command {
	var model, out, dtype string
	var force bool
	cmd := command("", "export", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		return exportModel(cmd, model, out, safetensors.DType(strings.ToUpper(dtype)), force)
	})
	cmd.Flags().StringVar(&model, "model", newton, "`directory` of the model, or its name among the downloads")
	cmd.Flags().StringVar(&out, "out", "runs/export", "`directory` to write")
	cmd.Flags().StringVar(&dtype, "dtype", string(safetensors.F32), "`type` of the weights: F32, F16 or BF16")
	cmd.Flags().BoolVar(&force, "force", false, "write to a directory that is not empty, over the files of an export")
	return cmd
}

func exportModel(cmd *cobra.Command, dir, out string, dtype safetensors.DType, force bool) error {
	if dtype != safetensors.F32 && dtype != safetensors.F16 && dtype != safetensors.BF16 {
		return usagef("-dtype cannot be %q; it takes F32, F16 or BF16", dtype)
	}
	if sameFile(dir, out) {
		return usagef("-out %s is the model to export; it takes another directory", out)
	}
	if empty, err := training.Empty(out); err != nil {
		return err
	} else if !empty && !force {
		return fmt.Errorf("%s is not empty: write over an export in it by -force, or choose another directory by -out", out)
	}
	for _, name := range []string{"training.json", "classifier.json"} {
		if _, err := os.Stat(filepath.Join(out, name)); err == nil {
			return fmt.Errorf("%s holds a run or a filter, which an export does not replace; choose another directory by -out", out)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "classifier.json")); err == nil {
		return fmt.Errorf("%s holds a classifier, for whose head there is no place in an exported GPT-2", dir)
	}
	m, bpe, err := loadModel(cmd, dir, "pretrain")
	if err != nil {
		return err
	}
	if err := export.Write(cmd.Context(), out, m, bpe, dtype); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: a GPT-2 of %s weights as %s, vocabulary %s, context %s\n", out,
		figures.Thousands(m.Config.ParamCount()), dtype, figures.Thousands(m.Config.Vocab), figures.Thousands(m.Config.Context))
	return nil
}
