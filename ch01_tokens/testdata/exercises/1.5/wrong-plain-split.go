package tokens

import "slices"

func SplitDigits(text string) []string {
	return slices.Collect(Split(text))
}
