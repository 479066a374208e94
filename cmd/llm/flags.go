package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// twoDashes lets flags be written as all Go programs write them, -steps, by turning
// them into what pflag reads, --steps. A flag of one letter has one dash in both, and
// what follows a flag that takes a value is a value.
func twoDashes(root *cobra.Command, args []string) []string {
	if n := len(args) - 1; n > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) { // a shell asks how the last word may end
		return slices.Concat(args[:1], twoDashes(root, args[1:n]), args[n:])
	}
	cmd, _, _ := root.Find(args)
	out := slices.Clone(args)
	for i := 0; i < len(out) && out[i] != "--"; i++ {
		if !strings.HasPrefix(out[i], "-") {
			continue
		}
		name, _, withValue := strings.Cut(strings.TrimLeft(out[i], "-"), "=")
		if len(name) > 1 && isLetter(out[i][1]) {
			out[i] = "-" + out[i]
		}
		f := cmd.Flags().Lookup(name)
		if len(name) == 1 {
			f = cmd.Flags().ShorthandLookup(name)
		}
		if f != nil && f.NoOptDefVal == "" && !withValue {
			i++
		}
	}
	return out
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// usageError is a mistake in the command line rather than in the world.
type usageError struct{ error }

// usagef is fmt.Errorf for a usageError.
func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// flagError says without a word of strconv that a value is not of its flag's type.
func flagError(_ *cobra.Command, err error) error {
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		f := invalid.GetFlag()
		return fmt.Errorf("invalid argument %q for --%s, whose type is %s", invalid.GetValue(), f.Name, f.Value.Type())
	}
	return err
}

// optionError is a usage error that names the flag which is out of its range, as
// chapter 5 names it.
func optionError(err error) error {
	if err == nil {
		return nil
	}
	if flag, ok := strings.CutPrefix(err.Error(), "pretrain: "); ok {
		return usagef("-%s", flag)
	}
	return err
}

// atLeast is a usage error for a flag with a value below the least.
func atLeast(least int, name string, value int) error {
	if value < least {
		return usagef("-%s cannot be %d; it takes %d or more", name, value, least)
	}
	return nil
}
