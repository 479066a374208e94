package prompts

import "strings"

// First the line ends, then the backslashes.
func ReadLine(line string) string {
	return strings.ReplaceAll(strings.ReplaceAll(line, `\n`, "\n"), `\\`, `\`)
}
