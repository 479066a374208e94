package prompts

import "strings"

// First the backslashes, then the line ends.
func ReadLine(line string) string {
	return strings.ReplaceAll(strings.ReplaceAll(line, `\\`, `\`), `\n`, "\n")
}
