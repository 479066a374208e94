package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/internal/fetch"
)

// modelFlag adds the option that names a model.
func modelFlag(cmd *cobra.Command, path *string, normal, what string) {
	cmd.Flags().StringVar(path, "model", normal, "`directory` or GGUF file of "+what+", or its name among the downloads")
}

// downloads makes a download's name good wherever a path is: before any command
// runs, it puts where the download is into the options that name a model or data.
// What -published needs is told all at once, by [present].
func downloads(cmd *cobra.Command) error {
	if p := cmd.Flags().Lookup("published"); p != nil && p.Value.String() == "true" {
		return nil
	}
	for _, option := range []string{"model", "data"} {
		f := cmd.Flags().Lookup(option)
		if f == nil {
			continue
		}
		path, err := located(f.Value.String())
		if err != nil {
			return err
		}
		if err := f.Value.Set(path); err != nil {
			return err
		}
	}
	return nil
}

// located returns where on disk what the user named is: the file or directory of
// that path, or else the download of that name. An error says which command gets
// what has not been downloaded. What is neither is returned as it is, for whoever
// opens it to say what it should have been.
func located(name string) (path string, err error) {
	if _, err := os.Stat(name); err == nil {
		return name, nil
	}
	if _, known := fetch.Named(name); !known {
		return name, nil
	}
	path, ok := fetch.Find(name)
	if !ok {
		return "", fmt.Errorf("%s has not been downloaded; %s data get %s gets it", name, program(), name)
	}
	return path, nil
}
