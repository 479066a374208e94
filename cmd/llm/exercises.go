package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

func exercisesCommand() *cobra.Command {
	var asJSON bool
	cmd := command("", "exercises", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		root, err := exercise.Root()
		if err != nil {
			return err
		}
		all, err := exercise.List(root)
		if err != nil {
			return err
		}
		results, err := exercise.Status(cmd.Context(), root, all)
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(cmd.OutOrStdout(), results, "  ")
		}
		solved := 0
		t := table(cmd.OutOrStdout())
		fmt.Fprintln(t, "NUMBER\tSTATE\tTITLE\tWHERE")
		for _, r := range results {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s/%s: %s\n", r.Number, r.State, r.Title, r.Chapter, exercise.StubFile, r.Func)
			if r.State == exercise.Solved {
				solved++
			}
		}
		fmt.Fprintf(t, "%d of %d solved\n", solved, len(results))
		return t.Flush()
	})
	jsonFlag(cmd, &asJSON)
	cmd.AddCommand(hintCommand())
	return cmd
}

func hintCommand() *cobra.Command {
	return command("exercises", "hint N.M", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		root, err := exercise.Root()
		if err != nil {
			return err
		}
		all, err := exercise.List(root)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(e exercise.Exercise) bool { return e.Number == args[0] })
		if i < 0 {
			return usagef("there is no exercise %q; %s exercises shows what there is", args[0], program())
		}
		e := all[i]
		fmt.Fprintf(cmd.OutOrStdout(), "Exercise %s: %s\n%s/%s: %s\n\n%s\n\nHint: %s\n",
			e.Number, e.Title, e.Chapter, exercise.StubFile, e.Func, strings.TrimSpace(e.Task), e.Hints[0])
		return nil
	})
}
