package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

func exercisesCommand() *cobra.Command {
	var asJSON bool
	cmd := deskCommand("", "exercises [N.M]", 0, 1, func(ctx context.Context, d *exercise.Desk, args []string) error {
		if len(args) > 0 {
			return d.Show(ctx, args[0])
		}
		results, err := exercise.Status(ctx, d.Root, d.All)
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(d.Out, results, "  ")
		}
		return d.Table(results)
	})
	jsonFlag(cmd, &asJSON)
	cmd.AddCommand(
		deskCommand("exercises", "hint N.M [STEP]", 1, 2, func(_ context.Context, d *exercise.Desk, args []string) error {
			return d.Hint(args[0], append(args, "1")[1])
		}),
		deskCommand("exercises", "solution N.M", 1, 1, func(ctx context.Context, d *exercise.Desk, args []string) error {
			return d.Solution(ctx, args[0])
		}),
		deskCommand("exercises", "reset N.M", 1, 1, func(_ context.Context, d *exercise.Desk, args []string) error { return d.Reset(args[0]) }),
		deskCommand("exercises", "watch", 0, 0, func(ctx context.Context, d *exercise.Desk, _ []string) error { return d.Watch(ctx) }),
		deskCommand("exercises", "use", 0, 0, func(ctx context.Context, d *exercise.Desk, _ []string) error { return d.Use(ctx, 50) }))
	return cmd
}

// deskCommand is a command that takes from least to most arguments.
func deskCommand(group, use string, least, most int, run func(ctx context.Context, d *exercise.Desk, args []string) error) *cobra.Command {
	args := cobra.RangeArgs(least, most)
	if least == most {
		args = cobra.ExactArgs(least)
	}
	return command(group, use, args, func(cmd *cobra.Command, args []string) error {
		d, err := exercise.NewDesk(program(), cmd.InOrStdin(), cmd.OutOrStdout())
		if err == nil {
			err = run(cmd.Context(), d, args)
		}
		if errors.Is(err, exercise.ErrUnknown) {
			return usageError{err}
		}
		return err
	})
}
