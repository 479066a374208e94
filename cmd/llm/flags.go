package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// twoDashes lets options be written as all Go programs write them, -steps, by
// turning them into what pflag reads, --steps. An option of one letter has one
// dash in both.
func twoDashes(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		if arg == "--" {
			copy(out[i:], args[i:])
			break
		}
		name, _, _ := strings.Cut(arg, "=")
		if len(name) > 2 && name[0] == '-' && isLetter(name[1]) {
			arg = "-" + arg
		}
		out[i] = arg
	}
	return out
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// flagError puts what pflag found wrong in the words of this program.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		return usagef("%s has no option -%s", words(cmd), unknown.GetSpecifiedName())
	case errors.As(err, &missing):
		return usagef("option -%s needs a value", missing.GetSpecifiedName())
	case errors.As(err, &invalid):
		flag := invalid.GetFlag()
		return usagef("option -%s cannot be %q; it takes %s", flag.Name, invalid.GetValue(), kind(flag))
	}
	return usageError{err}
}

// kind says what values a flag takes.
func kind(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int":
		return "a whole number"
	case "uint64":
		return "a whole number, not negative"
	case "float32", "float64":
		return "a number"
	case "bool":
		return "true or false"
	case "duration":
		return "a time such as 30s or 5m"
	}
	return "text"
}

// help writes what -h shows: what the command is for, how it is used, by
// example, and its options.
func help(cmd *cobra.Command, _ []string) {
	w := cmd.OutOrStdout()
	about := cmd.Long
	if about == "" {
		about = cmd.Short
	}
	fmt.Fprintf(w, "%s\n\nUsage: %s\n", about, usageLine(cmd))
	if cmd.Example != "" {
		fmt.Fprintf(w, "\nExamples:\n  %s\n", strings.ReplaceAll(cmd.Example, "\n", "\n  "))
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\nCommands (each has -h):\n")
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(w, "  %-10s %s\n", sub.Name(), sub.Short)
			}
		}
	}
	writeFlags(w, cmd.LocalFlags())
}

func usageLine(cmd *cobra.Command) string {
	line := cmd.CommandPath()
	if _, args, ok := strings.Cut(cmd.Use, " "); ok {
		return line + " [options] " + args
	}
	if cmd.HasAvailableSubCommands() {
		return line + " COMMAND"
	}
	return line + " [options]"
}

func writeFlags(w io.Writer, flags *pflag.FlagSet) {
	title := "\nOptions:\n"
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "0" && f.DefValue != "false" && f.DefValue != "[]" {
			usage += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(w, "%s  %-22s %s\n", title, strings.TrimSpace("-"+f.Name+" "+value), usage)
		title = ""
	})
}

// changed lists the options on the command line.
func changed(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().Visit(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}
