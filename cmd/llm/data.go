package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/internal/fetch"
	"github.com/llm-from-scratch/llm/internal/meter"
)

// dataset is a line of llm data list.
type dataset struct {
	fetch.Dataset
	Bytes int64  `json:"bytes"`
	Path  string `json:"path,omitempty"` // where it is, once it has been downloaded
}

func dataListCommand() *cobra.Command {
	var asJSON bool
	cmd := command("data", "list", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		var list []dataset
		for _, d := range fetch.Datasets {
			path, there := fetch.Find(d.Name)
			if !there {
				path = ""
			}
			list = append(list, dataset{d, d.Bytes(), path})
		}
		if asJSON {
			return printJSON(cmd.OutOrStdout(), list, "  ")
		}
		t := table(cmd.OutOrStdout())
		fmt.Fprintln(t, "NAME\tSIZE\tLICENCE\tWHAT\tWHERE")
		for _, d := range list {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", d.Name, fetch.Size(d.Bytes), d.Licence, d.About, d.Path)
		}
		return t.Flush()
	})
	jsonFlag(cmd, &asJSON)
	return cmd
}

func dataGetCommand() *cobra.Command {
	var dir, from string
	cmd := command("data", "get NAME...", cobra.MinimumNArgs(1), func(cmd *cobra.Command, names []string) error {
		for _, name := range names {
			if _, ok := fetch.Named(name); !ok {
				return usagef("there is no data %q; %s data list shows what there is", name, program())
			}
		}
		for i, name := range names {
			m := meter.Bytes(cmd.ErrOrStderr(), name)
			path, err := fetch.Get(cmd.Context(), name, dir, from, m.Tell)
			m.Clear()
			if err != nil && cmd.Context().Err() != nil {
				return stopped(cmd, m, dir, names[i:])
			}
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), path)
		}
		return nil
	})
	cmd.Flags().StringVar(&dir, "dir", "", "`directory` to put it (default LLMBOOK_DATA, or your cache)")
	cmd.Flags().StringVar(&from, "from", "", "`path` of the file, or of a directory with the files, that is on disk already; what is not there is fetched")
	return cmd
}

// stopped says how to go on with a download that Ctrl-C ended, and what is left
// to do of those after it.
func stopped(cmd *cobra.Command, m *meter.Download, dir string, names []string) error {
	come := ""
	if s := m.Stopped(); s != "" {
		come = " with " + s + ", which are kept"
	}
	if dir != "" {
		names = append([]string{"-dir", quote(dir)}, names...)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s: stopped%s; to go on:\n  %s data get %s\n", m.Name, come, program(), strings.Join(names, " "))
	return errInterrupted
}
