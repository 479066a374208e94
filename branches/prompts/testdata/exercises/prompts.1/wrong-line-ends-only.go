package prompts

import "strings"

// Each backslash is looked at once, together with what follows it.
func ReadLine(line string) string {
	var text strings.Builder
	for i := 0; i < len(line); i++ {
		if line[i] == '\\' && i+1 < len(line) {
			switch line[i+1] {
			case 'n':
				text.WriteByte('\n')
				i++
				continue
			}
		}
		text.WriteByte(line[i])
	}
	return text.String()
}
