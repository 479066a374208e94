package tokens

func BytesPerToken(b *BPE, text string) float64 {
	return float64(len(text)) / float64(len(b.Encode(text)))
}
