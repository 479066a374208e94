package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

// standing is a line of llm exercises.
type standing struct {
	Number  string         `json:"number"`
	Title   string         `json:"title"`
	Chapter string         `json:"chapter"`
	Func    string         `json:"func"`
	State   exercise.State `json:"state"`
	Output  string         `json:"output,omitempty"` // what the check says of a wrong attempt
}

func exercisesCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "exercises",
		Short: "Show where you stand with the exercises",
		Long: `Exercises runs the checks of the book's exercises on what you have written and shows
where you stand. The stubs are in the chapters' exercise_test.go; go test in a
chapter says more about an attempt.`,
		Example: `  llm exercises
  llm exercises hint 3.1
  go test ./ch03_attention`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := exercise.Root()
			if err != nil {
				return err
			}
			results, err := exercise.Status(cmd.Context(), root)
			if err != nil {
				return err
			}
			return printStanding(cmd, results, asJSON)
		},
	}
	jsonFlag(cmd, &asJSON)
	cmd.AddCommand(hintCommand())
	return cmd
}

func printStanding(cmd *cobra.Command, results []exercise.Result, asJSON bool) error {
	list, solved := []standing{}, 0
	for _, r := range results {
		s := standing{r.Number, r.Title, r.Chapter, r.Func, r.State, r.Output}
		switch r.State {
		case exercise.Solved:
			solved++
		case exercise.Todo:
			s.Output = ""
		}
		list = append(list, s)
	}
	if asJSON {
		return printJSON(cmd.OutOrStdout(), list, "  ")
	}
	t := table(cmd.OutOrStdout())
	fmt.Fprintln(t, "NUMBER\tSTATE\tTITLE\tWHERE")
	for _, s := range list {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s/%s: %s\n", s.Number, s.State, s.Title, s.Chapter, exercise.StubFile, s.Func)
	}
	fmt.Fprintf(t, "%d of %d solved\n", solved, len(list))
	return t.Flush()
}

func hintCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "hint N.M",
		Short:   "Show an exercise and a hint",
		Long:    `Hint shows the task of an exercise and a push in the right direction.`,
		Example: "  llm exercises hint 3.1",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			root, err := exercise.Root()
			if err != nil {
				return err
			}
			all, err := exercise.List(root)
			if err != nil {
				return err
			}
			var numbers []string
			for _, e := range all {
				if e.Number == args[0] {
					fmt.Fprintf(cmd.OutOrStdout(), "Exercise %s: %s\n%s/%s: %s\n\n%s\n\nHint: %s\n",
						e.Number, e.Title, e.Chapter, exercise.StubFile, e.Func, strings.TrimSpace(e.Task), strings.TrimSpace(e.Hint))
					return nil
				}
				numbers = append(numbers, e.Number)
			}
			return usagef("there is no exercise %q; there are %s", args[0], strings.Join(numbers, ", "))
		},
	}
}
