package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/internal/doctor"
)

func doctorCommand() *cobra.Command {
	return command("", "doctor DIR", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		found, err := doctor.Examine(args[0])
		if err == nil {
			fmt.Fprint(cmd.OutOrStdout(), doctor.Report(found))
		}
		return err
	})
}
