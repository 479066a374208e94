package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/cmd/llm/internal/meter"
	"github.com/llm-from-scratch/llm/internal/fetch"
)

func dataCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "data",
		Short: "Download real data",
		Long: `Data downloads the real data that the book speaks of. Nothing else in this program
uses the network. Files come from pinned addresses and are checked by their
SHA-256. They go to your cache directory, or to the one that the environment
variable LLMBOOK_DATA names.`,
		Example: `llm data list
llm data get sms-spam
llm classify train -data "$(llm data get sms-spam)" -out runs/sms`,
	}, dataListCommand(), dataGetCommand())
}

// dataset is a line of llm data list.
type dataset struct {
	Name    string `json:"name"`
	About   string `json:"about"`
	Licence string `json:"licence"`
	URL     string `json:"url"`
	Bytes   int64  `json:"bytes"`
	SHA256  string `json:"sha256"`
	Path    string `json:"path,omitempty"` // where it is, once it has been downloaded
}

func dataListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "Show what can be downloaded",
		Long:    `List shows what can be downloaded, and where it is if it has been.`,
		Example: "llm data list\nllm data list -json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var list []dataset
			for _, d := range fetch.Datasets {
				entry := dataset{d.Name, d.About, d.Licence, d.URL, d.Bytes, d.SHA256, ""}
				if path, ok := fetch.Find(d.Name); ok {
					entry.Path = path
				}
				list = append(list, entry)
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), list)
			}
			t := table(cmd.OutOrStdout())
			fmt.Fprintln(t, "NAME\tBYTES\tLICENCE\tWHAT\tWHERE")
			for _, d := range list {
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", d.Name, thousands(int(d.Bytes)), d.Licence, d.About, d.Path)
			}
			return t.Flush()
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

func dataGetCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "get NAME...",
		Short: "Download data and print where it is",
		Long: `Get downloads data, unless it is there already, and prints the path of the file. A
download that breaks off goes on where it stopped when the command is repeated.`,
		Example: `llm data get tinyshakespeare
llm pretrain -data "$(llm data get tinyshakespeare)" -out runs/shakespeare
llm data get -dir . the-verdict`,
		RunE: func(cmd *cobra.Command, names []string) error {
			if len(names) == 0 {
				return usagef("%s needs a name; %s data list shows them", words(cmd), program())
			}
			for _, name := range names {
				if _, ok := fetch.Named(name); !ok {
					return usagef("there is no data %q; %s data list shows what there is", name, program())
				}
			}
			for _, name := range names {
				path, err := fetch.Get(cmd.Context(), name, dir, meter.Bytes(cmd.ErrOrStderr(), name))
				if err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), path)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "`directory` to put it (default LLMBOOK_DATA, or your cache)")
	return cmd
}
