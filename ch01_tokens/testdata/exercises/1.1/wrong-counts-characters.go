package tokens

import "unicode/utf8"

func BytesPerToken(b *BPE, text string) float64 {
	if text == "" {
		return 0
	}
	return float64(utf8.RuneCountInString(text)) / float64(len(b.Encode(text)))
}
